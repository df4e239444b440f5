"""The dry run: what confirming a read workbook would do, settled against what the database can hold.

Nothing is written here. Between the reader and the diff, values are brought into the form in which they are stored
(so that a second import finds them equal); after it, rows are checked against the columns and against each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.models import Organization, Park
from projects import seams
from projects.actions.create import keys_of, refuse_wrong_period
from projects.actions.shared import clean_value
from projects.errors import InvalidFields
from projects.ledger.cells import parse_stage
from projects.ledger.dates import PartialDate, Period
from projects.ledger.diff import Action, Change, RowDiff, plan
from projects.ledger.facts import STATUS_WORDS, is_fact, month_end
from projects.ledger.fields import MONEY_FIELDS, equal, to_json
from projects.ledger.findings import Finding, Severity
from projects.ledger.registry import kind_of
from projects.ledger.rows import FieldValue, LedgerRow
from projects.ledger.store import COLUMNS, STORED, Values
from projects.ledger.text import normalise_name
from projects.models import Enterprise, ImportRow, Milestone, Project
from projects.stages import STAGES, Stage, position

ERROR, WARNING = Severity.ERROR, Severity.WARNING
SENTENCES: dict[str, tuple[Severity, str, str]] = {
    "NAME_TAKEN": (ERROR, "项目名称与“{other}”相同", "“{other}” already has this name"),
    "CODE_TAKEN": (ERROR, "项目代码已由“{other}”使用", "“{other}” already has this project code"),
    "IDENTITY_UNSURE": (
        ERROR,
        "不能确定是哪个项目：代码、名称对应不同的项目，或该项目在本表中已出现过",
        "Cannot tell which project this is: code and name belong to different ones, or an earlier row has taken it",
    ),
    "NOT_STORABLE": (ERROR, "{zh}", "{en}"),
    "MONTH_LOCKED": (ERROR, "{zh}", "{en}"),
    "CREDIT_CODE_DIFFERS": (
        WARNING,
        "同一建设单位有不同的信用代码，采用先出现的 {other}",
        "The same enterprise has another credit code further up; {other} is used",
    ),
    "STAGE_LOOSE": (WARNING, "“{raw}”按“{zh}”导入", "“{raw}” is read as “{en}”"),
    "STAGE_BACK": (WARNING, "阶段将由“{old_zh}”退回“{zh}”", "The stage goes back from “{old_en}” to “{en}”"),
    "MONTH_DIFFERS": (
        WARNING,
        "表头写的是 {header}，按所选的 {chosen} 导入",
        "The headers say {header}, the chosen month {chosen} is used",
    ),
}  # fmt: skip
STATUS_NAMES = {"suspended": ("暂停", "suspended"), "terminated": ("终止", "terminated")}
_AREAS = ("land_mu", "floor_area_m2")
_CENT = Decimal("0.01")

Remark = dict[str, Any]


def remark(kind: str, cell: str = "", raw: str = "", *, sheet: str = "", **params: Any) -> Remark:
    """An own finding in the form ImportRow.findings keeps."""
    severity, zh, en = SENTENCES[kind]
    words = {"raw": raw, **params}
    return {
        "severity": severity.value, "kind": kind, "sheet": sheet, "cell": cell, "raw": raw,
        "message_zh": zh.format_map(words), "message_en": en.format_map(words),
    }  # fmt: skip


def as_remark(found: Finding) -> Remark:
    """A finding of the reader in the form ImportRow.findings keeps."""
    return {
        "severity": found.severity.value, "kind": found.kind, "sheet": found.sheet, "cell": found.cell,
        "raw": found.raw, "message_zh": found.message_zh, "message_en": found.message_en,
    }  # fmt: skip


@dataclass
class Planned:
    """One row of the dry run: the settled diff and everything found about it."""

    diff: RowDiff[int]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def action(self) -> str:
        """One of ImportRow.Action."""
        if any(each["severity"] == ERROR for each in self.remarks):
            return ImportRow.Action.REFUSED
        return ImportRow.Action(self.diff.action)


def dry_run(
    rows: Sequence[LedgerRow], stored: Mapping[int, Values], park: Park, *, year: int, month: int
) -> list[Planned]:
    """Every row with what it would change. `stored` as store.stored_values gives it for the same park and month."""
    names = Names(park)
    prepared, about = _prepared(rows, names)
    end = month_end(year, month)
    taken = _Taken(stored)
    locked = _Locked(park, year, month)
    result = []
    for diff, remarks in zip(plan(prepared, stored), about, strict=True):
        values = stored.get(diff.key, {}) if diff.key is not None else {}
        diff = _settled(diff, values, end)
        remarks = [as_remark(each) for each in (*diff.row.findings, *diff.findings)] + remarks
        if diff.action in (Action.CREATE, Action.UPDATE):
            remarks += [*_about_stage(diff, values), *_unstorable(diff, values), *taken.claim(diff)]
            remarks += locked.about(diff)
        elif diff.action is Action.NEEDS_CONFIRMATION:
            remarks.append(remark("IDENTITY_UNSURE", diff.row.cell("name"), sheet=diff.row.sheet))
        result.append(Planned(diff, remarks))
    return result


class Names:
    """Spelling of enterprises and units as the database has them, by their keys. Two queries."""

    def __init__(self, park: Park) -> None:
        self.enterprises = dict(Enterprise.objects.filter(park=park).values_list("name_key", "name"))
        self.units: dict[str, str] = {}
        for name, short in units_of(park).values_list("name", "short_name"):
            self.units.setdefault(normalise_name(name), name)
            if short:
                self.units.setdefault(normalise_name(short), name)
        self.known_enterprises, self.known_units = set(self.enterprises), set(self.units)

    def enterprise(self, name: str) -> str:
        return self.enterprises.setdefault(normalise_name(name), name)

    def unit(self, name: str) -> str:
        return self.units.setdefault(normalise_name(name), name)


def units_of(park: Park):
    """Organizations a ledger's 责任单位 may name."""
    kinds = [Organization.Kind.UNIT, Organization.Kind.PARK_OFFICE]
    return Organization.objects.filter(park=park, kind__in=kinds).order_by("-kind", "pk")


