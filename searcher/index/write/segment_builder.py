"""SegmentBuilder: turns articles into the columns of one segment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searcher.article import FACETS, ZONES, Article
from searcher.index.document import ANALYSED, METADATA, ZONE_GAP, ZONE_WEIGHTS, metadata, minutes
from searcher.index.format import stored_blocks
from searcher.index.format.columns import FACET_COLUMNS, Array, Strings, narrow, spread
from searcher.index.format.digests import digest
from searcher.index.format.entry import SegmentEntry
from searcher.index.format.stored_blocks import Blocks
from searcher.index.write.invert import Inverted, Tokens, invert
from searcher.index.write.segment_writer import Assembler
from searcher.index.write.vocabulary import Vocabulary
from searcher.report import Rejection

TOKENS_PER_SEGMENT = 16_000_000
"""A builder is full at this many tokens: about 450 MB of arrays at its peak."""

DOCS_PER_SEGMENT = 1 << 16
"""… or at this many articles, so that document numbers fit in two bytes."""

METADATA_AT_ONCE = 1 << 16
"""Sources, keywords and the like are short, so many are analysed at a time."""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(text: str) -> bytes:
    """UTF-8; a lone surrogate, which no UTF-8 has, is kept as it is."""
    return text.encode("utf-8", "surrogatepass")


LINK = "duplicate_of"
"""The name in `extra` of the id of an article that had the same text first; no part of what makes a version."""


def fingerprint(line: bytes) -> int:
    """The digest of a stored line, as it was before it was linked to another article."""
    if b'"%s"' % LINK.encode() in line:
        values = json.loads(line.decode("utf-8", "surrogatepass"))
        extra = values.get("extra")
        if isinstance(extra, dict) and extra.pop(LINK, None) is not None:
            if not extra:
                del values["extra"]
            line = encode(_json(values))
    return digest(line)


@dataclass(frozen=True)
class Record:
    """An article ready to be indexed: with the line that is stored, the digest of its id and the line's fingerprint."""

    article: Article
    line: bytes
    key: int
    fingerprint: int

    @classmethod
    def of(cls, article: Article) -> Record:
        """The record of an article."""
        line = encode(_json(article.as_dict()))
        return cls(article, line, digest(encode(article.id)), fingerprint(line))

    def refusal(self, path: str) -> Rejection | None:
        """Why the article cannot be kept, if so; `path` is the file it is of, '' where it is of none."""
        if len(self.line) <= stored_blocks.LONGEST:
            return None
        name, most = self.article.id, stored_blocks.LONGEST >> 20
        reason = f"an article of more than {most} MB: shorten its text or its extra fields"
        return Rejection(path or name, None, f"{name}: {reason}" if path else reason)


