"""The lesson this project grew out of, told anew and run: `gradlab lesson`.

Its text is `scripts/lesson_en.py` and `scripts/lesson_es.py`: the same code in both, prose in each language.
"""

from gradlab.lesson.outputs import say, show
from gradlab.lesson.teach import teach

__all__ = ["say", "show", "teach"]
