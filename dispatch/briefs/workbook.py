"""The brief as .xlsx from its snapshot alone: one sheet a section, the table of projects the first."""

from collections.abc import Mapping
from typing import Any

from dispatch.briefs import layout
from projects.ledger.lists import ListSheet, list_workbook

FIRST = "table"


def render(snapshot: Mapping[str, Any]) -> bytes:
    """The workbook as bytes; numbers are numbers, text stays text."""
    found = layout.sections(snapshot)
    ordered = sorted(found, key=lambda one: one.key != FIRST)
    return list_workbook(_about(snapshot), *(_sheet(one) for one in ordered))


def file_name(snapshot: Mapping[str, Any], ending: str) -> str:
    """E.g. 云溪高新区重点项目周报（2026年第47周）.xlsx, with the revision of a restatement."""
    restated = snapshot.get("restated")
    mark = f"（更正{restated['revision']}）" if restated else ""
    return f"{snapshot['title']}{mark}.{ending}"


def about(snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the paper says of itself."""
    rows = [
        ("标题", snapshot["title"]),
        ("编制单位", snapshot["park"]["centre"]),
        ("周次", f"{snapshot['starts_on']} 至 {snapshot['ends_on']}"),
        ("数据截至", clock_of(snapshot["until"])),
        ("变化起算", clock_of(snapshot["since"])),
    ]
    if restated := snapshot.get("restated"):
        rows.append(("更正", f"第{restated['revision']}次更正：{restated['reason']}"))
    return rows


def clock_of(moment: str) -> str:
    """2026-11-20T12:00:00+08:00 → 2026-11-20 12:00"""
    return moment[:16].replace("T", " ")


def _about(snapshot: Mapping[str, Any]) -> ListSheet:
    return ListSheet("说明", ("项目", "内容"), (14, 70), about(snapshot))


def _sheet(one: layout.Section) -> ListSheet:
    rows = [
        [layout.typed(column.kind, cell) for column, cell in zip(one.columns, row, strict=True)] for row in one.rows
    ]
    rows += [[note, *[None] * (len(one.columns) - 1)] for note in one.notes]
    return ListSheet(one.title, [c.heading for c in one.columns], [c.width for c in one.columns], rows)
