"""What is on record about projects before a month, for the checks and for the form. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Count

from dispatch.files.models import Attachment
from dispatch.filing import scope
from dispatch.filing.models import Filing, FilingRound
from dispatch.filing.rules import Known
from projects.investment import latest_ytd
from projects.models import AnnualPlan, MonthlyInvestment


def known_of(filing: Filing) -> Known:
    """The record before the month of one filing, as it is now."""
    return known_of_many(filing.round, [filing])[filing.pk]


def known_of_many(window: FilingRound, filings: Sequence[Filing]) -> dict[int, Known]:
    """The same for filings of one month; four queries, however many there are."""
    ids = [filing.project_id for filing in filings]
    reports: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = MonthlyInvestment.objects.filter(project__in=ids, year=window.year, month__lt=window.month).order_by()
    for project, month, ytd in rows.values_list("project", "month", "ytd_10k"):
        reports[project][month] = ytd
    plans = dict(AnnualPlan.objects.filter(project__in=ids, year=window.year).values_list("project", "planned_10k"))
    percents, photos = _percents(window, filings), _photos(filings)
    return {
        filing.pk: Known(
            month=window.month,
            before_10k=_before(reports[filing.project_id], window),
            plan_10k=plans.get(filing.project_id),
            total_10k=filing.project.total_investment_10k,
            invested_before_10k=filing.project.invested_before_10k,
            percent=percents.get(filing.project_id),
            needs_percent=scope.has_started(filing.project),
            needs_photo=scope.has_started(filing.project),
            photos=photos.get(filing.pk, 0),
        )
        for filing in filings
    }


def _before(reports: dict[int, Decimal], window: FilingRound) -> Decimal | None:
    """The year begins with nothing; later a missing figure is not known."""
    found = latest_ytd(reports, window.month - 1)
    return Decimal(0) if found is None and window.month == 1 else found


def _percents(window: FilingRound, filings: Iterable[Filing]) -> dict[int, Decimal]:
    """Physical progress before the month: that of the latest accepted filing; without one, the project's own, unless a
    later month has said it."""
    own = {f.project_id: f.project.physical_percent for f in filings if f.checked_at is None}
    found = {project: percent for project, percent in own.items() if percent is not None}
    earlier = Filing.objects.filter(
        project__in=[f.project_id for f in filings], state=Filing.State.ACCEPTED, physical_percent__isnull=False
    )
    rows = earlier.order_by("round__year", "round__month").values_list(
        "project", "round__year", "round__month", "physical_percent"
    )
    now = (window.year, window.month)
    overtaken = {project for project, year, month, _percent in rows if (year, month) > now}
    found = {project: percent for project, percent in found.items() if project not in overtaken}
    return found | {project: percent for project, year, month, percent in rows if (year, month) < now}


def _photos(filings: Iterable[Filing]) -> dict[int, int]:
    rows = Attachment.objects.filter(filing__in=filings, role=Attachment.Role.PHOTO, removed_at=None)
    return dict(rows.order_by().values_list("filing").annotate(n=Count("pk")))
