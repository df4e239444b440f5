"""What waits for a leader: whose it is, in which order, with which proposal."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from dispatch.dashboard.decisions import MOST, decisions
from dispatch.dashboard.frame import Asked
from dispatch.models import (
    AgendaItem,
    DutyHolder,
    ExtensionRequest,
    Feedback,
    Instruction,
    LedgerItem,
    Meeting,
    ResponseCase,
    Warning,
)
from projects.models import TeamMember
from tests import factories
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 26)  # a Monday
NOW = datetime.combine(TODAY, time(1), UTC)


@pytest.fixture
def park(db):
    load_seed(SEED_FILE, at=NOW)
    return factories.park()


@pytest.fixture
def unit(park):
    return factories.organization(park, name="住建局")


@pytest.fixture
def project(park, unit):
    return factories.project(park, name="新材料项目", responsible_unit=unit)


@pytest.fixture
def leader(park):
    return factories.user(park, "leader")


def of(park, viewer=None):
    return decisions(Asked(park, TODAY, NOW, load_calendar(), viewer))


def case(project, unit, level, *, days=20, **more):
    """An open case about a milestone that fell due so many days ago."""
    due = TODAY - timedelta(days=days)
    number = Warning.objects.count() + 1
    warning = Warning.objects.create(
        park=project.park, project=project, unit=unit, rule="MILESTONE_LATE", object_type="milestone",
        object_id=number, label=f"节点{number}", due_on=due, level="red", since_on=due,
    )  # fmt: skip
    values = {
        "level_since_on": due, "clock_from_on": due, "acknowledge_by_on": due + timedelta(days=1),
        "acknowledged_on": due, "act_by_on": TODAY + timedelta(days=2), "clear_by_on": TODAY + timedelta(days=9),
        "cause_level": level, "opened_on": due, "evaluated_on": TODAY,
    }  # fmt: skip
    return ResponseCase.objects.create(
        park=project.park, warning=warning, project=project, unit=unit, level=level, **(values | more)
    )


def item(project, unit, n, **more):
    values = {
        "title": f"事项{n}", "raised_on": TODAY, "due_on": TODAY - timedelta(days=n), "state": "working",
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return LedgerItem.objects.create(park=project.park, number=f"T{n}", project=project, unit=unit, **(values | more))


def duty(park, user, name):
    DutyHolder.objects.create(park=park, duty=name, user=user)


def ids(found):
    return [(one["kind"], one["id"]) for one in found]


def test_by_level_then_by_how_long_it_has_been_late(park, project, unit):
    two, late, later = case(project, unit, 2, days=90), case(project, unit, 1, days=5), case(project, unit, 1, days=30)
    case(project, unit, 3, days=99)
    case(project, unit, 1, days=99, is_held=True)
    case(project, unit, 1, days=99, closed_on=TODAY)
    assert ids(of(park)) == [("case", later.pk), ("case", late.pk), ("case", two.pk)]


def test_level_one_is_the_chief_leaders_both_are_the_deputys(park, project, unit, leader):
    one, two = case(project, unit, 1), case(project, unit, 2)
    duty(park, leader, "chief_leader")
    assert ids(of(park, leader)) == [("case", one.pk)]
    deputy = factories.user(park, "leader")
    duty(park, deputy, "deputy_leader")
    assert ids(of(park, deputy)) == [("case", one.pk), ("case", two.pk)]


def test_a_leader_in_charge_of_projects_sees_those(park, project, unit, leader):
    TeamMember.objects.create(project=project, role="leader", user=leader)
    mine = case(project, unit, 2)
    case(factories.project(park, name="别的项目"), unit, 1)
    assert ids(of(park, leader)) == [("case", mine.pk)]


def test_whoever_holds_no_office_sees_the_parks(park, project, unit, leader):
    case(project, unit, 1)
    case(project, unit, 2)
    assert ids(of(park, leader)) == ids(of(park)) != []


def test_another_parks_matters_are_not_here(park, project, unit):
    case(project, unit, 1)
    assert of(factories.park()) == []


def test_the_proposal_says_who_and_by_when(park, project, unit):
    case(project, unit, 1)
    (one,) = of(park)
    assert "住建局" in one["proposal"]
    assert (TODAY + timedelta(days=2)).isoformat() in one["proposal"]
    assert (one["project"], one["name"], one["unit"]) == (project.pk, "新材料项目", "住建局")
    assert one["workdays_late"] == load_calendar().count(TODAY - timedelta(days=20), TODAY)
    assert "Ⅰ" in one["why"]


def test_items_moved_up_to_the_leaders_tier(park, project, unit, leader):
    four = item(project, unit, 1, state="hung", tier=4, hung_on=TODAY, measures="由管委会协调用地指标")
    three = item(project, unit, 2, state="hung", tier=3, hung_on=TODAY)
    item(project, unit, 3, state="hung", tier=2, hung_on=TODAY)
    assert ids(of(park)) == [("item", four.pk), ("item", three.pk)]
    assert "由管委会协调用地指标" in of(park)[0]["proposal"]
    duty(park, leader, "chief_leader")
    assert ids(of(park, leader)) == [("item", four.pk)]


def instruction(project, unit, leader, n, **more):
    values = {
        "number": f"督{n}", "year": 2026, "serial": n, "text": "请抓紧", "issued_on": TODAY - timedelta(days=9),
        "created_at": NOW,
    }  # fmt: skip
    own = item(project, unit, 50 + n, due_on=more.pop("due_on", TODAY + timedelta(days=5)), source="instruction")
    return Instruction.objects.create(park=project.park, leader=leader, item=own, project=project, **(values | more))


def test_instructions_whose_report_waits_for_an_answer_or_that_are_late(park, project, unit, leader):
    duty(park, leader, "chief_leader")
    reported, answered, late, quiet = (
        instruction(project, unit, leader, n, **({"due_on": TODAY - timedelta(days=1)} if n == 3 else {}))
        for n in (1, 2, 3, 4)
    )
    foreign = instruction(project, unit, factories.user(park, "leader"), 5, due_on=TODAY - timedelta(days=1))
    for one in (reported, answered):
        Feedback.objects.create(instruction=one, kind="report", text="已办", organization=unit, on=TODAY, at=NOW)
    Feedback.objects.create(instruction=answered, kind="continue", text="继续", on=TODAY, at=NOW + timedelta(hours=1))
    assert set(ids(of(park, leader))) == {("instruction", reported.pk), ("instruction", late.pk)}
    assert ("instruction", foreign.pk) in ids(of(park))
    assert ("instruction", quiet.pk) not in ids(of(park))


def test_meetings_one_chairs_with_points_on_the_agenda(park, project, leader):
    duty(park, leader, "chief_leader")
    soon, empty, far = (
        Meeting.objects.create(
            park=park, number=f"会{n}", kind="chief", tier=4, title=f"会议{n}", chair=leader, created_at=NOW,
            held_on=TODAY + timedelta(days=n),
        )
        for n in (7, 1, 8)
    )  # fmt: skip
    for meeting in (soon, far):
        AgendaItem.objects.create(meeting=meeting, source_key="x", title="议题")
    assert ids(of(park, leader)) == [("meeting", soon.pk)]
    assert of(park) == []
    assert empty.pk


def test_a_request_for_more_time_is_for_whoever_may_grant_it(park, project, unit, leader):
    own = item(project, unit, 1, due_on=date(2026, 10, 30))
    request = ExtensionRequest.objects.create(
        item=own, workdays=3, reason="等图审", due_before_on=own.due_on, asked_at=NOW
    )
    (one,) = of(park)
    assert (one["kind"], one["id"]) == ("extension", own.pk)
    assert "2026-11-04" in one["proposal"]  # Wednesday: three working days after a Friday
    duty(park, leader, "chief_leader")
    leader.role.verbs = [verb for verb in leader.role.verbs if verb != "verify_ledger_item"]
    leader.role.save()
    assert of(park, leader) == []
    ExtensionRequest.objects.filter(pk=request.pk).update(outcome="refused")
    assert of(park) == []


def test_ten_at_most_and_always_the_first_ten(park, project, unit):
    rows = [case(project, unit, 1 + n % 2, days=n) for n in range(14)]
    items = [item(project, unit, n, state="hung", tier=3 + n % 2, hung_on=TODAY) for n in range(14)]
    every = [("case", one.pk, one.level, one.warning.due_on) for one in rows]
    every += [("item", one.pk, 5 - one.tier, one.due_on) for one in items]
    expected = [(kind, pk) for kind, pk, *_rest in sorted(every, key=lambda one: (one[2], one[3], one[0], one[1]))]
    assert ids(of(park)) == expected[:MOST]
