"""From the column names of an archive to the fields of an Article.

One table lists the usual German and English names, in order of preference; case, umlauts, blanks, hyphens and
underscores do not count. Any other column goes to `extra`.

>>> plan_for(("Ueberschrift", "News", "Jahr")).fields
{'title': 'Ueberschrift', 'body': 'News'}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from searcher.errors import UsageError

COLUMNS: dict[str, str] = {
    "id": "id guid uuid sophoraid externalid articleid docid documentid artikelid nummer identifier storiesid "
    "accessionno an itemid newsid",
    "title": "title titel headline ueberschrift schlagzeile hauptzeile hl heading betreff subject name webtitle "
    "headlines hd ti headlinemain titleraw titletext newstitle articletitle ogtitle",
    "kicker": "kicker dachzeile topline shortheadline spitzmarke oberzeile overline supertitle catchline roofline",
    "teaser": "teaser vorspann shorttext firstsentence lead lede leadtext anreisser untertitel subtitle "
    "subheadline unterzeile summary zusammenfassung abstract einleitung kurztext standfirst "
    "excerpt teasertext trailtext lp leadparagraph metadescription snippet deck hlead descriptiontext highlight",
    "body": "body text article content inhalt volltext fulltext artikel artikeltext articletext "
    "articlebody news nachricht meldung haupttext fliesstext plaintext maintext texte bodytext contenttext "
    "contenthtml bodyxhtml bodyhtml bodies td contentencoded textcontent fulltextcontent cleantext rawtext "
    "contentraw articlecontent newscontent langtext meldungstext story storytext paragraphs fulltexthtml html "
    "description beschreibung",
    "updated": "updated modified stand aktualisiert updatedat modifiedat lastmodified datemodified "
    "lastupdated versioncreated geaendert aenderungsdatum modificationdate lastupdate datemodify contentmodified "
    "articlemodifiedtime updatedate dateupdated modifieddate",
    "date": "date datum timestamp zeitstempel zeitpunkt datetime datumzeit zeit time tag day erscheinungstag "
    "ausgabedatum ausgabetag pd publikationsdatum publicationday dateline issuedate seendate newsdate articledate",
    "published": "published publishedat datepublished publicationdate pubdate publishdate veroeffentlicht "
    "veroeffentlichungsdatum erschienen erscheinungsdatum erschienenam firstcreated created "
    "createdat creationdate erstellt datecreated issued datepublish publishingdate webpublicationdate "
    "firstpublished firstpublicationdate datetimepub publisheddate dategmt dateissued articlepublishedtime "
    "erstveroeffentlichung erstveroeffentlichungsdatum releasedate posted postdate posteddate",
    "source": "source quelle zeitung medium newspaper publisher outlet sender herausgeber publikation "
    "publication provider site domain sitename sourcedomain sn medianame publicationname sourcename "
    "sourcehostname hostname journal medienname publicationtitle",
    "section": "section ressort rubrik category kategorie kategorien categories sparte department desk "
    "channel ress sectionname se pillarname newsdesk seccion articlesection buch",
    "author": "author autor autorin authors autoren verfasser verfasserin byline bylines creator redakteur "
    "journalist authorname authornames by au contributors dccreator",
    "url": "url link href permalink canonicalurl webseite weburl detailsweb adresse uri articleurl shareurl "
    "canonicallink requestedurl respondedurl sourceurl pageurl externalurl originalurl landingpage",
    "keywords": "keywords keyword schlagworte schlagwoerter schlagwort stichworte stichwoerter tags themen "
    "topics subjects  topic deskriptoren newskeywords metakeywords",
}
"""What newspapers' own exports and people's tables say, then news-please, fundus, newspaper, trafilatura, Media Cloud,
Factiva, LexisNexis, WISO, the Guardian, the New York Times, Event Registry, WordPress, ninjs and JSON Feed; the date of
a crawl (`crawl_date`, `date_download`) is no date of an article.
"""
FIELDS = tuple(field for field in COLUMNS if field != "updated")
"""What `--map` may name."""
_ENVELOPES = (
    "teaser article source doc document fields attributes data item html content meta metadata headline byline "
    "webpage record post story node properties"
)
ENVELOPES = frozenset(_ENVELOPES.split())
"""Objects around the columns proper, as APIs and search engines export them: `_source.title`,
`teaser.headline`.
"""
NAMED = frozenset({"source", "author", "section"})
"""Fields that may come as an object with a name: `source.name`."""
FOLDING = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "", "_": "", "-": "", ":": "", "@": ""}
)
RANK = {name: (field, rank) for field, names in COLUMNS.items() for rank, name in enumerate(names.split())}
WHOLE = frozenset({"rendered", "value", "text", "main", "original", "plain"})
"""What objects call their one text: `title.rendered`."""
INNER = {
    ("body", "summary"): "teaser",
    ("body", "sections"): "body",
    ("headline", "printheadline"): "title",
    ("headline", "kicker"): "kicker",
}
"""Members that mean another field than the object around them."""
SECOND_CHOICE = {"description": "teaser", "beschreibung": "teaser"}
"""Columns that are the text only where nothing else is."""


@dataclass(frozen=True)
class Plan:
    """Which column gives which field (of `COLUMNS`), and the columns that are left."""

    fields: dict[str, str]
    rest: tuple[str, ...]


def fold_name(column: str) -> str:
    """A column name without what does not count.

    >>> fold_name("Schlag_Wörter")
    'schlagwoerter'
    """
    return column.strip().lower().translate(FOLDING)


def plan_for(columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> Plan:
    """The plan for a record with these columns; columns named in `mapping` but not there are passed over."""
    known = set(columns)
    fields = {field: column for field, column in (mapping or {}).items() if column in known}
    taken = set(fields.values())
    ranked = sorted(_candidates(columns))
    for _, _, field, column in ranked:
        if (
            field not in fields
            and column not in taken
            and not (field == "updated" and "date" in (mapping or {}))
        ):
            fields[field] = column
            taken.add(column)
    for column in columns:
        second = SECOND_CHOICE.get(fold_name(column), "")
        if second and second not in fields and column not in taken:
            fields[second] = column
            taken.add(column)
    ordered = {field: fields[field] for field in COLUMNS if field in fields}
    return Plan(ordered, tuple(column for column in columns if column not in taken))


def _candidates(columns: Sequence[str]) -> list[tuple[int, int, str, str]]:
    """(rank, place, field, column) for every column whose name is known."""
    found = []
    for place, column in enumerate(columns):
        known = _known(column)
        if known:
            found.append((known[1], place, known[0], column))
    return found


def _known(column: str) -> tuple[str, int] | None:
    """The field and rank of a column: its whole name, that without a namespace, or what an object calls it."""
    name = fold_name(column)
    found = RANK.get(name) or (
        RANK.get(name.removeprefix("dc").removeprefix("terms")) if ":" in column else None
    )
    if found or not ("." in column or ":" in column):
        return found
    if ":" in column:
        behind = RANK.get(fold_name(column.rpartition(":")[2]))
        return (behind[0], behind[1] + 50) if behind else None
    return _dotted(column)


def _dotted(column: str) -> tuple[str, int] | None:
    outer, _, last = column.rpartition(".")
    outer, last = fold_name(outer.rpartition(".")[2]), fold_name(last)
    if outer in RANK and (last in WHOLE or (last in ("name", "title") and RANK[outer][0] in NAMED)):
        return RANK[outer]
    if (outer, last) in INNER:
        return INNER[outer, last], 0
    if outer not in ENVELOPES or last not in RANK or (last == "id" and outer in NAMED):
        return None
    field, rank = RANK[last]
    return field, rank + 100


def check_mapping(mapping: Mapping[str, str]) -> None:
    """UsageError where `--map` names a field that articles do not have."""
    for field in mapping:
        if field not in FIELDS:
            raise UsageError(
                f"unknown field '{field}' in the mapping of columns", f"choose from {', '.join(FIELDS)}"
            )


def missing(columns: Sequence[str], mapping: Mapping[str, str]) -> str:
    """One line naming the first mapped column that is not there, and those that are; '' where all is well."""
    for column in mapping.values():
        if column not in columns:
            shown = ", ".join(columns[:30]) or "none"
            return f"no column '{column}': the columns are {shown}"
    return ""
