"""Torture: what machines and people do to an archive, again and again, and what must hold afterwards.

$ python -m tests.torture crash kill damage fuzz space crowd endure guided

Each part is a function of its size; the default test run calls the same functions with small sizes.
"""
