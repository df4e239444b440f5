"""What the pages of filings show, fetched in a number of queries that does not grow with the rows. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Organization, User
from accounts.templatetags.navigator import figure, in_percent
from dispatch.filing import facts, rules, scope
from dispatch.filing.models import Filing, FilingEntry, FilingRestatement, FilingRound
from dispatch.filing.rules import Known
from projects.models import MonthlyInvestment, Project
from projects.queries import shown

NOT_BEGUN, DRAFT, SUBMITTED, RETURNED, ACCEPTED, MISSING = (
    "not_begun", "draft", "submitted", "returned", "accepted", "missing",
)  # fmt: skip
STANDINGS = {
    NOT_BEGUN: gettext_lazy("not begun"),
    DRAFT: Filing.State.DRAFT.label,
    SUBMITTED: Filing.State.SUBMITTED.label,
    RETURNED: Filing.State.RETURNED.label,
    ACCEPTED: Filing.State.ACCEPTED.label,
    MISSING: pgettext_lazy("filing", "missing"),
}
TONES = {NOT_BEGUN: "outline", DRAFT: "quiet", SUBMITTED: "accent", RETURNED: "solid", ACCEPTED: "quiet"}
ROUNDS_SHOWN = 12
LIST = ("round__park", "project__filing_duty__organization", "project__responsible_unit", "project__enterprise")


def current_round(user: User) -> FilingRound | None:
    """The oldest window that is not locked yet; else the latest one."""
    rows = FilingRound.objects.visible_to(user)
    open_ones = rows.exclude(state=FilingRound.State.LOCKED).order_by("year", "month")
    return open_ones.first() or rows.order_by("-year", "-month").first()


def standing_of(filing: Filing) -> str:
    """Where it stands in a word of STANDINGS: past the lock all that is not accepted is missing."""
    if filing.state != Filing.State.ACCEPTED and scope.is_locked(filing):
        return MISSING
    return NOT_BEGUN if filing.state == Filing.State.DRAFT and filing.version == 1 else filing.state


@dataclass(frozen=True)
class Row:
    """A filing in a list or on a card. ``known``: what is on record before; ``last_10k``: the month before, 万元."""

    filing: Filing
    standing: str
    known: Known | None = None
    last_10k: Decimal | None = None
    may_file: bool = False

    @property
    def word(self) -> Any:
        return STANDINGS[self.standing]

    @property
    def tone(self) -> str:
        return TONES.get(self.standing, "solid")

    @property
    def filer(self) -> Organization | None:
        project = self.filing.project
        duty = getattr(project, "filing_duty", None)
        return duty.organization if duty else project.responsible_unit


def for_list(rows):
    """Names a row shows, by unit and project."""
    return rows.with_filer().select_related(*LIST).order_by("filer_id", "project__name_key", "pk")


def to_do_first(rows):
    """Returned ones, those not handed in, those handed in, accepted ones; by project."""
    order = [Filing.State.RETURNED, Filing.State.DRAFT, Filing.State.SUBMITTED, Filing.State.ACCEPTED]
    places = [When(state=state, then=Value(place)) for place, state in enumerate(order)]
    return rows.order_by(Case(*places, output_field=IntegerField()), "project__name_key", "pk")


def rows_of(filings: Iterable[Filing]) -> list[Row]:
    return [Row(filing, standing_of(filing)) for filing in filings]


def cards_of(window: FilingRound, filings: Sequence[Filing], user: User) -> list[Row]:
    """Cards with what is on record before the month: five queries."""
    known, last = facts.known_of_many(window, filings), last_months(window, [f.project_id for f in filings])
    return [
        Row(filing, standing_of(filing), known[filing.pk], last.get(filing.project_id), scope.may_file(filing, user))
        for filing in filings
    ]


def last_months(window: FilingRound, project_ids: Iterable[int]) -> dict[int, Decimal]:
    """Project → its amount of the month before, where it is known; 万元."""
    year, month = (window.year, window.month - 1) if window.month > 1 else (window.year - 1, 12)
    rows = MonthlyInvestment.objects.filter(project__in=project_ids, year=year, month=month, month_10k__isnull=False)
    return dict(rows.values_list("project", "month_10k"))


def in_standing(rows, standing: str):
    """Filings in a state, or missing: all that are not accepted."""
    if standing == MISSING:
        return rows.exclude(state=Filing.State.ACCEPTED)
    return rows.filter(state=standing) if standing in Filing.State.values else rows


@dataclass
class UnitLine:
    """One organization that files, with its filings by standing."""

    organization: Organization | None
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def owed(self) -> int:
        return self.counts[NOT_BEGUN] + self.counts[DRAFT] + self.counts[RETURNED] + self.counts[MISSING]

    @property
    def cells(self) -> list[int]:
        return [self.counts[name] for name in (SUBMITTED, RETURNED, ACCEPTED)]


def board(window: FilingRound, rows) -> list[UnitLine]:
    """Lines by organization, those who owe most first. Two queries."""
    found: dict[int | None, Counter[str]] = defaultdict(Counter)
    locked = window.state == FilingRound.State.LOCKED
    groups = rows.with_filer().order_by().values_list("filer_id", "state")
    for filer, state, number in groups.annotate(n=Count("pk")):
        name = state if state == ACCEPTED or not locked else MISSING
        found[filer][NOT_BEGUN if name == DRAFT else name] += number
    names = Organization.objects.in_bulk([pk for pk in found if pk])
    lines = [UnitLine(names.get(pk or 0), counts) for pk, counts in found.items()]
    return sorted(lines, key=lambda line: (-line.owed, str(line.organization or "~")))


def totals(lines: Iterable[UnitLine]) -> Counter[str]:
    return sum((line.counts for line in lines), Counter())


def rounds_for(user: User) -> list[dict[str, Any]]:
    """The latest windows with their counts: {"round", "counts": Counter by state, "total", "restated"}."""
    rounds = list(FilingRound.objects.visible_to(user).order_by("-year", "-month")[: 2 * ROUNDS_SHOWN])
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    visible = Filing.objects.visible_to(user).filter(round__in=rounds).order_by()
    for pk, state, number in visible.values_list("round", "state").annotate(n=Count("pk", distinct=True)):
        counts[pk][state] += number
    granted = FilingRestatement.objects.visible_to(user).filter(filing__round__in=rounds, state="granted").order_by()
    restated = dict(granted.values_list("filing__round").annotate(n=Count("pk", distinct=True)))
    return [
        {"round": row, "counts": counts[row.pk], "total": counts[row.pk].total(), "restated": restated.get(row.pk, 0)}
        for row in rounds
    ]


def field_label(name: str) -> str:
    """A column of a filing in words; "filer" is who files."""
    return _("who files") if name == "filer" else str(Filing._meta.get_field(name).verbose_name)


def change_lines(changes: Iterable[dict[str, Any]]) -> list[str]:
    """Changes in words: "this month: 300 → 310", or the value alone where nothing was known before."""
    return [_change(each) for each in changes]


def _change(each: dict[str, Any]) -> str:
    label, new = field_label(each["field"]), shown(".", each["new"])
    return f"{label}：{new}" if each["old"] is None else f"{label}：{shown('.', each['old'])} → {new}"


def timeline(filing: Filing) -> list[dict[str, Any]]:
    """History for the timeline component."""
    return [
        {
            "at": row.at,
            "who": str(row.by) if row.by else _("system"),
            "what": row.get_verb_display(),
            "note": "；".join([*change_lines(row.changes), *([row.note] if row.note else [])]),
        }
        for row in filing.history.select_related("by").order_by("-at", "-pk")
        if row.verb != FilingEntry.Verb.SAVED or row.changes or row.note
    ]


def restatements(user: User):
    """Restatements the person may see, with what a row shows; undecided ones first."""
    rows = FilingRestatement.objects.visible_to(user)
    return rows.select_related(
        "filing__round__park", "filing__project__filing_duty", "filing__project__responsible_unit", "by", "decided_by"
    ).order_by("-state", "-at", "-pk")  # fmt: skip


def figures_shown(filing: Filing) -> list[dict[str, Any]]:
    """Label and value of the figures for the key_values component."""
    values = [(name, getattr(filing, name)) for name in rules.FIGURES]
    return [
        {"label": field_label(name), "value": _figure(name, value), "num": True}
        for name, value in values
        if value is not None
    ]


def _figure(name: str, value: Decimal) -> str:
    return in_percent(value) if name == "physical_percent" else figure(value, 4)


def find_projects(window: FilingRound, user: User, text: str):
    """Projects of the park that are not on the month's list, by the words of ``text``; at most twenty."""
    rows = Project.objects.visible_to(user).filter(park=window.park_id).search(text)
    return rows.exclude(filings__round=window).order_by("name_key")[:20]
