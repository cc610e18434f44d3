"""Exit codes that no error carries: the errors of `searcher.errors` know their own."""

INTERRUPTED = 130
"""Ended by Ctrl-C or another ending signal: 128 and the number of SIGINT."""
