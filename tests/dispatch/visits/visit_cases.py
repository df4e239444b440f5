"""A park with two grids, and short ways to plan and record visits."""

from types import SimpleNamespace

from dispatch.visits import actions, plans
from dispatch.visits.actions import Found
from dispatch.visits.rules import Quarter
from tests import factories
from tests.dispatch import ledger_cases
from tests.factories import AT, TODAY

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
WHO = {"at": AT, "today": TODAY}


def case():
    """cast (ledger_cases.Cast); east (the unit's grid) with companies[0:2], west (the centre's) with companies[2];
    companies[3] is in no grid. project: of companies[0], the unit is responsible for it."""
    cast = ledger_cases.cast()
    companies = [factories.enterprise(cast.park, name=f"云岭试验企业{n}有限公司") for n in range(4)]
    east = plans.save_grid(
        None, park=cast.park, by=cast.staff, fields={"name": "东片", "unit": cast.unit, "person": cast.worker}
    )
    west = plans.save_grid(None, park=cast.park, by=cast.staff, fields={"name": "西片", "person": cast.second})
    plans.place_enterprises(east, companies[:2], park=cast.park, by=cast.staff)
    plans.place_enterprises(west, companies[2:3], park=cast.park, by=cast.staff)
    project = factories.project(cast.park, enterprise=companies[0], responsible_unit=cast.unit)
    return SimpleNamespace(cast=cast, companies=companies, east=east, west=west, project=project)


def make_plan(case, quarter=Q1, by=None):
    return plans.make_plan(case.cast.park, quarter, by=by or case.cast.staff, **WHO)


def record(case, n=0, *, by=None, **more):
    values = {"visited_on": TODAY, "summary": "看了车间"} | WHO | more
    return actions.record(enterprise=case.companies[n], by=by or case.cast.worker, **values)


PROBLEM = Found("雨水管未接通\n厂区东侧积水", "problem", "works")
NEED = Found("希望对接银行", "need", "funds")
SOLVED = Found("门禁卡失效", "problem", "other", "当场联系物业换卡")
