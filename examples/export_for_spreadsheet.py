"""Write all hits of a query into a CSV file that German spreadsheets open with a double click.

Semicolons, commas as decimal signs and a byte order mark are what they expect. A cell that begins like a formula gets
an apostrophe: a title such as '=HYPERLINK(...)' is then shown and not carried out.

    python examples/export_for_spreadsheet.py INDEX QUERY FILE
"""

import csv
import sys

from searcher import Archive

COLUMNS = ["Datum", "Quelle", "Titel", "Textstelle", "Relevanz", "Id"]
MOST = 1000


def cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def main(index: str, query: str, file: str) -> None:
    with Archive.open(index) as archive, open(file, "w", encoding="utf-8-sig", newline="") as target:
        table = csv.writer(target, delimiter=";")
        table.writerow(COLUMNS)
        results = archive.search(query, limit=MOST, sort="oldest")
        for hit in results:
            article = hit.article
            texts = [str(article.date or ""), article.source, article.title, hit.snippet.text]
            table.writerow([*map(cell, texts), f"{hit.score:.2f}".replace(".", ","), cell(article.id)])
        print(f"{min(results.total, MOST)} of {results.total} hits written to {file}")


if __name__ == "__main__":
    main(*sys.argv[1:])