def _prepared(rows: Iterable[LedgerRow], names: Names) -> tuple[list[LedgerRow], list[list[Remark]]]:
    credit: dict[str, str] = {}
    prepared, about = [], []
    for row in rows:
        fields = {name: _storable(name, found, names) for name, found in row.fields.items() if name in STORED}
        enrolled_on = fields.get("enrolled_on")
        if enrolled_on and enrolled_on.value is not None:
            fields["enrolled"] = fields.get("enrolled", enrolled_on)._replace(value=True)
        remarks = list(_one_credit_code(row, fields, credit))
        prepared.append(replace(row, fields=fields))
        about.append(remarks)
    return prepared, about


def _storable(name: str, found: FieldValue, names: Names) -> FieldValue:
    """The value as the database would give it back."""
    value = found.value
    if name == "enterprise" and value:
        value = names.enterprise(value)
    elif name in ("responsible_unit", "leader_unit") and value:
        value = names.unit(value)
    elif isinstance(value, Period):
        value = Period(_first_day(value.start), value.end and PartialDate(value.end.last_day))
    return found._replace(value=value)


def _first_day(start: PartialDate | None) -> PartialDate | None:
    if start is None or start.value is None:
        return None
    months = {"year": 12, "half": 6, "quarter": 3}.get(start.precision or "", 0)
    day = start.value.replace(day=1, month=start.value.month - months + 1) if months else start.value
    return PartialDate(day)


def _one_credit_code(row: LedgerRow, fields: dict[str, FieldValue], credit: dict[str, str]) -> Iterator[Remark]:
    """An enterprise has one credit code: the first of the file counts for all its rows."""
    enterprise, code = fields.get("enterprise"), fields.get("credit_code")
    if not (enterprise and enterprise.value and code and code.value):
        return
    first = credit.setdefault(normalise_name(enterprise.value), code.value)
    if first != code.value:
        fields["credit_code"] = code._replace(value=first)
        yield remark("CREDIT_CODE_DIFFERS", code.cell, code.raw, sheet=row.sheet, other=first)


def _settled(diff: RowDiff[int], stored: Values, end) -> RowDiff[int]:
    """Without changes that the database could not tell from what it holds."""
    if diff.action not in (Action.CREATE, Action.UPDATE):
        return diff
    changes = tuple(each for one in diff.changes if (each := _settled_change(diff.row, one, stored, end)))
    action = diff.action if changes or diff.key is None else Action.UNCHANGED
    return replace(diff, changes=changes, action=action)


