"""Many rows some at a time, so that a large set needs no more memory than a small one. Pure."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in their order, ``size`` at a time; the last ones may be fewer."""
    rest = iter(values)
    while found := list(islice(rest, size)):
        yield found


def row_chunks(rows: Any, size: int) -> Iterator[list[Any]]:
    """The rows of a QuerySet in its order. Which they are is read first: what is done to some does not move others."""
    for ids in chunks(list(rows.values_list("pk", flat=True)), size):
        yield list(rows.filter(pk__in=ids))
