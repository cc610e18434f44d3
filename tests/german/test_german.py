"""German analysis: the cases stand in suites/german.toml; here are the properties that hold for every text."""

from __future__ import annotations

import doctest
import importlib
import json
import lzma
import pkgutil
import threading
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import reduce
from itertools import combinations, islice
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searcher import german
from searcher.characters import APOSTROPHES
from searcher.german import (
    LONGEST,
    RULES,
    STEMMER_VERSION,
    STOP_WORDS,
    PlacedToken,
    Token,
    analyze,
    analyze_chunk,
    endings,
    fold,
    plain_word,
    spelling,
    stem,
    tokenise,
    trace,
)
from searcher.german.memo import Memo
from tests.checkout import SHARED, SUITES

SUITE: dict[str, Any] = tomllib.loads((SUITES / "german.toml").read_text(encoding="utf-8"))
NEWS = SHARED / "news.jsonl.xz"


def rows(section: str) -> list[Any]:
    return [row for group in SUITE[section].values() for row in group]


# --- the suite


@pytest.mark.parametrize("case", SUITE["design"], ids=lambda case: case["printed"])
def test_what_is_printed_is_found_by_what_is_asked(case: dict[str, Any]) -> None:
    for query in case["found_by"]:
        assert finds(query, case["printed"]), f"{query} must find {case['printed']}"
    for query in case["missed_by"]:
        assert not finds(query, case["printed"]), f"{query} must not find {case['printed']}"


@pytest.mark.parametrize("words", rows("same"), ids=" ".join)
def test_words_that_share_a_stem(words: list[str]) -> None:
    stems = {word: whole(word).stem for word in words}
    assert len(set(stems.values())) == 1, stems


@pytest.mark.parametrize("words", rows("apart"), ids=" ".join)
def test_words_that_have_stems_of_their_own(words: list[str]) -> None:
    for one, other in combinations(words, 2):
        assert whole(one).stem != whole(other).stem, f"{one} and {other}: {whole(one).stem}"


@pytest.mark.parametrize(("chunk", "expected"), rows("words"))
def test_the_words_of_a_chunk(chunk: str, expected: str) -> None:
    assert " ".join(shown(token) for token in analyze_chunk(chunk)) == expected


@pytest.mark.parametrize(
    ("rule", "row"), [(name, row) for name, group in SUITE["rules"].items() for row in group]
)
def test_each_rule_by_itself(rule: str, row: list[str]) -> None:
    apply = next(each.apply for each in RULES if each.name == rule)
    assert apply(row[0]) == row[-1]


def test_every_rule_has_cases_that_fire_and_cases_that_do_not() -> None:
    assert list(SUITE["rules"]) == [rule.name for rule in RULES]
    for name, group in SUITE["rules"].items():
        assert any(row[0] != row[-1] for row in group), name
        assert name == "snowball" or any(row[0] == row[-1] for row in group), name


def test_no_row_of_a_table_is_hidden_by_a_row_before_it() -> None:
    for table, change in (
        (endings.IRREGULAR_ROWS, endings.IRREGULAR.change),
        (endings.APART_ROWS, endings.APART.change),
        (endings.FALSE_ENDING_ROWS, endings.FALSE_ENDINGS.change),
        (spelling.END_ROWS, spelling.modern),
        (spelling.START_ROWS, spelling.modern),
        (spelling.INSIDE_ROWS, spelling.modern),
    ):
        for old, new in endings.rows(table):
            before = "" if old.startswith("^") or table is spelling.START_ROWS else "zzo"
            assert change(before + old.removeprefix("^")) == before + new, old


@pytest.mark.parametrize(
    "name", [each.name for each in pkgutil.iter_modules(german.__path__, "searcher.german.")]
)
def test_the_examples_in_the_modules_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_example_of_the_package_runs() -> None:
    result = doctest.testmod(german)
    assert result.attempted
    assert not result.failed


# --- properties

