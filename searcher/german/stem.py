"""Stemming rules: parts and numbers, letters, function words, and Snowball as the last one.

The rules for spellings and endings have tables in other modules; `chain` lists all rules in order.

>>> join_parts("corona-pandemie"), join_parts("1.000.000"), join_parts("31.03.2023"), join_parts("bürger*innen")
('coronapandemie', '1000000', '31.3.2023', 'bürgerinnen')
>>> plain_letters("erdoğan"), single_letters("flussschiff"), function_word("sich"), snowball("brücken")
('erdogan', 'flusschiff', 'sich-', 'bruck')
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from unicodedata import normalize

import snowballstemmer

from searcher.german.stopwords import STOP_WORDS

_DATE = re.compile(r"0?([1-9]\d?)\.0?([1-9]\d?)\.(\d{4}|\d\d)")
_ISO_DATE = re.compile(r"(\d{4})-0?([1-9]\d?)-0?([1-9]\d?)")
_DAY = re.compile(r"(0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])")
_THOUSANDS = re.compile(r"(?<![\d.,:'])\d{1,3}(?:[.']\d{3})+(?![\d.:'])")
_NO_DIGIT = re.compile(r"\D")
_OWNER = re.compile(r"(?<!\d)'s$")
_BETWEEN = re.compile(r"(?<!\d)[.,:]|[.,:](?!\d)|[-'*·_/()]")
_SHARP = frozenset(["c++", "c#", "f#"])


def join_parts(printed: str) -> str:
    """Join compounds, abbreviations and gender forms to one word.

    Numbers lose the dots of thousands, dates their leading zeros, genitives the apostrophe and s.
    """
    if printed.isalpha():
        return printed
    word = printed.replace("-", "")
    if word.isalpha() or printed in _SHARP:
        return word
    if match := _DATE.fullmatch(printed):
        return ".".join(match.groups())
    if match := _ISO_DATE.fullmatch(printed):
        return ".".join(reversed(match.groups()))
    if match := _DAY.fullmatch(printed):
        return f"{int(match[1])}.{int(match[2])}"
    word = _THOUSANDS.sub(lambda number: _NO_DIGIT.sub("", number[0]), printed)
    return _BETWEEN.sub("", _OWNER.sub("", word))


_SHARP_S = {word: word.replace("ß", "sz") for word in ("buße", "bußen", "maß", "maße", "maßen")}


def sharp(word: str) -> str:
    """Write sz for ß in words that would otherwise equal a word with ss."""
    return _SHARP_S.get(word, word)


# Letters of other Latin alphabets lose their marks: Erdoğan is typed Erdogan, Šefčovič Sefcovic. Snowball
# handles ä ö ü. The final sigma becomes a sigma, and stress marks over Cyrillic are dropped.
_BARE = {"ß": "ss", "ø": "o", "œ": "ö", "æ": "ä", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ς": "σ"}
_LETTERS = {ord(letter): bare for letter, bare in _BARE.items()} | dict.fromkeys(range(0x300, 0x370), "")
for _code in (*range(0xE0, 0x250), *range(0x1E00, 0x1F00)):
    _bare = normalize("NFD", chr(_code))[0]
    if _bare.isascii() and chr(_code) not in "äöü":
        _LETTERS[_code] = _bare
_FOREIGN = re.compile("[^\x00-\x7fäöü]")


def plain_letters(word: str) -> str:
    """Write ss for ß, and remove foreign marks from Latin letters."""
    return word if word.isascii() or not _FOREIGN.search(word) else word.translate(_LETTERS)


_REPEATED = re.compile(r"(.)\1\1")
_TRIPLE = re.compile(r"([a-zäöü])\1\1+")


def has_triple(word: str) -> bool:
    """Whether a word of more than 7 letters has three equal letters in a row."""
    return len(word) > 7 and _REPEATED.search(word) is not None


def single_letters(word: str) -> str:
    """Reduce three equal letters in a row to two, as before 1996; short words (www, brrr) keep theirs."""
    return _TRIPLE.sub(r"\1\1", word) if has_triple(word) else word


def _stemmer() -> Callable[[str], str]:
    stemmer = snowballstemmer.stemmer("german")
    if hasattr(stemmer, "maxCacheSize"):
        # PyStemmer: its cache costs more than it saves here, and without it threads may share the stemmer.
        stemmer.maxCacheSize = 0
        stem_word: Callable[[str], str] = stemmer.stemWord
        return stem_word
    lock = threading.Lock()

    def locked(word: str) -> str:
        with lock:
            return str(stemmer.stemWord(word))

    return locked


snowball = _stemmer()

_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
FUNCTION_STEMS = {
    plain_letters(written): snowball(word) + "-"
    for word in STOP_WORDS
    for written in (word, word.translate(_WITHOUT_UMLAUTS))
}


def function_word(word: str) -> str:
    """The stem of a function word, marked with '-' so that no other word has it and no later rule changes it."""
    return FUNCTION_STEMS.get(word, word)


_PROBES = """
    bürgerinnen studentinnen müller mueller dauer quelle goethe israel systemen problem aktuell vorbedingungen arbeitet
    freundlichkeit wirklichkeiten wissenschaftlich lebendiger geordnet verhältnisse ergebnisses vögeln vögelns ratest
    musikalisch politik einigung heiterkeit katzen straßen häuser kleinster interner lehrerin lehrern planet haus's
"""


def fingerprint(stem_word: Callable[[str], str]) -> str:
    """Eight hexadecimal digits, equal for two stemmers that stem the probes alike."""
    stems = " ".join(map(stem_word, _PROBES.split()))
    return hashlib.blake2b(stems.encode(), digest_size=4).hexdigest()


STEMMER_VERSION = "snowball-german-" + fingerprint(snowball)
"""Identifies the behaviour of the stemmer, not its package: two releases that stem alike may share an index."""
