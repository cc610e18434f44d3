"""Digests: one number for a token or a posting, so that many of them are compared by the sum of their numbers."""

from __future__ import annotations

import hashlib

import numpy as np

from searcher.index.format.columns import Array


def digest(content: bytes) -> int:
    """64 bits that stand for an id or for the content of an article."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def mixed(numbers: Array) -> Array:
    """uint64 to uint64, every bit depending on every bit: the finalizer of SplitMix64 (Steele, Lea & Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Array = numbers ^ (numbers >> np.uint64(31))
    return found


def at(forms: Array, positions: Array) -> Array:
    """The numbers of tokens: of the digests of stem and printed form, and of their positions."""
    return mixed(forms + positions.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


def posted(stems: Array, counts: Array, weights: Array) -> Array:
    """The numbers of postings: of the digests of their stems, their occurrences and their weights."""
    return mixed(stems + (counts.astype(np.uint64) << np.uint64(32)) + weights.astype(np.uint64))
