"""METS and ALTO: articles of a digitised issue, or its pages; divided words made whole."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.errors import ReadError
from searcher.readers import containers, find, read_path
from searcher.readers.digitised_page import page
from searcher.report import Rejection, Repair, Skipped
from tests.cli.test_cli import environment
from tests.readers import test_archives as archives

ALTO = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page ID="P1"><PrintSpace>{}</PrintSpace></Page></Layout></alto>"""


def block(identity: str, *lines: str, wc: str = "0.9") -> str:
    inside = "".join(
        "<TextLine>"
        + "<SP/>".join(f'<String CONTENT="{word}" WC="{wc}"/>' for word in line.split())
        + "</TextLine>"
        for line in lines
    )
    return f'<TextBlock ID="{identity}">{inside}</TextBlock>'


DIVIDED = (
    '<TextBlock ID="b9"><TextLine><String CONTENT="Die" WC="0.5"/><SP/><String CONTENT="Was" SUBS_TYPE="HypPart1" SUBS_CONTENT="Wasser"/>'
    '<HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="ser" SUBS_TYPE="HypPart2" SUBS_CONTENT="Wasser"/><SP/>'
    '<String CONTENT="stei"/><HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="gen"/><SP/><String CONTENT="hoch"/></TextLine></TextBlock>'
)


def mets(structure: str, hrefs: tuple[str, ...] = ("alto/1.xml", "alto/2.xml")) -> str:
    files = "".join(
        f'<mets:file ID="F{number}"><mets:FLocat xlink:href="{href}"/></mets:file>'
        for number, href in enumerate(hrefs, 1)
    )
    return f"""<?xml version="1.0"?><mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mods="http://www.loc.gov/mods/v3">
    <mets:dmdSec ID="D"><mods:mods><mods:titleInfo><mods:title>Wendlauer Bote</mods:title></mods:titleInfo>
    <mods:originInfo><mods:dateIssued>1903-05-07</mods:dateIssued></mods:originInfo></mods:mods></mets:dmdSec>
    <mets:fileSec><mets:fileGrp USE="DEFAULT"><mets:file ID="I"><mets:FLocat xlink:href="1.jpg"/></mets:file></mets:fileGrp>
    <mets:fileGrp USE="FULLTEXT">{files}</mets:fileGrp></mets:fileSec>{structure}</mets:mets>"""


def area(file: str, begin: str) -> str:
    return f'<mets:fptr><mets:area FILEID="{file}" BEGIN="{begin}"/></mets:fptr>'


ARTICLES = f"""<mets:structMap TYPE="LOGICAL"><mets:div TYPE="Newspaper" ID="N">
<mets:div TYPE="ARTICLE" ID="A1"><mets:div TYPE="HEADING">{area("F1", "b1")}</mets:div>
<mets:div TYPE="PARAGRAPH">{area("F1", "b2")}</mets:div><mets:div TYPE="PARAGRAPH">{area("F2", "b3")}</mets:div></mets:div>
<mets:div TYPE="ARTICLE" ID="A2" LABEL="Wetter">{area("F2", "b9")}</mets:div></mets:div></mets:structMap>"""


def issue(tmp_path: Path, structure: str = ARTICLES, **more: tuple[str, ...]) -> Path:
    folder = tmp_path / "1903-05-07"
    (folder / "alto").mkdir(parents=True)
    (folder / "alto" / "1.xml").write_text(
        ALTO.format(block("b1", "Das Moor") + block("b2", "Erster Absatz", "geht weiter"))
    )
    (folder / "alto" / "2.xml").write_text(ALTO.format(block("b3", "Zweiter Absatz", wc="0.7") + DIVIDED))
    (folder / "bote_mets.xml").write_text(mets(structure, **more))
    return folder


def read_all(folder: Path) -> list[object]:
    return [
        each
        for file in find([folder])
        for each in ([file] if isinstance(file, Rejection) else read_path(file))
    ]


def test_articles_of_an_issue(tmp_path: Path) -> None:
    found = read_all(issue(tmp_path))
    one, two = (each for each in found if isinstance(each, Article))
    assert (one.title, one.body) == ("Das Moor", "Erster Absatz geht weiter\n\nZweiter Absatz")
    assert (one.source, str(one.date), one.extra) == (
        "Wendlauer Bote",
        "1903-05-07",
        {"ocr_confidence": "0.833"},
    )
    assert one.id == "1903-05-07/bote_mets.xml#A1"
    assert (two.title, two.body) == ("Wetter", "Die Wasser steigen hoch")
    assert len([each for each in found if isinstance(each, Skipped)]) == 2


