"""A park with its window of March 2026: what a unit, an enterprise and the centre file."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organization, Park, User
from dispatch.filing import actions, rounds
from dispatch.filing.models import Filing, FilingDuty, FilingRound
from projects.models import AnnualPlan, MonthlyInvestment, Project
from projects.stages import Stage
from tests import factories
from tests.approvals.papers import files
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar({2026: "official"}, {date(2026, 4, 6): "清明节"}, {})
TODAY = date(2026, 3, 20)
AT = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
LATER = date(2026, 3, 31)
WHO: dict[str, Any] = {"at": AT}
FIGURES = {"month_10k": Decimal(300), "physical_percent": Decimal(40), "physical_progress": "主体施工至三层"}


@dataclass
class Case:
    """built: the unit's project, started; own: the enterprise files for it; idle: nothing is owed for it."""

    park: Park
    staff: User
    second: User
    unit: Organization
    worker: User
    stranger: User
    owner: User
    other_owner: User
    built: Project
    own: Project
    idle: Project
    round: FilingRound

    def filing(self, project: Project | None = None) -> Filing:
        rows = Filing.objects.select_related("round__park", "project__filing_duty", "project__enterprise")
        return rows.get(round=self.round, project=project or self.built)


def case() -> Case:
    park = factories.park()
    centre, unit = factories.organization(park, "park_office"), factories.organization(park)
    ours, theirs = factories.organization(park, "enterprise"), factories.organization(park, "enterprise")
    companies = [factories.enterprise(park, ours), factories.enterprise(park, theirs)]
    built = factories.project(
        park, name="减速器项目", stage=Stage.STARTED, responsible_unit=unit, enterprise=companies[1],
        total_investment_10k=Decimal(10000), invested_before_10k=Decimal(2000), physical_percent=Decimal(30),
    )  # fmt: skip
    own = factories.project(
        park, name="电池托盘项目", stage=Stage.STARTED, responsible_unit=unit, enterprise=companies[0],
        total_investment_10k=None,
    )  # fmt: skip
    idle = factories.project(park, name="谋划项目", stage=Stage.PLANNING, responsible_unit=unit)
    AnnualPlan.objects.create(project=built, year=2026, planned_10k=4000)
    for month, ytd in ((1, 500), (2, 1200)):
        MonthlyInvestment.objects.create(project=built, year=2026, month=month, month_10k=ytd / 2, ytd_10k=ytd)
    FilingDuty.objects.create(project=own, organization=ours)
    window, _new = rounds.open_round(park, 2026, 3, calendar=CALENDAR)
    rounds.refresh_list(window)
    return Case(
        park=park,
        staff=factories.user(park, "staff", centre),
        second=factories.user(park, "staff", centre),
        unit=unit,
        worker=factories.user(park, "unit", unit),
        stranger=factories.user(park, "unit"),
        owner=factories.user(park, "enterprise", ours),
        other_owner=factories.user(park, "enterprise", theirs),
        built=built,
        own=own,
        idle=idle,
        round=window,
    )


def photo(name: str = "site.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.picture("JPEG"), "image/jpeg")


def handed_in(case: Case, project: Project | None = None, *, by: User | None = None, **figures: Any) -> Filing:
    filing = case.filing(project)
    photos = actions.Photos((photo(),), TODAY)
    return actions.hand_in(
        filing, FIGURES | figures, photos, by=by or case.worker, version=filing.version, **WHO
    )  # fmt: skip


def accepted(case: Case, project: Project | None = None, **figures: Any) -> Filing:
    filing = handed_in(case, project, **figures)
    return actions.accept(filing, by=case.staff, today=TODAY, version=filing.version, **WHO)


def locked(case: Case) -> FilingRound:
    case.round = rounds.lock(FilingRound.objects.get(pk=case.round.pk), by=None, at=AT, today=LATER)
    return case.round
