"""Untrusted XML: parsed without entity declarations, without network access, and with any declared encoding.

>>> parse(b"<a><b>x</b></a>")[0].find("b").text
'x'
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from searcher.errors import ReadError
from searcher.readers.base.encoding import decode
from searcher.readers.base.repairs import FORBIDDEN

Element = ElementTree.Element

_INSIDE = (
    "a abbr b bdo big chron cite classifier code em emphasis event font function hi i ins lang location money num org "
    "object.title person persName placeName orgName pronounce q ref rs s small span strong sub sup tt u virtloc w"
)
INSIDE = frozenset(_INSIDE.split())
"""Elements inside of lines: they may begin and end within a word."""
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
DECLARED = re.compile(rb"""^[^>]{0,100}encoding\s*=\s*["']([\w.-]{1,30})["']""")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)(\w{2,31};)")


def parse(data: bytes) -> tuple[Element, str]:
    """The root, and how the bytes had to be read ('' as declared); ReadError if it is not XML.

    Entities that a document declares itself are refused: they can grow without bound or read other files. Those of
    HTML, which news formats borrow through their DTD, are known.
    """
    declared = DECLARED.match(data[:200])
    text, how = decode(data, declared[1].decode() if declared else "")
    if "<!ENTITY" in text:
        raise ReadError("XML with entity declarations is not read")
    text = DECLARATION.sub("", text)
    if "&" in text:
        text = ENTITY.sub(lambda match: html.unescape(match.group()).replace("&", "&amp;"), text)
    cleaned = FORBIDDEN.sub(" ", text)
    try:
        return ElementTree.fromstring(cleaned), how or ("control characters" if cleaned != text else "")
    except ElementTree.ParseError as error:
        raise ReadError(f"broken XML: {error}") from None


def local(element: Element) -> str:
    """The name of an element without its namespace; '' for comments and instructions."""
    # What a comment has for a tag is a function.
    return element.tag.rpartition("}")[2] if type(element.tag) is str else ""


def find(element: Element | None, *path: str) -> Element | None:
    """The first element below, following these names in any namespace."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def find_all(element: Element | None, name: str) -> Iterator[Element]:
    """The children of this name, in any namespace."""
    return (each for each in (() if element is None else element) if local(each) == name)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """The elements of these names at any depth."""
    return (each for each in element.iter() if local(each) in names)


def text(element: Element | None) -> str:
    """The text of an element and all below it, blanks made single; only elements inside of lines glue words."""
    if element is None:
        return ""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    """The texts in the order of print; without recursion, for files are not to be trusted."""
    waiting: list[Element | str] = [element]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
            continue
        apart = "" if local(each) in INSIDE else " "
        parts: list[Element | str] = [apart + (each.text or "")]
        for child in each:
            parts += [child, child.tail or ""]
        waiting += reversed([*parts, apart])


def markup(element: Element) -> str:
    """The element as markup."""
    return ElementTree.tostring(element, encoding="unicode")
