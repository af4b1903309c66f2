"""These scripts are run by tests/test_loops_corpus.py; no collector may import them, for many raise on purpose."""

collect_ignore_glob = ["healthy_*.py", "sick_*.py"]
