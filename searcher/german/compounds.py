"""Closed compounds, split by word frequency in the archive: Impfstoff is Impf + Stoff. There is no dictionary.

A cut is accepted if both sides are words whose geometric mean frequency is at least that of the compound; the best cut
has the most frequent sides. Linking letters belong to neither side, and an ending is not a word (quadrat+isch).

>>> known = {"impfen": 9, "stoff": 7, "klima": 8, "schutz": 9, "gesetz": 9, "schutzgesetz": 2}.get
>>> def frequency(word): return known(word, 0)
>>> split("impfstoff", frequency), split("klimaschutzgesetz", frequency), split("quadratisch", frequency)
(('impfen', 'stoff'), ('klima', 'schutzgesetz'), ())
>>> parts("klimaschutzgesetz", frequency)
('klima', 'schutzgesetz', 'schutz', 'gesetz')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searcher.german.stopwords import STOP_WORDS

Frequency = Callable[[str], int]
"""The number of articles with a word in any form; 0 for an unknown word."""

SHORTEST = 8
"""Minimum length of a compound, in letters: most cuts of shorter words are wrong (Mot+or)."""
SHORTEST_HEAD = 4
SHORTEST_FIRST = 3
OFTEN = 50
"""Minimum number of articles for a first part of three letters: Eis and Tod reach it, fragments do not."""
DEEPEST = 3
"""How many times parts are split again."""

LINKS = ("", "s", "es", "n", "en", "er", "e", "ens")
"""Linking letters between two parts; they belong to neither."""
LINKED = 0.8
"""Weight of a first part with linking letters; 1 without."""

# Word endings that also occur alone: as names, foreign words or fragments of hyphenation.
ENDINGS = """
    ung ungen heit heiten keit keiten schaft schaften tum nis nisse ling linge lein chen isch ische ischen ischer
    isches ismus isten ist lich liche lichen licher bar bare sam same los lose losen haft hafte ig ige igen ion ionen
    tion tionen tät täten ität enz anz ant anten ent enten erin innen ern end ende enden iert ieren ierung ierungen
    ierte ierten ator atoren eur eure iker ikerin lerin nerin stel sten ster tern ersten gen gens bert mann ter ten tem
    tes sche schen scher sches berg burg dorf stein feld hausen heim bach tal hof land stadt
"""
_NO_HEAD = frozenset(ENDINGS.split()) | STOP_WORDS
PREFIXES = """
    ab an auf aus bei be da dar ein ent er fort ge her hin hinter los mit nach nieder statt über um un unter ver vor
    voran voraus vorbei weg wider wieder zer zu zurück zusammen durch hinaus heraus hervor herein hinein hinzu dazu
    davon herum
"""
_NO_FIRST = frozenset(PREFIXES.split()) | STOP_WORDS


def _firsts(written: str) -> Iterator[tuple[str, float]]:
    """(word, weight) for every word that the first side of a cut may be a form of: Vorsichts, Schul, Impf."""
    for link in LINKS:
        if written.endswith(link):
            word = written[: len(written) - len(link)]
            if len(word) >= SHORTEST_FIRST and word not in _NO_FIRST:
                yield word, LINKED if link else 1.0
    if len(written) > SHORTEST_FIRST and written not in _NO_FIRST:
        yield written + "e", 1.0
        yield written + "en", 1.0


def _first(written: str, frequency: Frequency) -> tuple[float, str]:
    """(weighted frequency, word) of the likeliest word for the first side of a cut; (0, '') if there is none."""
    best = (0.0, "")
    for word, worth in _firsts(written):
        found = frequency(word)
        if found and (len(word) > SHORTEST_FIRST or found >= OFTEN) and found * worth > best[0]:
            best = (found * worth, word)
    return best


def split(word: str, frequency: Frequency) -> tuple[str, ...]:
    """The two words of a lower-case compound, the first without linking letters; () for any other word."""
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    least = max(frequency(word), 1) ** 2
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for cut in range(SHORTEST_FIRST, len(word) - SHORTEST_HEAD + 1):
        written, head = word[:cut], word[cut:]
        if head in _NO_HEAD or written in _NO_FIRST:
            continue
        second = frequency(head)
        if second:
            first, lemma = _first(written, frequency)
            if first and first * second >= least and first * second > best[0]:
                best = (first * second, (lemma, head))
    return best[1]


def parts(word: str, frequency: Frequency, depth: int = DEEPEST) -> tuple[str, ...]:
    """The parts of a compound and the parts of these, larger ones first; () for any other word."""
    cut = split(word, frequency)
    deeper = [each for part in cut for each in parts(part, frequency, depth - 1)] if depth > 0 else []
    return tuple(dict.fromkeys((*cut, *deeper)))
