"""From land to ground breaking (拿地到动土), project by project. Reads only, four queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Case, Count, Max, Q, When

from approvals.figures.durations import Summary, summary
from approvals.figures.periods import Period
from approvals.flow import DONE
from approvals.models import Bundle, ProjectStep
from projects.models import Milestone, Project, TeamMember
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

AWARD, PERMIT = "S09", "S17"
FIVE, WHOLE = "FIVE_CERTS", "LAND_TO_START"


@dataclass(frozen=True)
class Stretch:
    """From the award to another day: working days (the first not counted) and calendar days. ``in_target``: None
    without a target."""

    upto: date
    workdays: int
    calendar_days: int
    target_wd: int | None

    @property
    def in_target(self) -> bool | None:
        return None if self.target_wd is None else self.workdays <= self.target_wd


@dataclass
class Journey:
    """One project whose land has been awarded. ``certified_on``: last of the five certificates, ``started_on``: ground
    breaking; None while it has not come, or has no day."""

    project: Project
    awarded_on: date
    certified_on: date | None
    started_on: date | None
    targets: Mapping[str, int | None]
    calendar: WorkCalendar

    @cached_property
    def certified(self) -> Stretch | None:
        """None while it is unknown, and where the certificates came before the land."""
        return self._to(self.certified_on, FIVE)

    @cached_property
    def started(self) -> Stretch | None:
        return self._to(self.started_on, WHOLE)

    def _to(self, day: date | None, bundle: str) -> Stretch | None:
        if day is None or day < self.awarded_on:
            return None
        workdays = self.calendar.count(self.awarded_on, day)
        return Stretch(day, workdays, (day - self.awarded_on).days, self.targets.get(bundle))


@dataclass(frozen=True)
class Land:
    """The journeys that reached the certificates or ground breaking in the period; ``before``: of these, projects with
    such a day before the award, which is in no figure."""

    journeys: list[Journey]
    certified: Summary
    certified_cd: Summary
    started: Summary
    started_cd: Summary
    before: int


def land(user, period: Period, calendar: WorkCalendar) -> Land:
    """Projects this person may see whose last certificate or ground breaking lies in the period, newest first."""
    targets, certificates = _bundles()
    days = _days(user, certificates)
    rows = {pk: on for pk, on in days.items() if _ends_in(on, period)}
    projects = Project.objects.visible_to(user).only("name").in_bulk(rows)
    journeys = [Journey(projects[pk], *on, targets, calendar) for pk, on in rows.items() if pk in projects]
    journeys.sort(key=lambda one: (max(filter(None, (one.certified_on, one.started_on))), one.project.pk), reverse=True)
    certified = [one.certified for one in journeys if one.certified and _inside(one.certified_on, period)]
    started = [one.started for one in journeys if one.started and _inside(one.started_on, period)]
    return Land(
        journeys,
        summary((stretch.workdays, stretch.in_target) for stretch in certified),
        summary((stretch.calendar_days, None) for stretch in certified),
        summary((stretch.workdays, stretch.in_target) for stretch in started),
        summary((stretch.calendar_days, None) for stretch in started),
        sum(_is_before(one) for one in journeys),
    )


def _is_before(one: Journey) -> bool:
    return any(day is not None and day < one.awarded_on for day in (one.certified_on, one.started_on))


def _inside(day: date | None, period: Period) -> bool:
    return day is not None and period.first <= day <= period.last


def _ends_in(on: tuple[date, date | None, date | None], period: Period) -> bool:
    return _inside(on[1], period) or _inside(on[2], period)


def _days(user, certificates: Iterable[int]) -> dict[int, tuple[date, date | None, date | None]]:
    """Project → (award, last of the five certificates, ground breaking), of projects with an award. Two queries."""
    found: dict[int, tuple[date, date | None, date | None]] = {}
    milestones = _milestones(user)
    for project, award, permit, applicable, dated, last in _steps(user, certificates):
        awarded_on = award or milestones.get((project, Stage.LAND))
        if awarded_on is not None:
            certified_on = last if applicable and applicable == dated else None
            found[project] = awarded_on, certified_on, milestones.get((project, Stage.STARTED)) or permit
    return found


def _own_way(rows, user):
    """A unit sees the way of the projects in its charge: of the others it knows a few steps only."""
    if user.role.scope != "unit":
        return rows
    own = user.organization.branch_ids()
    teams = TeamMember.objects.filter(organization__in=own).values("project")
    return rows.filter(Q(project__responsible_unit__in=own) | Q(project__in=teams))


def _steps(user, certificates: Iterable[int]) -> Iterable[tuple]:
    """(project, day of S09, day of S17, certificates that apply, of them done with a day, last of these days)."""
    is_five = Q(step__in=certificates)
    done = Q(state__in=DONE, decided_on__isnull=False)
    rows = _own_way(ProjectStep.objects.visible_to(user).applicable(), user)
    rows = rows.filter(is_five | Q(code__in=(AWARD, PERMIT))).order_by()
    return rows.values("project").annotate(
        award=Max(Case(When(done & Q(code=AWARD), then="decided_on"))),
        permit=Max(Case(When(done & Q(code=PERMIT), then="decided_on"))),
        five=Count("pk", filter=is_five),
        dated=Count("pk", filter=is_five & done),
        last=Max(Case(When(is_five & done, then="decided_on"))),
    ).values_list("project", "award", "permit", "five", "dated", "last")  # fmt: skip


def _milestones(user) -> dict[tuple[int, str], date]:
    rows = Milestone.objects.visible_to(user).filter(stage__in=(Stage.LAND, Stage.STARTED), actual_on__isnull=False)
    return {(project, stage): on for project, stage, on in rows.order_by().values_list("project", "stage", "actual_on")}


def _bundles() -> tuple[dict[str, int | None], set[int]]:
    """Bundle code → target in working days, of the newest catalogue in force; the certificates, which have none of
    their own, borrow that of the whole way. And the steps of the five certificates, of every catalogue."""
    bundles = Bundle.objects.filter(code__in=(FIVE, WHOLE)).order_by("catalogue__version")
    rows = list(bundles.values_list("code", "target_wd", "steps"))
    found = {code: target for code, target, _step in rows}
    steps = {step for code, _target, step in rows if code == FIVE and step is not None}
    return found | {FIVE: found.get(FIVE) if found.get(FIVE) is not None else found.get(WHOLE)}, steps
