"""What confirming a read workbook of filings would do: drafts are filled, nothing is handed in. Reads only.

A row belongs to a filing of the report month that the person files: by the key of its row, by code, by exact name.
What others file for is not there. Figures go through the rules of the page (dispatch.filing.rules): what is wrong
refuses the row, what is missing or unusual is said; unusual figures take their reason from the column 异常说明.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import override

from dispatch.filing import rules, scope, words
from dispatch.filing.facts import known_of_many
from dispatch.filing.importing.table import COLUMNS, FILINGS
from dispatch.filing.models import Filing, FilingRound
from dispatch.ledger.importing.dryrun import as_row
from dispatch.ledger.importing.judging import Judged, Named, Register, begun, compare, proposals, taken
from dispatch.ledger.importing.remarks import remark
from projects.actions.shared import clean_value
from projects.ledger.answers import about_row
from projects.ledger.fields import from_json, to_json
from projects.ledger.registry import Outcome
from projects.ledger.row_keys import read_key
from projects.ledger.rows import LedgerRow
from projects.models import ImportBatch

MISSING = frozenset({"month_missing", "percent_missing"})
LATER = frozenset({"photo_missing"})  # a workbook brings no photos
FIELD_OF = {column: name for name, column in COLUMNS.items()}
State = Filing.State


def judge(rows: Sequence[LedgerRow], *, batch: ImportBatch, at: datetime) -> Outcome:
    """The dry run of ``projects.ledger.registry.ImportKind``; its queries do not grow with the rows."""
    judged = list(begun(rows, batch.answers, prepared))
    month = f"{batch.report_year}-{batch.report_month:02}"
    window = FilingRound.objects.filter(
        park=batch.park_id, year=batch.report_year, month=batch.report_month
    ).first()  # fmt: skip
    if window is None or window.state == FilingRound.State.LOCKED:
        for each in judged:
            each.say("WINDOW_LOCKED" if window else "NO_WINDOW", "project_name", month=month)
        return Outcome([as_row(each, batch, "project_name") for each in judged])
    known = _Known(window, batch)
    seen: dict[int, int] = {}
    for each in judged:
        if not each.skipped:
            _look(each, known, seen)
    return Outcome([as_row(each, batch, "project_name") for each in judged])


def filings_of(window: FilingRound, user):
    """Filings of the window that this person files."""
    rows = Filing.objects.visible_to(user).with_filer().filter(scope.filed_by(user), round=window)
    return rows.select_related("project", "round__park").order_by("project__name_key", "pk")


def prepared(row: LedgerRow) -> dict[str, Any]:
    """{field: value in JSON form}, figures with as many places as their columns hold."""
    return {
        name: to_json(_rounded(name, found.value)) for name, found in row.fields.items() if name in COLUMNS
    }  # fmt: skip


def _rounded(name: str, value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    places = Filing._meta.get_field(COLUMNS[name]).decimal_places
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize() + 0


def values_of(filing: Filing) -> dict[str, Any]:
    """Every field of the table as a workbook writes it; what is empty is None."""
    found: dict[str, Any] = {"code": filing.project.code or None, "project_name": filing.project.name}
    for name, column in COLUMNS.items():
        value = getattr(filing, column)
        found[name] = value.normalize() + 0 if isinstance(value, Decimal) else value or None
    return found


def column_values(changes: Iterable[Mapping[str, Any]], side: str = "new") -> dict[str, Any]:
    """{column of Filing: value} of changes that are to be written; texts are never None."""
    found = {}
    for each in changes:
        value = from_json(FILINGS.fields[each["field"]], each[side])
        column = COLUMNS[each["field"]]
        found[column] = value if value is not None or Filing._meta.get_field(column).null else ""
    return found


class _Known:
    """The person's filings of the month with what is on record before it. Six queries."""

    def __init__(self, window: FilingRound, batch: ImportBatch) -> None:
        self.park_id, self.answers = batch.park_id, batch.answers
        rows = list(filings_of(window, batch.created_by))
        self.filings = {row.pk: row for row in rows}
        self.of_project = {row.project_id: row for row in rows}
        self.record = known_of_many(window, rows)
        named = (Named(row.project_id, row.project.name, row.project.code or "") for row in rows)
        self.register = Register(named)

    def find(self, each: Judged) -> Filing | None:
        row = each.row
        key = read_key(row.row_key, FILINGS.key, park_id=self.park_id)
        if key.pk in self.filings:
            each.matched_by = "key"
            return self.filings[key.pk]
        if row.row_key:
            each.remarks.append(remark("KEY_UNKNOWN", row.sheet, row.cell("project_name"), row.row_key))
        answer = about_row(self.answers, row.sheet, row.number)
        if answer in self.of_project:
            each.matched_by = "chosen"
            return self.of_project[answer]
        code, name = row.value("code"), row.value("project_name")
        if code and code in self.register.codes:
            each.matched_by = "code"
            return self.of_project[self.register.codes[code]]
        exact = self.register.by_name(name) if name else []
        if len(exact) == 1:
            each.matched_by = "name"
            return self.of_project[exact[0]]
        self._unsure(each, name or code, exact)
        return None

    def _unsure(self, each: Judged, name: str | None, exact: Sequence[int]) -> None:
        column = "project_name" if each.row.value("project_name") else "code"
        near = [self.register.rows[pk] for pk in exact] or self.register.near(name or "")
        if near:
            each.say("LINK_CONFIRM", column, other=near[0].name)
            each.proposals = proposals(near, "name")
        elif name:
            each.say("FILING_NOT_FOUND", column)


