"""A park with projects, units and people for the tests of elements."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from dispatch.elements import actions
from projects.models import Project
from tests import factories
from tests.dispatch.ledger_cases import Cast, cast
from tests.factories import AT

WHO = {"at": AT}
D = Decimal


@dataclass
class Case:
    """``mine`` is the unit's project, ``other`` nobody's; ``company`` sits in the enterprise of ``mine``."""

    cast: Cast
    mine: Project
    other: Project
    company: User


def case() -> Case:
    people = cast()
    park = people.park
    account = factories.organization(park, "enterprise")
    company = factories.enterprise(park, account)
    mine = factories.project(
        park, name="甲项目", enterprise=company, responsible_unit=people.unit, land_mu=D("100"),
        total_investment_10k=D("50000"), industry="新能源",
    )  # fmt: skip
    other = factories.project(
        park, name="乙项目", land_mu=D("50"), total_investment_10k=D("40000"), industry="电子信息"
    )
    return Case(people, mine, other, factories.user(park, "enterprise", account))


def supply(case: Case, element="land", amount="60", *, by=None, version=None, year=2026):
    by = by or case.cast.staff
    return actions.set_supply(
        park=case.cast.park, year=year, element=element, amount=D(amount), version=version, by=by, **WHO
    )


def need(case: Case, project=None, element="land", *, by=None, year=2026, **fields):
    fields = {"amount": D("40")} | fields
    by = by or case.cast.staff
    return actions.save_need(project=project or case.mine, year=year, element=element, fields=fields, by=by, **WHO)


def application(case: Case, project=None, *, by=None, **fields):
    fields = {"kind": "special_bond", "title": "标准厂房专项债", "asked_10k": D("9000")} | fields
    return actions.apply(project=project or case.mine, fields=fields, by=by or case.cast.staff, **WHO)


def output(case: Case, project=None, *, by=None, year=2025, version=None, **fields):
    fields = fields or {"tax_10k": D("3000"), "output_10k": D("52000")}
    by = by or case.cast.staff
    return actions.save_output(
        project=project or case.mine, year=year, fields=fields, version=version, by=by, **WHO
    )  # fmt: skip


def plot(case: Case, *, by=None, **fields):
    fields = {"name": "一号地块", "area_mu": D("25"), "households": 14, "unit": case.cast.unit} | fields
    return actions.create_plot(
        park=case.cast.park, fields={"project": case.mine} | fields, by=by or case.cast.staff, **WHO
    )


def progress(row, case: Case, *, by=None, version=None, reason="", **fields):
    version = row.version if version is None else version
    return actions.report_plot(
        row, fields=fields, reason=reason, by=by or case.cast.worker, version=version, **WHO
    )  # fmt: skip


def complete(case: Case, **fields):
    """Everything acquired, everybody moved, not confirmed."""
    row = plot(case, **fields)
    return progress(row, case, acquired_mu=row.area_mu, households_moved=row.households)
