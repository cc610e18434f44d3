"""JSON that is not one object a line: arrays, objects in a row, responses of APIs, and all of them damaged."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.article import Article
from searcher.readers import ReadOptions, Unit, jsonlines, jsonvalues, read, read_path, sniff
from searcher.report import Rejection, Repair, Skipped

RECORDS = [
    {"id": str(number), "title": f"Titel {number}", "text": f"Größe {number}\nZweiter."}
    for number in range(5)
]
STORY = {
    "sophoraId": "moor-101",
    "externalId": "uuid-1",
    "title": "Wendlau wehrt sich",
    "topline": "Streit um das Moor",
    "firstSentence": "Das Dorf klagt.",
    "date": "2021-05-07T18:30:12.123+02:00",
    "tags": [{"tag": "Moor"}, {"tag": "Klage"}],
    "content": [
        {"type": "text", "value": "<strong>Das Dorf klagt.</strong>"},
        {"type": "text", "value": "Erster <a href='x'>Absatz</a> &amp; mehr."},
        {"type": "headline", "value": "<h2>Hoffen auf Wasser</h2>"},
        {"type": "box", "box": {"text": "Werbung"}},
        {"type": "quotation", "quotation": {"text": "Es bleibt."}},
    ],
    "ressort": "inland",
    "detailsweb": "https://www.tagesschau.example/moor-101.html",
    "type": "story",
}


def read_text(tmp_path: Path, text: str | bytes, name: str = "x.json") -> list[object]:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_path(path))


def ids(found: list[object]) -> list[str]:
    return [each.id for each in found if isinstance(each, Article)]


def faults(found: list[object]) -> list[tuple[int | None, str]]:
    return [(each.line, each.reason) for each in found if isinstance(each, Rejection)]


SHAPES = {
    "array": json.dumps(RECORDS),
    "pretty array": json.dumps(RECORDS, indent=2, ensure_ascii=False),
    "concatenated": "".join(map(json.dumps, RECORDS)),
    "pretty in a row": "\n".join(json.dumps(each, indent=1) for each in RECORDS),
    "arrays in a row": json.dumps(RECORDS[:2]) + "\n" + json.dumps(RECORDS[2:]),
    "nested arrays": json.dumps([RECORDS[:2], RECORDS[2:]]),
    "record separators": "".join(f"\x1e{json.dumps(each)}\n" for each in RECORDS),
    "response": json.dumps(
        {"status": "ok", "meta": {"n": 5}, "articles": RECORDS, "next": None, "tags": ["a"]}
    ),
    "two lists": json.dumps({"news": RECORDS[:2], "regional": RECORDS[2:]}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_shapes(tmp_path: Path, shape: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        jsonvalues, "BLOCK", max(block, 2000) if "list" in shape or shape == "response" else block
    )
    found = read_text(tmp_path, SHAPES[shape])
    assert ids(found) == list("01234")
    assert faults(found) == []
    first = next(each for each in found if isinstance(each, Article))
    assert first.body == "Größe 0\n\nZweiter."


def test_packed_mapped_and_one_object(tmp_path: Path) -> None:
    assert ids(read_text(tmp_path, gzip.compress(SHAPES["array"].encode()), "x.json.gz")) == list("01234")
    path = tmp_path / "y.json"
    path.write_text('{"kopf": "Ruhe",\n "rumpf": "Text"}')
    (article,) = read_path(path, ReadOptions({"title": "kopf", "body": "rumpf"}))
    assert isinstance(article, Article) and (article.title, article.body) == ("Ruhe", "Text")


def test_faults_point_at_their_line_and_the_rest_is_read(tmp_path: Path) -> None:
    text = '[\n{"title": "a"},\n{"title": "b" "c"},\n{"title": "d"},\n5,\n{"title": "e", "date": "2023-99"}, {"x": 1}]'
    found = read_text(tmp_path, text)
    assert [each.title for each in found if isinstance(each, Article)] == ["a", "d", "e"]
    lines = [line for line, _ in faults(found)]
    assert lines == [3, 5, 6]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated(tmp_path: Path, share: float) -> None:
    text = SHAPES["pretty array"]
    found = read_text(tmp_path, text[: int(len(text) * share)])
    assert ids(found) == list("01234")[: int(share * 5)]
    assert faults(found)[-1][1].startswith("broken JSON")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "[]", "{}", '[""]', '["x", null, 3.5e7]', "{,}", '{"a"']
)
def test_hostile_values_are_an_account_line(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, text)
    assert not ids(found)
    assert len(found) < 10


def test_an_object_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonvalues, "OBJECT_LIMIT", 10_000)
    monkeypatch.setattr(jsonvalues, "BLOCK", 1_000)
    text = json.dumps([{"title": "a"}, {"title": "x" * 100_000}, {"title": "b"}])
    found = read_text(tmp_path, text)
    assert [each.title for each in found if isinstance(each, Article)] == ["a", "b"]
    assert faults(found) == [(1, "an object of more than 16 MB")]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", ["jsonl", "json", None])
@pytest.mark.parametrize("more", [0, 1, 3 << 20])
def test_one_bound_for_a_line_however_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None, place: int, more: int
) -> None:
    """A file whose first line is longer than what is looked at is read as JSON, any other as JSON lines."""
    limit = 3 << 20
    monkeypatch.setattr(jsonlines, "LINE_LIMIT", limit)
    monkeypatch.setattr(jsonvalues, "OBJECT_LIMIT", limit)
    lines = [f'{{"id": "{number}", "title": "Titel"}}' for number in range(3)]
    long = f'{{"id": "{place}", "title": "Titel", "text": "ä"}}'
    lines[place] = long.replace("ä", "ä" + "x" * (limit - len(long.encode()) + more))
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = list(read_path(path, ReadOptions(format=name)))
    refused = [str(place)] if more else []
    assert ids(found) == [each for each in "012" if each not in refused]
    assert [line for line, _ in faults(found)] == [place + 1 for _ in refused]
    assert all("of more than" in reason for _, reason in faults(found))


@pytest.mark.parametrize("indent", [None, 4])
def test_a_result_of_ours_is_read_again(tmp_path: Path, indent: int | None) -> None:
    hits = [
        {"rank": 1, "score": 6.25, "article": {"id": "b/1.txt", "title": "Ruhe", "body": "Sie hält."}},
        {"rank": 2, "score": 3.5, "article": {"id": "b/2.txt", "title": "Sturm", "date": "2023-03"}},
    ]
    for hit in hits:
        hit["snippet"] = {"text": "… hält.", "marks": [[2, 6]]}
    result = {"schema": 1, "query": 'titel:"Ruhe"', "total": 2, "took": 0.0012, "hits": hits}
    one, two = read_text(tmp_path, json.dumps(result, indent=indent))
    assert isinstance(one, Article) and isinstance(two, Article)
    assert (one.id, one.title, one.body) == ("b/1.txt", "Ruhe", "Sie hält.")
    assert (two.id, two.title, str(two.date)) == ("b/2.txt", "Sturm", "2023-03")
    # A list of that name in a record of somebody else is none of ours.
    record = {"title": "Charts", "text": "Die Liste.", "hits": [{"title": "Lied"}]}
    assert [
        each.title for each in read_text(tmp_path, json.dumps(record) + "\n") if isinstance(each, Article)
    ] == ["Charts"]


def test_encodings(tmp_path: Path) -> None:
    text = json.dumps([{"title": "Größe"}, {"title": "Plain"}], ensure_ascii=False)
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        found = read_text(tmp_path, text.encode(encoding))
        assert [each.title for each in found if isinstance(each, Article)] == ["Größe", "Plain"]
        assert [each.reason for each in found if isinstance(each, Repair)] == ["read as cp1252"] * (
            encoding == "cp1252"
        )


keys, values = st.text(max_size=3), st.text(max_size=5) | st.lists(st.integers(), max_size=2)


@settings(max_examples=50)
@given(st.lists(st.dictionaries(keys, values, max_size=4), max_size=4))
def test_every_object_of_an_array_is_accounted_for(values: list[dict[str, object]]) -> None:
    stream = io.BytesIO(json.dumps(values, indent=1).encode())
    pieces = list(jsonvalues.cut(stream, Unit("x", "x", format="json")))
    assert all(isinstance(each, Unit) for each in pieces)
    records = [each for unit in pieces for each in read(unit) if not isinstance(each, Repair)]  # type: ignore[arg-type]
    assert len(records) == len(values)


def test_a_tagesschau_story(tmp_path: Path) -> None:
    (article,) = read_text(tmp_path, json.dumps(STORY))
    assert isinstance(article, Article)
    assert article.as_dict() == {
        "id": "moor-101",
        "title": "Wendlau wehrt sich",
        "kicker": "Streit um das Moor",
        "teaser": "Das Dorf klagt.",
        "body": "Erster Absatz & mehr.\n\nHoffen auf Wasser\n\nEs bleibt.",
        "date": "2021-05-07 18:30",
        "source": "tagesschau.de",
        "section": "inland",
        "url": "https://www.tagesschau.example/moor-101.html",
        "keywords": ["Moor", "Klage"],
    }


def test_tagesschau_responses(tmp_path: Path) -> None:
    video = {"sophoraId": "v1", "type": "video", "title": "Sendung", "date": "2021-05-07T20:00:00+02:00"}
    other = STORY | {"sophoraId": "moor-102", "date": "2021-99"}
    homepage = {"news": [STORY, video], "regional": [STORY, other], "type": "homepage"}
    found = read_text(tmp_path, json.dumps(homepage))
    assert ids(found) == ["moor-101", "moor-102"]
    assert [type(each) for each in found[1:]] == [Skipped, Repair, Article]
    assert sniff(tmp_path / "x.json") == "tagesschau"
    lines = "\n".join(json.dumps(STORY | {"sophoraId": f"m{number}"}) for number in range(3))
    assert ids(read_text(tmp_path, lines, "x.jsonl")) == ["m0", "m1", "m2"]
    assert ids(read_text(tmp_path, json.dumps({"channels": [STORY]}))) == ["moor-101"]
    (rejection,) = read_text(tmp_path, '{"news": [], "sophoraId": 5}')
    assert isinstance(rejection, Rejection)