def _settled_change(row: LedgerRow, change: Change, stored: Values, end) -> Change | None:
    old, new = change.old, change.new
    if isinstance(new, Period) and isinstance(old, Period):
        new = Period(new.start or old.start, new.end or old.end)
    if change.field in _AREAS and old is not None and old.quantize(_CENT, ROUND_HALF_UP) == new:
        return None
    if change.field == "credit_code" and not (row.value("enterprise") or stored.get("enterprise")):
        return None
    if change.field.startswith("planned_dates."):
        if not _plan_counts(row, change.field, stored, end):
            return None
        old = old or stored.get(change.field.removeprefix("planned_"))  # no fact yet: the plan is what it shows
    return None if equal(old, new) else change._replace(old=old, new=new)


def _plan_counts(row: LedgerRow, name: str, stored: Values, end) -> bool:
    """A planned date beside a date that is itself only a plan says nothing new: the first one is kept."""
    short = name.partition(".")[2]
    other = row.value(f"dates.{short}")
    stage = row.stage_code if row.stage_code not in (None, *STATUS_WORDS) else stage_of(stored)
    return other is None or is_fact(short, other, stage, end)


def stage_of(stored: Values) -> str:
    """The stage a stored project is in, from its ledger word."""
    code = parse_stage(stored.get("stage_raw")).code
    return code if code and code not in STATUS_WORDS else Stage.PLANNING.value


def _about_stage(diff: RowDiff[int], stored: Values) -> Iterator[Remark]:
    change = next((each for each in diff.changes if each.field == "stage_raw"), None)
    code = diff.row.stage_code
    if change is None or code is None:
        return
    zh, en = _stage_names(code)
    if not diff.row.stage_exact:
        yield remark("STAGE_LOOSE", change.cell, change.raw, sheet=diff.row.sheet, zh=zh, en=en)
    before = stage_of(stored)
    goes_back = stored and code not in STATUS_WORDS and position(code) < position(before)
    if goes_back and (before, code) != (Stage.EQUIPPING, Stage.COMPLETED):  # equipment often comes first
        old_zh, old_en = _stage_names(before)
        words = {"zh": zh, "en": en, "old_zh": old_zh, "old_en": old_en}
        yield remark("STAGE_BACK", change.cell, change.raw, sheet=diff.row.sheet, **words)


def _stage_names(code: str) -> tuple[str, str]:
    if code in STATUS_WORDS:
        return STATUS_NAMES[code]
    return STAGES[Stage(code)].name_zh, STAGES[Stage(code)].name_en


def _unstorable(diff: RowDiff[int], stored: Values) -> Iterator[Remark]:
    """What the columns refuse: signs, years, characters, lengths."""
    for change in diff.changes:
        if _problem(change):
            yield _translated(diff.row.sheet, change.cell, change.raw, lambda one=change: _problem(one))
    name = next((each for each in diff.changes if each.field == "name"), None)
    if name and _name_problem(name.new):
        yield _translated(diff.row.sheet, name.cell, name.raw, lambda: _name_problem(name.new))
    period = next((each for each in diff.changes if each.field == "period"), None)
    if period and _period_problem(period.new):
        yield _translated(diff.row.sheet, period.cell, period.raw, lambda: _period_problem(period.new))


def _translated(sheet: str, cell: str, raw: str, problem) -> Remark:
    with override("zh-hans"):
        zh = problem()
    with override("en"):
        en = problem()
    return remark("NOT_STORABLE", cell, raw, sheet=sheet, zh=zh, en=en)


