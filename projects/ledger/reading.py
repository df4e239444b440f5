"""The first step of an import: the file is read and compared; one ImportRow a row, or the reason why it cannot be."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.timezone import localtime
from openpyxl.utils import get_column_letter

from projects.ledger.annotate import is_ours
from projects.ledger.answers import SKIP, Answers, about_cell, about_row, place
from projects.ledger.dryrun import unjudged_row
from projects.ledger.jail_reader import rows_in_jail
from projects.ledger.reader import LedgerFile, Question
from projects.ledger.registry import ImportKind, Outcome, kind_of
from projects.ledger.remarks import as_remark, remark
from projects.ledger.rows import LedgerRow
from projects.ledger.text import folded
from projects.ledger.vocabulary import SERIAL
from projects.models import HeaderMemory, ImportBatch, ImportRow

SHOWN = 200  # remarks about the file kept in the summary
State, Action = ImportBatch.State, ImportRow.Action

REFUSALS = {
    "NO_MONTH": (
        "表头没有写明报告年月，请在上传时选择",
        "The headers name no report month; choose year and month when uploading",
    ),
    "MONTH_FUTURE": ("报告月份 {month} 还没有到", "The report month {month} has not begun"),
    "CHANGED_SINCE": (
        "读取之后项目又有变动，什么都没有写入，请重新读取后再确认",
        "Projects have been changed since the file was read. Nothing was written; read it again, then confirm",
    ),
    "INTERNAL": (
        "处理时出错，什么都没有写入；已尝试 3 次",
        "Something went wrong three times; nothing was written",
    ),
}


def refusal(code: str, **params: Any) -> dict[str, str]:
    """ImportBatch.refusal of one of ours."""
    zh, en = REFUSALS[code]
    return {"code": code, "zh": zh.format_map(params), "en": en.format_map(params)}


@contextmanager
def read_file(batch: ImportBatch, progress) -> Iterator[tuple[LedgerFile, Iterator[LedgerRow]]]:
    """What the file says, with what has been answered about it and remembered of its sender; its rows apart.

    Raises Refusal.
    """
    with batch.file.open("rb") as file:
        data = file.read()
    with rows_in_jail(
        data,
        batch.kind,
        name=batch.file_name,
        report_year=batch.report_year or None,
        report_month=batch.report_month or None,
        year_else=None if kind_of(batch.kind).months else localtime(batch.created_at).year,
        answers=batch.answers,
        memory=memory_of(batch),
        progress=progress,
    ) as found:
        yield found


def memory_of(batch: ImportBatch) -> dict[str, str]:
    """{folded header: field or ""} that the uploader's organization has answered before."""
    known = HeaderMemory.objects.filter(park=batch.park_id, sender=batch.created_by.organization_id, kind=batch.kind)
    return dict(known.values_list("header", "field"))


def month_refused(kind: ImportKind, year: int | None, month: int | None, at: datetime) -> dict[str, str] | None:
    """Why this report month cannot be imported; kinds without one are never refused for it."""
    if not kind.months:
        return None
    if not (year and month):
        return refusal("NO_MONTH")
    today = localtime(at).date()
    if not year >= 2000 or (year, month) > (today.year, today.month):
        return refusal("MONTH_FUTURE", month=f"{year}-{month:02}")
    return None


def compared(batch: ImportBatch, rows: Iterable[LedgerRow], at: datetime) -> Outcome:
    """Every row of the file, judged by its kind; rows that a person leaves out are not shown to it and come last."""
    kind, skipped = kind_of(batch.kind), list[ImportRow]()
    judged = _without_skipped(rows, batch, skipped)
    outcome = kind.dry_run(judged if kind.by_row else list(judged), batch=batch, at=at)
    return replace(outcome, rows=_marked(chain(outcome.rows, skipped), batch.answers))


def _without_skipped(rows: Iterable[LedgerRow], batch: ImportBatch, skipped: list[ImportRow]) -> Iterator[LedgerRow]:
    for row in rows:
        if about_row(batch.answers, row.sheet, row.number) == SKIP:
            skipped.append(unjudged_row(row, batch, Action.SKIPPED))
        else:
            yield row


def _marked(rows: Iterable[ImportRow], answers: Answers) -> Iterator[ImportRow]:
    for row in rows:
        _mark_corrected(row, answers)
        yield row


