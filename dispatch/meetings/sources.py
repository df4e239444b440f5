"""What an agenda is made of: one query a source, each row with the sentence why it is there. Reads only."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from approvals.models import Urge
from dispatch.ledger.models import ExtensionRequest, LedgerItem
from dispatch.ledger.queries import days_left
from dispatch.meetings.agenda import Found
from dispatch.meetings.kinds import FACTS, KindFacts
from dispatch.meetings.models import AgendaItem, Decision, Meeting
from dispatch.response.models import ResponseCase
from dispatch.response.queue import abouts, case_title, cases_of
from dispatch.response.words import ROMAN
from dispatch.visits.models import Finding
from dispatch.warnings.models import Warning
from dispatch.warnings.silence import silent
from workdays.arithmetic import WorkCalendar

Open = LedgerItem.State
MOST_SILENT = 5  # points of their own
ITEM_COLUMNS = ("description", "progress", "tokens", "project__search_text", "project__content", "project__remark")


@dataclass(frozen=True)
class Scope:
    """For which meeting somebody gathers points, on which day."""

    meeting: Meeting
    user: User
    today: date
    calendar: WorkCalendar

    @property
    def facts(self) -> KindFacts:
        return FACTS[self.meeting.kind]

    def narrow(self, rows, path: str = "project"):
        """Rows the user sees; of one project when the meeting is about one."""
        rows = rows.visible_to(self.user)
        return rows.filter(**{path: self.meeting.project_id}) if self.meeting.project_id else rows

    def late(self, item: LedgerItem) -> int:
        """Working days late, 0 when not."""
        return max(0, -(days_left(item, self.today, self.calendar) or 0))


def gather(scope: Scope) -> list[Found]:
    """Everything that speaks for a point; a meeting about a project without one is only about what was decided."""
    found = [*unfinished(scope), *carried(scope)]
    if scope.facts.of_project and not scope.meeting.project_id:
        return found
    for name, source in SOURCES.items():
        if name in scope.facts.takes:
            found += source(scope)
    return found


def series(meeting: Meeting):
    """Closed meetings of the same kind before this one; of the same project when it is about one."""
    rows = Meeting.objects.filter(park=meeting.park_id, kind=meeting.kind, state=Meeting.State.CLOSED)
    return rows.filter(project=meeting.project_id).exclude(pk=meeting.pk)


def unfinished(scope: Scope) -> Iterator[Found]:
    """Decisions of all earlier meetings of the series whose ledger item is not closed."""
    rows = Decision.objects.filter(meeting__in=series(scope.meeting).values("pk"), withdrawn_at=None)
    rows = rows.filter(item__isnull=False).exclude(item__state=Open.CLOSED).order_by("meeting__held_on", "order", "pk")
    for row in rows.select_related("meeting", "item__project", "item__unit"):
        why = _("Decided at %(meeting)s on %(on)s and not closed: %(state)s.") % {
            "meeting": row.meeting.number, "on": row.meeting.held_on, "state": row.item.get_state_display(),
        }  # fmt: skip
        yield _of_item("decision", row.item, f"{why}{_late(scope.late(row.item))}", scope)


def carried(scope: Scope) -> Iterator[Found]:
    """Points the last meeting carried over, unless they have been settled since; silence speaks for itself."""
    if not scope.meeting.previous_id:
        return
    rows = AgendaItem.objects.filter(meeting=scope.meeting.previous_id, state=AgendaItem.State.CARRIED)
    rows = rows.exclude(source=AgendaItem.Source.STALE)
    rows = rows.exclude(item__state=Open.CLOSED).exclude(case__closed_on__isnull=False)
    for row in rows.select_related("meeting", "project", "unit", "item"):
        yield Found(
            source="carried", kept_as=row.source, key=row.source_key, title=row.title,
            why=_("Carried over from %(meeting)s.") % {"meeting": row.meeting.number},
            project_id=row.project_id, project=row.project.name if row.project else "", unit_id=row.unit_id,
            unit=str(row.unit or ""), item_id=row.item_id, case_id=row.case_id,
            days_late=scope.late(row.item) if row.item else 0,
        )  # fmt: skip


def cases(scope: Scope) -> Iterator[Found]:
    """Open response cases that the meeting's tier takes (dispatch.response.sessions); of a project all of them."""
    if scope.facts.of_project:
        rows = scope.narrow(ResponseCase.objects.open())
    else:
        rows = cases_of(scope.facts.tier, scope.user, scope.today, scope.calendar)
    rows = list(rows.select_related("warning", "project", "unit"))
    about = abouts(rows, scope.today, scope.calendar)
    for case in rows:
        late = max(0, scope.calendar.count(case.clear_by_on, scope.today)) if case.clear_by_on else 0
        why = _("Level %(level)s response since %(since)s.") % {
            "level": ROMAN[case.level], "since": case.level_since_on,
        }  # fmt: skip
        key, item_id = _thing_of(case)
        yield Found(
            source="case", key=key, title=case_title(case, about[case.pk]), why=f"{why}{_late(late)}",
            project_id=case.project_id, project=case.project.name if case.project else "", unit_id=case.unit_id,
            unit=str(case.unit or ""), case_id=case.pk, item_id=item_id, days_late=late,
        )  # fmt: skip