class _FieldBuffer:
    """The tokens of one field so far, batch by batch; every document has `zones` texts, or any number if it is 1."""

    def __init__(self, zones: int) -> None:
        self.zones = zones
        self.pieces: list[Tokens] = []
        self.counts: list[Array] = []
        self.begins: list[Array] = []

    def add(self, texts: list[bytes], docs: Array, vocabulary: Vocabulary) -> int:
        """Append texts, each of a document; those of one document lie `ZONE_GAP` free positions apart."""
        found = vocabulary.tokens(texts)
        ends = np.cumsum(found.counts)
        spans = np.zeros(len(texts), np.int64)
        some = found.counts > 0
        spans[some] = found.positions[ends[some] - 1] + 1
        spans += ZONE_GAP
        begins = np.cumsum(spans) - spans
        begins -= begins[np.searchsorted(docs, docs)]
        positions = found.positions + np.repeat(begins.astype(np.int32), found.counts)
        zone_of_text = np.tile(np.arange(self.zones, dtype=np.uint8), len(texts) // self.zones)
        before_body = zone_of_text < self.zones - 1
        early = spread((ends - found.counts)[before_body], found.counts[before_body])
        self.pieces.append(
            Tokens(
                found.forms,
                np.repeat(narrow(docs), found.counts),
                narrow(positions),
                early,
                np.repeat(zone_of_text[before_body], found.counts[before_body]),
            )
        )
        self.counts.append(found.counts)
        self.begins.append(begins)
        return len(found.forms)

    def lengths(self, docs: int) -> Array:
        """[zones, docs] tokens per zone and document."""
        if self.zones > 1:
            return np.concatenate(self.counts).reshape(docs, self.zones).T
        lengths = np.zeros((1, docs), np.int64)
        for piece in self.pieces:
            lengths[0] += np.bincount(piece.docs, minlength=docs)
        return lengths


class SegmentBuilder:
    """Collects articles until it is `full`; `write` makes a segment of them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._reset()

    def _reset(self) -> None:
        self.tokens = 0
        self.ids: list[str] = []
        self._urls: list[str] = []
        self._keys: list[int] = []
        self._fingerprints: list[int] = []
        self._dates: list[tuple[int, int]] = []
        self._facets: dict[str, list[bytes]] = {facet: [] for facet in FACETS}
        self._metadata: dict[str, list[tuple[int, bytes]]] = {name: [] for name in METADATA}
        self._fields = {name: _FieldBuffer(len(ZONES) if name == "all" else 1) for name in ANALYSED}
        self._blocks = Blocks()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def full(self) -> bool:
        """Whether the segment has reached one of its limits and must be written."""
        return self.tokens >= TOKENS_PER_SEGMENT or len(self) >= DOCS_PER_SEGMENT or self.vocabulary.full

    def add(self, records: list[Record]) -> None:
        """Append the articles as the next documents. Of two with the same id, the writer deletes one at the commit."""
        docs = np.arange(len(self), len(self) + len(records))
        texts = [encode(getattr(record.article, zone)) for record in records for zone in ZONES]
        self.tokens += self._fields["all"].add(texts, np.repeat(docs, len(ZONES)), self.vocabulary)
        for doc, record in enumerate(records, len(self)):
            article = record.article
            for name, values in metadata(article).items():
                self._metadata[name] += [(doc, encode(value)) for value in values if value or len(values) > 1]
            self.ids.append(article.id)
            self._urls.append(article.url)
            self._keys.append(record.key)
            self._fingerprints.append(record.fingerprint)
            self._dates.append(minutes(article))
            for facet, named in self._facets.items():
                named.append(encode(getattr(article, facet)))
            self._blocks.add(record.line)
        if sum(map(len, self._metadata.values())) > METADATA_AT_ONCE:
            self._add_metadata()

    def _add_metadata(self) -> None:
        for name, parts in self._metadata.items():
            docs = np.array([doc for doc, _ in parts], np.int64)
            self._fields[name].add([text for _, text in parts], docs, self.vocabulary)
            parts.clear()

    def write(self, directory: Path) -> SegmentEntry:
        """Write the segment; the builder is empty afterwards."""
        self._add_metadata()
        count = len(self)
        weights = tuple(ZONE_WEIGHTS[zone] for zone in ZONES)
        parts: dict[str, Inverted] = {}
        lengths: list[Array] = []
        zones = np.zeros((0, count), np.int64)
        for name, buffer in self._fields.items():
            per_zone = buffer.lengths(count)
            if name == "all":
                zones = np.concatenate(buffer.begins).reshape(count, len(ZONES)).T[1:]
                lengths += [per_zone.sum(axis=0)]
            lengths += [*per_zone]
            parts[name] = invert(buffer.pieces, self.vocabulary, weights if name == "all" else (1,))
        for name, values in (("id", self.ids), ("url", self._urls)):
            parts[name] = Inverted.raw((encode(value), doc) for doc, value in enumerate(values) if value)
        starts, ends = np.array(self._dates, np.int64).reshape(-1, 2).T
        doc_columns = {
            "doc_keys": np.array(self._keys, np.uint64),
            "doc_fingerprints": np.array(self._fingerprints, np.uint64),
            "doc_ids": ranks(parts["id"]),
            "doc_starts": starts,
            "doc_ends": ends,
            "doc_lengths": narrow(np.array(lengths)),
            "doc_zones": narrow(zones),
            **self._blocks.columns(),
        }
        for facet, names in self._facets.items():
            doc_columns |= numbered(facet, names)
        wide = ("posting_docs", "occurrence_positions", "occurrence_forms")
        top = {name: max(int(getattr(part, name).max(initial=0)) for part in parts.values()) for name in wide}
        segment = SegmentEntry(count)
        assembler = Assembler(directory, segment, top)
        for name, part in parts.items():
            assembler.field(name, [part])
        assembler.finish(doc_columns)
        self._reset()
        self.vocabulary.trim()
        return segment


def ranks(ids: Inverted) -> Array:
    """Document number -> rank of its id among the distinct ids."""
    found = np.empty(len(ids.posting_docs), np.int64)
    found[ids.posting_docs] = np.repeat(np.arange(len(ids.terms)), np.diff(ids.term_postings))
    return narrow(found)


def numbered(name: str, values: list[bytes]) -> dict[str, Array]:
    """The columns of a facet: number per document, and the sorted distinct values."""
    distinct = sorted(set(values))
    number = {value: i for i, value in enumerate(distinct)}
    texts = Strings.of(distinct)
    columns = FACET_COLUMNS[name]
    return {
        columns.numbers: narrow(np.array([number[value] for value in values], np.int64)),
        columns.bytes: texts.blob,
        columns.ends: texts.offsets,
    }
