"""Ids in output and input: one line each, and always read back as the same id.

Nearly every id is printed unchanged. An id with control characters, blanks at an end, or a quote or hyphen at the start
is printed as a JSON string. `delete` and `show` read both, so that
`search --format ids | xargs -d'\\n' searcher delete` deletes what was printed.

>>> written("000_29fbb"), written("a\\tb"), read(written("a\\tb")), read('"'), written("-x")
('000_29fbb', '"a\\\\tb"', 'a\\tb', '"', '"-x"')
"""

from __future__ import annotations

import json

from searcher.cli.terminal import inline


def written(article_id: str, unicode: bool = True) -> str:
    """The id for one line of output; in ASCII unless `unicode`."""
    plain = (
        inline(article_id) == article_id == article_id.strip()
        and article_id[:1] not in ("", '"', "-")
        and (unicode or article_id.isascii())
    )
    return article_id if plain else json.dumps(article_id)


def read(typed: str) -> str:
    """The id that was typed, plain or as `written` printed it."""
    if typed.startswith('"'):
        try:
            value = json.loads(typed)
        except ValueError:
            return typed
        return value if isinstance(value, str) else typed
    return typed
