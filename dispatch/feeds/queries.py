"""What a feed shows: dates of things as their holder sees them now. As many queries for one project as for sixty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.i18n import localized
from accounts.models import User
from approvals.flow import State as StepState
from approvals.models import ProjectStep, StepDocument
from approvals.promises.queries import owed
from dispatch.feeds import ics
from dispatch.feeds.values import Event
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import Attendance, Meeting, MeetingEntry
from dispatch.plan.building import works_name
from dispatch.plan.models import Goal, PlanForecast, PlanTask
from dispatch.plan.skeleton import WORKS
from projects.models import Milestone, Precision, Project, TeamMember

Dates = tuple[date, date]
Names = dict[int, dict[str, str]]  # project → key of a task → its name


@dataclass(frozen=True)
class Reader:
    """Who reads, on which day, and what the addresses of pages begin with."""

    user: User
    today: date
    site: str = ""

    @property
    def scope(self) -> str:
        return self.user.role.scope if self.user.role_id else ""

    @property
    def branch(self) -> list[int]:
        return self.user.organization.branch_ids() if self.user.organization_id else []

    @property
    def days(self) -> Dates:
        return ics.window(self.today)

    def page(self, name: str, *args, query: str = "") -> str:
        return f"{self.site}{reverse(name, args=args)}{query}"

    def of_project(self, project_id: int, query: str = "") -> str:
        if self.scope == "enterprise":
            return self.page("approvals:enterprise_home", query=f"?project={project_id}")
        return self.page("projects:detail", project_id, query=query)

    def of_step(self, step: ProjectStep) -> str:
        name = "approvals:enterprise_step" if self.scope == "enterprise" else "approvals:step"
        return self.page(name, step.project_id, step.code)


def uid(kind: str, pk: int, part: str = "") -> str:
    """The same for the same thing on every day; says nothing of the row's number."""
    return salted_hmac("dispatch.feeds.uid", f"{kind}:{pk}:{part}", algorithm="sha256").hexdigest()[:40] + "@navigator"


def personal(reader: Reader) -> list[Event]:
    """Everything with a date that waits for this person or concerns them."""
    if not reader.scope:
        return []
    projects = concerned(reader)
    forecasts = list(_forecasts(reader, PlanForecast.objects.filter(project__in=projects.values("pk"))))
    return [
        *step_events(reader, _running(reader).filter(_own_steps(reader, projects))),
        *item_events(reader),
        *milestone_events(reader, Milestone.objects.filter(project__in=projects.values("pk"), actual_on=None)),
        *forecast_events(reader, forecasts),
        *meeting_events(reader),
        *paper_events(reader, projects),
        *task_events(reader),
    ]


def of_project(reader: Reader, project: Project) -> list[Event]:
    """The dates of one project; nothing when the reader may not know of it."""
    if not Project.objects.visible_to(reader.user).filter(pk=project.pk).exists():
        return []
    forecasts = _forecasts(reader, PlanForecast.objects.filter(project=project))
    return [
        *step_events(reader, _running(reader).filter(project=project)),
        *milestone_events(reader, Milestone.objects.filter(project=project)),
        *forecast_events(reader, forecasts),
    ]


def concerned(reader: Reader) -> QuerySet[Project]:
    """Active projects that the reader stands behind: in charge, in the team in person or, for a unit, as a unit.

    For an enterprise all of its own. Handling one step does not make a project one's own.
    """
    rows = Project.objects.visible_to(reader.user).active()
    if reader.scope == "enterprise":
        return rows
    mine = Q(user=reader.user)
    if reader.scope == "unit":
        mine |= Q(organization__in=reader.branch)
    team = TeamMember.objects.filter(mine)
    return rows.filter(Q(responsible_unit__in=reader.branch) | Q(pk__in=team.values("project")))


def _own_steps(reader: Reader, projects: QuerySet[Project], path: str = "") -> Q:
    own = Q(**{f"{path}unit__in": reader.branch})
    return own if reader.scope == "unit" else own | Q(**{f"{path}project__in": projects.values("pk")})


def _running(reader: Reader) -> QuerySet[ProjectStep]:
    rows = ProjectStep.objects.visible_to(reader.user).applicable().running()
    return rows.filter(project__status=Project.Status.ACTIVE).select_related("step", "project", "unit")


