"""The desk: which page for whom, what stands on it, and that every number leads to exactly its rows."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ProjectStep
from dispatch.ledger import actions
from dispatch.models import PlanForecast, Warning
from dispatch.warnings.rules import load_rules
from projects.models import ImportBatch
from tests import factories
from tests.approvals import cases
from tests.dispatch.ledger_cases import EDGE, assigned, cast, closing, item
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    load_rules()


@pytest.fixture
def people():
    return cast()


def page(client, user, url="/", status=200):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response


def blocks(client, user, url="/"):
    return {block.key: block for block in page(client, user, url).context["blocks"]}


def warning(park, project, kind="step", level="yellow", **fields):
    n = Warning.objects.count() + 1
    rule = {"step": "STEP_LATE", "milestone": "MILESTONE_LATE", "ledger_item": "LEDGER_LATE"}[kind]
    defaults = {"object_id": n, "label": f"对象{n}", "due_on": TODAY - timedelta(days=4), "since_on": TODAY}
    return Warning.objects.create(
        park=park, project=project, rule=rule, object_type=kind, level=level, **(defaults | fields)
    )


# which page for whom ----------------------------------------------------------------------------------------------


def test_leaders_go_to_the_dashboard_and_can_come_to_the_desk(client, people):
    assert page(client, people.leader, status=302).url == "/dashboard/"
    assert "waiting" in blocks(client, people.leader, "/?view=desk")


def test_enterprises_go_to_their_own_page(client, people):
    assert page(client, factories.user(people.park, "enterprise"), status=302).url == "/enterprise/"


def test_an_administrator_of_the_installation_is_shown_the_way(client, django_user_model):
    root = django_user_model.objects.create_superuser("root", password=factories.PASSWORD)
    assert "/admin/" in page(client, root).content.decode()
    lost = django_user_model.objects.create_user("lost", password=factories.PASSWORD)
    assert "/admin/" not in page(client, lost).content.decode()


def test_nobody_is_sent_to_sign_in(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response.url.endswith("?next=/")


def test_units_and_staff_have_their_own_blocks(client, people):
    unit = ["sign", "late", "soon", "returned", "urges", "steps", "papers", "joint"]
    unit += ["cases", "instructions", "plans", "meetings", "visits", "filings"]
    assert list(blocks(client, people.worker)) == unit
    staff = ["late_step", "late_milestone", "waiting", "soon"]
    staff += ["cases", "extensions", "instructions", "plans", "meetings", "visits", "filings", "reports"]
    staff += ["urges", "questions", "papers", "quiet", "imports"]
    assert list(blocks(client, people.staff)) == staff
    assert list(blocks(client, people.leader, "/?view=desk")) == [
        "late_step", "late_milestone", "waiting", "soon", "cases", "plans", "meetings", "visits",
    ]  # fmt: skip


def test_an_empty_desk_says_what_is_fine(client, people):
    for user in (people.staff, people.worker):
        text = page(client, user).content.decode()
        for block in blocks(client, user).values():
            assert (block.number, block.entries, block.links) == (0, [], [])
            assert block.fine in text


# blocks of the staff ----------------------------------------------------------------------------------------------


def test_late_things_come_red_first_and_only_of_this_park(client, people):
    project = factories.project(people.park)
    warning(people.park, project, due_on=date(2026, 1, 5))
    red = warning(people.park, project, level="red", due_on=date(2026, 2, 2))
    warning(people.park, project, level="blue", due_on=TODAY)
    warning(people.park, project, cleared_on=TODAY, due_on=date(2026, 1, 6))
    warning(people.park, project, kind="milestone")
    other = cast()
    warning(other.park, factories.project(other.park))
    found = blocks(client, people.staff)
    assert found["late_step"].number == 2
    assert found["late_step"].entries[0].light == "red"
    assert red.label in found["late_step"].entries[0].title
    assert (found["late_milestone"].number, found["soon"].number) == (1, 1)


def test_every_number_leads_to_exactly_its_rows(client, people):
    project = factories.project(people.park)
    for n in range(12):
        warning(people.park, project, level=("red", "yellow", "blue")[n % 3])
        warning(people.park, project, kind="milestone", level=("red", "yellow", "blue")[n % 3])
        assigned(people, due_on=TODAY + timedelta(days=1))
        closing(people)
    item(people)
    row = closing(people)
    actions.send_back(row, reason="x", by=people.staff, version=3, **EDGE)
    factories.project(people.park, updated_at=AT - timedelta(days=6))
    for user in (people.staff, people.worker):
        shown = blocks(client, user)
        assert all(len(block.entries) <= 10 for block in shown.values())
        links = [link for block in shown.values() for link in block.links if "/ledger/" in link["href"]]
        links += [link for block in shown.values() for link in block.links if "/warnings/" in link["href"]]
        assert len(links) >= 3
        for link in links:
            assert page(client, user, link["href"]).context["page_obj"].paginator.count == link["number"], link


def test_items_that_wait_for_me_are_not_those_i_asked_to_close(client, people):
    closing(people)
    own = actions.sign(assigned(people), by=people.staff, version=1, **EDGE)
    actions.ask_close(own, evidence="x", by=people.staff, version=2, **EDGE)
    assert blocks(client, people.staff)["waiting"].number == 1
    assert blocks(client, people.second)["waiting"].number == 2


def test_projects_nobody_has_updated(client, people):
    for days in (6, 9):
        factories.without_news(factories.project(people.park, name=f"停{days}天"), TODAY - timedelta(days=days))
    factories.project(people.park, name="刚更新")
    block = blocks(client, people.staff)["quiet"]
    assert [entry.title for entry in block.entries] == ["停9天", "停6天"]
    assert block.number == 2
    assert page(client, people.staff, block.url).context["count"] == 2


def test_imports_that_wait_for_a_yes(client, people):
    other = cast()
    for who, state in ((people.staff, "ready"), (people.staff, "done"), (other.staff, "ready")):
        ImportBatch.objects.create(
            park=who.park, file="x.xlsx", file_name="台账.xlsx", sha256="0" * 64, report_year=2026, report_month=3,
            state=state, created_at=AT, created_by=who,
        )  # fmt: skip
    block = blocks(client, people.staff)["imports"]
    assert [entry.title for entry in block.entries] == ["台账.xlsx"]


# blocks of a unit -------------------------------------------------------------------------------------------------


def test_a_unit_sees_its_own_turn(client, people):
    assigned(people, title="待签收", due_on=TODAY + timedelta(days=30))
    assigned(people, title="逾期", due_on=TODAY - timedelta(days=4), starts_on=None)
    assigned(people, title="别人的", unit=people.stranger.organization, cooperating_units=[people.unit])
    row = closing(people, title="退回")
    actions.send_back(row, reason="x", by=people.staff, version=3, **EDGE)
    found = blocks(client, people.worker)
    assert {key: [entry.title for entry in block.entries] for key, block in found.items()} == {
        "sign": ["逾期", "待签收"],
        "late": ["逾期"],
        "soon": [],
        "returned": ["退回"],
        **{key: [] for key in ("urges", "steps", "papers", "joint", "filings")},
        **{key: [] for key in ("cases", "instructions", "plans", "meetings", "visits")},
    }
    assert found["late"].entries[0].days == -2


# steps ------------------------------------------------------------------------------------------------------------


def test_steps_at_a_unit_by_due_day(client, people):
    project = cases.project(people.park)
    late, soon, other, still = (cases.step_of(project, code) for code in ("S01", "S02", "S03", "S04"))
    day = timedelta(days=1)
    running(late, people.unit, committed_due_on=TODAY - 4 * day, statutory_due_on=TODAY + 9 * day)
    running(soon, people.unit, committed_due_on=TODAY + 30 * day, statutory_due_on=TODAY + 2 * day)
    running(other, people.stranger.organization, committed_due_on=TODAY, statutory_due_on=TODAY)
    ProjectStep.objects.filter(pk=still.pk).update(unit=people.unit, committed_due_on=TODAY)
    ProjectStep.objects.filter(pk=late.pk).update(statutory_runs=False)
    block = blocks(client, people.worker)["steps"]
    assert [(entry.title[:3], entry.light, entry.days) for entry in block.entries] == [
        ("S01", "yellow", -2),
        ("S02", "blue", 2),
    ]
    assert block.number == 2


def running(step, unit, **dates):
    rows = ProjectStep.objects.filter(pk=step.pk)
    rows.update(unit=unit, committed_runs=True, statutory_runs=True, applicability="applies", **dates)


def test_steps_that_ask_a_question(client, people):
    project = cases.project(people.park)
    project.steps.update(applicability="applies")
    few = cases.project(people.park, name="少")
    few.steps.update(applicability="applies")
    few.steps.filter(code="S01").update(applicability="undetermined")
    project.steps.filter(code__in=["S02", "S03"]).update(applicability="undetermined")
    asleep = cases.project(people.park, status="suspended")
    asleep.steps.update(applicability="undetermined")
    block = blocks(client, people.staff)["questions"]
    assert block.number == 3
    assert [entry.title for entry in block.entries] == [project.name, "少"]


@pytest.mark.slow
@pytest.mark.parametrize("role", ["staff", "worker"])
def test_queries_do_not_grow(client, people, role):
    numbers, made = [], 0
    for wanted in (1, 3, 60):
        while made < wanted:
            one = cases.project(people.park, updated_at=AT - timedelta(days=9), responsible_unit=people.unit)
            step = cases.step_of(one, "S01")
            warning(people.park, one, object_id=step.pk, unit=people.unit)
            warning(people.park, one, kind="milestone", level="red")
            warning(people.park, one, level="blue", due_on=TODAY)
            assigned(people, project=one, due_on=TODAY + timedelta(days=made - 1), starts_on=None)
            closing(people, project=one)
            running(step, people.unit, committed_due_on=TODAY, statutory_due_on=TODAY)
            made += 1
        client.force_login(getattr(people, role))
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/")
        numbers.append(len(caught))
    # With one row some blocks are still empty and ask less.
    assert numbers[0] <= numbers[1] == numbers[2] < 45, numbers


def test_reading_the_desk_writes_nothing(client, people):
    assigned(people)
    client.force_login(people.worker)
    client.get("/")
    with CaptureQueriesContext(connection) as caught:
        client.get("/")
    assert not [q["sql"] for q in caught if not q["sql"].lstrip().startswith(("SELECT", "PRAGMA"))]


# the calendar -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "warned"), [(date(2026, 11, 30), []), (date(2026, 12, 1), [2027])])
def test_a_missing_holiday_table_is_called_for_from_december(client, people, monkeypatch, day, warned):
    call_command("load_calendar", verbosity=0)
    monkeypatch.setattr("accounts.clock.today", lambda: day)

    shown = page(client, people.staff)

    assert shown.context["missing_years"] == warned
    assert ("2027" in shown.content.decode()) is bool(warned)


def test_the_link_to_the_table_is_for_administrators(client, people, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: date(2026, 12, 1))
    administrator = factories.user(people.staff.park, "admin", is_staff=True)

    assert "/admin/workdays/" not in page(client, people.staff).content.decode()
    assert "/admin/workdays/calendaryear/load/?year=2027" in page(client, administrator).content.decode()


def test_leaders_find_the_dashboard_not_the_desk_in_the_navigation(client, people):
    labels = [entry["url"] for entry in page(client, people.leader, "/?view=desk").context["navigation"]]
    assert "/dashboard/" in labels
    assert "/" not in labels


def test_plans_that_miss_their_target_stand_worst_first(client, people):
    for name, short in (("稍晚", 3), ("很晚", 23), ("来得及", 0)):
        project = factories.project(people.park, name=name)
        PlanForecast.objects.create(
            project=project, as_of=TODAY, goal="L08", target_on=TODAY, goal_on=TODAY + timedelta(days=short),
            short_wd=short, computed_at=EDGE["at"],
        )  # fmt: skip
    block = blocks(client, people.staff)["plans"]
    assert block.number == 2
    assert [(entry.title, entry.days) for entry in block.entries] == [("很晚", None), ("稍晚", None)]
    assert ["23" in block.entries[0].state, "3" in block.entries[1].state] == [True, True]
    assert all(entry.url.endswith("?tab=schedule") for entry in block.entries)
    assert blocks(client, people.stranger)["plans"].number == 0
