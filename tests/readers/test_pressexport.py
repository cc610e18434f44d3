"""Exports of press databases: one article each, in every file format and layout that they come in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.readers import read_path, sniff
from searcher.report import Rejection

ONE = (
    "Die Stadt sperrt die Brücke bis zum Herbst, weil der Beton bröckelt und saniert werden muss. " * 2
    + "Mehr nicht."
)
TWO = "Der Verkehr wird über die Bundesstraße umgeleitet, sagte eine Sprecherin am Dienstag."

NEXIS = f"""
                               1 of 2 DOCUMENTS

                             Wendlauer Bote

                            3. Mai 2023 Mittwoch
                             Ausgabe Nord

Brücke gesperrt

AUTOR: Anna Beispiel

RUBRIK: POLITIK; S. 5

LÄNGE: 523 Wörter

{ONE}

{TWO}

UPDATE: 3. Mai 2023

SPRACHE: GERMAN; DEUTSCH

PUBLICATION-TYPE: Zeitung

              Copyright 2023 Wendlauer Bote GmbH
                     Alle Rechte Vorbehalten

                               2 of 2 DOCUMENTS

                             Elbkurier

                            May 4, 2023 Thursday

Moor bleibt nass

BYLINE: Jan Tide

SECTION: UMWELT; S. 1

LENGTH: 99 words

{TWO}

LOAD-DATE: May 4, 2023

LANGUAGE: GERMAN
"""
NEXIS_UNI = f"""Benutzername: Archiv
Datum und Uhrzeit: Freitag, 5. Mai 2023 10:00
Dokumente (2)
1. Brücke gesperrt
Brücke gesperrt
Wendlauer Bote
3. Mai 2023 Mittwoch
Copyright 2023 Wendlauer Bote GmbH Alle Rechte vorbehalten
Section: POLITIK; S. 5
Length: 523 words
Byline: Anna Beispiel
Body
{ONE}
{TWO}
Load-Date: May 3, 2023
End of Document
Moor bleibt nass
Elbkurier
4. Mai 2023 Donnerstag
Copyright 2023 Elbkurier Alle Rechte vorbehalten
Rubrik: UMWELT; S. 1
Länge: 99 Wörter
Autor: Jan Tide
Body
{TWO}
Ladedatum: 4. Mai 2023
End of Document"""
FACTIVA = f"""Politik
Brücke gesperrt
Von Anna Beispiel
523 Wörter
3 Mai 2023
18:15
Wendlauer Bote
WEBO
5
Deutsch
Copyright 2023 Wendlauer Bote GmbH
{ONE}
{TWO}
Dokument WEBO000020230503ej530000x
Umwelt
Moor bleibt nass
By Jan Tide
99 words
4 May 2023
Elbkurier
ELBK
Deutsch
(c) 2023 Elbkurier
{TWO}
Document ELBK000020230504ej540000y
"""
FACTIVA_CODED = f"""SE Politik
HD Brücke gesperrt
BY Von Anna Beispiel
WC 523 Wörter
PD 3 Mai 2023
SN Wendlauer Bote
SC WEBO
PG 5
LA Deutsch
CY Copyright 2023
LP {ONE}
TD
{TWO}
NS gcat : Politik
AN Dokument WEBO000020230503ej530000x
SE Umwelt
HD Moor bleibt nass
BY Jan Tide
WC 99 Wörter
PD 4 Mai 2023
SN Elbkurier
LA Deutsch
LP {TWO}
AN Dokument ELBK000020230504ej540000y
"""
WISO = f"""Brücke gesperrt
Von Anna Beispiel
{ONE}
{TWO}
Quelle: Wendlauer Bote vom 03.05.2023, Nr. 101, S. 5
ISSN: 0174-0000
Ressort: Politik
Dokumentnummer: A12345
Dauerhafte Adresse des Dokuments: https://wiso.example/WB_A12345
Alle Rechte vorbehalten: (c) Wendlauer Bote
Elbkurier vom 04.05.2023, S. 1
Moor bleibt nass
Von Jan Tide
{TWO}
Ressort: Umwelt
Dokumentnummer: B12345
Alle Rechte vorbehalten: (c) Elbkurier
"""
EXPORTS = {
    "nexis": NEXIS,
    "nexis-uni": NEXIS_UNI,
    "factiva": FACTIVA,
    "factiva coded": FACTIVA_CODED,
    "wiso": WISO,
}


def as_docx(text: str) -> bytes:
    out = io.BytesIO()
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="w"><w:body>{paragraphs}</w:body></w:document>'
        )
    return out.getvalue()


def as_rtf(text: str) -> bytes:
    escaped = "".join(each if ord(each) < 128 else f"\\u{ord(each)}?" for each in text)
    return ("{\\rtf1\\ansi\\ansicpg1252 " + escaped.replace("\n", "\\par\n") + "}").encode("ascii")


FILES = {
    ".txt": lambda text: text.encode(),
    "cp1252.txt": lambda text: text.encode("cp1252"),
    ".docx": as_docx,
    ".rtf": as_rtf,
}


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("database", EXPORTS)
def test_one_article_each(tmp_path: Path, database: str, suffix: str) -> None:
    path = tmp_path / f"export{suffix}"
    path.write_bytes(FILES[suffix](EXPORTS[database]))
    assert sniff(path) == {".docx": "docx", ".rtf": "rtf"}.get(suffix, "text")
    found = list(read_path(path))
    assert not [each for each in found if isinstance(each, Rejection)]
    one, two = (each for each in found if isinstance(each, Article))
    assert (one.title, one.author, str(one.date)) == ("Brücke gesperrt", "Anna Beispiel", "2023-05-03")
    assert (one.source, one.section.lower()) == ("Wendlauer Bote", "politik")
    assert one.body == f"{ONE}\n\n{TWO}"
    assert (two.title, two.author, str(two.date)) == ("Moor bleibt nass", "Jan Tide", "2023-05-04")
    assert (two.source, two.body) == ("Elbkurier", TWO)
    assert database == "wiso" or one.extra["length"].startswith("523")
    assert len({one.id, two.id}) == 2


def test_an_article_without_text_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text(NEXIS.replace(ONE, "").replace(TWO, ""))
    found = list(read_path(path))
    assert [type(each) for each in found] == [Rejection, Rejection] and found[1].line == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["1 of 2 DOCUMENTS", "End of Document", "Dokument 1 von 2\n\nText", "HD x\nPD y"]
)
def test_what_only_looks_so_is_a_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    (article,) = read_path(path)
    assert isinstance(article, Article)