def _look(each: Judged, known: _Known, seen: dict[int, int]) -> None:
    filing = known.find(each)
    if filing is None:
        return
    each.target, each.version, each.project_id = filing.pk, filing.version, filing.project_id
    each.extra["state"] = filing.state
    if (first := seen.setdefault(filing.pk, each.row.number)) != each.row.number:
        each.say("ROW_TWICE", "project_name", first=first)
        return
    compare(each, {name: to_json(value) for name, value in values_of(filing).items()}, known.answers)
    _cumulative_anew(each, filing)
    if not each.changes:
        return
    if filing.state == State.ACCEPTED:
        each.say("FILING_ACCEPTED", each.changes[0]["field"])
        return
    if filing.state == State.SUBMITTED:
        each.say("FILING_REOPENED", each.changes[0]["field"])
    _check(each, filing, known.record[filing.pk])


def _cumulative_anew(each: Judged, filing: Filing) -> None:
    """A month's amount without a cumulative figure takes back the one given before, as on the page."""
    changed = {change["field"] for change in taken(each.changes)}
    if "month_investment_10k" in changed and each.new.get("ytd_investment_10k") is None and filing.ytd_10k is not None:
        old = to_json(values_of(filing)["ytd_investment_10k"])
        where = each.row.cell("ytd_investment_10k")
        each.changes.append({"field": "ytd_investment_10k", "old": old, "new": None, "cell": where, "raw": ""})
        each.kept = [name for name in each.kept if name != "ytd_investment_10k"]


def _check(each: Judged, filing: Filing, record: rules.Known) -> None:
    """The rules of the page on the figures as they would stand."""
    if _unstorable(each):
        return
    after = {name: getattr(filing, name) for name in (*rules.FIGURES, "acknowledged")}
    after |= column_values(taken(each.changes))
    for found in rules.problems(after, record):
        if found.code not in LATER:
            kind = "FIGURE_OPEN" if found.code in MISSING else "FIGURE_WRONG"
            each.say(kind, FIELD_OF[found.field], **_said(lambda one=found: words.sentence(one)))
    if not (after["acknowledged"] or "").strip():
        for found in rules.questions(after, record):
            each.say("FIGURE_UNUSUAL", FIELD_OF[found.field], **_said(lambda one=found: words.sentence(one)))


def _unstorable(each: Judged) -> bool:
    """Says what the columns refuse; whether there is anything."""
    found = False
    for change in taken(each.changes):
        if _problem(change):
            each.say("NOT_STORABLE", change["field"], **_said(lambda one=change: _problem(one)))
            found = True
    return found


def _problem(change: Mapping[str, Any]) -> str:
    if change["new"] is None:
        return ""
    ((column, value),) = column_values([change]).items()
    try:
        clean_value(Filing._meta.get_field(column), value)
    except ValidationError as error:
        return " ".join(error.messages)
    if column == "physical_percent" and value > 100:
        return words.sentence(rules.Finding("physical_percent", "percent_range"))
    return ""


def _said(sentence) -> dict[str, str]:
    """A sentence in both languages."""
    found = {}
    for short, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            found[short] = str(sentence())
    return found
