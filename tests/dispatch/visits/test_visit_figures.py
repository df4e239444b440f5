"""Figures of visits against a slow oracle; the published example; every figure leads to exactly its rows."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ledger.models import LedgerItem
from dispatch.visits import figures, rules, scope
from dispatch.visits.models import Finding, PlannedVisit, Visit
from dispatch.visits.rules import Figures, Period, Quarter
from dispatch.visits.scope import Scope
from tests import factories
from tests.dispatch.visits.visit_cases import case as make_case
from tests.factories import AT

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))

# Pure rules ---------------------------------------------------------------------------------------------------------


def test_quarters():
    for day, first, last in (
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ):  # fmt: skip
        quarter = rules.quarter_of(day)
        assert (quarter.first, quarter.last) == (first, last)
        assert Quarter(*[quarter.index // 4, quarter.index % 4 + 1]) == quarter
    assert Quarter(2026, 4).next == Quarter(2027, 1) and rules.period_of(2026, None) == YEAR
    assert rules.period_of(2026, 2).quarter == Quarter(2026, 2) and YEAR.quarter is None


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_rates_round_half_up(part, whole):
    if not whole:
        assert rules.rate(part, whole) is None
        return
    exact = Fraction(part * 1000, whole)
    assert rules.rate(part, whole) * 10 == int(exact + Fraction(1, 2))


def test_the_published_example():
    known = Figures(planned=419, visited=419, visits=419, found=185, solved=56)
    assert (known.solved_rate, known.coverage, Figures().coverage, Figures().solved_rate) == (
        Decimal("30.3"), Decimal("100.0"), None, None,
    )  # fmt: skip


def test_the_proposed_unit():
    usual = {"works": 1, "other": 2}
    for category, responsible, wanted in (
        ("works", 9, 1), ("land", 9, 9), ("land", None, None), ("enterprise", 9, 9), ("other", 9, 9),
        ("other", None, 2),
    ):  # fmt: skip
        assert rules.proposed_unit(category, usual, responsible) == wanted


def test_titles():
    assert rules.title_of("\n 一\n二") == "一" and rules.title_of("长" * 80) == "长" * 59 + "…"
    assert rules.title_of("长" * 60) == "长" * 60 and rules.title_of(" ") == ""


# In the database ----------------------------------------------------------------------------------------------------


def test_419_visited_185_found_56_solved(db):
    case = make_case()
    companies = [factories.enterprise(case.cast.park) for _n in range(419)]
    base = {"park": case.cast.park, "organization": case.cast.unit, "visitor": case.cast.worker, "created_at": AT}
    visits = Visit.objects.bulk_create(
        Visit(enterprise=company, visited_on=date(2026, 1, 1) + timedelta(days=n % 80), **base)
        for n, company in enumerate(companies)
    )
    Visit.objects.bulk_create(Visit(enterprise=companies[0], visited_on=date(2026, 2, 2), **base) for _n in range(2))
    items = LedgerItem.objects.bulk_create(
        LedgerItem(
            park=case.cast.park, number=f"WT-{n}", title="x", raised_on=date(2026, 1, 5), unit=case.cast.unit,
            due_on=date(2026, 5, 5), created_at=AT, updated_at=AT,
            **({"state": "closed", "closed_on": date(2026, 3, 1), "closed_by": case.cast.staff} if n < 40
               else {"state": "returned"}),
        )
        for n in range(169)
    )  # fmt: skip
    Finding.objects.bulk_create(Finding(visit=visits[n], text="x", item=item) for n, item in enumerate(items))
    Finding.objects.bulk_create(Finding(visit=visits[n], text="x", solved_on=date(2026, 1, 9)) for n in range(16))

    line = figures.total(Scope(rules.period_of(2026, 1)), case.cast.staff)
    f = line.figures
    assert (f.visited, f.visits, f.found, f.solved, f.solved_rate) == (419, 421, 185, 56, Decimal("30.3"))
    assert Decimal(5600) / 185 < Decimal("30.35") and f.coverage is None


def random_world(case, seed):
    """Visits, plans and findings at random; plain rows for the oracle beside them."""
    chance = random.Random(seed)
    people = [(case.cast.worker, case.cast.unit), (case.cast.staff, case.cast.staff.organization)]
    grids, days = [case.east, case.west, None], [date(2026, 1, 1) + timedelta(days=7 * n) for n in range(52)]
    visits, found, planned = [], [], []
    for n in range(chance.randrange(25)):
        person, unit = chance.choice(people)
        row = {
            "enterprise": chance.choice(case.companies), "visited_on": chance.choice(days), "visitor": person,
            "organization": unit, "grid": chance.choice(grids),
        }  # fmt: skip
        visit = Visit.objects.create(park=case.cast.park, created_at=AT, **row)
        visits.append(row)
        for m in range(chance.randrange(3)):
            state = chance.choice(["spot", "closed", "assigned", "none"])
            item = None
            if state in ("closed", "assigned"):
                closed = {"closed_on": date(2026, 3, 1), "closed_by": case.cast.staff} if state == "closed" else {}
                item = LedgerItem.objects.create(
                    park=case.cast.park, number=f"{seed}-{n}-{m}", title="x", raised_on=date(2026, 1, 5), state=state,
                    unit=case.cast.unit, due_on=date(2026, 5, 5), created_at=AT, updated_at=AT, **closed,
                )  # fmt: skip
            Finding.objects.create(visit=visit, text="x", item=item, solved_on=AT.date() if state == "spot" else None)
            found.append((row, state in ("spot", "closed")))
    taken = set()
    for _n in range(chance.randrange(15)):
        person, _unit = chance.choice(people)
        company, quarter = chance.choice(case.companies), chance.randrange(1, 5)
        cancelled = chance.random() < 0.3
        if not cancelled and (company.pk, quarter) in taken:
            continue
        row = {"enterprise": company, "quarter": quarter, "visitor": person, "grid": chance.choice(grids)}
        PlannedVisit.objects.create(
            park=case.cast.park, year=2026, created_at=AT, cancelled_at=AT if cancelled else None, **row
        )
        if not cancelled:
            taken.add((company.pk, quarter))
            planned.append(row)
    return visits, found, planned


def oracle(world, period, wanted):
    """Counts one by one; ``wanted``: (visit or plan row) → whether it belongs to the group."""
    visits, found, planned = world
    inside = [row for row in visits if period.first <= row["visited_on"] <= period.last and wanted(row, False)]
    hits = [good for row, good in found if row in inside]
    quarters = {
        q for q in (1, 2, 3, 4) if Quarter(2026, q).first <= period.last and Quarter(2026, q).last >= period.first
    }
    on_plan = [row for row in planned if row["quarter"] in quarters and wanted(row, True)]
    return Figures(
        planned=len({row["enterprise"].pk for row in on_plan}), visited=len({row["enterprise"].pk for row in inside}),
        visits=len(inside), found=len(hits), solved=sum(hits),
    )  # fmt: skip


def group_of(way, row, is_plan):
    if way == "grid":
        return row["grid"] and row["grid"].pk
    if way == "visitor":
        return row["visitor"].pk
    if is_plan and row["grid"] and row["grid"].unit_id:
        return row["grid"].unit_id
    return row["visitor"].organization_id


@pytest.mark.parametrize("seed", range(12))
def test_figures_are_those_of_the_oracle(db, seed):
    case = make_case()
    world = random_world(case, seed)
    for period in (YEAR, rules.period_of(2026, 2), Period(date(2026, 2, 10), date(2026, 5, 20))):
        whole = Scope(period)
        total = figures.total(whole, case.cast.staff)
        assert total.figures == oracle(world, period, lambda _row, _is_plan: True)
        check_links(total, case.cast.staff)
        for way in scope.WAYS:
            for line in figures.lines(whole, way, case.cast.staff):
                key = getattr(line.scope, way)
                key = None if key == scope.NONE else key
                assert line.figures == oracle(world, period, lambda r, p, w=way, k=key: group_of(w, r, p) == k)
                check_links(line, case.cast.staff)


def check_links(line, user):
    """The rows behind each figure are as many as it says."""
    f, visits, findings = line.figures, scope.visits_in(line.scope, user), scope.findings_in(line.scope, user)
    assert (visits.count(), findings.count()) == (f.visits, f.found)
    assert scope.each_enterprise(visits).count() == f.visited
    assert scope.in_state(findings, scope.SOLVED).count() == f.solved
    assert scope.in_state(findings, scope.OPEN).count() == f.found - f.solved
    assert scope.each_planned(scope.planned_in(line.scope, user)).count() == f.planned


def test_links_open_pages_with_as_many_rows(client, db):
    case = make_case()
    random_world(case, 5)
    client.force_login(case.cast.staff)
    lines = [figures.total(Scope(YEAR), case.cast.staff)]
    lines += [line for way in scope.WAYS for line in figures.lines(Scope(YEAR), way, case.cast.staff)]
    for line in lines:
        for name, address in line.links.items():
            page = client.get(address)
            assert page.context["page_obj"].paginator.count == getattr(line.figures, name), (name, address)


def test_a_unit_counts_its_own_and_another_park_nothing(db):
    case = make_case()
    world = random_world(case, 3)
    own = oracle(world, YEAR, lambda row, p: group_of("unit", row, p) == case.cast.unit.pk or (
        p and row["visitor"].organization_id == case.cast.unit.pk))  # fmt: skip
    assert figures.total(Scope(YEAR), case.cast.worker).figures == own
    assert figures.total(Scope(YEAR), factories.user(factories.park(), "staff")).figures == Figures()
    assert figures.lines(Scope(YEAR), "grid", factories.user(case.cast.park, "enterprise")) == []


def test_queries_do_not_grow(client, db):
    case = make_case()
    client.force_login(case.cast.staff)
    pages = [
        f"/visits/{name}?{urlencode({'year': 2026, 'quarter': 0})}" for name in ("", "findings/", "figures/", "plan/")
    ]
    counts = []
    for seed in (5, 6, 7):
        case.companies = [factories.enterprise(case.cast.park) for _n in range(4)]
        random_world(case, seed)
        counts.append([])
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            counts[-1].append(len(seen))
    assert counts[1] == counts[2], counts


def test_half_up_and_not_half_even():
    assert rules.rate(1, 8) == Decimal("12.5") and rules.rate(1, 16) == Decimal("6.3")
    assert (Decimal(625) / 100).quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal("6.3")
