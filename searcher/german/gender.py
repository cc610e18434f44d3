"""Gender forms: `Bürger*innen`, `Bürger:innen`, `Bürger/-innen`, `BürgerInnen`, `jede*r` are one word each.

A gender form has the stem of the word without its sign, and also that of the masculine base if it differs
(`Student*innen` has the stem of `Studentinnen`, and a search for `Student` must find it too).

>>> bool(re.fullmatch(FORM, "Bürger*innen")), bool(re.match(FORM, "außen/innen"))
(True, False)
>>> base("bürger*innen"), base("schüler:innenzahlen"), camel_base("StudentInnen"), camel_base("LinkedIn")
('bürger', 'schülerzahlen', 'student', '')
"""

from __future__ import annotations

import re

from searcher.characters import GENDER_ENDINGS

FORM = rf"""(?x:
    (?! (?i: außen | aussen | innen | oben | unten | hinten | vorne? | draußen | drinnen ) [^\w\s] )
    (?:
      [^\W\d_]{{3,}}+ (?:
          [*·_] (?: [iI]nnen [a-zäöüß]*+ | [iI]n ) (?!\w)
        | : (?: innen [a-zäöüß]*+ | in ) (?!\w)                         # never "Redaktion:In", "Thema:Innenpolitik"
        | [*·:] (?: {GENDER_ENDINGS} ) (?![\w-])                              # jede*r; never "Quelle:n-tv"
        | /-? [iI]nnen [a-zäöüß]*+ (?!\w)
        | \( (?: -?[iI]n(?:nen)?\) | inn\)en | inne\)n | (?: {GENDER_ENDINGS} | nen ) \) ) (?!\w)
      )
    | (?: (?=[A-ZÄÖÜ]) | (?=[^\W\d_]{{5}}) ) [^\W\d_]{{3,}}+ /-? [iI]n (?![\w-])       # never "nach/in"
    )
)"""
"""A pattern for a whole gender form, to be matched at the start of a word."""

_MARK = re.compile(r"([*·_:]|/-?|\(-?)(?:innen|in\b|inn\)en|inne\)n|nen\)|[rnsme]{1,2}\b)\)?")
# In the singular LinkedIn, CheckIn, StandIn and LogIn look like camel forms: so only after an agent noun.
_CAMEL = re.compile(
    r"([^\W\d_]{2,}[a-zäöüß])Innen"
    r"|([^\W\d_]{2,}(?:er|or|eur|ist|ent|ant|[dkrm]at|eut|pert|[ao]log|agog|eund|chbar|itekt|onom|när))In"
)


def base(printed: str) -> str:
    """The word without its feminine ending, from the printed form: `patient/-innenakten` gives `patientakten`."""
    return _MARK.sub("", printed, count=1)


def camel_base(word: str) -> str:
    """The masculine base of `BürgerInnen` or `BürgerIn`, lower-case; '' for any other word."""
    match = _CAMEL.fullmatch(word) if "In" in word else None
    return (match[1] or match[2]).lower() if match else ""