def test_pages_where_no_articles_are_told_apart(tmp_path: Path) -> None:
    found = read_all(
        issue(tmp_path, '<mets:structMap TYPE="LOGICAL"><mets:div TYPE="Newspaper"/></mets:structMap>')
    )
    one, two = (each for each in found if isinstance(each, Article))
    assert one.body == "Das Moor\n\nErster Absatz geht weiter"
    assert (two.extra["page"], str(two.date)) == ("alto/2.xml", "1903-05-07")


def test_a_page_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "bote-1903-05-07-p1.xml"
    path.write_text(ALTO.format(block("b1", "Das Moor") + DIVIDED))
    told, article = read_path(path)
    assert isinstance(told, Repair) and told.reason == "words divided at line ends"
    assert isinstance(article, Article)
    assert (article.body, str(article.date)) == ("Das Moor\n\nDie Wasser steigen hoch", "1903-05-07")
    assert article.extra == {"ocr_confidence": "0.767"}


def test_pages_whose_issue_arrives_after_them(tmp_path: Path) -> None:
    """As in a watched folder: nothing is remembered of how the folder was."""
    folder = issue(tmp_path)
    late = (folder / "bote_mets.xml").rename(tmp_path / "spaeter")
    os.utime(folder, (1, 1))
    assert len([each for each in read_all(folder) if isinstance(each, Article)]) == 2
    late.rename(folder / "bote_mets.xml")
    os.utime(folder, (2, 2))
    kinds = [type(each) for each in read_all(folder)]
    assert (kinds.count(Article), kinds.count(Skipped)) == (2, 2)


def test_pages_elsewhere_missing_and_broken(tmp_path: Path) -> None:
    (tmp_path / "geheim.xml").write_text(ALTO.format(block("b1", "Geheim")))
    hrefs = ("../geheim.xml", "fehlt.xml", "http://x.example/1.xml", "alto/1.xml", "/etc/hosts.xml")
    folder = issue(tmp_path, "", hrefs=hrefs)
    (folder / "alto" / "1.xml").write_text("<alto><TextBlock>")
    found = list(read_path(folder / "bote_mets.xml"))
    reasons = [each.reason for each in found if isinstance(each, Rejection)]
    assert reasons[:2] == [
        "page ../geheim.xml: lies outside of the folder of the METS file",
        "page fehlt.xml: no such file",
    ]
    assert len(reasons) == len(found) == 5


@pytest.mark.parametrize(
    "content",
    ["<alto/>", "<alto><TextBlock/></alto>", '<alto><TextBlock><String WC="x"/><HYP/></TextBlock></alto>'],
)
def test_pages_without_text(tmp_path: Path, content: str) -> None:
    assert page(content.encode())[0] == []
    path = tmp_path / "x.xml"
    path.write_text(content)
    (rejection,) = read_path(path)
    assert isinstance(rejection, Rejection)


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "zip in tar.gz", "tar.gz in zip in tar"])
def test_an_issue_in_an_archive_is_read_as_in_its_folder(tmp_path: Path, kind: str) -> None:
    folder = issue(tmp_path, hrefs=("alto/1.xml", "./alto/2.xml", "../../geheim.xml", "fehlt.xml"))
    loose = read_all(folder)
    files = {
        f"band/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*.xml"))
    }
    (tmp_path / "packed").mkdir()
    inside = "band"
    for number, each in enumerate(kind.split(" in ")):
        data = archives.zipped(files) if each == "zip" else archives.tarred(files)
        files = {f"{number}.{each}": gzip.compress(data) if each == "tar.gz" else data}
        inside = f"{number}.{each}/{inside}"
    ((name, data),) = files.items()
    (tmp_path / "packed" / name).write_bytes(data)
    found = read_all(tmp_path / "packed")
    one, two = (each for each in found if isinstance(each, Article))
    assert [(each.title, each.body) for each in (one, two)] == [
        (each.title, each.body) for each in loose if isinstance(each, Article)
    ]
    assert one.id == f"packed/{inside}/bote_mets.xml#A1"
    assert len([each for each in found if isinstance(each, Skipped)]) == 2


