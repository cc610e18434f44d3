"""Word families: forms of a word with another stem, which a query looks up beside the word.

Verb forms (steigen, stieg), feminine and masculine (Arzt, Ärztin), comparison (hoch, höher), adjectives that lose a
vowel (teuer, teure), nouns in -ion of verbs in -ieren, and names with several spellings. The index holds nothing of
this: a form that does not occur costs one lookup in the term dictionary.

>>> related("Ärztin"), related("höher")[:2], "selenskij" in related("Zelensky")
(('arzt', 'arzte'), ('hoch', 'hohe'), True)
>>> related("Berlin"), related("Fischer")
((), ('fischerin', 'fischerinnen'))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from searcher.german.chain import stem
from searcher.german.names import NAMES
from searcher.german.stopwords import STOP_WORDS
from searcher.german.verbs import NOUN_STEMS, verb_forms

COMPARED_ROWS = """
    hoch hohe höher höchst, gut besser best beste, nah nahe näher nächst nächste, viel mehr meist meiste,
    groß größer größt größte, gern lieber, alt älter ältest älteste, jung jünger jüngst jüngste, lang länger längst
    längste, kurz kürzer kürzest kürzeste, stark stärker stärkst stärkste, schwach schwächer schwächst schwächste,
    hart härter härtest härteste, warm wärmer wärmst wärmste, kalt kälter kältest kälteste, scharf schärfer schärfst
    schärfste, arm ärmer ärmst ärmste, klug klüger klügst klügste, krank kränker kränkst kränkste, grob gröber gröbst
    gröbste, dumm dümmer dümmst dümmste, schwarz schwärzer schwärzest schwärzeste, rot röter rötest röteste, gesund
    gesünder gesündest gesündeste, jung jünger jüngste, nass nässer nässest, schmal schmäler schmälst, fromm frömmer
    frömmst
"""
"""Adjectives whose comparison changes the vowel or the word."""

PERSON_ROWS = """
    arzt ärztin, anwalt anwältin, bauer bäuerin, koch köchin, graf gräfin, franzose französin, jude jüdin, schwager
    schwägerin, hund hündin, wolf wölfin, rat rätin, papst päpstin, schwabe schwäbin, wirt wirtin, freund freundin,
    feind feindin, fürst fürstin, könig königin, held heldin, christ christin, nachbar nachbarin, chef chefin, gatte
    gattin, pate patin, zeuge zeugin, kunde kundin, bote botin, erbe erbin, kollege kollegin, genosse genossin, gott
    göttin, prinz prinzessin, russe russin, pole polin, türke türkin, däne dänin, finne finnin, schwede schwedin,
    grieche griechin, tscheche tschechin, slowake slowakin, ungar ungarin, bulgare bulgarin, rumäne rumänin,
    kroate kroatin, serbe serbin, chinese chinesin, brite britin, ire irin, schotte schottin, kurde kurdin, afghane
    afghanin, syrer syrerin, sachse sächsin, hesse hessin, deutscher deutsche, beamter beamtin, beamte beamtin,
    insasse insassin, experte expertin, laie laiin, zivilist zivilistin, komplize komplizin, riese riesin, heide heidin,
    sklave sklavin, vorfahr vorfahrin, gefährte gefährtin, ehemann ehefrau, fachmann fachfrau fachleute, kaufmann
    kauffrau kaufleute, landsmann landsfrau landsleute, geschäftsmann geschäftsfrau geschäftsleute, feuerwehrmann
    feuerwehrfrau feuerwehrleute, kameramann kamerafrau, obmann obfrau obleute, ombudsmann ombudsfrau, staatsmann
    staatsfrau, bankkaufmann bankkauffrau, schirmherr schirmherrin, herr herrin, bruder schwester-
