"""Chunks get the numbers of their words, however many come at once and whoever chose them."""

from __future__ import annotations

import pytest

from searcher.index.write.chunk_table import ChunkTable


def numbered(text: str, table: ChunkTable) -> tuple[list[int], list[str]]:
    """(the numbers of the chunks of a text, the chunks that had none before)."""
    learned: list[str] = []

    def learn(chunk: str) -> int:
        learned.append(chunk)
        return len(learned) - 1

    return table.numbers([text.encode()], learn)[0].tolist(), learned


def test_one_batch_with_more_words_than_twice_the_table() -> None:
    table = ChunkTable()
    words = [f"wort{i}" for i in range(140_000)]
    numbers, learned = numbered(" ".join(words), table)
    assert [learned[number] for number in numbers] == words
    assert len(table) == len(words)
    assert numbered(" ".join(words), table) == (numbers, [])


@pytest.mark.parametrize(
    "pair",
    [
        # Equal at base 1, and modulo a power of 2 that grows fast with that of base - 1.
        "baadablaahalpaafafpaalahlaabadba abdabaalhalaapfafaaplahaalbadaab",
        # l is eleven letters behind a: equal at base 11 where letters count as their codes.
        "lb ac",
    ],
)
def test_chunks_chosen_to_collide_do_not(pair: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbits", lambda bits: 1)
    numbers, _ = numbered(pair, ChunkTable())
    assert len(set(numbers)) == 2
