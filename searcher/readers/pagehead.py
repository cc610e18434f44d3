"""The metadata of an HTML page: title, dates, author and the like.

Sources, in order of trust: JSON-LD, Open Graph and meta elements, the printed page, scripts.

>>> from lxml import html
>>> page = html.document_fromstring('<meta property="og:title" content="Ruhe - WELT"><h1>Ruhe</h1>')
>>> PageHead(page).title()
'Ruhe'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from searcher.dates import Period
from searcher.errors import DateError
from searcher.readers import bylines, jsonld
from searcher.readers.base.date_values import period

SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " • ")
KICKER_CLASS = re.compile(
    r"(?:kicker|top-?line|overline|dachzeile|roof-?line|spitzmarke|supertitle|oberzeile|pretitle|catchline)",
    re.IGNORECASE,
)
KICKER_LIMIT = 80
BESIDE, SURROUNDINGS = 3, 1500
"""How many elements up from a kicker its headline is looked for, and how much text may be there."""
JSONLD_TITLES = (
    "abendblatt.de braunschweiger-zeitung.de harzkurier.de ikz-online.de kleinezeitung.at morgenpost.de "
    "mz.de nrz.de nzz.ch t-online.de thueringer-allgemeine.de volksstimme.de waz.de wp.de wr.de"
)
"""Their Open Graph titles are written for feeds; the headline is the one in JSON-LD."""
PRINTED_TITLES = "mdr.de"
"""Publishers that give other titles to machines than to readers.

Which of a page's titles a publisher means is a matter of the house: on 53 checked pages the best rule without these
two lists finds 42 of their titles, with them 52.
"""
PUBLISHED = (
    "articlepublishedtime articlepublished datepublished publisheddate pubdate publishdate publicationdate "
    "publishtime originalpublicationdate dctermsissued dctermscreated dcdateissued dcdate dcdatecreated date "
    "sailthrudate parselypubdate cxenseparserecspublishtime lastpublished releasedate"
)
UPDATED = (
    "articlemodifiedtime articlemodified datemodified modifieddate lastmodified ogupdatedtime "
    "dctermsmodified dcdatemodified revised"
)
AUTHOR_NAMES = (
    "author",
    "articleauthor",
    "twittermiscwrittenby",
    "parselyauthor",
    "dccreator",
    "dctermscreator",
)
WRITTEN_BY = frozenset({"written by", "verfasst von", "geschrieben von", "von"})
GENERIC = frozenset(
    {"redaktion", "onlineredaktion", "admin", "administrator", "webmaster", "editor", "autor", "author"}
)
"""Who signs where no person does."""
EMBEDDED = re.compile(
    r"""(?:publi[a-z_]*(?:date|time|at)[a-z_]*|datepublished)(?:"|&quot;)\s*:\s*(?:"|&quot;)"""
    r"""(\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^"&]{0,15})""",
    re.IGNORECASE,
)
"""A date of publication in the data of a script, as consent and statistics layers carry it."""


