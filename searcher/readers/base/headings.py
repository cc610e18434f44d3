"""Columns and keys of other people's archives: which field of an Article each one is.

One table of usual German and English names, in order of preference; case, umlauts, blanks, hyphens and
underscores do not count. What no field takes goes to `extra`.

>>> plan_for(("Ueberschrift", "News", "Jahr")).fields
{'title': 'Ueberschrift', 'body': 'News'}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from searcher.errors import UsageError

COLUMNS: dict[str, str] = {
    "id": "id guid uuid sophoraid externalid articleid docid documentid artikelid nummer identifier",
    "title": "title titel headline ueberschrift schlagzeile hauptzeile hl heading betreff subject name",
    "kicker": "kicker dachzeile topline shortheadline spitzmarke oberzeile overline supertitle catchline",
    "teaser": "teaser vorspann shorttext firstsentence lead lede leadtext anreisser untertitel subtitle "
    "subheadline unterzeile summary zusammenfassung abstract einleitung kurztext standfirst "
    "excerpt teasertext",
    "body": "body text article content inhalt volltext fulltext artikel artikeltext articletext "
    "articlebody news nachricht meldung haupttext fliesstext plaintext maintext texte "
    "description beschreibung",
    "updated": "updated modified stand aktualisiert updatedat modifiedat lastmodified datemodified "
    "lastupdated versioncreated geaendert aenderungsdatum modificationdate lastupdate",
    "date": "date datum timestamp zeitstempel zeitpunkt datetime datumzeit zeit time tag day",
    "published": "published publishedat datepublished publicationdate pubdate publishdate veroeffentlicht "
    "veroeffentlichungsdatum erschienen erscheinungsdatum erschienenam firstcreated created "
    "createdat creationdate erstellt datecreated issued",
    "source": "source quelle zeitung medium newspaper publisher outlet sender herausgeber publikation "
    "publication provider site domain sitename",
    "section": "section ressort rubrik category kategorie kategorien categories sparte department desk "
    "channel ress",
    "author": "author autor autorin authors autoren verfasser verfasserin byline creator redakteur "
    "journalist authorname",
    "url": "url link href permalink canonicalurl webseite weburl detailsweb adresse uri articleurl shareurl",
    "keywords": "keywords keyword schlagworte schlagwoerter schlagwort stichworte stichwoerter tags themen "
    "topics subjects",
}
FIELDS = tuple(field for field in COLUMNS if field != "updated")
"""What `--map` may name."""
ENVELOPES = frozenset(
    {"teaser", "article", "source", "doc", "document", "fields", "attributes", "data", "item"}
)
"""Objects around the columns proper, as APIs and search engines export them: `_source.title`,
`teaser.headline`.
"""
NAMED = frozenset({"source", "author", "section"})
"""Fields that may come as an object with a name: `source.name`."""
FOLDING = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "", "_": "", "-": "", ":": "", "@": ""}
)
RANK = {name: (field, rank) for field, names in COLUMNS.items() for rank, name in enumerate(names.split())}
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
    fields = {field: column for field, column in (mapping or {}).items() if column in columns}
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
        known = RANK.get(fold_name(column))
        if not known and "." in column:
            known = _dotted(column)
        if known:
            found.append((known[1], place, known[0], column))
    return found


def _dotted(column: str) -> tuple[str, int] | None:
    outer, _, last = column.rpartition(".")
    outer, last = fold_name(outer), fold_name(last)
    if last == "name" and RANK.get(outer, ("",))[0] in NAMED:
        return RANK[outer]
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
