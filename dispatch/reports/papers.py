"""The bulletin as .docx on the template in force, and a park's own templates: checked, tried in the jail, then used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File

from accounts.models import Park, User
from accounts.permissions import Verb
from dispatch.files import templates
from dispatch.files.filling import fill_in_jail
from dispatch.reports import printing, red_paper
from dispatch.reports.actions import require
from dispatch.reports.models import BulletinTemplate
from dispatch.reports.screen import Cell, Line, Table
from dispatch.reports.sentences import notice

FOLDER = "bulletin_templates"
CHILD = "dispatch.reports.red_paper"
WALL = 25  # seconds a template may take


def render(snapshot: Mapping[str, Any], template: bytes | None = None) -> bytes:
    """The document on this template, by default on the one that comes with the site. Raises Refused."""
    facts = facts_of(snapshot)
    if template is None:
        return red_paper.make(red_paper.template(), facts)
    return fill_in_jail(CHILD, template, facts, wall=WALL)


def template_of(park_id: int) -> bytes | None:
    """The park's newest template that was not withdrawn; None: the one that comes with the site."""
    row = BulletinTemplate.objects.filter(park=park_id, withdrawn_at=None).order_by("-at", "-pk").first()
    if row is None:
        return None
    with row.file.open("rb") as file:
        return file.read()


def facts_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the paper says, as text."""
    paper = notice(snapshot)
    number = (snapshot.get("final") or {}).get("number")
    return {
        "notice": {
            "park": snapshot["park"]["name"],
            "centre": paper.centre,
            "title": paper.title.text,
            "issue": paper.issue,
            "number": "" if number is None else str(number),
            "year": str(snapshot["year"]),
            "day": paper.day or "（草稿）",
            "as_of": paper.as_of,
            "salutation": paper.salutation,
            "opening": paper.opening.text if paper.opening else "",
            "sections": [
                {
                    "heading": section.heading,
                    "paragraphs": ["".join(one.text for one in part) for part in section.paragraphs],
                }
                for section in paper.sections
            ],
            "attachments": list(paper.attachments),
            "send_to": paper.send_to,
            "copy_to": paper.copy_to,
            "contact": paper.contact,
            "phone": paper.phone,
            "notes": [f"{'注：' if n == 1 else ''}{n}.{one.text}" for n, one in enumerate(paper.notes, 1)],
        },
        "sheets": [_sheet(sheet) for sheet in printing.sheets(snapshot)],
    }


def _sheet(sheet: printing.Sheet) -> dict[str, Any]:
    table = sheet.table
    wide = [column.width > printing.layout.LONG_TEXT for group in table.groups for column in group.columns]
    return {
        "title": sheet.title, "left": sheet.left, "right": sheet.right, "notes": list(sheet.notes),
        "widths": [column.width for group in table.groups for column in group.columns],
        "head": _head(table),
        "rows": [{"kind": line.kind, "cells": _cells(line, wide)} for line in table.lines],
    }  # fmt: skip


def _cells(line: Line, wide: list[bool]) -> list[dict[str, str]]:
    return [_cell(cell, at < len(wide) and wide[at]) for at, cell in enumerate(line.cells)]


def _cell(cell: Cell, is_wide: bool) -> dict[str, str]:
    return {"text": cell.text, "align": "right" if cell.is_number else "left" if is_wide else "center"}


def _head(table: Table) -> list[list[dict[str, Any]]]:
    second = table.second_row
    first = [
        {"text": group.title or group.columns[0].heading, "across": len(group.columns),
         "down": 2 if second and not group.title else 1}
        for group in table.groups
    ]  # fmt: skip
    return [first, [{"text": column.heading, "across": 1, "down": 1} for column in second]] if second else [first]


def upload_template(*, park: Park, upload: File, by: User, at: datetime) -> BulletinTemplate:
    """In force from now on. Raises PermissionDenied; Refused when it is no .docx or cannot be filled."""
    require(by, Verb.MAKE_BULLETIN, park.pk)
    row = BulletinTemplate(park=park, by=by, at=at)
    return templates.take_in(row, upload, folder=FOLDER, child=CHILD, sample=SAMPLE, wall=WALL)


def withdraw_template(row: BulletinTemplate, *, by: User, at: datetime) -> None:
    """The one before it, or the default, is in force again. Doing it twice does it once."""
    require(by, Verb.MAKE_BULLETIN, row.park_id)
    BulletinTemplate.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=at)


SAMPLE: Mapping[str, Any] = {
    "notice": dict.fromkeys(red_paper.PLACEHOLDERS, "样本")
    | {"sections": [{"heading": "一、样本", "paragraphs": ["样本。"]}], "attachments": ["附件1"], "notes": ["样本"]},
    "sheets": [],
}
