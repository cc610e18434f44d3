"""A broken record costs only itself: an exception of its reader becomes a rejection.

>>> from searcher.readers.base.records import Unit
>>> def broken():
...     yield "Artikel"
...     raise KeyError("titel")
>>> [str(each) for each in guarded(broken(), Unit("a.csv", "a.csv", format="csv"), 7)]
['Artikel', "a.csv:7: the csv reader failed (KeyError: 'titel')"]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from searcher.errors import DateError, ReadError, SearcherError
from searcher.readers.base.records import Unit
from searcher.readers.base.walk import why
from searcher.report import Rejection

Made = TypeVar("Made")
TOO_DEEP = "nested too deep"
MESSAGE = 100


def guarded(step: Iterator[Made], unit: Unit, line: int | None = None) -> Iterator[Made | Rejection]:
    """What a step gives; where it raises, a Rejection of `unit` at `line` in the place of the rest.

    Errors of the machine or of the options go on: every record would fail alike.
    """
    try:
        yield from step
    except ReadError as error:
        yield unit.reject(error, line)
    except OSError as error:
        yield unit.reject(why(error), line)
    except RecursionError:
        yield unit.reject(TOO_DEEP, line)
    except Exception as error:
        if isinstance(error, SearcherError) and not isinstance(error, DateError):
            raise
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:MESSAGE]}"
        yield unit.reject(f"the {unit.format or 'file'} reader failed ({told})", line)