def _problem(change: Change) -> str:
    try:
        for column, value in _columns(change):
            clean_value(column, value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _columns(change: Change) -> Iterator[tuple[Any, Any]]:
    name, value = change.field, change.new
    if name in COLUMNS:
        yield Project._meta.get_field(COLUMNS[name]), value
    elif name in MONEY_FIELDS and not name.startswith("month"):
        yield Project._meta.get_field("total_investment_10k"), value
    elif name == "enterprise":
        yield Enterprise._meta.get_field("name"), value
        yield Enterprise._meta.get_field("name_key"), normalise_name(value)
    elif name in ("responsible_unit", "leader_unit"):
        yield Organization._meta.get_field("name"), value
    elif isinstance(value, PartialDate) and value.value:
        yield Milestone._meta.get_field("actual_on"), value.value
    elif isinstance(value, Period):
        yield from (
            (Milestone._meta.get_field("actual_on"), end.value) for end in (value.start, value.end) if end and end.value
        )


def _name_problem(name: str) -> str:
    try:
        keys_of(Project(name=name))
    except InvalidFields as error:
        return str(error)
    return ""


def _period_problem(period: Period) -> str:
    try:
        refuse_wrong_period(*(end and end.value for end in (period.start, period.end)))
    except InvalidFields as error:
        return str(error)
    return ""


class _Taken:
    """Names and codes belong to one project each: the one that has them now, or the first row that asks."""

    def __init__(self, stored: Mapping[int, Values]) -> None:
        self.holders: dict[tuple[str, str], tuple[Any, str]] = {}
        for key, values in stored.items():
            self._hold("name", normalise_name(values.get("name", "")), key, values.get("name", ""))
            self._hold("code", values.get("code", ""), key, values.get("name", ""))

    def _hold(self, kind: str, value: str, key: Any, name: str) -> tuple[Any, str]:
        return self.holders.setdefault((kind, value), (key, name)) if value else (key, name)

    def claim(self, diff: RowDiff[int]) -> Iterator[Remark]:
        row, key = diff.row, diff.key if diff.key is not None else f"{diff.row.sheet}!{diff.row.number}"
        for change in diff.changes:
            if change.field not in ("name", "code"):
                continue
            value = normalise_name(change.new) if change.field == "name" else change.new
            holder, name = self._hold(change.field, value, key, row.value("name") or change.new)
            if holder != key:
                yield remark(f"{change.field.upper()}_TAKEN", change.cell, change.raw, sheet=row.sheet, other=name)


class _Locked:
    """Months whose investment is closed (seams.investment_locks): a change of theirs refuses the row, cell by cell."""

    def __init__(self, park: Park, year: int, month: int) -> None:
        self.month = month
        with override("zh-hans"):
            self.zh = seams.locked_months(park.pk, year)
        self.en = self.zh
        if self.zh:
            with override("en"):
                self.en = seams.locked_months(park.pk, year)

    def about(self, diff: RowDiff[int]) -> Iterator[Remark]:
        for change in diff.changes:
            month = month_of(change.field, self.month)
            if month in self.zh:
                words = {"zh": self.zh[month], "en": self.en[month]}
                yield remark("MONTH_LOCKED", change.cell, change.raw, sheet=diff.row.sheet, **words)


def month_of(name: str, report_month: int) -> int | None:
    """The month whose investment a field of the importer states; None for other fields."""
    if name.startswith("monthly_investment_10k."):
        return int(name.partition(".")[2])
    return report_month if name in ("month_investment_10k", "ytd_investment_10k") else None


def as_rows(planned: Sequence[Planned], versions: Mapping[int, int], *, batch) -> list[ImportRow]:
    """Rows for the database."""
    return [_as_row(each, versions, batch) for each in planned]


def _as_row(each: Planned, versions: Mapping[int, int], batch) -> ImportRow:
    diff, row = each.diff, each.diff.row
    found = unjudged_row(row, batch, each.action)
    found.matched_by = diff.matched_by or ""
    found.project_id = found.target = diff.key
    found.version = versions.get(diff.key or 0)
    found.kept, found.findings = list(diff.kept_although_blank), each.remarks
    found.changes = [
        {"field": c.field, "old": to_json(c.old), "new": to_json(c.new), "cell": c.cell, "raw": c.raw}
        for c in diff.changes
    ]
    return found


def unjudged_row(row: LedgerRow, batch, action: str) -> ImportRow:
    """A row with its values as the file has them; what it changes and what was found is still to be said."""
    values = {
        name: {"value": to_json(found.value), "raw": found.raw, "cell": found.cell}
        for name, found in row.fields.items()
        if found.raw or found.value is not None
    }
    if row.stage_code and "stage_raw" in values:
        values["stage_raw"]["code"] = row.stage_code
    return ImportRow(
        batch=batch, sheet=row.sheet[:100], row=row.number, action=action, values=values,
        name=(row.value(kind_of(batch.kind).table.title) or "")[:200],
    )  # fmt: skip