def test_an_issue_in_an_archive_on_standard_input(tmp_path: Path) -> None:
    """What is read only once gives its pages; the issue, which would join them, says why it cannot."""
    issue(tmp_path)
    packed = Path(shutil.make_archive(str(tmp_path / "bote"), "tar", tmp_path, "1903-05-07"))
    with packed.open("rb") as file:
        ran = subprocess.run(
            [sys.executable, "-m", "searcher", "index", "-"],
            cwd=tmp_path,
            env=environment(),
            stdin=file,
            capture_output=True,
            encoding="utf-8",
        )
    assert ran.returncode == 5
    assert "2 rejected" in ran.stdout
    assert "standard input cannot be read twice; save the archive and give its path" in ran.stderr


def test_pages_in_an_archive_that_lie_outside_or_are_missing(tmp_path: Path) -> None:
    files = {
        "a/x_mets.xml": mets("", hrefs=("../../b.xml", "../c.xml", "fehlt.xml", "1.xml")).encode(),
        "c.xml": ALTO.format(block("b1", "Geheim")).encode(),
        "a/1.xml": b"<alto>",
    }
    (tmp_path / "x.zip").write_bytes(archives.zipped(files))
    reasons = [each.reason for each in read_all(tmp_path) if isinstance(each, Rejection)]
    assert "page ../../b.xml: lies outside of the folder of the METS file" in reasons
    assert "page ../c.xml: lies outside of the folder of the METS file" in reasons
    assert "page fehlt.xml: no such file" in reasons
    nested = archives.tarred({"innen.zip": archives.zipped(files)})
    (tmp_path / "x.zip").write_bytes(nested)
    again = [each.reason for each in read_all(tmp_path) if isinstance(each, Rejection)]
    assert [each for each in again if each.startswith("page ")] == [
        each for each in reasons if each.startswith("page ")
    ]


def test_a_hidden_mets_file_is_not_read_and_takes_no_pages(tmp_path: Path) -> None:
    """As ._bote_mets.xml, which some systems put beside bote_mets.xml."""
    folder = issue(tmp_path / "packed")
    (folder / "bote_mets.xml").rename(folder / "._bote_mets.xml")
    found = list(read_path(folder / "alto" / "1.xml"))
    assert any(isinstance(each, Article) for each in found)
    found = list(read_path(Path(shutil.make_archive(str(tmp_path / "x"), "tar", tmp_path / "packed"))))
    assert [each.kind for each in found if isinstance(each, Rejection)] == ["skipped"]
    assert len([each for each in found if isinstance(each, Article)]) == 2


def issues(count: int, title: str = "Das Moor") -> dict[str, bytes]:
    files = {}
    for number in range(count):
        first, second = block("b1", title) + block("b2", f"Absatz {number}"), block("b3", "Mehr") + DIVIDED
        files |= {
            f"{number}/alto/1.xml": ALTO.format(first).encode(),
            f"{number}/alto/2.xml": ALTO.format(second).encode(),
            f"{number}/bote_mets.xml": mets(ARTICLES).encode(),
        }
    return files


def test_more_issues_in_a_tar_do_not_read_it_more_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    whole = tarfile.open
    monkeypatch.setattr(tarfile, "open", lambda *given, **more: opened.append("") or whole(*given, **more))
    counts = []
    for number in (2, 9):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(archives.tarred(issues(number)))
        opened.clear()
        bodies = [each.body for each in read_path(path) if isinstance(each, Article)]
        assert bodies[::2] == [f"Absatz {each}\n\nMehr" for each in range(number)]
        counts.append(len(opened))
    assert counts[0] == counts[1]


def test_a_page_that_a_tar_has_twice_and_a_tar_that_was_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"

    def titles() -> list[str]:
        return [each.title for each in read_path(path) if isinstance(each, Article)]

    path.write_bytes(archives.tarred(issues(1)))
    assert titles() == ["Das Moor", "Wetter"]
    with tarfile.open(path, "a") as archive:
        again = tarfile.TarInfo("./0/alto/1.xml")
        data = ALTO.format(block("b1", "Neu gesetzt") + block("b2", "Absatz")).encode()
        again.size = len(data)
        archive.addfile(again, io.BytesIO(data))
    assert titles() == ["Neu gesetzt", "Wetter"]
    path.write_bytes(archives.tarred({"0/alto/1.xml": issues(1)["0/alto/1.xml"]}))
    assert len(titles()) == 1, "the METS file that was there is not any more"


def test_a_tar_that_was_cut_short_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(archives.tarred(issues(1))[:1000])
    with path.open("rb") as file, pytest.raises(ReadError, match="ends in the middle"):
        containers._part(file, 512, 1000)