def _thing_of(case: ResponseCase) -> tuple[str, int | None]:
    """Key of the thing the case is about, and its id when it is a ledger item: late and in response is one point."""
    warning = case.warning
    if warning.object_type == Warning.ObjectType.LEDGER_ITEM:
        return f"item/{warning.object_id}", warning.object_id
    return f"case/{case.pk}", None


def items(scope: Scope) -> Iterator[Found]:
    """Items moved up to the meeting's tier, and items so late that they belong here."""
    hung = Q(state=Open.HUNG)
    if not scope.facts.of_project:
        hung &= Q(tier=scope.facts.tier)
    late = Q(due_on__lt=scope.calendar.subtract(scope.today, scope.facts.late_wd - 1))
    for item in _open_items(scope).filter(hung | late):
        days = scope.late(item)
        if item.state == Open.HUNG:
            why = _("Moved up to dispatch tier %(tier)d on %(on)s.") % {"tier": item.tier, "on": item.hung_on}
            yield _of_item("item", item, f"{why}{_late(days)}", scope)
        elif days >= scope.facts.late_wd:
            yield _of_item("item", item, _late(days), scope)


def extensions(scope: Scope) -> Iterator[Found]:
    """Requests for an extension that wait for a decision."""
    open_ones = ExtensionRequest.objects.filter(outcome=ExtensionRequest.Outcome.OPEN)
    rows = scope.narrow(open_ones, "item__project").select_related("item__project", "item__unit")
    for row in rows:
        why = ngettext(
            "The unit asks for %(n)d working day more: %(reason)s",
            "The unit asks for %(n)d working days more: %(reason)s",
            row.workdays,
        ) % {"n": row.workdays, "reason": row.reason}
        yield _of_item("extension", row.item, why, scope)


def requests(scope: Scope) -> Iterator[Found]:
    """What enterprises asked for and nobody has taken on: requests for help, and urgings without an answer."""
    waiting = (Open.REGISTERED, Open.ASSIGNED)
    for item in _open_items(scope).filter(source=LedgerItem.Source.ENTERPRISE, state__in=waiting):
        why = _("The enterprise asked on %(on)s and nobody has taken it on yet.") % {"on": item.raised_on}
        yield _of_item("request", item, f"{why}{_late(scope.late(item))}", scope)
    urges = scope.narrow(Urge.objects.filter(answered_at=None), "project_step__project")
    for urge in urges.select_related("project_step__project", "project_step__step", "project_step__unit"):
        step = urge.project_step
        yield Found(
            source="request", key=f"urge/{urge.pk}", title=f"{step}：{urge.text}" if urge.text else str(step),
            why=_("The enterprise urged on %(on)s and has no answer.") % {"on": urge.on},
            project_id=step.project_id, project=step.project.name, unit_id=step.unit_id, unit=str(step.unit or ""),
        )  # fmt: skip


def findings(scope: Scope) -> Iterator[Found]:
    """Needs and problems found on visits that are not closed."""
    rows = Finding.objects.filter(item__isnull=False).exclude(item__state=Open.CLOSED)
    rows = scope.narrow(rows, "item__project").select_related("visit__enterprise", "item__project", "item__unit")
    for row in rows:
        why = _("Found at %(enterprise)s on %(on)s and not closed.") % {
            "enterprise": row.visit.enterprise, "on": row.visit.visited_on,
        }  # fmt: skip
        yield _of_item("finding", row.item, f"{why}{_late(scope.late(row.item))}", scope)


def stale(scope: Scope) -> Iterator[Found]:
    """Projects without news by the park's rule; many of them are one point with their names."""
    rows = list(scope.narrow(silent()).select_related("project__responsible_unit").order_by("due_on", "project"))
    if len(rows) > MOST_SILENT:
        names = "、".join(warning.project.name for warning in rows)
        yield Found(source="stale", key="stale/all", why=names, title=ngettext(
            "%(n)d project without news", "%(n)d projects without news", len(rows)) % {"n": len(rows)})  # fmt: skip
        return
    for warning in rows:
        project, days = warning.project, scope.calendar.count(warning.due_on, scope.today)
        yield Found(
            source="stale", key=f"stale/{project.pk}", title=_("No news: %(project)s") % {"project": project.name},
            why=ngettext("Not updated for %(n)d working day.", "Not updated for %(n)d working days.", days)
            % {"n": days},
            project_id=project.pk, project=project.name, unit_id=project.responsible_unit_id,
            unit=str(project.responsible_unit or ""),
        )  # fmt: skip


SOURCES: dict[str, Callable[[Scope], Iterable[Found]]] = {
    "case": cases,
    "item": items,
    "extension": extensions,
    "request": requests,
    "finding": findings,
    "stale": stale,
}


def _open_items(scope: Scope):
    rows = scope.narrow(LedgerItem.objects.open()).order_by("due_on", "pk")
    return rows.select_related("project", "unit").defer(*ITEM_COLUMNS)


def _of_item(source: str, item: LedgerItem, why: str, scope: Scope) -> Found:
    return Found(
        source=source, key=f"item/{item.pk}", title=f"{item.number} {item.title}", why=why,
        project_id=item.project_id, project=item.project.name if item.project else "", unit_id=item.unit_id,
        unit=str(item.unit or ""), item_id=item.pk, days_late=scope.late(item),
    )  # fmt: skip


def _late(days: int) -> str:
    if not days:
        return ""
    return ngettext("%(n)d working day late.", "%(n)d working days late.", days) % {"n": days}
