"""Index what arrives in a folder, and print every new article that a query finds: a press review.

    python examples/watch_folder.py FOLDER INDEX QUERY [ROUNDS]

Without ROUNDS it runs until Ctrl-C; a round ends when something was indexed.
"""

import sys
from contextlib import suppress
from itertools import islice

from searcher import Archive


def main(folder: str, index: str, query: str, rounds: str = "") -> None:
    with Archive.open_or_create(index) as archive:
        seen = {hit.id for hit in archive.search(query, limit=100_000)}
        reports = archive.watch([folder], interval=0.2)
        for report in islice(reports, int(rounds) if rounds else None):
            print(f"{report.new} new, {report.changed} changed, {report.rejected} rejected")
            for hit in archive.search(query, limit=100, sort="newest"):
                if hit.id not in seen:
                    seen.add(hit.id)
                    print(f"{hit.article.date} {hit.article.title}")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(*sys.argv[1:])
