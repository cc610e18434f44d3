"""Compounds: what is cut and what is not over a small vocabulary of our own, and properties of every cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.german.compounds import DEEPEST, parts, split

VOCABULARY = """
    impfen 90 stoff 70 klima 80 schutz 95 gesetz 99 schutzgesetz 3 vorsicht 20 maßnahmen 60 schule 90 haus 95 tag 90
    bundes 8 bundestag 97 eis 80 preis 80 preise 70 kranke 30 kranken 40 versicherung 50 mot 2 or 1 isch 5 quadrat 9
    ver 3 kehr 4 verkehr 60 straße 80 ung 3 zeit 80 zeitung 60 auge 20 augen 30 entzündung 15 land 90 deutsch 70
    deutschland 99 lehrer 60 folge 30 erfolg 70 kriegs 5 krieg 90 regierung 95
"""
KNOWN = {word: int(count) for word, count in zip(*[iter(VOCABULARY.split())] * 2, strict=True)}


def frequency(word: str) -> int:
    return KNOWN.get(word, 0)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("impfstoff", "impfen stoff"),
        ("klimaschutzgesetz", "klima schutzgesetz"),
        ("vorsichtsmaßnahmen", "vorsicht maßnahmen"),
        ("schulhaus", "schule haus"),
        ("eispreise", "eis preise"),
        ("krankenversicherung", "kranken versicherung"),
        ("augenentzündung", "augen entzündung"),
        ("straßenverkehr", "straße verkehr"),
        ("kriegsfolge", "krieg folge"),
        ("bundesregierung", "bundes regierung"),
        # more frequent than its parts would make it
        ("deutschland", ""),
        # endings and prefixes are no words
        ("quadratisch", ""),
        ("verkehrung", ""),
        ("verkehr", ""),
        # too short, not in letters, not known
        ("motor", ""),
        ("impf-stoff", ""),
        ("waffenruhe", ""),
    ],
)
def test_what_is_cut(word: str, expected: str) -> None:
    assert " ".join(split(word, frequency)) == expected


def test_parts_are_those_of_the_parts_too() -> None:
    assert parts("klimaschutzgesetz", frequency) == ("klima", "schutzgesetz", "schutz", "gesetz")
    assert parts("klimaschutzgesetz", frequency, depth=0) == ("klima", "schutzgesetz")


@given(st.lists(st.sampled_from([*KNOWN, "s", "n", "x"]), min_size=1, max_size=4).map("".join))
def test_a_cut_has_two_known_words_and_the_head_is_the_end(word: str) -> None:
    cut = split(word, frequency)
    if cut:
        first, head = cut
        assert word.endswith(head) and len(head) < len(word)
        assert min(frequency(first), frequency(head)) > 0
        assert frequency(first) * frequency(head) >= frequency(word) ** 2 * 0.8
    assert len(parts(word, frequency)) <= 2 ** (DEEPEST + 2)
