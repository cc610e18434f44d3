"""Care: checking an index, comparing it with its articles, and rebuilding it."""
