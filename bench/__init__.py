"""`python -m bench [TOPIC]...` measures gradlab against its peers and writes bench/RESULTS.md.

A topic is a module of this folder with a list `COMPARISONS` of functions, each of which makes one `Comparison`. Every
comparison runs in a process of its own, ours and the others taking turns there, so that what slows the machine down
for a moment slows down all of them: the ratios are what counts, and what carries over to another machine.
"""
