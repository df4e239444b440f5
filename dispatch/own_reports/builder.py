"""The form in which a report is put together: everything stands in it, so that it works without JavaScript.

Each button sends the whole form with what it wants ("do"); the answer is the same form with that done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dispatch.own_reports.actions import Wanted
from dispatch.own_reports.columns import Column, Env
from dispatch.own_reports.datasets import DATASETS, PROJECTS
from dispatch.own_reports.definitions import MOST_LEVELS, Kind, moved
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.present import SPANS

FIELDS = {Kind.TEXT: ("contains",), Kind.DAY: ("span", "from", "to")}
LONGEST = 60  # names read from a form


@dataclass
class Builder:
    """The state of the form. ``filters``: also those that say nothing yet."""

    dataset: str
    columns: list[str] = field(default_factory=list)
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    grouping: list[str] = field(default_factory=list)
    order: str = ""
    limit: Any = None
    name: str = ""
    is_shared: bool = False
    schedule: str = SavedReport.Schedule.NEVER
    version: int = 0

    @property
    def raw(self) -> dict[str, Any]:
        """The definition; filters that say nothing are not part of it."""
        return {
            "dataset": self.dataset, "columns": self.columns, "grouping": self.grouping, "order": self.order,
            "limit": self.limit, "filters": {name: given for name, given in self.filters.items() if given},
        }  # fmt: skip

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.name, self.raw, self.is_shared, self.schedule)


def new(raw: Mapping[str, Any] | None, *, dataset: str = "", name: str = "") -> Builder:
    """A form for a new report: that of an example, or the usual columns of a dataset."""
    if raw is not None:
        return _from_raw(raw, name=name)
    chosen = DATASETS.get(dataset, PROJECTS)
    return Builder(chosen.name, list(chosen.usual))


def of(report: SavedReport, raw: Mapping[str, Any]) -> Builder:
    """The form of a report as it stands; what does not exist any more is left out of it."""
    found = _from_raw(raw, name=report.name)
    found.is_shared, found.schedule, found.version = report.is_shared, report.schedule, report.version
    return found


def _from_raw(raw: Mapping[str, Any], *, name: str) -> Builder:
    return Builder(
        raw["dataset"], list(raw["columns"]), {key: dict(given) for key, given in raw["filters"].items()},
        list(raw["grouping"]), raw["order"], raw["limit"], str(name),
    )  # fmt: skip


def read(post: QueryDict, *, dataset: str) -> Builder:
    """The form as it was sent. Names it does not know are read all the same; the definition's check names them."""
    by_name = DATASETS[dataset].by_name
    names = [name[:LONGEST] for name in post.getlist("filter")]
    filters = {name: _given(post, by_name[name]) if name in by_name else {"unknown": 1} for name in names}
    groups = [post.get(f"group{level}", "")[:LONGEST] for level in range(1, MOST_LEVELS + 1)]
    order = post.get("order_by", "")[:LONGEST]
    limit = post.get("limit", "").strip()[:10]
    version = post.get("version", "")
    return Builder(
        dataset,
        [name[:LONGEST] for name in post.getlist("column")],
        filters,
        list(dict.fromkeys(filter(None, groups))),
        f"-{order}" if order and post.get("order_down") else order,
        int(limit) if limit.isdecimal() and limit.isascii() else limit or None,
        post.get("name", ""),
        bool(post.get("is_shared")),
        post.get("schedule", SavedReport.Schedule.NEVER),
        int(version) if version.isdecimal() and version.isascii() and len(version) < 9 else 0,
    )


def _given(post: QueryDict, column: Column) -> dict[str, Any]:
    key = f"f.{column.name}"
    if column.kind == Kind.CHOICE:
        codes = post.getlist(f"{key}.in")
        return {"in": codes} if codes else {}
    fields = FIELDS.get(column.kind, ("min", "max"))
    found = {name: post.get(f"{key}.{name}", "").strip()[:100] for name in fields}
    if found.get("span"):
        return {"span": found["span"]}
    return {name: value for name, value in found.items() if value}


def do(builder: Builder, what: str, post: QueryDict) -> None:
    """What a button asks for: left:NAME, right:NAME, drop:NAME, add, filter, unfilter:NAME; else nothing."""
    verb, _colon, name = what.partition(":")
    by_name = DATASETS[builder.dataset].by_name
    if verb in ("left", "right"):
        builder.columns = moved(builder.columns, name, -1 if verb == "left" else 1)
    elif verb == "drop":
        builder.columns = [each for each in builder.columns if each != name]
    elif verb == "unfilter":
        builder.filters.pop(name, None)
    elif verb == "add":
        builder.columns += [
            each for each in post.getlist("add_column") if each in by_name and each not in builder.columns
        ]
    elif verb == "filter" and (chosen := post.get("add_filter", "")) in by_name:
        builder.filters.setdefault(chosen, {})


def context(builder: Builder, env: Env) -> dict[str, Any]:
    """What the template shows of it."""
    dataset = DATASETS[builder.dataset]
    by_name = dataset.by_name
    chosen = [by_name[name] for name in builder.columns if name in by_name]
    groupable = [column for column in dataset.columns if column.groups]
    return {
        "builder": builder,
        "dataset": dataset,
        "chosen": chosen,
        "addable": [column for column in dataset.columns if column.name not in builder.columns],
        "filters": [_filter(by_name[name], given, env) for name, given in builder.filters.items() if name in by_name],
        "filterable": [column for column in dataset.columns if column.name not in builder.filters],
        "levels": [
            {
                "field": f"group{level}",
                "value": builder.grouping[level - 1] if len(builder.grouping) >= level else "",
                "label": _("Group by") if level == 1 else _("then by"),
            }
            for level in range(1, MOST_LEVELS + 1)
        ],
        "groupable": groupable,
        "order_by": builder.order.removeprefix("-"),
        "order_down": builder.order.startswith("-"),
        "schedules": SavedReport.Schedule.choices,
    }


def _filter(column: Column, given: Mapping[str, Any], env: Env) -> dict[str, Any]:
    found: dict[str, Any] = {"column": column, "given": given, "key": f"f.{column.name}"}
    if column.kind == Kind.CHOICE and column.choices:
        wanted = given.get("in", [])
        options = column.choices(env)
        found["options"] = [{"code": code, "label": label, "on": code in wanted} for code, label in options]
    if column.kind == Kind.DAY:
        found["spans"] = SPANS.items()
        found["from_day"], found["to_day"] = given.get("from", ""), given.get("to", "")
    return found
