"""What the example park's board has to flag: works that do not go with the money, a date changed after a freeze."""

from datetime import date, timedelta
from decimal import Decimal

from dispatch.dashboard.honesty import APART_PP
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from projects.actions import set_milestone
from projects.models import Milestone, MonthlyInvestment, Project
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

APART = (APART_PP + 7, -(APART_PP + 3))  # percentage points
CORRECTED_WD_AGO = 2


def write_board(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """After the filings and the kept figures. Returns how many flags were raised."""
    return _works(projects, as_of) + _date(cast, projects, as_of, calendar)


def _works(projects: dict[int, Project], as_of: date) -> int:
    """Two projects under construction whose works are far from the money spent."""
    raised = 0
    for number in sorted(projects):
        project = projects[number]
        spent = _spent(project, as_of)
        if raised == len(APART) or project.stage not in (Stage.STARTED, Stage.TOPPED_OUT) or spent is None:
            continue
        built = spent + APART[raised]
        if 0 <= built <= 100 and project.is_active:
            Project.objects.filter(pk=project.pk).update(physical_percent=built.quantize(Decimal(1)))
            raised += 1
    return raised


def _spent(project: Project, as_of: date) -> Decimal | None:
    """Per cent of the total investment."""
    if not project.total_investment_10k:
        return None
    latest = MonthlyInvestment.objects.filter(project=project, year=as_of.year).order_by("-month").first()
    done = (project.invested_before_10k or 0) + (latest.ytd_10k if latest else 0)
    return Decimal(done) * 100 / project.total_investment_10k


def _date(cast: Cast, projects: dict[int, Project], as_of: date, calendar: WorkCalendar) -> int:
    """The day of signing of one project, corrected after figures up to it had been frozen."""
    day = calendar.subtract(as_of, CORRECTED_WD_AGO)
    ids = {project.pk: number for number, project in projects.items()}
    rows = Milestone.objects.filter(project__in=ids, stage=Stage.SIGNED, actual_on__lte=as_of - timedelta(days=21))
    signed = rows.filter(project__status=Project.Status.ACTIVE)
    milestone = max(signed, key=lambda row: (row.actual_on, -ids[row.project_id]), default=None)
    if milestone is None:
        return 0
    project = Project.objects.get(pk=milestone.project_id)
    earlier = calendar.subtract(milestone.actual_on, 3)
    set_milestone(
        project, Stage.SIGNED, {"actual_on": earlier}, by=cast.staff, at=at_work(day, 5), today=day,
        reason="按投资协议文本更正签约日期。",
    )  # fmt: skip
    return 1
