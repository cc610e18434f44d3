"""Tokenisation: one chunk is cut into words, compounds, abbreviations, numbers and gender forms.

A chunk is a row of atoms (a word, a number, an abbreviation, a gender form) with links between them. Atoms linked by
hyphen, dot or apostrophe take consecutive positions; their joined form is a further token that covers all of them.

>>> [(p.printed, p.step, p.width) for p in pieces("Corona-Pandemie,")]
[('corona', 1, 1), ('corona-pandemie', 0, 2), ('pandemie', 1, 1)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from searcher.german import gender
from searcher.german.normalise import LATIN, OUTER, Normalised, lower, normalise

LONGEST = 4096
"""Maximum length of a chunk; a longer one (a table without spaces, an image in letters) is analysed in pieces."""

WIDEST = 12
"""Maximum number of parts for a joined form; an address or a row of dots and letters has more."""

_ATOM = re.compile(
    rf"""
      (?P<gender> {gender.FORM} )
    | (?P<sharp> [CF] (?: \+\+ | \# ) (?! [^\W_] ) )                    # C++, C#: C alone is another word
    | (?P<sign> (?<![^\W\d_]) (?:[%€$£]|§§?) (?! [^\W\d_] ) )                # 50 %, § 218, 20 €
    | (?P<day> \d{{4}} - \d\d - \d\d (?! [\w-] ) )                      # 2023-03-31
    | (?P<abbreviation>
          [^\W\d_] (?: \. [^\W\d_] )+ (?! [^\W_] )                      # z.B, U.S.A, i.d.R
        | (?: [^\W\d_] \. )+ (?i: chr | dgl | sc | med ) (?! [^\W_] ) ) # v.Chr, u.dgl, B.Sc
    | (?P<owner> [^\W_]++ ' (?: s | sche?[nrsm]? ) (?! [^\W_] ) )       # Lukaschenko's, Grimm'sche
    | (?P<word> [^\W_]++ (?: (?<=\d) (?: [.,:] | '(?=\d{{3}}) ) (?=\d) [^\W_]++ )*+ )   # Wort, A380, 1.000,50, 13:46
    """,
    re.VERBOSE,
)
# Quotes and brackets around a part do not separate it: "Bild"-Zeitung, (Geo-)Politik, Dipl.-Ing.
_LINK = re.compile(r"""\.?["')\]]{0,3}(-)["'()\[]{0,3}(?=[^\W_])|(?<=[^\W\d_])([.'])(?=[^\W\d_])""")
_LOOSEST_FIRST = ".-'"
_LETTER = re.compile(r"[^\W\d_]")


class Piece(NamedTuple):
    """A printed word: `step` positions after the previous piece, `width` positions wide, at a span of the chunk.

    `base` is the masculine of a gender form, else ''.
    """

    printed: str
    step: int
    start: int
    end: int
    width: int = 1
    base: str = ""


_DATE = re.compile(r"0?([1-9]|[12]\d|3[01])\.0?([1-9]|1[0-2])\.(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-0?([1-9]|1[0-2])-0?([1-9]|[12]\d|3[01])")
_MONTHS = ["januar", "februar", "märz", "april", "mai", "juni", "juli", "august"]
_MONTHS += ["september", "oktober", "november", "dezember"]

_latin = re.compile(f"[{LATIN}]*").fullmatch
_numbers = re.compile("[0-9]+(?:[.,:/][0-9]+)*").fullmatch
_make = tuple.__new__  # a third of the time of Piece(...)


def _is_plain(letters: str) -> bool:
    return (
        letters.isalnum()
        and (letters.isascii() or _latin(letters) is not None)
        # BürgerInnen
        and letters.find("In", 3) < 0
        and len(letters) <= LONGEST
    )


def _is_plain_compound(word: str) -> bool:
    # Two numbers may be a date, and a last part C may belong to C++.
    letters = word.replace("-", "")
    return (
        word.count("-") < WIDEST
        and "--" not in word
        and word[-2:-1] != "-"
        and _is_plain(letters)
        and (letters.isalpha() or sum(map(str.isdigit, word.split("-"))) < 2)
    )


def plain_word(chunk: str) -> str:
    """The printed form of a chunk that is one word of letters and digits between punctuation, the usual case; else ''.

    >>> [plain_word(chunk) for chunk in ("Waffenruhe,", "(A380)", "EU-Gipfel", "BürgerInnen", "C++", "z.B.")]
    ['waffenruhe', 'a380', '', '', '', '']
    """
    word = chunk if chunk.isalpha() else chunk.strip(OUTER)
    # Without its signs C++ would be another word, and Waren may be those of a shop.
    return word.lower() if _is_plain(word) and (len(word) > 1 or word not in "CF") and word != "Waren" else ""


def pieces(chunk: str) -> list[Piece]:
    """Every word of a chunk without white space, in order; a joined form comes directly after its first part."""
    word = chunk.strip(OUTER)
    if "-" in word and _is_plain_compound(word):
        return _compound(word.lower(), chunk.index(word))
    if _numbers(word):
        start = chunk.index(word)
        return _dated(word, start, start + len(word)) or _row(word.split("/"), start)
    return pieces_of_any(chunk)


def _dated(printed: str, start: int, end: int) -> list[Piece]:
    """A date in figures as words: 31.03.2023 gives the tokens of 31. März 2023, and itself; [] for other words."""
    if match := _DATE.fullmatch(printed):
        day, month, year = match.groups()
    elif match := _ISO_DATE.fullmatch(printed):
        year, month, day = match.groups()
    else:
        return []
    first, *others = [Piece(word, 1, start, end) for word in (day, _MONTHS[int(month) - 1], year)]
    return [first, Piece(printed, 0, start, end, 3), *others]


def _row(words: list[str], start: int) -> list[Piece]:
    """Words with one character between each two of them."""
    found = []
    for word in words:
        found.append(_make(Piece, (word, 1, start, start + len(word), 1, "")))
        start += len(word) + 1
    return found


def _compound(printed: str, start: int) -> list[Piece]:
    """Plain words with hyphens between them."""
    found = _row(printed.split("-"), start)
    whole = _make(Piece, (printed, 0, start, start + len(printed), len(found), ""))
    return [found[0], whole, found[1]] if len(found) == 2 else [found[0], whole, *_paired(found)]


def _paired(parts: list[Piece]) -> list[Piece]:
    """The pieces after the first of three or more parts of a compound: each pair joined, then its second part.

    So Nasenschutz finds Mund-Nasen-Schutz, and Covid19 finds Covid-19-Impfung.
    """
    found = []
    for left, right in pairwise(parts):
        found += [Piece(f"{left.printed}-{right.printed}", 0, left.start, right.end, 2), right]
    return found


def pieces_of_any(chunk: str) -> list[Piece]:
    """`pieces` without the shortcuts for common kinds of chunks."""
    found: list[Piece] = []
    for atoms, links in _groups(normalise(chunk)):
        _place(atoms, links, found)
    return found


def _groups(normal: Normalised) -> Iterator[tuple[list[Piece], str]]:
    """Runs of linked atoms, each with the links between them: `n - 1` of the characters '.', '-' and apostrophe."""
    atoms: list[Piece] = []
    links = ""
    match = _ATOM.search(normal.shape)
    while match:
        atoms.append(_atom(normal, match))
        if link := _LINK.match(normal.shape, match.end()):
            links += link[1] or link[2]
        else:
            yield atoms, links
            atoms, links = [], ""
        match = _ATOM.search(normal.shape, match.end())


def _atom(normal: Normalised, match: re.Match[str]) -> Piece:
    text = normal.text[match.start() : match.end()]
    printed = lower(text)
    start, end = normal.span(match.start(), match.end())
    base = gender.base(printed) if match.lastgroup == "gender" else gender.camel_base(text)
    if text == "Waren":
        base = "ware"
    return Piece(printed, 1, start, end, 1, base)


def _place(atoms: list[Piece], links: str, found: list[Piece]) -> None:
    """Append the atoms to `found`, and after the first atom of each compound the compound: the widest first.

    A dot binds loosest, so that in `EU-Kommission.Der` the compound is still one; an apostrophe binds closest.
    """
    first = len(found)
    if not links.strip(links[:1]):
        if not links:
            found += _dated(atoms[0].printed, atoms[0].start, atoms[0].end) or atoms
            return
        found += [atoms[0], *_paired(atoms)] if links[0] == "-" and 2 < len(atoms) <= WIDEST else atoms
        printed = links[:1].join([atom.printed for atom in atoms])
    else:
        loosest = next(link for link in _LOOSEST_FIRST if link in links)
        begin = 0
        for part in links.split(loosest):
            end = begin + len(part) + 1
            _place(atoms[begin:end], part, found)
            begin = end
        printed = "".join([atom.printed + link for atom, link in zip(atoms, [*links, ""], strict=True)])
    if 1 < len(atoms) <= WIDEST and _LETTER.search(printed):
        found.insert(first + 1, Piece(printed, 0, atoms[0].start, atoms[-1].end, len(atoms)))
