"""How often a topic was in the news, month by month, as CSV on standard output.

python examples/trend_by_month.py INDEX QUERY > trend.csv
"""

import csv
import sys

from searcher import Archive


def main(index: str, query: str) -> None:
    table = csv.writer(sys.stdout)
    table.writerow(["month", "articles", "of all"])
    with Archive.open(index) as archive:
        found = archive.counts(query, by="month")
        published = archive.counts("datum:0001..9999", by="month")
    for month, articles in found.items():
        table.writerow([month, articles, f"{articles / published[month]:.3f}"])


if __name__ == "__main__":
    main(*sys.argv[1:])
