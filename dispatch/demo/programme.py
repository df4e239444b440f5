"""Plans of the example park: the year by months for some projects, next year's rolling programme, one taken out."""

from datetime import date
from decimal import Decimal

from accounts.models import User
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.programme import actions, rules
from dispatch.programme.models import Programme
from projects.models import AnnualPlan, Project
from workdays.arithmetic import WorkCalendar

# Share of the year's plan by month: slow at first, most of it in autumn, as building sites do.
SHARES = (2, 2, 6, 8, 9, 10, 10, 11, 12, 12, 10, 8)
BROKEN_DOWN = 10
TAKEN_IN = 14
REASON_IN = "前期工作成熟，用地和环评已有着落，符合主导产业方向。"
REASON_OUT = "企业调整投资节奏，明年无实物工作量，调出三年滚动计划，条件成熟后再行纳入。"


def write_programme(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Writes plans and programme; returns how many projects the programme has."""
    people = _two_of_the_centre(cast)
    at = at_work(calendar.subtract(as_of, 6))
    planned = AnnualPlan.objects.filter(project__park=cast.park, year=as_of.year, planned_10k__gt=0)
    plans = list(planned.select_related("project").order_by("-planned_10k", "project__name"))
    plans = [plan for plan in plans if plan.project.status == Project.Status.ACTIVE]
    for plan in plans[:BROKEN_DOWN]:
        actions.set_months(plan.project, as_of.year, _by_month(plan.planned_10k), by=people[0], at=at)
    programme = actions.start(park=cast.park, first_year=as_of.year + 1, by=people[0], at=at)
    for plan in plans[:TAKEN_IN]:
        _take_in(programme, plan, people[0], at)
    last = programme.entries.order_by("-priority").first()
    if last is not None:
        actions.take_out(last, reason=REASON_OUT, by=people[0], at=at, version=programme.version)
        actions.approve(programme, by=people[1], at=at_work(calendar.subtract(as_of, 3)), version=programme.version)
    return programme.entries.filter(left_at=None).count()


def _two_of_the_centre(cast: Cast) -> tuple[User, User]:
    """Who begins a programme, and somebody else who approves it."""
    centre = [user for user in cast.users.values() if user.role_id and user.role.code in ("staff", "admin")]
    return centre[0], centre[-1]


def _by_month(total: Decimal) -> dict[int, Decimal]:
    months = {month: (total * share / 100).quantize(rules.CENT) for month, share in enumerate(SHARES, 1)}
    months[12] += total - rules.whole(months)
    return months


def _take_in(programme: Programme, plan: AnnualPlan, by, at) -> None:
    base = plan.planned_10k
    years = [(base * part / 10).quantize(Decimal(1)) for part in (11, 8, 3)]
    actions.take_in(programme, plan.project, years=years, reason=REASON_IN, by=by, at=at, version=programme.version)
