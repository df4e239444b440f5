"""The leaders' dashboard: who sees it, that its figures are those of the rows, and how many queries it takes."""

import json
from copy import copy
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from approvals.flow import DECIDED
from approvals.models import ProjectStep, StepPause
from dispatch.dashboard import counted
from dispatch.dashboard.frame import Asked
from dispatch.dashboard.models import BoardCount
from dispatch.dashboard.sections import board
from dispatch.figures import days, policies
from dispatch.models import LedgerItem, Warning
from dispatch.reports.snapshot import build
from dispatch.warnings.evaluate import evaluate
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from tests import factories
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AT
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 30)  # a Friday
NOW = datetime(2026, 10, 30, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def fill():
    park = bulletin_park.fill(40)
    evaluate(as_of=TODAY, at=AT, park=park)
    return park


filled = standing(fill)


@pytest.fixture
def park(filled, db):
    return copy(filled)


@pytest.fixture
def leader(park):
    return factories.user(park, "leader")


def seen(park, viewer=None, **more):
    return board(park, as_of=TODAY, now=NOW, calendar=load_calendar(), viewer=viewer, **more)


def page(client, person, query=""):
    client.force_login(person)
    return client.get(reverse("dispatch:dashboard") + query)


@pytest.mark.parametrize(("role", "status"), [("leader", 200), ("staff", 200), ("unit", 403), ("enterprise", 404)])
def test_who_sees_it(client, park, role, status):
    person = factories.user(park, role)
    assert page(client, person).status_code == status
    assert client.get(reverse("api:dashboard")).status_code == status


def test_a_unit_with_the_verb_still_does_not_see_the_whole_park(client, park):
    person = factories.user(park, "unit")
    person.role.verbs = [*person.role.verbs, "view_dashboard"]
    person.role.save()
    assert page(client, person).status_code == 403
    assert client.get(reverse("api:dashboard")).status_code == 403


def living(park):
    return [p for p in Project.objects.filter(park=park) if p.status != "terminated"]


def test_counts_by_stage_and_light(park):
    found, rows = seen(park), living(park)
    assert found["counts"]["total"] == len(rows)
    assert all(one["count"] == sum(p.stage == one["stage"] for p in rows) for one in found["stages"])
    assert all(found["lights"][light] == sum(p.light == light for p in rows) for light in ("red", "yellow", "green"))


def test_what_projects_reached_this_week_last_week_and_this_year(park):
    some = living(park)[:6]
    Milestone.objects.filter(project__park=park).delete()
    on = [date(2026, 10, 26), date(2026, 10, 30), date(2026, 10, 25), date(2026, 10, 19), date(2026, 1, 1), None]
    for project, day in zip(some, on, strict=True):
        Milestone.objects.create(project=project, stage="L08", actual_on=day)
    Milestone.objects.create(project=some[0], stage="L13", actual_on=date(2025, 12, 31))
    Project.objects.filter(park=park).update(enrolled=None, enrolled_on=None)
    Project.objects.filter(pk=some[0].pk).update(enrolled=True, enrolled_on=date(2026, 10, 27))
    counts = seen(park)["counts"]
    assert counts["started"] == {"week": 2, "last_week": 2, "year": 5}
    assert counts["production"] == counts["signed"] == {"week": 0, "last_week": 0, "year": 0}
    assert counts["enrolled"] == {"week": 1, "last_week": 0, "year": 1}


def half_up(value: Fraction) -> str:
    exact = Decimal(value.numerator * 1000) / Decimal(value.denominator)
    return str((exact / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP))


def test_rates_and_money_are_those_of_the_bulletin_of_the_month_that_is_over(park):
    found = seen(park)
    total = build(park=park, year=2026, month=9, as_of=date(2026, 9, 30))["annex1"]["total"]
    money, rate = found["investment"], found["rates"]["investment"]
    assert Decimal(money["ytd_10k"]) == Decimal(total["ytd_10k"]) == Decimal(rate["numerator"])
    assert Decimal(money["planned_10k"]) == Decimal(total["plan_10k"]) == Decimal(rate["denominator"])
    share = Fraction(Decimal(total["ytd_10k"])) / Fraction(Decimal(total["plan_10k"])) * 100
    assert money["percent"] == rate["percent"] == half_up(share)
    assert money["calendar_percent"] == "75.0"
    assert money["ahead_pp"].lstrip("+") == half_up(share - 75)
    assert rate["changes"] == {"week": None, "month": None, "year": None}


def test_the_curve_is_the_sum_of_the_latest_reports_month_by_month(park):
    found = seen(park)["investment"]["months"]
    plans = AnnualPlan.objects.filter(project__park=park, year=2026).exclude(project__status="terminated")
    plan = sum(row.planned_10k for row in plans)
    for row in found:
        latest = {}
        reports = MonthlyInvestment.objects.filter(project__in=living(park), year=2026, month__lte=row["month"])
        for report in reports.order_by("month"):
            latest[report.project_id] = report.ytd_10k
        if row["month"] <= 9:
            assert Decimal(row["actual_10k"]) == sum(latest.values()), row
        else:
            assert row["actual_10k"] is None
        even = (plan * row["month"] / 12).quantize(Decimal("0.0001"))
        assert Decimal(row["calendar_10k"]) == Decimal(row["plan_10k"]) == even
    assert Decimal(found[8]["actual_10k"]) == Decimal(seen(park)["investment"]["ytd_10k"])


def test_the_worst_are_the_ten_that_are_late_the_longest(park):
    oldest = {}
    for warning in Warning.objects.filter(park=park, level="red", cleared_on=None, project__status="active"):
        oldest[warning.project_id] = min(warning.due_on, oldest.get(warning.project_id, date.max))
    expected = sorted(oldest, key=lambda pk: (oldest[pk], pk))[:10]
    worst = seen(park)["lights"]["worst"]
    assert [one["project"] for one in worst] == expected
    assert all(one["since_on"] == oldest[one["project"]].isoformat() and 1 <= len(one["why"]) <= 3 for one in worst)


def test_milestones_until_sunday_and_of_the_week_after(park):
    project = Project.objects.filter(park=park, status="active").first()
    Milestone.objects.filter(project__park=park).delete()
    for ahead, stage in ((-1, "L13"), (0, "L09"), (2, "L11"), (3, "L12"), (9, "L14"), (10, "L15")):
        Milestone.objects.create(project=project, stage=stage, baseline_on=TODAY + timedelta(days=ahead))
    found = seen(park)
    assert [one["stage"] for one in found["milestones_this_week"]] == ["L09", "L11"]
    assert [one["stage"] for one in found["milestones"]] == ["L12", "L14"]


def test_approvals(park):
    found = seen(park)["approvals"]
    rows = Warning.objects.filter(park=park, cleared_on=None, rule__in=["STEP_LATE", "STEP_STATUTORY"], party="unit")
    late = {}
    for unit, _step in set(rows.values_list("unit", "object_id")):
        late[unit] = late.get(unit, 0) + 1
    assert {one["unit"]: one["count"] for one in found["overdue"]} == late
    steps = [one for one in ProjectStep.objects.filter(project__park=park) if one.applies and one.state in DECIDED]
    assert found["closed"] == sum(date(2026, 10, 26) <= one.decided_on <= TODAY for one in steps)
    assert found["closed_last_week"] == sum(date(2026, 10, 19) <= one.decided_on <= date(2026, 10, 25) for one in steps)


def test_bottlenecks_share_out_every_working_day(park):
    """Oracle: walk every day of every decided step; a day lies with the enterprise while its pause lasts."""
    calendar = load_calendar()
    since = TODAY - timedelta(weeks=13)
    rows = ProjectStep.objects.filter(
        project__park=park, state__in=DECIDED, decided_on__gt=since, decided_on__lte=TODAY
    )
    steps = [one for one in rows if one.applies]
    for one in steps[::3]:
        StepPause.objects.create(
            project_step=one, kind="correction", party="enterprise", started_on=one.accepted_on + timedelta(days=1),
            ended_on=one.accepted_on + timedelta(days=5),
        )  # fmt: skip
    expected = {}
    for place, one in enumerate(steps):
        spent = expected.setdefault(one.code, {"department": 0, "enterprise": 0, "steps": 0})
        spent["steps"] += 1
        day = one.accepted_on
        while day < one.decided_on:
            day += timedelta(days=1)
            if calendar.is_workday(day):
                away = place % 3 == 0 and 2 <= (day - one.accepted_on).days <= 5
                spent["enterprise" if away else "department"] += 1
    total = {code: one["department"] + one["enterprise"] for code, one in expected.items()}
    found = seen(park)["bottlenecks"]
    assert [one["code"] for one in found] == sorted(total, key=lambda code: (-total[code], code))[:6]
    for one in found:
        own = expected[one["code"]]
        assert (one["steps"], one["workdays"]) == (own["steps"], total[one["code"]])
        assert one["by_party"]["department"] == own["department"]
        assert one["by_party"]["enterprise"] == own["enterprise"]
        assert sum(one["by_party"].values()) == one["workdays"]


def test_changes_and_colours_since_the_frozen_day(park):
    then = days.content(park, as_of=TODAY - timedelta(days=7))
    red, yellow, green = (
        list(Project.objects.filter(park=park, light=light).order_by("pk").values_list("pk", flat=True))
        for light in ("red", "yellow", "green")
    )
    then["colours"] = {"red": [*red[2:], green[0]], "yellow": [red[0], *yellow[1:]], "grey": then["colours"]["grey"]}
    then["groups"]["park"][""]["starts_done"] -= 1
    days.keep(park, as_of=TODAY - timedelta(days=7), content=then, at=NOW - timedelta(days=7))
    found = seen(park)
    moved = {one["project"]: (one["from"], one["to"]) for one in found["lights"]["changed"]}
    assert moved == {
        red[0]: ("yellow", "red"),
        red[1]: ("green", "red"),
        yellow[0]: ("green", "yellow"),
        green[0]: ("red", "green"),
    }
    assert [one["project"] for one in found["lights"]["changed"]][-1] == green[0]
    assert all(one["why"] or one["to"] == "green" for one in found["lights"]["changed"])
    rate = found["rates"]["starts"]
    whole, done = Fraction(rate["denominator"]), Fraction(rate["numerator"])
    assert rate["changes"]["week"].lstrip("+") == half_up((done - (done - 1)) / whole * 100)
    assert rate["changes"]["month"] is None
    assert found["compared_with"]["week"] == "2026-10-23"


def test_an_empty_park_has_a_page(client):
    response = page(client, factories.user(factories.park(), "leader"))
    assert response.status_code == 200
    assert "—" in response.content.decode()


def test_another_parks_leader_sees_none_of_it(client, park):
    client.force_login(factories.user(factories.park(), "leader"))
    found = client.get(reverse("api:dashboard")).json()
    assert found["counts"]["total"] == 0
    assert (found["lights"]["worst"], found["decisions"], found["honesty"]["stale"]) == ([], [], [])


def test_the_api_says_what_the_page_is_made_of(client, park, leader):
    client.force_login(leader)
    answer = client.get(reverse("api:dashboard"))
    assert answer.json() == json.loads(json.dumps(seen(park, leader)))


def test_numbers_lead_to_their_lists_and_nothing_is_inline(client, park, leader):
    text = page(client, leader).content.decode().replace("&amp;", "&")
    for light in ("red", "yellow", "blue", "green", "grey"):
        assert f"{reverse('projects:list')}?light={light}" in text
    for rate in ("formalities", "starts", "enrolment", "investment", "quarter"):
        assert f"rate={rate}&part=missing" in text
        assert f"rate={rate}&part=numerator" in text
    main = text.split("<main", 1)[1]
    assert "style=" not in main
    assert "<script>" not in main
    assert main.count("<img") == 2


def test_the_projector_asks_again_and_has_no_navigation(client, park, leader):
    wall, board_page = page(client, leader, "?projector=1"), page(client, leader)
    assert wall["Refresh"] == "300"
    assert "Refresh" not in board_page
    assert 'class="topbar"' not in wall.content.decode()
    assert "data-leave" in wall.content.decode()
    assert "topbar" in board_page.content.decode()


def test_a_large_park_shows_the_mornings_count(client, park, leader, monkeypatch):
    live = seen(park)
    asked = Asked(park, TODAY, NOW, load_calendar())
    counted.keep(park, asked, policies.in_force(park.pk), NOW - timedelta(hours=2))
    assert seen(park, morning=True)["counted_at"] is None  # a small park is counted live
    monkeypatch.setattr(counted, "LIVE_UP_TO", 39)
    morning = seen(park, morning=True)
    assert morning["counted_at"] == (NOW - timedelta(hours=2)).isoformat()
    assert {**morning, "counted_at": None} == live
    assert seen(park)["counted_at"] is None  # the brief counts for itself
    BoardCount.objects.update(as_of=TODAY - timedelta(days=1))
    assert seen(park, morning=True)["counted_at"] is None


def one_of_each(project):
    """A red milestone, step and ledger item, so that every kind of subject is asked for."""
    long_ago = date(2026, 1, 5)
    Milestone.objects.create(project=project, stage="L09", baseline_on=long_ago)
    project.steps.filter(code="S18").update(
        applicability="applies", state=8, committed_runs=True, committed_due_on=long_ago
    )
    LedgerItem.objects.create(
        park=project.park, number="T1", title="修路", project=project, raised_on=long_ago, due_on=long_ago,
        created_at=AT, updated_at=AT,
    )  # fmt: skip


@pytest.mark.slow
def test_queries_do_not_grow(client):
    used = []
    for n, size in enumerate((1, 3, 60)):
        park = bulletin_park.fill(size, seed=n)
        project = Project.objects.filter(park=park).first()
        Project.objects.filter(pk=project.pk).update(status="active")
        Milestone.objects.filter(project=project).delete()
        one_of_each(project)
        evaluate(as_of=TODAY, at=AT, park=park)
        then = days.content(park, as_of=TODAY - timedelta(days=7))
        then["colours"] = {"red": [], "yellow": [], "grey": []}
        days.keep(park, as_of=TODAY - timedelta(days=7), content=then, at=NOW)
        client.force_login(factories.user(park, "leader"))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("dispatch:dashboard")).status_code == 200
        used.append(len(found))
    assert len(set(used)) == 1, used
