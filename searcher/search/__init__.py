"""From a whoosh.query tree to matches: evaluation by whole arrays, ranking, snippets, counts over columns."""