"""
"""Words for persons whose feminine the endings below do not give; they match ends of compounds too (Chefarzt)."""

_PERSON_ROWS = (
    "er or eur ist ent ant oge ege at ar är iker ling eut ekt ologe agoge ast it ot nom af soph eld"
)
_PERSON_ENDINGS = tuple(_PERSON_ROWS.split())
_VOWEL_ROWS = "abel ibel unkel edel eitel eikel teuer sauer geheuer akaber nteger"
_VOWEL_LOST = tuple(_VOWEL_ROWS.split())
_ADJECTIVE = ("e", "en", "er", "es", "em")


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows.split(","):
        words = tuple(word for word in row.split() if not word.endswith("-"))
        for word in words:
            groups[word] = tuple(dict.fromkeys((*groups.get(word, ()), *words)))
    return groups


_COMPARED = _table(COMPARED_ROWS)
_PERSONS = _table(PERSON_ROWS)
_NAMED = _table(NAMES)


def _without_adjective_ending(word: str) -> Iterator[str]:
    yield word
    for end in _ADJECTIVE:
        if word.endswith(end):
            yield word[: -len(end)]


def _compared(word: str) -> Iterator[str]:
    for base in _without_adjective_ending(word):
        yield from _COMPARED.get(base, ())


def _vowel_lost(word: str) -> Iterator[str]:
    """Forms of adjectives that lose a vowel: teuer, teure and teurer; dunkel and dunkle."""
    if word.endswith(_VOWEL_LOST):
        yield word[:-2] + word[-1] + "e"
    for base in _without_adjective_ending(word):
        full = base[:-1] + "e" + base[-1:]
        if base != word and len(base) > 3 and full.endswith(_VOWEL_LOST):
            yield full
            yield base + "e"


def _inflected(persons: Iterable[str]) -> Iterator[str]:
    for person in persons:
        yield person
        yield person + ("nen" if person.endswith("in") else "e" if person[-1:] not in "e" else "n")


def _of_persons(word: str) -> Iterator[str]:
    """The feminine of a masculine, and the masculine of a feminine."""
    for singular in _singulars(word):
        for end, group in _ends_of(singular):
            others = [each for each in group if each != singular[end:]]
            yield from _inflected(singular[:end] + each for each in others)
            return
    feminine = word.removesuffix("nen") if word.endswith("innen") else word
    if feminine.endswith("in"):
        for masculine in (feminine[:-2], feminine[:-2] + "e"):
            if len(masculine) > 4 and masculine.endswith(_PERSON_ENDINGS):
                yield masculine
                yield masculine + ("en" if not masculine.endswith(("e", "er")) else "n")
        return
    for masculine in _singulars(word):
        if len(masculine) > 4 and masculine.endswith(_PERSON_ENDINGS):
            yield masculine.removesuffix("e") + "in"
            yield masculine.removesuffix("e") + "innen"


def _singulars(word: str) -> Iterator[str]:
    """The word, and the singulars of which it may be a plural or another case."""
    yield word
    for end in ("innen", "en", "n", "s", "es", "e"):
        if word.endswith(end) and len(word) > len(end) + 3:
            yield word[: -len(end)] + ("in" if end == "innen" else "")
    if word.endswith("e"):
        yield word[:-1].translate(_PLAIN)


_PLAIN = str.maketrans("äöü", "aou")
_LONGEST_PERSON = max(map(len, _PERSONS))


def _ends_of(word: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(offset, row) of every end of the word in the table of persons, longest first; 0 or 3 letters or more precede."""
    for begin in range(max(len(word) - _LONGEST_PERSON, 0), len(word) - 2):
        if begin not in (1, 2) and (begin == 0 or len(word) - begin > 3) and word[begin:] in _PERSONS:
            yield begin, _PERSONS[word[begin:]]


def _in_ion(word: str) -> Iterator[str]:
    """Nouns in -ion and verbs in -ieren: Information, informieren; Produktion, produzieren; Infektion, infizieren."""
    noun = word.removesuffix("en")
    if noun.endswith("ion") and len(noun) > 6:
        root = noun[:-3]
        yield from (root + "ieren", root.removesuffix("at") + "ieren", root.removesuffix("it") + "ieren")
        if root.endswith("kt"):
            yield from (root[:-2] + "zieren", root[:-2] + "gieren", root[:-3] + "izieren", root + "ieren")
        if root.endswith("ikat"):
            yield root[:-4] + "izieren"
        if root.endswith("ss"):
            yield from (root[:-2] + "tieren", root[:-2] + "dieren")
        return
    root, found, _ = word.partition("ier")
    if not found or len(root) < 3:
        return
    yield from (root + "ation", root + "ion", root + "ition")
    if root[-1] in "zg":
        yield root[:-1] + "ktion"
    if root.endswith("iz"):
        yield from (root[:-2] + "ektion", root[:-2] + "ikation")
    if root[-1] in "td":
        yield root[:-1] + "ssion"


@lru_cache(4096)
def related(word: str) -> tuple[str, ...]:
    """Other printed forms of a word as typed; () for stop words and short words. A capital excludes finite verbs.

    The forms are made by rule, so some of them may not exist.
    """
    printed = word.lower()
    if printed in STOP_WORDS or not printed.isalpha() or len(printed) < 3:
        return ()
    noun = word[:1].isupper() and not word.isupper()
    found = [*_NAMED.get(printed, ()), *_compared(printed), *_vowel_lost(printed), *_of_persons(printed)]
    verb = verb_forms(printed, noun)
    found += verb
    for form in dict.fromkeys((printed, *verb[:1])):
        found += _in_ion(form)
    for infinitive in [form for form in found if form.endswith("ieren")]:
        found += verb_forms(infinitive)
    return tuple(form for form in dict.fromkeys(found) if form != printed and form not in STOP_WORDS)


_GROUPED = re.compile(r"\d{1,3}(?:[.']\d{3})+|\d{5,}")


@lru_cache(4096)
def alternatives(word: str) -> tuple[tuple[str, ...], ...]:
    """Other forms of a word as typed: for each form its stems, one per position.

    The stems of `related` without the word's own; for a number its groups of three digits.

    >>> alternatives("stieg")[0], alternatives("20.000"), alternatives("Waffenruhe")
    (('steig',), (('20', '000'),), ())
    """
    if _GROUPED.fullmatch(word):
        digits = re.sub(r"\D", "", word)
        first = len(digits) % 3 or 3
        return ((digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))),)
    own = stem(word.lower())
    stems = dict.fromkeys(map(stem, related(word)))
    return tuple((each,) for each in stems if each != own and each not in NOUN_STEMS)