def step_events(reader: Reader, rows: Iterable[ProjectStep]) -> Iterator[Event]:
    """Steps whose clock runs, on the day that comes first."""
    for step in rows:
        due = [step.committed_due_on if step.committed_runs else None]
        due.append(step.statutory_due_on if step.statutory_runs else None)
        state = localized(StepState(step.state), "label")
        yield Event(
            uid=uid("step", step.pk),
            title=_title(_("Step due"), str(step), step.project.name, step.is_provisional),
            on=min(filter(None, due)),
            changed_at=_newest(step.updated_at, step.project.updated_at),
            category=_("Approval"),
            lines=(step.project.name, str(step), state, str(step.unit or "")),
            url=reader.of_step(step),
            is_tentative=step.is_provisional,
        )


def item_events(reader: Reader) -> Iterator[Event]:
    """Open ledger items of the reader: of the own unit, or in person."""
    mine = Q(person=reader.user) | Q(unit__in=reader.branch)
    rows = LedgerItem.objects.visible_to(reader.user).open().due_within(*reader.days).filter(mine)
    for item in rows.select_related("project", "unit"):
        yield Event(
            uid=uid("item", item.pk),
            title=_title(_("Ledger item due"), item.title, item.project.name if item.project else ""),
            on=item.due_on,
            changed_at=item.updated_at,
            category=_("Ledger"),
            lines=(item.number, item.title, str(item.unit or ""), item.person_name, str(item.get_state_display())),
            url=reader.page("dispatch:ledger_detail", item.pk),
        )


def milestone_events(reader: Reader, rows: QuerySet[Milestone]) -> Iterator[Event]:
    """The day it was reached; before that the baseline, and the forecast when it is another day."""
    seen = rows.filter(pk__in=Milestone.objects.visible_to(reader.user).values("pk"), is_done=False)
    for row in seen.filter(project__status=Project.Status.ACTIVE).select_related("project"):
        days = [("actual", row.actual_on, row.actual_precision, pgettext("milestone in a calendar", "Reached"))]
        if row.actual_on is None:
            days = [("baseline", row.baseline_on, row.baseline_precision, pgettext("milestone in a calendar", "Plan"))]
            if row.forecast_on != row.baseline_on:
                words = pgettext("milestone in a calendar", "Forecast")
                days.append(("forecast", row.forecast_on, row.forecast_precision, words))
        for part, on, precision, words in days:
            if on is not None:
                rough = "" if precision == Precision.DAY else str(Precision(precision).label)
                yield Event(
                    uid=uid("milestone", row.pk, part),
                    title=_title(words, row.stage_name, row.project.name),
                    on=on,
                    changed_at=row.project.updated_at,
                    category=_("Milestone"),
                    lines=(row.project.name, row.stage_name, rough and _("Known to the %(unit)s") % {"unit": rough}),
                    url=reader.of_project(row.project_id, "?tab=plan"),
                    is_tentative=part == "forecast",
                )


def _forecasts(reader: Reader, rows: QuerySet[PlanForecast]) -> QuerySet[PlanForecast]:
    seen = rows.filter(pk__in=PlanForecast.objects.visible_to(reader.user).values("pk"), is_reached=False)
    return seen.filter(project__status=Project.Status.ACTIVE).select_related("project")


def forecast_events(reader: Reader, rows: Iterable[PlanForecast]) -> Iterator[Event]:
    """The target of each plan and what the engine forecasts instead."""
    for row in rows:
        days = [("target", row.target_on, _("Target"), False)]
        if row.goal_on != row.target_on:
            days.append(("forecast", row.goal_on, _("Forecast of the plan"), row.is_provisional))
        for part, on, words, is_provisional in days:
            if on is not None:
                yield Event(
                    uid=uid("plan", row.project_id, part),
                    title=_title(words, str(Goal(row.goal).label), row.project.name, is_provisional),
                    on=on,
                    changed_at=_newest(row.computed_at, row.project.updated_at),
                    category=_("Plan"),
                    lines=(row.project.name, _short(row)),
                    url=reader.of_project(row.project_id, "?tab=schedule"),
                    is_tentative=part == "forecast",
                )


def _short(row: PlanForecast) -> str:
    return _("Short by %(n)d working days") % {"n": row.short_wd} if row.short_wd else ""


