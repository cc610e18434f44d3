"""The benchmark: ours against tantivy-py, SQLite FTS5 and stock Whoosh, on the same articles in one run.

Counts that must agree are compared before anything is timed. Run it with

    python -m tests.bench

README.md beside this file says what is measured and how.
"""
