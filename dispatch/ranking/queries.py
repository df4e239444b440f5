"""Rankings as pages, files and the API show them, from the snapshot alone. Reads only."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.figures.rates import RateKey
from dispatch.ranking.formula import ENTRY, Kind
from dispatch.ranking.models import Appeal, Ranking
from dispatch.ranking.snapshot import without_details

BEHIND = {"tasks_on_time": "tasks", "items_on_time": "tasks", "steps_on_time": "tasks", "tasks_overdue": "tasks",
          "items_closed": "items", "starts_completions": "projects", "project_starts": "projects",
          "project_completions": "projects"}  # fmt: skip
RATES = frozenset(key.value for key in RateKey)


def rankings(user: User):
    """What the person may read. Enterprises know of no rankings: 404; without the verb: 403."""
    check_reader(user)
    return Ranking.objects.visible_to(user).select_related("park", "frozen_by", "published_by")


def check_reader(user: User) -> None:
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if not may(user, Verb.VIEW_RANKING):
        raise PermissionDenied(_("Your role does not allow this."))


def own_units(user: User) -> set[int] | None:
    """Units whose tasks the person may know; None: of all."""
    return None if user.role.scope == "park" else set(user.organization.branch_ids())


def readable(ranking: Ranking, user: User) -> dict[str, Any]:
    """The snapshot without the tasks of units that are not the person's own."""
    return without_details(ranking.snapshot, own_units(user))


def unit_of(snapshot: Mapping[str, Any], pk: int) -> Mapping[str, Any] | None:
    return next((unit for unit in snapshot["units"] if unit["unit"] == pk), None)


def row_of(snapshot: Mapping[str, Any], pk: int) -> Mapping[str, Any] | None:
    return next((row for row in snapshot["ranking"] if row["unit"] == pk), None)


def lines(snapshot: Mapping[str, Any], own: set[int] | None) -> list[dict[str, Any]]:
    """The table: each row with the points of each item, its move since the last period and whose it is."""
    return [
        {
            **row,
            "moved": None if row["rank_before"] is None else row["rank_before"] - row["rank"],
            "is_own": own is not None and row["unit"] in own,
            "opens": own is None or row["unit"] in own,
        }
        for row in snapshot["ranking"]
    ]


def owed(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """要账: of each unit how much is owed; the tasks themselves where they may be known."""
    known = {unit["unit"]: unit for unit in snapshot["units"]}
    found = []
    for row in snapshot["ranking"]:
        if row["owed"]:
            tasks = known[row["unit"]].get("tasks")
            mine = None if tasks is None else [task for task in tasks if task["is_owed"]]
            found.append({"unit": row["unit"], "name": row["name"], "count": row["owed"], "tasks": mine})
    return sorted(found, key=lambda one: -one["count"])


def items_of(snapshot: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How one unit's score came about: each item with its definition beside its points."""
    return [
        {**points, "item": item, "behind": behind(item), "is_money": item["source"] in ("investment", "quarter")}
        for item, points in zip(snapshot["formula"]["items"], row["items"], strict=True)
    ]


def behind(item: Mapping[str, Any]) -> str:
    """Where the counted rows of an item are: "rate", "tasks", "items", "projects" or "entry"."""
    if item["source"] in RATES:
        return "rate"
    return "entry" if item["source"] == ENTRY else BEHIND[item["source"]]


def changes(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Two rankings side by side, by unit, in the order of the later one; who is in one only has gaps.

    ``items``: (points then, points now) of each of ``item_names(now, then)``.
    """
    new, old = ({row["unit"]: row for row in one["ranking"]} for one in (now, then))
    codes = [code for code, _name in item_names(now, then)]
    rows = []
    for unit in dict.fromkeys([*new, *old]):
        one, other = new.get(unit), old.get(unit)
        before, after = _points(other), _points(one)
        rows.append(
            {
                "name": (one or other or {})["name"],
                "now": one,
                "then": other,
                "moved": other["rank"] - one["rank"] if one and other else None,
                "items": [(before.get(code), after.get(code)) for code in codes],
            }
        )
    return rows


def _points(row: Mapping[str, Any] | None) -> dict[str, str]:
    return {item["code"]: item["points"] for item in row["items"]} if row else {}


def item_names(*snapshots: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, name) of the items of these rankings, each once."""
    return list({item["code"]: item["name_zh"] for one in snapshots for item in one["formula"]["items"]}.items())


def is_penalty(item: Mapping[str, Any]) -> bool:
    return item["kind"] == Kind.PENALTY


def appeals(user: User):
    """Appeals the person may know of, as ``rankings``."""
    check_reader(user)
    return Appeal.objects.visible_to(user).select_related("unit", "item", "by", "answered_by", "ranking__published_by")
