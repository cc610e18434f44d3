"""Plain text files, and what is found, opened and passed over on the way to them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher import Archive
from searcher.article import Article
from searcher.errors import Cure, ReadError, UsageError
from searcher.readers import Found, ReadOptions, find, read_path, sniff, units
from searcher.readers.base.encoding import decode
from searcher.readers.base.paragraphs import paragraphs
from searcher.readers.base.repairs import mend
from searcher.report import Rejection, Repair, Skipped
from tests.checkout import SHARED

LAYOUT = """ date 2021-05 Streit um das Moor Dorf Wendlau wehrt sich - Land prüft Stand: 07.05.2021 09:05 Uhr

Die Bürger von Wendlau wollen ihr Moor behalten.

Das Land prüft.

Hoffen auf Wasser

Es regnet.
"""
SEED = SHARED / "000_29fbb49a2373a391.txt"


def one(path: Path, **options: object) -> Article:
    (article,) = (each for each in read_path(path, ReadOptions(**options)) if not isinstance(each, Repair))  # type: ignore[arg-type]
    assert isinstance(article, Article), str(article)
    return article


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def names(*paths: Path) -> list[str]:
    return [each.name if isinstance(each, Found) else each.reason for each in find(paths)]


def test_the_layout(tmp_path: Path) -> None:
    article = one(written(tmp_path / "moor.txt", LAYOUT))
    assert article.title == "Streit um das Moor Dorf Wendlau wehrt sich - Land prüft"
    assert (str(article.date), article.published) == ("2021-05-07 09:05", None)
    assert article.teaser == "Die Bürger von Wendlau wollen ihr Moor behalten."
    assert article.body == "Das Land prüft.\n\nHoffen auf Wasser\n\nEs regnet."


@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/data")
def test_the_article_the_layout_was_taken_from() -> None:
    article = one(SEED)
    assert article.title == "Krieg gegen die Ukraine Lukaschenko für Waffenruhe - Kreml lehnt ab"
    assert str(article.date) == "2023-03-31 13:46"
    assert article.teaser.startswith("Der belarusische Machthaber")
    blocks = article.body.split("\n\n")
    assert blocks[2] == "Warnungen an Ukraine"
    assert "Lukaschenko: Westen will Belarus zerstören" in blocks
    assert len(blocks) == 9


@pytest.mark.parametrize(
    ("text", "title", "date", "teaser", "body"),
    [
        (" date 2021-05 Nur Monat\n\nVorspann.\n\nText.", "Nur Monat", "2021-05", "Vorspann.", "Text."),
        ("Titel Stand: 7.5.2021 9:05 Uhr\n\nText.", "Titel", "2021-05-07 09:05", "", "Text."),
        (
            "Tarif, der Stand: Bahn lenkt ein\n\nText.",
            "Tarif, der Stand: Bahn lenkt ein",
            "None",
            "",
            "Text.",
        ),
        ("date 2021-05 Zum Stand: 3 Tote\n\nText.", "Zum Stand: 3 Tote", "2021-05", "", "Text."),
        ("Der Stand: ruhig Stand: 7.5.2021\n\nText.", "Der Stand: ruhig", "2021-05-07", "", "Text."),
        ("Kurzer Titel\n\nText.\n\nMehr.", "Kurzer Titel", "None", "", "Text.\n\nMehr."),
        ("Ein Satz, sonst nichts.", "", "None", "", "Ein Satz, sonst nichts."),
        ("Protokoll\nBerlin, Mittwoch, den 24. März 2010\nText.", "Protokoll", "2010-03-24", "", None),
        ("Titel\n31.03.2023\nAm 1. April 2023 beginnt es.", "Titel", "2023-03-31", "", None),
        ("Titel\nAm 1. April 2023 beginnt es in Kiel.", "Titel", "None", "", None),
        ("x" * 300 + "\nText.", "", "None", "", "x" * 300 + "\n\nText."),
    ],
)
def test_other_texts(tmp_path: Path, text: str, title: str, date: str, teaser: str, body: str | None) -> None:
    article = one(written(tmp_path / "a.txt", text))
    assert (article.title, str(article.date), article.teaser) == (title, date, teaser)
    assert body is None or article.body == body


def test_date_in_the_file_name(tmp_path: Path) -> None:
    assert str(one(written(tmp_path / "2019-06-14-moor.txt", "Titel\n\nText.")).date) == "2019-06-14"
    assert one(written(tmp_path / "2019-99-14-moor.txt", "Titel\n\nText.")).date is None


def test_impossible_date_and_no_text(tmp_path: Path) -> None:
    repair, article = read_path(written(tmp_path / "a.txt", "date 2021-05 T Stand: 32.13.2021\n\nText."))
    assert isinstance(article, Article) and (article.title, str(article.date)) == ("T", "2021-05")
    assert str(repair) == f"{tmp_path / 'a.txt'}:1: a date that cannot be read: 32.13.2021"
    (rejection,) = read_path(written(tmp_path / "b.txt", " \n\n\t\n"))
    assert str(rejection).endswith("b.txt: no text: neither a title nor a body")


def test_identity_and_source_are_the_same_from_everywhere(tmp_path: Path) -> None:
    path = written(tmp_path / "seeds" / "elbkurier" / "2019-x.txt", LAYOUT)
    for given_path in (tmp_path / "seeds", tmp_path / "seeds" / "elbkurier", path):
        (found,) = find([given_path])
        assert isinstance(found, Found) and found.name == "elbkurier/2019-x.txt"
        assert one(found).id == "elbkurier/2019-x.txt"  # type: ignore[arg-type]
    (found,) = find([tmp_path / "seeds"])
    assert isinstance(found, Found)
    (article,) = read_path(found)
    assert isinstance(article, Article) and article.source == "elbkurier"
    (article,) = read_path(found, ReadOptions(source="dpa"))
    assert isinstance(article, Article) and article.source == "dpa"


def test_order_and_what_is_passed_over(tmp_path: Path) -> None:
    for name in (
        "b/2.txt",
        "b/1.txt",
        "a.txt",
        "b.txt",
        "b/c/3.txt",
        ".hidden",
        ".git/x",
        "README.md",
        "LICENSE",
    ):
        written(tmp_path / name, "x")
    written(tmp_path / "bild.jpg", b"\xff\xd8")
    written(tmp_path / "leer.txt", "")
    top = tmp_path.name
    assert names(tmp_path) == [
        "hidden: the name begins with a dot",
        "hidden: the name begins with a dot",
        "a README, licence or changelog by its name",
        "a README, licence or changelog by its name",
        f"{top}/a.txt",
        f"{top}/b.txt",
        "not an archive of articles: .jpg",
        "empty file",
        "b/1.txt",
        "b/2.txt",
        "b/c/3.txt",
    ]


def test_what_is_passed_over_is_counted_and_read_where_it_is_named(tmp_path: Path) -> None:
    hidden, about = written(tmp_path / ".a.txt", "Wort"), written(tmp_path / "readme.txt", "Wort")
    found = list(find([tmp_path]))
    assert all(isinstance(each, Skipped) for each in found)
    assert [str(each) for each in found] == [
        f"{hidden}: hidden: the name begins with a dot",
        f"{about}: a README, licence or changelog by its name",
    ]
    assert all(isinstance(each, Found) for each in find([hidden, about]))


def test_same_name_below_two_places_is_told_and_one_file_is_given_once(tmp_path: Path) -> None:
    one, two = (
        written(tmp_path / "x" / "2022" / "1.txt", "a"),
        written(tmp_path / "y" / "2022" / "1.txt", "b"),
    )
    assert names(tmp_path / "x", tmp_path / "y") == [
        "2022/1.txt",
        f"has the same name as {one} ('2022/1.txt'): index the folder above both instead",
    ]
    assert names(tmp_path / "x", two.parent.parent.parent / "x" / "2022", one) == ["2022/1.txt"]


def test_special_files_and_links(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.fifo")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "b.sock"))
    server.close()
    os.symlink(tmp_path, tmp_path / "c-loop")
    os.symlink(tmp_path / "nowhere", tmp_path / "d-broken")
    os.symlink("e-self", tmp_path / "e-self")
    reasons = names(tmp_path)
    assert reasons[:4] == [
        "a named pipe, not a file",
        "a socket, not a file",
        "no such file or folder",
        "cannot be read: too many levels of symbolic links",
    ]
    assert reasons[4:] == ["a link to a folder above itself"]
    (tmp_path / "c-loop").unlink()
    assert len(names(tmp_path)) == 4
    assert names(Path("/dev/null")) == ["a device, not a file"]
    assert names(tmp_path / "nothing") == ["no such file or folder"]
    assert names(Path("a\0b"))[0].startswith("cannot be read")
    assert names(tmp_path / "e-self" / "a.txt") == ["cannot be read: too many levels of symbolic links"]


def test_many_ways_to_one_folder_are_gone_once(tmp_path: Path) -> None:
    for level in range(30):
        (tmp_path / f"{level}").mkdir()
        written(tmp_path / f"{level}" / "bericht.txt", "Wort")
        for name in "ab":
            (tmp_path / f"{level}" / name).symlink_to(f"../{level + 1}")
    (tmp_path / "30").mkdir()
    found = names(tmp_path)
    assert len([each for each in found if each.endswith("bericht.txt")]) <= 60
    assert "a folder that another link has led to already" in found


def test_an_index_is_not_read_as_articles(tmp_path: Path) -> None:
    written(tmp_path / "bericht.txt", "Wort")
    with Archive.create(tmp_path / "index") as archive:
        for _ in range(2):
            report = archive.index([tmp_path])
            assert (report.records, report.skipped) == (1, {"an index, not articles": 1})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_no_permission(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "x")
    path.chmod(0)
    (rejection,) = read_path(path)
    assert str(rejection) == f"{path}: no permission to read"
    path.chmod(stat.S_IRWXU)


def test_binary_unknown_and_vanished_files(tmp_path: Path) -> None:
    (rejection,) = read_path(written(tmp_path / "a.txt", bytes(range(256)) * 20))
    assert str(rejection).endswith("a.txt: binary file: no text, and no archive we know")
    (rejection,) = read_path(written(tmp_path / "a.dat", "Wort ohne Form"))
    assert "unknown format: not one of warc, " in str(rejection)
    assert isinstance(rejection, Rejection) and rejection.cure is Cure.AS_TEXT
    (rejection,) = read_path(written(tmp_path / "a.dat", b"\x89" + bytes(20)))
    assert isinstance(rejection, Rejection) and rejection.cure is Cure.NONE
    (rejection,) = read_path(tmp_path / "weg.txt")
    assert str(rejection).endswith("weg.txt: no such file or folder")


def test_content_decides_over_the_suffix(tmp_path: Path) -> None:
    assert sniff(written(tmp_path / "a.txt", '{"title": "x"}\n{"title": "y"}\n')) == "jsonl"
    assert sniff(written(tmp_path / "b.txt", "Titel;Text;Datum\na;b;2023\n")) == "csv"
    assert sniff(written(tmp_path / "c.dat", gzip.compress(b'{"title": "x"}\n'))) == "jsonl"
    assert one(written(tmp_path / "d.dat", "Titel\n\nText."), format="text").title == "Titel"
    with pytest.raises(UsageError, match="unknown format 'wordstar': choose from warc, "):
        list(units(tmp_path / "d.dat", ReadOptions(format="wordstar")))
    with pytest.raises(ReadError):
        sniff(tmp_path / "d.dat")


PACKERS = {".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}


@pytest.mark.parametrize("suffix", PACKERS)
def test_packed_text_whole_in_members_and_damaged(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    assert one(written(tmp_path / f"a.txt{suffix}", pack(LAYOUT.encode()))).teaser.startswith("Die Bürger")
    half = len(LAYOUT) // 2
    members = pack(LAYOUT[:half].encode()) + pack(LAYOUT[half:].encode())
    assert one(written(tmp_path / f"b.txt{suffix}", members)).body.endswith("Es regnet.")
    (rejection,) = read_path(
        written(tmp_path / f"c.txt{suffix}", pack(os.urandom(9000).hex().encode())[:-200])
    )
    assert "damaged compressed data after" in str(rejection)
    (rejection,) = read_path(written(tmp_path / f"d.txt{suffix}", pack(b"Wort " * 200)[:20]))
    assert isinstance(rejection, Rejection)


def test_bombs_stop_early(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl.gz", gzip.compress(b"\n" * (40 << 20)))
    (rejection,) = read_path(path)
    assert str(rejection).endswith("unpacks to more than 400 times its size: not read further")
    (rejection,) = read_path(written(tmp_path / "a.txt", b"Wort " * (4 << 20)))
    assert str(rejection).endswith("larger than 16 MB: too large to be one article")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Größe".encode(), ("Größe", "")),
        ("Größe".encode("utf-8-sig"), ("Größe", "")),
        ("Größe „so“".encode("cp1252"), ("Größe „so“", "read as cp1252")),
        (b"Gr\xf6\xdfe \x81", ("Größe \x81", "read as cp1252")),
        ("Größe".encode("utf-16"), ("Größe", "")),
        ("Größe und mehr".encode("utf-16-be"), ("Größe und mehr", "read as utf-16-be")),
        (b"", ("", "")),
    ],
)
def test_encodings(data: bytes, expected: tuple[str, str]) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("MÃ¼ller, GrÃ¶ÃŸe, â€žZitatâ€œ â€“ 5 â‚¬, Â§ 7", "Müller, Größe, „Zitat“ – 5 €, § 7"),
        ("Caf&eacute; &amp; B&#228;r &quot;so&quot;", 'Café & Bär "so"'),
        ("SÃO PAULO, Ângela, Über Ångström", "SÃO PAULO, Ângela, Über Ångström"),
        ("AT&T; Müller & Söhne; a &b; c", "AT&T; Müller & Söhne; a &b; c"),
    ],
)
def test_mending(text: str, mended: str) -> None:
    assert mend(text)[0] == mended
    assert bool(mend(text)[1]) == (text != mended)


@given(st.text("aäöüßéÄÖÜ„“–€ &;.ÂÃâ", max_size=60))
def test_mojibake_of_any_german_is_undone_and_sound_text_kept(text: str) -> None:
    sound = text.translate(dict.fromkeys(map(ord, "ÂÃâ&;")))
    try:
        broken = sound.encode().decode("cp1252")
    except UnicodeDecodeError:
        broken = sound
    assert mend(broken)[0] == sound
    assert mend(sound) == (sound, [])


WRAPPED = (
    "Dies ist ein Absatz, den ein Programm nach siebzig Zeichen umge-\nbrochen hat, wie es früher üblich war, mit Ein-\n"
    "und Ausfuhr."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "a\n\nb"),
        ("a\r\n\r\nb\rc", "a\n\nb\n\nc"),
        (" a \n \n\n\n b\n", "a\n\nb"),
        ("Satz. Ein\n    angefordertes Kommando.", "Satz. Ein angefordertes Kommando."),
        (
            WRAPPED,
            "Dies ist ein Absatz, den ein Programm nach siebzig Zeichen umgebrochen hat, wie es früher üblich war, "
            "mit Ein- und Ausfuhr.",
        ),
        (f"Kopf\n\n{WRAPPED}\n\nEnde", None),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_paragraphs(text: str, expected: str | None) -> None:
    found = paragraphs(text)
    assert found == expected or (expected is None and found.count("\n\n") == 2)


@given(st.text("ab \n\r\t-", max_size=200))
def test_paragraphs_are_stable(text: str) -> None:
    once = paragraphs(text)
    assert "\n\n\n" not in once and once == once.strip()
    assert all(line == "" for line in once.split("\n")[1::2])
