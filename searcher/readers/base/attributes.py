"""A limit on the attributes of an element: parsers take quadratic time over thousands of them.

Real pages have a few dozen at most, so no text is lost.

>>> many = " ".join(f"a{number}=1" for number in range(1000))
>>> cut, reasons = bounded(f'<p {many} id="x">Text</p>')
>>> len(cut) < 2000, cut[-8:], reasons
(True, 'Text</p>', ['an element with more than 200 attributes'])
"""

from __future__ import annotations

import re

MOST = 200
TELLING = 4 * MOST
"""Least length, in characters, of a tag with more than `MOST` attributes."""
TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |<(?:script|style)\b[^>]*+>.*?(?:</|\Z)
    |<[a-zA-Z](?:[^=>]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s"'>][^\s>]*+)?+)*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
"""Comments, scripts and tags, each from its beginning to its end, so that a page is gone through once."""
LONG = re.compile(rf"<[a-zA-Z][^>]{{{TELLING}}}")
HIDDEN_END = re.compile(r"""=\s*["'][^"'<>]*>""")
HIDDEN_ENDS = 50
"""Fewer `>` within quotes than this, and no long tag: the page needs no closer look."""
ATTRIBUTE = re.compile(r"""[^\s=>/]+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s"'>][^\s>]*+)?+)?+""")


def bounded(markup: str) -> tuple[str, list[str]]:
    """The markup with at most `MOST` attributes an element, and what there is to be told of it."""
    if not LONG.search(markup) and len(HIDDEN_END.findall(markup)) < HIDDEN_ENDS:
        return markup, []
    cut = TAG.sub(_bounded, markup)
    return cut, [f"an element with more than {MOST} attributes"] if len(cut) < len(markup) else []


def _bounded(found: re.Match[str]) -> str:
    tag = found.group()
    if len(tag) < TELLING or not tag[1].isalpha() or tag[1:7].lower() in ("script", "style>", "style "):
        return tag
    for number, attribute in enumerate(ATTRIBUTE.finditer(tag, 1)):
        # The first is the name of the element.
        if number == MOST:
            end = "/>" if tag.endswith("/>") else ">"
            return tag[: attribute.end()] + end if attribute.end() < len(tag) - 2 else tag
    return tag
