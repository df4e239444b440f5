"""The first step of an import: the file is read and compared; one ImportRow a row, or the reason why it cannot be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime
from openpyxl.utils import get_column_letter

from projects.ledger.annotate import is_ours
from projects.ledger.answers import SKIP, Answers, about_cell, about_row, place
from projects.ledger.dryrun import unjudged_row
from projects.ledger.jail_reader import read_in_jail
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


def read_file(batch: ImportBatch, progress) -> LedgerFile:
    """What the file says, with what has been answered about it and remembered of its sender. Raises Refusal."""
    with batch.file.open("rb") as file:
        return read_in_jail(
            file.read(),
            batch.kind,
            name=batch.file_name,
            report_year=batch.report_year or (None if kind_of(batch.kind).months else localtime(batch.created_at).year),
            report_month=batch.report_month or None,
            answers=batch.answers,
            memory=memory_of(batch),
            progress=progress,
        )


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


def compared(batch: ImportBatch, found: LedgerFile, at: datetime) -> Outcome:
    """Every row of the file, judged by its kind; rows that a person leaves out are not shown to it."""
    judged: list[LedgerRow] = []
    skipped: list[ImportRow] = []
    for row in found.rows:
        if about_row(batch.answers, row.sheet, row.number) == SKIP:
            skipped.append(unjudged_row(row, batch, Action.SKIPPED))
        else:
            judged.append(row)
    outcome = kind_of(batch.kind).dry_run(judged, batch=batch, at=at)
    for row in outcome.rows:
        _mark_corrected(row, batch.answers)
    if skipped:
        order = {(row.sheet[:100], row.number): position for position, row in enumerate(found.rows)}
        outcome.rows = sorted([*outcome.rows, *skipped], key=lambda row: order[row.sheet, row.row])
    return outcome


def _mark_corrected(row: ImportRow, answers: Answers) -> None:
    """Says beside a value that a person has put it in the place of what the file has."""
    if not answers.get("cells"):
        return
    for told in (*row.values.values(), *row.changes):
        if (text := about_cell(answers, row.sheet, told["cell"])) is not None:
            told["corrected"] = text


def summary(batch: ImportBatch, found: LedgerFile, outcome: Outcome) -> dict[str, Any]:
    """Counts by action, remarks about the file, and what the kind adds."""
    counts = Counter(row.action for row in outcome.rows)
    return (
        {action.value: counts[action] for action in Action}
        | {
            "warnings": sum(1 for row in outcome.rows if is_warned(row)),
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
        "guess": each.guess, "choices": each.choices,
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
            if (table.sheet, letter) in asked or not key or key in SERIAL or (column.field and not answered):
                continue
            yield {"place": where, "header": column.header, "key": key, "guess": column.field or "",
                   "told": answered}  # fmt: skip


def _about_file(found: LedgerFile) -> list[dict[str, Any]]:
    own = {id(each) for row in found.rows for each in row.findings}
    return [as_remark(each) for each in found.findings if id(each) not in own and not is_ours(each)]


def _month_differs(batch: ImportBatch, found: LedgerFile) -> list[dict[str, Any]]:
    header = _month_of_headers(found.tables)
    if not header or header == (batch.report_year, batch.report_month):
        return []
    chosen = f"{batch.report_year}-{batch.report_month:02}"
    return [remark("MONTH_DIFFERS", header=f"{header[0]}-{header[1]:02}", chosen=chosen)]


def _month_of_headers(tables: Sequence[Any]) -> tuple[int, int] | None:
    return next(((table.year, table.month) for table in tables if table.year and table.month), None)
