"""HTML pages: the article on a page, without what surrounds it.

The text is found by trafilatura, the rest is the page's own word for it.

The extra `html` brings trafilatura and htmldate; they are loaded with the first page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from searcher.dates import Period
from searcher.errors import DateError, ReadError
from searcher.readers.base import attributes, extras
from searcher.readers.base.date_values import period
from searcher.readers.base.encoding import decode
from searcher.readers.base.paragraphs import joined
from searcher.readers.base.records import Record, Unit
from searcher.readers.base.repairs import without_controls
from searcher.readers.base.row_to_article import finished
from searcher.readers.pagehead import PageHead, host_of
from searcher.report import Repair

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S+) -->")
CACHED_PAGES = 500
"""Pages after which the caches of trafilatura are emptied, to bound their size."""
DATED_ADDRESS = re.compile(r"/((?:19|20)\d\d)([/-])(\d\d)\2(\d\d)(?=[/-]|$)")
TEXT_OF_AN_ARTICLE = 250
"""A page that does not call itself an article needs this many characters of running text to be one."""
SENTENCE = 60
LONGEST_LINK = 160
PROMOTION = re.compile(
    r"\b(?:newsletter|whats-?app-?(?:kanal|channel)|news-app|social media|abonnieren|abo (?:testen|abschließen)"
    r"|folgen sie uns|jetzt kostenlos)\b",
    re.IGNORECASE,
)
"""What papers say of themselves below their articles."""
NO_ARTICLE = "no article on this page: no running text"
EXTRA = "html"

_pages_read = 0


def read(unit: Unit) -> Iterator[Record]:
    """The article on a page."""
    data = unit.data or b""
    declared = CHARSET.search(data[:4096])
    source, how = decode(data, declared[1].decode("ascii") if declared else "")
    source, cleaned = without_controls(source)
    source, cut = attributes.bounded(source)
    for reason in [how, *cleaned, *cut]:
        if reason:
            yield Repair(unit.path, None, reason, unit.name)
    values = article_values(source, named=unit.options.source)
    if not values:
        yield unit.reject(NO_ARTICLE)
        return
    yield from finished({"id": values["url"] or unit.name, **values}, unit)


def article_values(source: str, url: str = "", named: str = "") -> dict[str, Any]:
    """The fields of the article in this markup, {} where there is none.

    `url` counts where the page tells no better, `named` is the source where it names none, before its host.
    """
    # lxml keeps every name of a tag or attribute as long as the thread lives that met it, and pages invent names.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_article_values, source, url, named).result()


def _article_values(source: str, url: str, named: str) -> dict[str, Any]:
    page = _parsed(source)
    if page is None:
        return {}
    head = PageHead(page, source)
    title = head.title()
    published, updated = head.dates()
    saved = SAVED_FROM.search(source[:2000])
    address = head.url or (saved[1] if saved else url)
    if published is None and updated is None:
        published = _date_in(address) or _guessed_date(page)
    values = {
        "title": title,
        "kicker": head.kicker(title),
        "date": updated if updated and (not published or updated.start > published.start) else published,
        "source": head.source() or named or host_of(address),
        "section": head.section(),
        "author": head.author(),
        "url": address,
        "keywords": head.keywords(),
    }
    if published and values["date"] != published:
        values["published"] = published
    links = "" if head.says_article() else _folded(" ".join(page.xpath("//a//text()")))
    teaser, body = _texts(page, head.description(), head.titles(), _link_texts(page))
    if not _is_article(head, body, links):
        return {}
    return {**values, "teaser": teaser, "body": "\n\n".join(body)}


def _parsed(source: str) -> Any:
    html = extras.load("lxml.html", EXTRA)
    try:
        return html.document_fromstring(source.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (html.etree.ParserError, ValueError):
        return None


def _texts(page: Any, description: str, titles: list[str], linked: set[str]) -> tuple[str, list[str]]:
    """The teaser and the paragraphs of the body; what trafilatura takes along of the headline is left out."""
    global _pages_read
    trafilatura = extras.load("trafilatura", EXTRA)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with extras.failing("the page cannot be parsed"):
        found = trafilatura.bare_extraction(
            # Its second opinions cost half as much again and change nothing on the pages of tests/quality.
            page,
            fast=True,
            include_comments=False,
            include_tables=False,
            with_metadata=False,
        )
    _pages_read += 1
    if _pages_read % CACHED_PAGES == 0:
        extras.load("trafilatura.meta", EXTRA).reset_caches()
    blocks = joined(_blocks(found.body)).split("\n\n") if found is not None and found.body is not None else []
    while blocks and _folded(blocks[0]) in map(_folded, titles):
        del blocks[0]
    blocks = _without_links([block for block in blocks if block], linked)
    if blocks and description and _is_same(blocks[0], description):
        return blocks[0], blocks[1:]
    if description and description not in blocks:
        printed = " ".join(page.xpath("//body//text()[not(parent::script or parent::style)]"))
        if _folded(description) in _folded(printed):
            return description, blocks
    return "", blocks


def _blocks(body: Any) -> Iterator[str]:
    """The paragraphs, headings and list items of trafilatura's tree."""
    for element in body:
        if element.tag in ("list", "quote", "div", "table", "row") and len(element):
            yield element.text or ""
            yield from _blocks(element)
        else:
            yield "".join(element.itertext())
        yield element.tail or ""


def _link_texts(page: Any) -> set[str]:
    """What the links of a page read, asked for before trafilatura takes the page apart."""
    return {_folded(" ".join(each.itertext())) for each in page.iter("a")} - {""}


def _without_links(blocks: list[str], links: set[str]) -> list[str]:
    """The paragraphs without lists of links to other articles, and without the paper's own advertisement at the end."""
    is_link = [len(block) <= LONGEST_LINK and _folded(block) in links for block in blocks]
    kept = [
        block
        for place, block in enumerate(blocks)
        if not (is_link[place] and any(is_link[max(place - 1, 0) : place] + is_link[place + 1 : place + 2]))
    ]
    while kept and (
        PROMOTION.search(kept[-1]) or (len(kept[-1]) <= LONGEST_LINK and _folded(kept[-1]) in links)
    ):
        del kept[-1]
    return kept


def _is_same(paragraph: str, description: str) -> bool:
    """Whether a first paragraph is the description, which pages often cut or lengthen a little."""
    one, other = set(paragraph.lower().split()), set(description.lower().split())
    return len(one & other) >= 0.7 * min(len(one), len(other)) and len(paragraph) < 3 * len(description)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower().replace("\xad", "")).strip()


def _is_article(head: PageHead, body: list[str], links: str) -> bool:
    """Whether there is running text; on a page that only leads to articles the text is in links."""
    running = [block for block in body if len(block) >= SENTENCE]
    if head.says_article():
        return bool(running)
    own = [block for block in running if _folded(block) not in links]
    return sum(map(len, own)) >= TEXT_OF_AN_ARTICLE and len(own) >= len(running) / 2


def _date_in(address: str) -> Period | None:
    """The day that an address names, as many papers have it: /2023/05/03/, /2023-05-03-bruecke."""
    found = DATED_ADDRESS.search(address)
    try:
        return period("-".join(found.group(1, 3, 4))) if found else None
    except DateError:
        return None


def _guessed_date(page: Any) -> Period | None:
    """The day that htmldate finds on the page, where it says so; a guess from any number would be none."""
    htmldate = extras.load("htmldate", EXTRA)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        with extras.failing("no date can be found"):
            found = htmldate.find_date(
                page, extensive_search=False, original_date=True, outputformat="%Y-%m-%d"
            )
        return period(found)
    except (DateError, ReadError):
        return None