class PageHead:
    """The head of one parsed page (an lxml element); `source` is its markup, for what only scripts tell."""

    def __init__(self, page: Any, source: str = "") -> None:
        self._page = page
        self._source = source
        self.jsonld = jsonld.article_node(
            script.text or ""
            for script in page.iter("script")
            if (script.get("type") or "").strip().lower() == "application/ld+json"
        )

    @cached_property
    def meta(self) -> dict[str, str]:
        """Meta elements by name, without case and punctuation; the first of a name counts."""
        found: dict[str, str] = {}
        for element in self._page.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = " ".join((element.get("content") or "").split())
            if name and content:
                found.setdefault(re.sub(r"[^a-z]", "", name.lower()), content)
        return found

    def meta_all(self, name: str) -> list[str]:
        """The contents of a meta element that may be repeated (`article:tag`)."""
        found = (
            each.get("content") or "" for each in self._page.iter("meta") if each.get("property") == name
        )
        return [" ".join(each.split()) for each in found if each.strip()]

    @cached_property
    def url(self) -> str:
        """The address of the page as it gives it itself: canonical link, Open Graph, JSON-LD."""
        links = (each.get("href") for each in self._page.iter("link") if each.get("rel") == "canonical")
        named = [next(links, None), self.meta.get("ogurl"), self.jsonld.get("url")]
        entity = self.jsonld.get("mainEntityOfPage")
        named.append(entity.get("@id") if isinstance(entity, dict) else entity)
        addresses = (urljoin(str(each), "").strip() for each in named if isinstance(each, str))
        return next((each for each in addresses if each.startswith(("http://", "https://"))), "")

    @cached_property
    def host(self) -> str:
        """The host of the page, without www."""
        return host_of(self.url)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the h1 elements, kickers left out."""
        return [text for each in self._page.iter("h1") if (text := _text_without_kicker(each))]

    def titles(self) -> list[str]:
        """Everything that a first paragraph may repeat of the headline."""
        whole = [" ".join(each.text_content().split()) for each in self._page.iter("h1")]
        return [self.title(), jsonld.text(self.jsonld.get("headline")), *self.headings, *whole]

    def title(self) -> str:
        """The headline: for most publishers the Open Graph title, without the name of the site."""
        shared = self.meta.get("ogtitle") or ""
        headline = jsonld.text(self.jsonld.get("headline"))
        printed = self.headings[0] if self.headings else ""
        if printed and _is_of(self.host, PRINTED_TITLES):
            return printed
        if headline and _is_of(self.host, JSONLD_TITLES):
            return headline
        element = self._page.find(".//title")
        named = (
            shared
            or headline
            or printed
            or (" ".join(element.text_content().split()) if element is not None else "")
        )
        return self._without_site(named, [headline, *self.headings])

    def _without_site(self, title: str, others: Iterable[str]) -> str:
        """The title without what it shares with every page of its site."""
        for other in others:
            for separator in SEPARATORS:
                if other and (title.startswith(other + separator) or title.endswith(separator + other)):
                    return other
            if title and other.startswith(f'{title} "'):
                # The title was cut where its own quotation mark ended the attribute.
                return other
        for separator in SEPARATORS:
            before, found, last = title.rpartition(separator)
            if found and _folded(last) in self._site_names:
                return before.strip()
        return title

    @cached_property
    def _site_names(self) -> set[str]:
        names = {_folded(self.meta.get("ogsitename", "")), _folded(jsonld.text(self.jsonld.get("publisher")))}
        host = {_folded(self.host), _folded(self.host.rpartition(".")[0])}
        return (names | host) - {""}

    def kicker(self, title: str) -> str:
        """The line above the headline, where the page marks one and the title does not begin with it."""
        headlines = {_folded(each) for each in (title, *self.titles())} - {""}
        for element in self._page.iter():
            # Pages mark the kickers of their teasers too: ours is the one beside our headline.
            if not _is_kicker(element) or any(map(_is_kicker, element.iterdescendants())):
                continue
            text = " ".join(" ".join(element.itertext()).replace("\xad", "").split()).rstrip(" :")
            if 1 < len(text) <= KICKER_LIMIT and _stands_beside(element, headlines):
                return "" if _folded(title).startswith(_folded(text)) else text
        return ""

    def description(self) -> str:
        """What the page says it is about, in a sentence or two."""
        described = jsonld.text(self.jsonld.get("description"))
        return described or self.meta.get("ogdescription") or self.meta.get("description") or ""

    def dates(self) -> tuple[Period | None, Period | None]:
        """(published, updated)"""
        published = _first([self.jsonld.get("datePublished"), *map(self.meta.get, PUBLISHED.split())])
        updated = _first([self.jsonld.get("dateModified"), *map(self.meta.get, UPDATED.split())])
        times = [each.get("datetime") for each in self._page.iter("time")]
        if published is None or published.precision != "minute":
            finer = _first([*times[:1], *EMBEDDED.findall(self._source)[:1]])
            if published is None or (finer and published.overlaps(finer.start, finer.end)):
                published = finer or published
        return published, updated

    def source(self) -> str:
        """The name of the publication, where the page gives one."""
        # A publisher may be given as a reference to an object elsewhere on the page.
        publisher = next(iter(jsonld.names(self.jsonld.get("publisher"))), "")
        return self.meta.get("ogsitename") or publisher

    def author(self) -> str:
        """The names of the authors, separated by commas; the publisher is none."""
        given = [jsonld.names(self.jsonld.get("author"))]
        given += [[self.meta[name]] for name in AUTHOR_NAMES if self.meta.get(name)]
        if self.meta.get("twitterlabel", "").lower() in WRITTEN_BY and self.meta.get("twitterdata"):
            given.append([self.meta["twitterdata"]])
        for told in given:
            named = [each for text in told if _is_person(text) for each in bylines.names(text)]
            if people := [each for each in named if not self._is_publisher(each)]:
                return ", ".join(dict.fromkeys(people))
        return ", ".join(each for each in bylines.printed(self._page) if not self._is_publisher(each))

    def _is_publisher(self, name: str) -> bool:
        folded = _folded(name)
        return not folded or folded in self._site_names or folded in GENERIC

    def section(self) -> str:
        """The section of the paper."""
        return jsonld.text(self.jsonld.get("articleSection")) or self.meta.get("articlesection", "")

    def keywords(self) -> tuple[str, ...]:
        """What the article is filed under."""
        given = self.jsonld.get("keywords") or self.meta_all("article:tag")
        if not given or (isinstance(given, str) and "," not in given and " " in given):
            given = self.meta.get("newskeywords") or self.meta.get("keywords") or given or []
        words = given.split("," if "," in given else ";") if isinstance(given, str) else jsonld.names(given)
        return tuple(dict.fromkeys(text for each in words if (text := jsonld.text(each))))

    def says_article(self) -> bool:
        """Whether the page calls itself an article."""
        kind = self.meta.get("ogtype", "").lower()
        return bool(self.jsonld) or kind.endswith("article") or "articlepublishedtime" in self.meta


def host_of(url: str) -> str:
    """The host of an address, without www; '' where it has none.

    >>> host_of("https://www.wendlau.example/moor.html")
    'wendlau.example'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_person(text: str) -> bool:
    return not text.startswith(("http", "www.")) and "@" not in text


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9äöüß]", "", name.lower())


