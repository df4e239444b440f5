"""A small park for the tests of rankings: two units with a step, an item and money each; a third with nothing due."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import Organization, Park, User
from approvals.flow import State
from approvals.models import ProjectStep, StepDocument
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.ranking import actions
from dispatch.ranking.models import Ranking
from dispatch.ranking.periods import HALF_MONTH, Period
from projects.models import AnnualPlan, MonthlyInvestment, Project
from tests import factories
from tests.approvals.cases import official, project

PERIOD = Period(2026, 5, HALF_MONTH)  # frozen on 13 March, judges 28 February to 12 March
FROZEN_ON, FIRST, LAST = date(2026, 3, 13), date(2026, 2, 28), date(2026, 3, 12)
AT = datetime.fromisoformat("2026-03-13T06:00:00+08:00")
LATER = datetime.fromisoformat("2026-03-16T09:00:00+08:00")
LATER_ON = date(2026, 3, 16)
ACCEPTED, DUE, LATE = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 12)


@dataclass
class Scene:
    park: Park
    staff: User
    second: User
    leader: User
    units: list[Organization]
    workers: list[User]
    projects: list[Project]


def scene() -> Scene:
    park = factories.park()
    centre = factories.organization(park, "park_office")
    units = [factories.organization(park, name=name) for name in ("甲单位", "乙单位", "丙单位")]
    found = Scene(
        park=park,
        staff=factories.user(park, "staff", centre),
        second=factories.user(park, "staff", centre),
        leader=factories.user(park, "leader"),
        units=units,
        workers=[factories.user(park, "unit", unit) for unit in units],
        projects=[project(park, name=f"项目金丝雀{unit.name}", responsible_unit=unit) for unit in units],
    )
    for row, done in zip(found.projects, (60, 40, 20), strict=True):
        AnnualPlan.objects.create(project=row, year=2026, planned_10k=100)
        MonthlyInvestment.objects.create(project=row, year=2026, month=2, month_10k=done, ytd_10k=Decimal(done))
    return found


def decided(row: Project, unit: Organization, *, code="S01", on: date | None = DUE, due: date = DUE) -> ProjectStep:
    """A step accepted on 2 March with five working days to go, decided on a day or not yet."""
    step = row.steps.select_related("step", "project").get(code=code)
    step.applicability, step.unit = "applies", unit
    step.received_on = step.accepted_on = ACCEPTED
    step.committed_limit_wd, step.statutory_value, step.clock_start = 5, None, "accepted"
    step.committed_due_on, step.committed_runs = due, on is None
    step.state, step.decided_on = (State.APPROVED, on) if on else (State.HANDLING, None)
    step.save()
    return step


def owes_papers(step: ProjectStep, until: date) -> None:
    """容缺: the enterprise owed a paper from acceptance until a day."""
    StepDocument.objects.create(
        project_step=step, requirement=step.step.documents.first(), state="supplied", promised_on=ACCEPTED,
        due_on=until, supplied_on=until, at=AT,
    )  # fmt: skip


def item(
    found: Scene, unit: int, *, asked: date | None = None, closed: date | None = None, due=DUE, title="事项金丝雀"
):
    """An item of the unit, signed for at once; closure asked for and granted on these days."""
    worker = found.workers[unit]
    row = ledger.register(
        park=found.park, by=found.staff, at=AT, on=ACCEPTED, title=f"事项金丝雀{found.units[unit].name}",
        unit=found.units[unit], due_on=due, project=found.projects[unit],
    )  # fmt: skip
    if asked:
        row = ledger.sign(row, by=worker, at=AT, on=ACCEPTED, version=row.version)
        row = ledger.ask_close(row, evidence="已完成", by=worker, at=AT, on=asked, version=row.version)
    if closed:
        row = ledger.close(row, by=found.staff, at=AT, on=closed, version=row.version)
    return LedgerItem.objects.get(pk=row.pk)


def freeze(found: Scene, *, period=PERIOD, by=None, today=FROZEN_ON) -> Ranking:
    ranking, _is_new = actions.freeze(park=found.park, period=period, by=by, at=AT, calendar=official(), today=today)
    return ranking


def published(found: Scene, *, period=PERIOD, today=FROZEN_ON) -> Ranking:
    ranking = freeze(found, period=period, today=today)
    return actions.publish(ranking, by=found.staff, at=AT, on=today, version=ranking.version)


def unit_row(ranking: Ranking, unit: Organization) -> dict:
    return next(row for row in ranking.snapshot["ranking"] if row["unit"] == unit.pk)


def unit_facts(ranking: Ranking, unit: Organization) -> dict:
    return next(one for one in ranking.snapshot["units"] if one["unit"] == unit.pk)


def points(ranking: Ranking, unit: Organization, code: str) -> dict:
    return next(one for one in unit_row(ranking, unit)["items"] if one["code"] == code)