def meeting_events(reader: Reader) -> Iterator[Event]:
    """Meetings the reader is invited to, chairs or records; cancelled ones are gone."""
    newest = MeetingEntry.objects.filter(meeting=OuterRef("pk")).order_by("-at").values("at")[:1]
    seats = Attendance.objects.filter(Q(user=reader.user) | Q(organization__in=reader.branch), meeting=OuterRef("pk"))
    mine = Q(Exists(seats)) | Q(chair=reader.user) | Q(recorder=reader.user)
    rows = Meeting.objects.visible_to(reader.user).filter(mine, held_on__range=reader.days)
    rows = rows.exclude(state=Meeting.State.CANCELLED).annotate(last_at=Subquery(newest))
    for row in rows:
        yield Event(
            uid=uid("meeting", row.pk),
            title=row.title,
            on=row.held_on,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=row.place,
            changed_at=_newest(row.last_at, row.created_at),
            category=_("Meeting"),
            lines=(row.number, str(row.get_kind_display()), row.chair_name and f"{_('Chair')}: {row.chair_name}"),
            url=reader.page("dispatch:meeting_detail", row.pk),
        )


def paper_events(reader: Reader, projects: QuerySet[Project]) -> Iterator[Event]:
    """Papers that were to follow, on their own due day."""
    rows: Iterable[StepDocument] = owed(reader.user).filter(due_on__range=reader.days).filter(
        _own_steps(reader, projects, "project_step__"), project_step__project__status=Project.Status.ACTIVE
    )  # fmt: skip
    for row in rows:
        step = row.project_step
        yield Event(
            uid=uid("paper", row.pk),
            title=_title(_("Paper due"), row.requirement.name, step.project.name),
            on=row.due_on,
            changed_at=_newest(row.at, step.project.updated_at),
            category=_("Paper"),
            lines=(step.project.name, str(step), row.requirement.name),
            url=reader.of_step(step),
        )


def task_events(reader: Reader) -> Iterator[Event]:
    """最迟完成: waiting steps, works and own tasks of the reader's unit, on the day by which a plan wants them done."""
    if reader.scope == "enterprise":
        return
    steps = _waiting_steps(reader)
    tasks = _own_tasks(reader)
    mine = Q(project__in={*steps, *tasks}) | Q(project__responsible_unit__in=reader.branch)
    for row in _forecasts(reader, PlanForecast.objects.filter(mine)):
        names = _works(row.project, reader) | steps.get(row.project_id, {}) | tasks.get(row.project_id, {})
        for line in row.rows:
            name = names.get(line["key"])
            if name and line.get("latest") and line.get("standing") == "waiting":
                yield Event(
                    uid=uid("task", row.project_id, line["key"]),
                    title=_title(_("Finish at the latest"), name, row.project.name, row.is_provisional),
                    on=date.fromisoformat(line["latest"]),
                    changed_at=_newest(row.computed_at, row.project.updated_at),
                    category=_("Plan"),
                    lines=(row.project.name, name),
                    url=reader.of_project(row.project_id, "?tab=schedule"),
                    is_tentative=row.is_provisional,
                )


def _waiting_steps(reader: Reader) -> Names:
    rows = ProjectStep.objects.visible_to(reader.user).applicable().filter(unit__in=reader.branch)
    return _by_project((row.project_id, row.code, str(row)) for row in rows.select_related("step"))


def _own_tasks(reader: Reader) -> Names:
    """Works and own tasks that name their unit; those of other units with an empty name, so that they are left out."""
    rows = PlanTask.objects.visible_to(reader.user).filter(is_dropped=False, unit__isnull=False)
    rows = rows.exclude(kind=PlanTask.Kind.STEP).values_list("plan__project", "key", "name", "unit")
    return _by_project(
        (project, key, _task_name(key, name) if unit in reader.branch else "") for project, key, name, unit in rows
    )


def _works(project: Project, reader: Reader) -> dict[str, str]:
    """Works of a project fall to its responsible unit unless its plan says otherwise."""
    return {key: works_name(key) for key in WORKS} if project.responsible_unit_id in reader.branch else {}


def _task_name(key: str, name: str) -> str:
    return name or (works_name(key) if key in WORKS else key)


def _by_project(rows: Iterable[tuple[int, str, str]]) -> Names:
    found: Names = {}
    for project, key, name in rows:
        found.setdefault(project, {})[key] = name
    return found


def _title(label: str, what: str, project: str = "", is_provisional: bool = False) -> str:
    marked = f"{what} {_('(provisional)')}" if is_provisional else what
    return " · ".join(filter(None, [label, marked, project]))


def _newest(*moments: datetime | None) -> datetime:
    return max(filter(None, moments))