HARD = "-–.,:;'’´*_/()\"„“…@&+#%§€ \u00ad\u200b\u200d\u0308\u0301\ufe0f\ufb01²½™\ud800\0\u0130ßẞſΣςهिंगㅎ각①"
german_words = st.text("abcdefghijklmnopqrstuvwxyzäöüßABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ", min_size=1, max_size=20)
pieces_of_chunks = st.one_of(
    german_words,
    st.text("0123456789.,:-/'", min_size=1, max_size=12),
    st.sampled_from(
        ["innen", "*innen", ":innen", "/-innen", "Innen", "(inn)en", "'s", "-", ".", "z.B.", "In", "*in"]
    ),
    st.text(HARD, max_size=4),
    st.text(max_size=6),
)
chunks = st.lists(pieces_of_chunks, max_size=6).map("".join)


def check(chunk: str) -> None:
    tokens = analyze_chunk(chunk)
    for token in tokens:
        assert token.stem == stem(token.printed) != ""
        assert token.printed == token.printed.lower() == unicodedata.normalize("NFKC", token.printed)
        assert not any(c.isspace() for c in token.printed)
        assert 0 <= token.start < token.end <= len(chunk)
        assert token.step in (0, 1)
        assert token.width >= 1
    assert [token.step for token in tokens[:1]] in ([], [1])
    firsts = [token for token in tokens if token.step]
    assert [token.start for token in firsts] == sorted(token.start for token in firsts)
    positions = len(firsts)
    position = -1
    for token in tokens:
        position += token.step
        assert position + token.width <= positions
    for token in tokens:
        if token.width == 1 and "-" not in token.printed:
            again = analyze_chunk(token.printed)[0]
            assert (again.stem, again.printed) == (token.stem, token.printed)


@given(chunks)
@example("Bürger*innen-Initiative.Das")
@example("ΑΣ'Σ")
@example("x\u0345")
@example("I\u0307\u0327")  # lower case alone would leave the marks in the wrong order
def test_what_holds_for_every_chunk(chunk: str) -> None:
    check(chunk)


def test_what_holds_for_every_letter_there_is() -> None:
    letters = [c for c in map(chr, range(0x110000)) if c.isalnum()]
    changing = [c for c in letters if c.lower() != c or unicodedata.normalize("NFKC", c) != c]
    assert len(changing) > 3000
    for letter in [*changing, *letters[::40]]:
        check(f"a{letter}")


@given(chunks)
def test_no_letter_is_lost(chunk: str) -> None:
    covered: set[int] = set()
    for token in analyze_chunk(chunk):
        covered.update(range(token.start, token.end))
    for at, c in enumerate(chunk):
        if c.isalnum() and unicodedata.normalize("NFKC", c).isalnum() and c not in APOSTROPHES:
            assert at in covered


@given(chunks)
@example("Studentin")
@example("Inland")
@example("C++")
@example("Objekt-C++")
@example("2023-03-31")
@example("Covid-19-Pandemie")
@example("1.000,5/3:2.")
@example("CDU-WählerInnen")
@example("Schiff-fahrt-Preis")
def test_the_short_way_gives_what_the_long_way_gives(chunk: str) -> None:
    long_way = tokenise.pieces_of_any(chunk)
    assert tokenise.pieces(chunk) == long_way
    if printed := plain_word(chunk):
        (token,) = analyze_chunk(chunk)
        assert [(printed, 1, token.start, token.end, 1, "")] == long_way
    for piece in long_way:
        assert stem(piece.printed) == reduce(lambda word, rule: rule.apply(word), RULES, piece.printed)


@given(st.lists(chunks, max_size=5), st.sampled_from([" ", "\n\n", "\u00a0", "\t \u2028"]))
def test_a_text_is_analysed_chunk_by_chunk(parts: list[str], blank: str) -> None:
    text = blank.join(parts)
    expected: list[PlacedToken] = []
    position, at = -1, 0
    for chunk in text.split():
        at = text.index(chunk, at)
        for token in analyze_chunk(chunk):
            position += token.step
            expected.append(
                PlacedToken(
                    token.stem, token.printed, position, token.width, at + token.start, at + token.end
                )
            )
        at += len(chunk)
    assert analyze(text) == expected
    assert analyze(text) == expected  # now from the cache


