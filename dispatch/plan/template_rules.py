"""What a template of a plan may hold. Pure.

``rows``: [{"key": "S12" | "W1" | "T1", "name", "duration_wd", "preparation_wd"}], None: as the catalogue says, own
tasks (T1, T2, …) have a name. ``links``: [{"before", "after", "kind", "lag_wd", "is_hard"}]. Working days 0 to 2000.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.planning.network import CycleFound, Link, LinkKind, Network, Task

LONGEST_WD = 2000
MOST_ROWS = 200
NAME_LENGTH = 120
ROW_COLUMNS = ("key", "name", "duration_wd", "preparation_wd")
LINK_COLUMNS = ("before", "after", "kind", "lag_wd", "is_hard")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that cannot stay. ``keys``: the tasks it is about, of a circle in the order of waiting."""

    code: str
    keys: tuple[str, ...] = ()


def rows_at(
    rows: Sequence[Mapping[str, Any]], history: Sequence[Mapping[str, Any]], version: int
) -> list[dict[str, Any]]:
    """The rows as they were in an earlier version: what the history says of later ones is taken back."""
    found = {row["key"]: dict(row) for row in rows}
    for entry in reversed(history):
        if entry["version"] <= version:
            break
        for change in entry["changes"]:
            key, _dot, column = change["field"].partition(".")
            if column in ROW_COLUMNS:
                found.setdefault(key, {"key": key})[column] = change["old"]
    return list(found.values())


def is_own(key: str) -> bool:
    return key[:1] == "T" and key[1:].isascii() and key[1:].isdecimal() and key[1:2] != "0" and len(key) <= 6


def check(
    rows: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    *,
    known: Collection[str],
    usual: Iterable[Link] = (),
) -> list[Wrong]:
    """Everything that is wrong with it; empty: it can be copied.

    ``known``: keys of the steps, works and milestones every project has; ``usual``: the links between them.
    """
    found = [*_rows(rows, known), *_links(links, {*known, *(str(row.get("key")) for row in rows)})]
    return found or list(_circle(rows, links, known, usual))


def _rows(rows: Sequence[Mapping[str, Any]], known: Collection[str]) -> Iterable[Wrong]:
    if len(rows) > MOST_ROWS:
        yield Wrong("too_many")
    seen: set[str] = set()
    for row in rows:
        key = str(row.get("key", ""))
        if set(row) - set(ROW_COLUMNS):
            yield Wrong("shape", (key,))
        elif key in seen:
            yield Wrong("twice", (key,))
        elif not is_own(key) and (key not in known or key.startswith("L")):
            yield Wrong("unknown", (key,))
        elif is_own(key) and not str(row.get("name") or "").strip():
            yield Wrong("name", (key,))
        elif len(str(row.get("name") or "")) > NAME_LENGTH:
            yield Wrong("name_length", (key,))
        elif not all(_is_duration(row.get(name)) for name in ("duration_wd", "preparation_wd")):
            yield Wrong("number", (key,))
        seen.add(key)


def _is_duration(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= LONGEST_WD)


def _links(links: Sequence[Mapping[str, Any]], keys: Collection[str]) -> Iterable[Wrong]:
    seen: set[tuple[str, str]] = set()
    for link in links:
        pair = (str(link.get("before", "")), str(link.get("after", "")))
        if set(link) - set(LINK_COLUMNS) or not isinstance(link.get("is_hard", True), bool):
            yield Wrong("shape", pair)
        elif pair[0] == pair[1]:
            yield Wrong("same", pair)
        elif not set(pair) <= set(keys):
            yield Wrong("unknown", tuple(key for key in pair if key not in keys))
        elif pair in seen:
            yield Wrong("twice", pair)
        elif link.get("kind", "fs") not in list(LinkKind):
            yield Wrong("kind", pair)
        elif type(link.get("lag_wd", 0)) is not int or abs(link.get("lag_wd", 0)) > LONGEST_WD:
            yield Wrong("number", pair)
        seen.add(pair)


def _circle(
    rows: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    known: Collection[str],
    usual: Iterable[Link],
) -> Iterable[Wrong]:
    own = [Link(one["before"], one["after"], LinkKind(one.get("kind", "fs"))) for one in links]
    pairs = {(link.before, link.after) for link in own}
    kept = [link for link in usual if (link.before, link.after) not in pairs]
    keys = dict.fromkeys([*known, *(row["key"] for row in rows)])
    try:
        Network.of([Task(key) for key in keys], [*kept, *own])
    except CycleFound as found:
        yield Wrong("circle", found.keys)