class Kept:
    """Judged rows in a file on their way into the database: judging holds no lock, and no memory for many rows."""

    COLUMNS = ("sheet", "row", "name", "action", "matched_by", "project_id", "target", "version", "values", "changes",
               "kept", "findings", "proposals")  # fmt: skip

    def __init__(self, file: Any, rows: Iterable[ImportRow]) -> None:
        self.file, self.count, self.warned = file, Counter[str](), 0
        for row in rows:
            self.count[row.action] += 1
            self.warned += is_warned(row)
            line = json.dumps([getattr(row, name) for name in self.COLUMNS], cls=DjangoJSONEncoder)
            file.write(line.encode("utf-8", "surrogatepass") + b"\n")

    def rows(self, batch: ImportBatch) -> Iterator[ImportRow]:
        """Unsaved, in the order they were judged."""
        self.file.seek(0)
        for line in self.file:
            values = zip(self.COLUMNS, json.loads(line), strict=True)
            yield ImportRow(batch=batch, **dict(values))


def _mark_corrected(row: ImportRow, answers: Answers) -> None:
    """Says beside a value that a person has put it in the place of what the file has."""
    if not answers.get("cells"):
        return
    for told in (*row.values.values(), *row.changes):
        if (text := about_cell(answers, row.sheet, told.get("cell", ""))) is not None:
            told["corrected"] = text


def summary(batch: ImportBatch, found: LedgerFile, outcome: Outcome, kept: Kept) -> dict[str, Any]:
    """Counts by action, remarks about the file, and what the kind adds."""
    return (
        {action.value: kept.count[action] for action in Action}
        | {
            "warnings": kept.warned,
            "findings": (_month_differs(batch, found) + outcome.findings + _about_file(found))[:SHOWN],
            "ignored": Counter(each.why for each in found.ignored),
            "questions": [_question(each) for each in found.questions],
            "columns": list(_other_columns(batch, found)),
            "sheets": [{"name": s.name, "role": s.role, "why": s.why} for s in found.sheets],
        }
        | outcome.summary
    )


WARNED = ~Q(findings=[]) & ~Q(action__in=[Action.REFUSED, Action.SKIPPED])


def is_warned(row: ImportRow) -> bool:
    """Something to look at, though the row may be written."""
    return bool(row.findings) and row.action not in (Action.REFUSED, Action.SKIPPED)


def _question(each: Question) -> dict[str, Any]:
    return {
        "place": place(each.sheet, each.column), "header": each.header, "key": each.key, "samples": each.samples,
        "guess": each.guess, "choices": each.choices, "row": each.row,
    }  # fmt: skip


def _other_columns(batch: ImportBatch, found: LedgerFile) -> Iterator[dict[str, Any]]:
    """Columns that are not imported, and those whose meaning somebody has told; a person may change that."""
    asked = {(each.sheet, each.column) for each in found.questions}
    told = batch.answers.get("columns", {}).keys()
    memory = memory_of(batch)
    for table in found.tables:
        for column in table.columns:
            letter, key = get_column_letter(column.number), folded(column.header)
            where = place(table.sheet, letter)
            answered = where in told or key in memory
            leaf = folded(column.header.rpartition("/")[2])
            if (table.sheet, letter) in asked or not key or leaf in SERIAL or (column.field and not answered):
                continue
            yield {"place": where, "header": column.header, "key": key, "guess": column.field or "",
                   "told": answered, "samples": found.samples.get(where, ())}  # fmt: skip


def _about_file(found: LedgerFile) -> list[dict[str, Any]]:
    return [as_remark(each) for each in found.findings if not is_ours(each)]


def _month_differs(batch: ImportBatch, found: LedgerFile) -> list[dict[str, Any]]:
    header = _month_of_headers(found.tables)
    if not header or header == (batch.report_year, batch.report_month):
        return []
    chosen = f"{batch.report_year}-{batch.report_month:02}"
    return [remark("MONTH_DIFFERS", header=f"{header[0]}-{header[1]:02}", chosen=chosen)]


def _month_of_headers(tables: Sequence[Any]) -> tuple[int, int] | None:
    return next(((table.year, table.month) for table in tables if table.year and table.month), None)
