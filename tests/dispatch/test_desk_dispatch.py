"""Blocks of the desk about dispatch: cases, extensions, instructions, meetings, visits; who sees which, in order."""

from datetime import timedelta

import pytest

from dispatch.ledger.models import ExtensionRequest
from dispatch.meetings.models import Attendance, Meeting
from dispatch.models import PlanForecast, ResponseCase, Warning
from dispatch.supervision.models import Instruction
from dispatch.visits.models import PlannedVisit
from dispatch.warnings.rules import load_rules
from tests import factories
from tests.dispatch.ledger_cases import assigned, cast
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    load_rules()


@pytest.fixture
def people():
    return cast()


def blocks(client, user, url="/"):
    client.force_login(user)
    return {block.key: block for block in client.get(url).context["blocks"]}


def case(people, unit, level=3, **fields):
    warning = Warning.objects.create(
        park=people.park, unit=unit, rule="LEDGER_LATE", object_type="ledger_item",
        object_id=ResponseCase.objects.count(), label="事项", due_on=TODAY - 4 * DAY, level="yellow", since_on=TODAY,
    )  # fmt: skip
    usual = {
        "cause_level": level,
        "level_since_on": TODAY,
        "clock_from_on": TODAY,
        "opened_on": TODAY,
        "evaluated_on": TODAY,
    }
    usual |= {"acknowledge_by_on": TODAY + DAY, "clear_by_on": TODAY + 3 * DAY}
    return ResponseCase.objects.create(park=people.park, warning=warning, unit=unit, level=level, **(usual | fields))


def test_a_unit_sees_its_own_cases_and_the_centre_the_severe_and_unanswered(client, people):
    mild = case(people, people.unit, acknowledged_on=TODAY)
    severe = case(people, people.unit, level=2, acknowledged_on=TODAY)
    foreign = case(people, people.stranger.organization)
    case(people, people.unit, is_held=True)
    case(people, people.unit, closed_on=TODAY)
    urls = {row: f"/cases/{row.pk}/" for row in (mild, severe, foreign)}
    found = blocks(client, people.worker)["cases"]
    assert (found.number, [entry.url for entry in found.entries]) == (2, [urls[severe], urls[mild]])
    found = blocks(client, people.staff)["cases"]
    assert (found.number, [entry.url for entry in found.entries]) == (2, [urls[severe], urls[foreign]])


def test_the_centre_sees_what_extensions_wait(client, people):
    row = assigned(people, title="请延期")
    asked = {"workdays": 5, "reason": "等批复", "due_before_on": row.due_on, "asked_by": people.worker, "asked_at": AT}
    ExtensionRequest.objects.create(item=row, **asked)
    ExtensionRequest.objects.create(
        item=assigned(people, title="已答复"), outcome="refused", decided_by=people.staff, decided_at=AT, **asked
    )
    found = blocks(client, people.staff)["extensions"]
    assert [(entry.title, entry.url) for entry in found.entries] == [("请延期", f"/ledger/{row.pk}/")]
    assert "extensions" not in blocks(client, people.worker)


def instruction(people, unit, number, issued_on):
    row = assigned(people, unit=unit, due_on=TODAY + 30 * DAY, source="instruction", starts_on=None)
    return Instruction.objects.create(
        park=people.park, number=number, leader=people.leader, text="请尽快办理", item=row, issued_on=issued_on,
        feedback_every_wd=5, created_at=AT, year=TODAY.year, serial=int(number[-1]),
    )  # fmt: skip


def test_units_see_reports_due_soon_and_the_centre_those_missing(client, people):
    instruction(people, people.unit, "督1", TODAY - 30 * DAY)
    soon = instruction(people, people.unit, "督2", TODAY - 4 * DAY)
    instruction(people, people.stranger.organization, "督3", TODAY)
    found = blocks(client, people.worker)["instructions"]
    assert [entry.text.split(" · ")[0] for entry in found.entries] == ["督1", "督2"]
    assert found.entries[1].url == f"/instructions/{soon.pk}/"
    found = blocks(client, people.staff)["instructions"]
    assert [(entry.text.split(" · ")[0], entry.days < 0) for entry in found.entries] == [("督1", True)]


def meeting(people, number, held_on, state="planned"):
    return Meeting.objects.create(
        park=people.park, number=number, kind="special", title=number, held_on=held_on, state=state, created_at=AT,
        closed_at=AT if state == "closed" else None,
    )  # fmt: skip


def test_meetings_of_the_next_days_for_whom_is_invited(client, people):
    mine = meeting(people, "会1", TODAY + 7 * DAY)
    Attendance.objects.create(meeting=mine, organization=people.unit)
    meeting(people, "会2", TODAY - DAY, state="running")
    meeting(people, "会3", TODAY + 8 * DAY)
    meeting(people, "会4", TODAY, state="closed")
    assert [entry.title for entry in blocks(client, people.staff)["meetings"].entries] == ["会2", "会1"]
    assert [entry.title for entry in blocks(client, people.worker)["meetings"].entries] == ["会1"]


def test_what_is_left_to_visit_this_quarter(client, people):
    firm = factories.enterprise(people.park)
    quarter = {"year": TODAY.year, "quarter": (TODAY.month + 2) // 3}
    planned = PlannedVisit.objects.create(
        park=people.park, enterprise=firm, visitor=people.staff, created_at=AT, **quarter
    )
    found = blocks(client, people.staff)["visits"]
    assert [entry.url for entry in found.entries] == [f"/visits/new/?planned={planned.pk}"]
    assert blocks(client, people.worker)["visits"].number == 0


def test_plans_that_miss_their_target_are_those_the_wall_shows(client, people):
    for status in ("active", "suspended", "terminated"):
        project = factories.project(people.park, status=status)
        PlanForecast.objects.create(
            project=project, as_of=TODAY, goal="L08", target_on=TODAY, goal_on=TODAY + 9 * DAY, short_wd=7, rows=[],
            computed_at=AT,
        )  # fmt: skip
    found = blocks(client, people.staff)["plans"]
    shown = client.get(found.url).context["found"].lines
    assert found.number == len(shown) == 1 and found.entries[0].title == shown[0].name
