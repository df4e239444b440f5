"""Rows of the ranking by figures per mu. Reads only; two queries whatever the number of projects."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from dispatch.elements import words
from dispatch.elements.models import YearlyOutput
from dispatch.elements.per_mu import RULES, Facts, Indicator, Ranked, ranking, shown, total_of
from projects.ledger.lists import ListSheet, keyed, list_workbook
from projects.models import Project
from projects.stages import Pool, stages_of

WITHOUT_OUTPUT = (Indicator.INVESTMENT, Indicator.PLOT_RATIO)  # known before anything is produced
OUTPUT_FIELDS = ("output_10k", "revenue_10k", "tax_10k", "value_added_10k", "energy_tce", "employees")


@dataclass(frozen=True)
class Place:
    """``value`` and ``percent_of_average`` as shown, half up."""

    rank: int | None
    project: Project
    numerator: Decimal | int | None
    denominator: Decimal | int | None
    value: Decimal | None
    against: Decimal | None


@dataclass(frozen=True)
class Ranking:
    indicator: Indicator
    year: int
    places: list[Place]
    average: Decimal | None
    ranked: int


def years(user: User, today: date) -> list[int]:
    known = YearlyOutput.objects.visible_to(user).order_by().values_list("year", flat=True).distinct()
    return sorted({*known, today.year, today.year - 1}, reverse=True)


def latest_year(user: User, today: date) -> int:
    """The newest year with outputs, else the one before this."""
    newest = YearlyOutput.objects.visible_to(user).filter(year__lte=today.year).order_by("-year").first()
    return newest.year if newest else today.year - 1


def industries(user: User) -> list[str]:
    rows = Project.objects.visible_to(user).exclude(industry="").order_by("industry")
    return list(rows.values_list("industry", flat=True).distinct())


def candidates(user: User, indicator: Indicator, year: int, industry: str = "") -> QuerySet[Project]:
    """Who is ranked: with land, for what is known beforehand; else who produces, or has figures of the year."""
    rows = Project.objects.visible_to(user).exclude(status=Project.Status.TERMINATED)
    if industry:
        rows = rows.filter(industry=industry)
    if indicator in WITHOUT_OUTPUT:
        rows = rows.filter(land_mu__gt=0)
    else:
        given = YearlyOutput.objects.visible_to(user).filter(year=year).values("project")
        rows = rows.filter(Q(stage__in=stages_of(Pool.PRODUCTION)) | Q(pk__in=given))
    shown_columns = ("name", "industry", "land_mu", "total_investment_10k", "floor_area_m2", "stage")
    return rows.only(*shown_columns).order_by("name_key", "pk")


def rank(user: User, indicator: Indicator, year: int, industry: str = "") -> Ranking:
    """The ranking among the projects this person sees."""
    projects = {project.pk: project for project in candidates(user, indicator, year, industry)}
    outputs = YearlyOutput.objects.visible_to(user).filter(year=year, project__in=list(projects))
    by_project = {row.project_id: row for row in outputs}
    facts = [facts_of(project, by_project.get(pk)) for pk, project in projects.items()]
    found = ranking(indicator, facts)
    places = [_place(indicator, one, projects[one.facts.key]) for one in found]
    average = shown(indicator, total_of(indicator, facts))
    return Ranking(indicator, year, places, average, sum(one.rank is not None for one in found))


def facts_of(project: Project, output: YearlyOutput | None) -> Facts:
    given = {name: getattr(output, name) if output else None for name in OUTPUT_FIELDS}
    return Facts(project.pk, project.land_mu, project.total_investment_10k, project.floor_area_m2, **given)


def _place(indicator: Indicator, one: Ranked, project: Project) -> Place:
    rule = RULES[indicator]
    against = None if one.against is None else shown(Indicator.TAX, one.against * 100)
    parts = (rule.numerator(one.facts), rule.denominator(one.facts))
    return Place(one.rank, project, *parts, shown(indicator, one.value), against)


def workbook(found: Ranking) -> bytes:
    """As on the page; the formula stands below the table."""
    name, unit = words.indicator_name(found.indicator), words.indicator_unit(found.indicator)
    title = f"{name}（{unit}）" if unit else name
    above, below = words.indicator_parts(found.indicator)
    titles = (_("Rank"), _("Project"), _("Industry"), above, below, title, _("% of the average"))
    body: list[Any] = [
        keyed(place.project, [
            place.rank, place.project.name, place.project.industry, place.numerator, place.denominator, place.value,
            place.against,
        ])
        for place in found.places
    ]  # fmt: skip
    body.append([None, _("Average"), "", None, None, found.average, None])
    body.append([None, words.indicator_formula(found.indicator), "", None, None, None, None])
    return list_workbook(ListSheet(str(found.year), titles, (8, 40, 18, 18, 18, 18, 14), body), name=title)
