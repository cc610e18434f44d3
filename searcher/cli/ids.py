"""Ids as they are printed and typed: one line each, and always read back as the same id.

Nearly every id is printed as it is. One that a line cannot carry is printed as a JSON string: with control characters
or what a terminal must not get, blanks at an end, a quote or a hyphen in front. `delete` and `show` read both, so that
`search --format ids | xargs -d'\\n' searcher delete` deletes what was printed.

>>> written("000_29fbb"), written("a\\tb"), read(written("a\\tb")), read('"'), written("-x")
('000_29fbb', '"a\\\\tb"', 'a\\tb', '"', '"-x"')
"""

from __future__ import annotations

import json

from searcher.cli.terminal import inline


def written(article_id: str, unicode: bool = True) -> str:
    """The id for one line of output; ASCII where the stream has no `unicode`."""
    plain = (
        inline(article_id) == article_id == article_id.strip()
        and article_id[:1] not in ("", '"', "-")
        and (unicode or article_id.isascii())
    )
    return article_id if plain else json.dumps(article_id)


def read(typed: str) -> str:
    """The id that was typed, as it is or as `written` gives it."""
    if typed.startswith('"'):
        try:
            value = json.loads(typed)
        except ValueError:
            return typed
        return value if isinstance(value, str) else typed
    return typed