@given(
    german_words,
    st.sampled_from(["„%s“,", "(%s)", "»%s«", "%s.", "*%s*", "\u200b%s", "–%s–", "#%s", "%s\u00ad"]),
)
def test_punctuation_around_a_word_is_no_part_of_it(word: str, around: str) -> None:
    bare = analyze_chunk(word)
    shift = around.index("%")
    moved = [
        token._replace(start=token.start - shift, end=token.end - shift)
        for token in analyze_chunk(around % word)
    ]
    assert tuple(moved) == bare


@given(german_words)
def test_composed_or_not_hyphenated_or_not_a_word_is_the_same(word: str) -> None:
    expected = [(token.stem, token.printed) for token in analyze_chunk(word)]
    for written in (
        unicodedata.normalize("NFD", word),
        "\u00ad".join(word),
        "\u200b".join(word),
        word + "\ufeff",
    ):
        tokens = analyze_chunk(written)
        assert [(token.stem, token.printed) for token in tokens] == expected
        assert all(token.start == 0 for token in tokens)
    assert whole(word.upper()).stem == whole(word.lower()).stem


@given(german_words, german_words)
def test_a_compound_is_found_joined_and_by_its_parts(one: str, other: str) -> None:
    compound = whole(f"{one}-{other}")
    assert compound.width == 2
    assert compound.printed == f"{one}-{other}".lower()
    assert compound.stem == stem((one + other).lower())
    parts = {token.printed for token in analyze_chunk(f"{one}-{other}") if token.width == 1}
    assert {one.lower(), other.lower()} <= parts


@given(
    st.sampled_from(["Bürger", "Student", "Kolleg", "Ärzt", "Leser"]),
    st.sampled_from(["*", ":", "_", "/", "/-", "(", "·"]),
)
def test_gender_forms_are_one_word_whatever_the_mark(base: str, mark: str) -> None:
    chunk = f"{base}{mark}innen" + (")" if mark == "(" else "")
    tokens = analyze_chunk(chunk)
    assert tokens[0].stem == stem(base.lower() + "innen")
    assert {(token.start, token.end) for token in tokens} == {(0, len(chunk))}
    assert stem(base.lower()) in {token.stem for token in tokens}
    assert "innen" not in {token.printed for token in tokens}


# --- extremes

