"""Which points come on an agenda, and in which order. Pure: what was found in the tables comes in, points go out.

A thing stands on an agenda once, however many reasons it has; the reasons are joined. Unfinished decisions come first,
then carried points, then everything else project by project (the project with the latest matter first), unit by unit,
and projects about which there is nothing but silence at the end.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

RANK = ("decision", "carried", "case", "item", "extension", "request", "finding", "stale", "hand")
WHY_LENGTH, TITLE_LENGTH = 300, 200
JOINT, STOPS = "；", "。."


@dataclass(frozen=True)
class Found:
    """One reason to talk about a thing. ``key``: the thing, e.g. item/7. ``days_late`` in working days, 0: not late.

    ``source`` is one of RANK; ``kept_as``: the source a carried point had when it first came.
    """

    source: str
    key: str
    title: str
    why: str
    project_id: int | None = None
    project: str = ""
    unit_id: int | None = None
    unit: str = ""
    item_id: int | None = None
    case_id: int | None = None
    days_late: int = 0
    kept_as: str = ""


def select(found: Iterable[Found], present: Collection[str] = ()) -> list[Found]:
    """The points to add, in order: each thing once, without those that are on the agenda already."""
    merged: dict[str, Found] = {}
    for one in sorted(found, key=lambda each: RANK.index(each.source)):
        first = merged.get(one.key)
        merged[one.key] = _joined(first, one) if first else one
    wanted = [_cut(one) for key, one in merged.items() if key not in present]
    latest: dict[int | None, int] = {}
    for one in wanted:
        weight = -1 if one.source == "stale" else one.days_late
        latest[one.project_id] = max(latest.get(one.project_id, -1), weight)
    return sorted(wanted, key=lambda one: _place(one, latest[one.project_id]))


def _joined(first: Found, more: Found) -> Found:
    said = [reason.rstrip(STOPS) for reason in first.why.split(JOINT)]
    known = more.why.rstrip(STOPS) in said
    why = first.why if known else JOINT.join(filter(None, [first.why.rstrip(STOPS), more.why]))
    return replace(
        first,
        why=why,
        days_late=max(first.days_late, more.days_late),
        item_id=first.item_id or more.item_id,
        case_id=first.case_id or more.case_id,
    )


def _cut(one: Found) -> Found:
    return replace(one, title=shorten(one.title, TITLE_LENGTH), why=shorten(one.why, WHY_LENGTH))


def _place(one: Found, latest: int) -> tuple[object, ...]:
    if one.source in ("decision", "carried"):
        return (RANK.index(one.source), -one.days_late, one.key)
    silent = latest < 0
    project = (silent, one.project_id is None, -latest, one.project, one.project_id or 0)
    return (len(RANK), *project, one.unit, RANK.index(one.source), -one.days_late, one.key)


def shorten(text: str, length: int) -> str:
    """One line of at most ``length`` characters, with a mark where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def moved(order: list[int], pk: int, up: bool) -> list[int]:
    """The ids with ``pk`` one place up or down; at the edge, or when it is not there, unchanged."""
    if pk not in order:
        return list(order)
    here = order.index(pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return list(order)
    result = list(order)
    result[here], result[there] = result[there], result[here]
    return result