def _is_of(host: str, sites: str) -> bool:
    return ".".join(host.split(".")[-2:]) in sites.split()


def _is_kicker(element: Any) -> bool:
    return isinstance(element.tag, str) and bool(KICKER_CLASS.search(element.get("class") or ""))


def _stands_beside(element: Any, headlines: set[str]) -> bool:
    """Whether one of these headlines is what else there is in the element's surroundings."""
    for around in islice(element.iterancestors(), BESIDE):
        text = _folded("".join(around.itertext()))
        if any(headline in text for headline in headlines):
            return len(text) < SURROUNDINGS
        if len(text) >= SURROUNDINGS:
            return False
    return False


def _text_without_kicker(heading: Any) -> str:
    kickers = {each for each in heading.iterdescendants() if _is_kicker(each)}
    if not kickers:
        return " ".join(heading.text_content().split())
    return " ".join(" ".join(_texts(heading, kickers)).split())


def _texts(element: Any, without: set[Any]) -> Iterator[str]:
    if element not in without and isinstance(element.tag, str):
        yield element.text or ""
        for child in element:
            yield from _texts(child, without)
            yield child.tail or ""


def _first(values: Iterable[Any]) -> Period | None:
    """The first value that is a date."""
    for value in values:
        try:
            found = period(value[0] if isinstance(value, list) and value else value)
        except DateError:
            continue
        if found:
            return found
    return None