LONG = 20_000


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a-",
        "a.",
        "a'",
        "ä\u0308",
        "1.",
        "1,",
        "*innen",
        "Bürger*innen",
        "(",
        "\u0301",
        "ab/",
        "\ud800",
        "각",
        "a\u200d",
    ],
)
def test_a_very_long_chunk_is_analysed_in_bounded_pieces(unit: str) -> None:
    chunk = unit * (LONG // len(unit))
    tokens = analyze_chunk(chunk)
    assert all(token.end - token.start <= LONGEST for token in tokens)
    assert all(0 <= token.start < token.end <= len(chunk) for token in tokens)
    assert all(token.stem == stem(token.printed) for token in tokens[:50])
    assert bool(tokens) == any(c.isalnum() for c in unit)


def test_a_long_chunk_is_cut_between_words() -> None:
    words = ["Wort"] * 3000
    assert [token.printed for token in analyze_chunk(",".join(words))] == ["wort"] * 3000


def test_the_memory_is_bounded_and_changes_nothing() -> None:
    asked: list[str] = []

    def make(key: str) -> list[str]:
        asked.append(key)
        return key.split("-")

    memo = Memo(make, most=3, longest=4, widest=2)
    keys = ("a", "bb", "a", "ccc", "d-dd", "a", "too long", "too long", "e-e-", "e-e-")
    assert [memo[key] for key in keys] == [key.split("-") for key in keys]
    assert asked == ["a", "bb", "ccc", "d-dd", "a", "too long", "too long", "e-e-", "e-e-"]
    assert dict(memo) == {"d-dd": ["d", "dd"], "a": ["a"]}


def test_threads_do_not_disturb_one_another() -> None:
    words = [
        f"{word}{ending}"
        for word in ("Wissenschaft", "Verhandlung", "Lukaschenko")
        for ending in ("", "en", "s")
    ]
    expected = [analyze_chunk(word) for word in words]
    results: list[bool] = []

    def work() -> None:
        results.append(all([analyze_chunk(word) for word in words] == expected for _ in range(50)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


# --- the parts


def test_stop_words_are_lower_case_words_that_keep_to_themselves() -> None:
    assert 200 <= len(STOP_WORDS) <= 450
    for word in STOP_WORDS:
        (token,) = analyze_chunk(word)
        assert token.printed == word
        assert token.stem.endswith("-")


def test_both_stemmers_stem_alike() -> None:
    """PyStemmer and the stemmer in pure Python: the version names what they do, so they must share an index."""
    from snowballstemmer.german_stemmer import GermanStemmer

    plain = GermanStemmer()
    words = {token.printed for group in rows("same") for word in group for token in analyze_chunk(word)}
    words |= set(stem_module()._PROBES.split())
    assert {word: stem_module().snowball(word) for word in words} == {
        word: plain.stemWord(word) for word in words
    }
    assert "snowball-german-" + stem_module().fingerprint(plain.stemWord) == STEMMER_VERSION


def test_the_stemmer_in_pure_python_is_used_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from snowballstemmer.german_stemmer import GermanStemmer

    monkeypatch.setattr(stem_module().snowballstemmer, "stemmer", lambda language: GermanStemmer())
    assert stem_module()._stemmer()("verhandlungen") == stem("verhandlungen")


def test_trace_shows_the_chain_and_ends_in_the_stems() -> None:
    chunk = "„Corona-Themen“,"
    steps = trace(chunk)
    assert [step.name for step in steps] == ["normalise", "tokenise", *(rule.name for rule in RULES)]
    assert steps[0].result == ('"Corona-Themen",',)
    assert steps[1].result == ("corona", "corona-themen", "themen")
    assert steps[-1].result == tuple(token.stem for token in analyze_chunk(chunk))
    assert all(step.reason for step in steps)
    assert trace("–")[1].result == ()
    assert trace("a," * LONGEST)[1].result == ("a",) * LONGEST


@given(st.text(max_size=20))
def test_fold_gives_the_letters_that_are_printed(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold("MÜLLER*") == fold("mu\u0308ller*") == "müller*"


def test_news_of_years_keep_every_property() -> None:
    if not NEWS.exists():
        pytest.skip("the news of ../shared/data are not here")
    with lzma.open(NEWS, "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in islice(lines, 60)]
    found = {chunk for article in articles for chunk in str(article.get("text", "")).split()}
    assert len(found) > 5000
    for chunk in found:
        check(chunk)


# --- helpers


def stem_module() -> Any:
    return importlib.import_module("searcher.german.stem")


def shown(token: Token) -> str:
    return ("" if token.step else "+") + token.printed + (f"/{token.width}" if token.width > 1 else "")


def whole(chunk: str) -> Token:
    """The token that covers all of a chunk: the joined one of a compound."""
    return max(analyze_chunk(chunk), key=lambda token: (token.width, token.step))


def finds(query: str, printed: str) -> bool:
    """The obvious matcher: some way through the tokens of the query stands, in one piece, in the article."""
    exact = query.startswith('"')
    wanted = analyze(query)
    there = analyze(printed)
    end = max((token.position + token.width for token in wanted), default=0)

    def ways(position: int, place: int) -> Iterator[bool]:
        if position == end:
            yield True
            return
        for token in wanted:
            for other in there:
                if (token.position, other.position) == (position, place) and same(token, other):
                    yield from ways(position + token.width, place + other.width)

    def same(token: PlacedToken, other: PlacedToken) -> bool:
        return token.printed == other.printed if exact else token.stem == other.stem

    return any(found for place in {token.position for token in there} for found in ways(0, place))
