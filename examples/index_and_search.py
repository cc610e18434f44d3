"""Index a folder and search it.

python examples/index_and_search.py FOLDER QUERY
"""

import sys
import tempfile

from searcher import Archive


def main(folder: str, query: str) -> None:
    with tempfile.TemporaryDirectory() as place, Archive.create(place) as archive:
        report = archive.index([folder])
        print(f"{report.new} articles, {report.rejected} rejected")
        results = archive.search(query, limit=5)
        print(f"{results.total} hits for {query}")
        for hit in results:
            print(f"{hit.rank}. {hit.article.date} {hit.article.title}")
            print("  ", hit.snippet.marked("[", "]"))


if __name__ == "__main__":
    main(*sys.argv[1:])
