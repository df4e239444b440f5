"""Answers, pages, queues and the ladder's settings: exact results, who may, what is refused, flat counts."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.models import DutyHolder, LedgerEntry, LedgerItem, ResponseCase, ResponseEvent, ResponsePolicy, Warning
from dispatch.notices.models import Notice
from dispatch.notices.planner import pending_of
from dispatch.response import actions, policies, rule_actions
from dispatch.response.evaluate import evaluate
from dispatch.response.policy import as_params
from dispatch.response.queue import tier_queue
from dispatch.warnings.evaluate import evaluate as warnings_of_day
from dispatch.warnings.rules import load_rules
from projects.models import Milestone, Project, TeamMember
from tests import factories
from tests.dispatch.ledger_cases import assigned, cast
from tests.factories import AT, TODAY
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
PLAIN = WorkCalendar()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    load_rules()
    return cast()


def warning(people, *, late=1, unit=None, **fields):
    project = factories.project(people.park, responsible_unit=unit or people.unit)
    row = Milestone.objects.create(project=project, stage="L10", baseline_on=TODAY - late * DAY)
    values = {
        "park": people.park, "project": project, "unit": unit or people.unit, "rule": "MILESTONE_LATE",
        "object_type": "milestone", "object_id": row.pk, "label": "L10", "due_on": TODAY - late * DAY,
        "level": "yellow", "since_on": TODAY,
    }  # fmt: skip
    return Warning.objects.create(**(values | fields))


def case(people, level=3, **fields):
    """A case opened on TODAY and put on the level by hand, with the ladder's deadlines."""
    row = warning(people, **fields)
    evaluate(as_of=TODAY, at=AT)
    found = ResponseCase.objects.get(warning=row)
    if level != 3:
        ResponseCase.objects.filter(pk=found.pk).update(
            level=level, act_by_on=TODAY + 3 * DAY, report_by_on=TODAY + 7 * DAY if level == 1 else None
        )
        found.refresh_from_db()
    return found


def who(person, row, **more):
    return {"version": row.version, "by": person, "at": AT, "on": TODAY} | more


# answers ----------------------------------------------------------------------------------------------------------


def test_acknowledging_writes_the_day_and_an_event_once(people):
    row = case(people)
    actions.acknowledge(row, **who(people.worker, row))
    assert (row.acknowledged_on, row.version) == (TODAY, 2)
    last = row.events.latest("pk")
    assert (last.kind, last.by, last.as_of, last.to_level) == ("acknowledged", people.worker, TODAY, 3)
    with pytest.raises(Refused):
        actions.acknowledge(row, **who(people.worker, row))
    assert row.events.count() == 2


@pytest.mark.parametrize(("level", "acted"), [(3, None), (2, TODAY), (1, None)])
def test_a_plan_acts_at_level_two_and_acknowledges_everywhere(people, level, acted):
    row = case(people, level)
    actions.hand_in_plan(row, text="增派人手", due_on=TODAY + DAY, **who(people.worker, row))
    assert (row.acted_on, row.acknowledged_on) == (acted, TODAY)
    assert row.events.latest("pk").due_on == TODAY + DAY


def test_meeting_and_report_belong_to_level_one(people):
    for level in (3, 2):
        row = case(people, level)
        with pytest.raises(Refused):
            actions.record_meeting(row, text="x", **who(people.staff, row))
        with pytest.raises(Refused):
            actions.report(row, text="x", calendar=PLAIN, **who(people.staff, row))
    row = case(people, 1)
    actions.record_meeting(row, text="调度", **who(people.staff, row))
    actions.report(row, text="周报", calendar=PLAIN, **who(people.staff, row, on=TODAY + DAY))
    assert (row.acted_on, row.reported_on) == (TODAY, TODAY + DAY)
    assert row.report_by_on == PLAIN.add(TODAY + DAY, 5)


def test_refusals_change_nothing(people):
    row = case(people)
    before = row.events.count()
    for call in (
        lambda: actions.hand_in_plan(row, text=" ", due_on=TODAY, **who(people.worker, row)),
        lambda: actions.hand_in_plan(row, text="x", due_on=TODAY - DAY, **who(people.worker, row)),
        lambda: actions.note(row, text="", **who(people.worker, row)),
    ):
        with pytest.raises(Refused):
            call()
    with pytest.raises(Conflict):
        actions.note(row, text="x", **who(people.worker, row, version=9))
    for stranger in (people.stranger, factories.user(people.park, "enterprise")):
        with pytest.raises(PermissionDenied):
            actions.acknowledge(row, **who(stranger, row))
    ResponseCase.objects.filter(pk=row.pk).update(closed_on=TODAY)
    row.refresh_from_db()
    with pytest.raises(Refused):
        actions.acknowledge(row, **who(people.worker, row))
    assert row.events.count() == before
    actions.note(row, text="补记", **who(people.worker, row))


def test_people_of_a_unit_answer_their_own_cases_only_even_where_they_see_others(people):
    row = case(people)
    Project.objects.filter(pk=row.project_id).update(responsible_unit=people.stranger.organization)
    assert row in ResponseCase.objects.visible_to(people.stranger)
    assert not actions.may_answer(row, people.stranger)
    assert actions.may_answer(row, people.worker) and actions.may_answer(row, people.leader)
    below = ResponseCase.objects.get(pk=row.pk)
    below.unit_id = people.office_worker.organization_id
    assert actions.may_answer(below, people.worker)
    assert not actions.may_answer(row, people.office_worker)


# what opens no case -------------------------------------------------------------------------------------------------


def test_what_an_enterprise_owes_and_reminders_open_no_case(people):
    warning(people, party="enterprise")
    soon = warning(people, late=-2, rule="MILESTONE_DUE_SOON", level="blue")
    soon.events.create(kind="raised", level="blue", as_of=TODAY)
    evaluate(as_of=TODAY, at=AT)
    assert not ResponseCase.objects.exists()
    notices = Notice.objects.all()
    assert {notice.event for notice in notices} == {"reminder"}
    # nobody is the project's specialist: the centre's people stand in; no handler is named: the unit's people are told
    assert {notice.recipient for notice in notices} == {people.worker, people.staff, people.second}
    evaluate(as_of=TODAY, at=AT)
    assert Notice.objects.count() == 3


def test_a_reminder_of_a_weekend_comes_on_monday(people):
    soon = warning(people, late=-2, rule="MILESTONE_DUE_SOON", level="blue")
    saturday = TODAY + 5 * DAY
    soon.events.create(kind="raised", level="blue", as_of=saturday)
    for day in (saturday, saturday + DAY):
        evaluate(as_of=day, at=AT)
        assert not Notice.objects.exists()
    evaluate(as_of=saturday + 2 * DAY, at=AT)
    assert Notice.objects.count() == 3


def test_the_first_run_opens_everything_at_level_three(people):
    for late in (1, 20, 400):
        warning(people, late=late)
    assert evaluate(as_of=TODAY, at=AT)["opened"] == 3
    assert set(ResponseCase.objects.values_list("level", flat=True)) == {3}
    assert not Notice.objects.filter(level__lt=3).exists()


def test_a_case_goes_on_when_the_due_day_moves(people):
    row = case(people)
    old = row.warning
    Warning.objects.filter(pk=old.pk).update(cleared_on=TODAY + DAY)
    Warning.objects.create(
        **{
            name: getattr(old, name)
            for name in ("park", "project", "unit", "rule", "object_type", "object_id", "label", "level")
        },
        due_on=TODAY - 9 * DAY, since_on=TODAY + DAY,
    )  # fmt: skip
    evaluate(as_of=TODAY + DAY, at=AT)
    row.refresh_from_db()
    assert ResponseCase.objects.count() == 1
    assert (row.warning.due_on, row.level) == (TODAY - 9 * DAY, 2)


def test_the_number_of_statements_does_not_grow_with_the_cases(people):
    def statements(n: int, day) -> tuple[int, int]:
        while ResponseCase.objects.count() + Warning.objects.filter(cases=None).count() < n:
            warning(people)
        with CaptureQueriesContext(
            connection,
        ) as opening:
            evaluate(as_of=day, at=AT)
        with CaptureQueriesContext(connection) as raising:
            evaluate(as_of=day + 2 * DAY, at=AT)
        ResponseCase.objects.all().delete()
        return len(opening), len(raising)

    policies.load_default()
    load_calendar()
    counts = [statements(n, TODAY) for n in (1, 3, 60)]
    assert counts[0] == counts[1]
    # 60 cases tell 180 people: the rows go in in a few statements, as many as the database takes at once
    assert max(counts[2]) - max(counts[0]) <= 8


# pages ------------------------------------------------------------------------------------------------------------


def page(client, user, url, status=200):
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    return answer


def listed(client, user, query=""):
    return [row.case.pk for row in page(client, user, "/cases/" + query).context["rows"]]


def test_the_list_filters_sorts_and_exports(client, people):
    third, second, first = case(people), case(people, 2), case(people, 1)
    assert listed(client, people.staff) == [first.pk, second.pk, third.pk]
    assert listed(client, people.staff, "?sort=-level") == [third.pk, second.pk, first.pk]
    assert listed(client, people.staff, "?level=2") == [second.pk]
    assert listed(client, people.staff, "?tier=1") == [third.pk]
    assert listed(client, people.staff, "?tier=3") == [first.pk]
    assert listed(client, people.staff, f"?project={second.project_id}") == [second.pk]
    assert listed(client, people.stranger) == []
    ResponseCase.objects.filter(pk=third.pk).update(acknowledge_by_on=TODAY - DAY)
    assert listed(client, people.staff, "?overdue=on") == [third.pk]
    ResponseCase.objects.filter(pk=third.pk).update(is_held=True)
    assert listed(client, people.staff, "?overdue=on") == []
    assert listed(client, people.staff, "?state=held") == [third.pk]
    answer = page(client, people.staff, "/cases/export/?level=1")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Ⅰ"]
    page(client, factories.user(people.park, "enterprise"), "/cases/", 404)


def test_a_unit_answers_on_the_page_and_typed_text_survives(client, people):
    row = case(people, 2)
    shown = page(client, people.worker, reverse("dispatch:case_detail", args=[row.pk]))
    assert [offer.answer for offer in shown.context["offers"]] == ["acknowledge", "plan", "note"]
    url = reverse("dispatch:case_answer", args=[row.pk, "plan"])
    assert client.post(url, {"version": row.version, "text": "增派", "due_on": "2026-03-01"}).status_code == 409
    stale = client.post(url, {"version": 7, "text": "增派人手", "due_on": "2026-03-09"})
    assert stale.status_code == 409
    assert "增派人手" in stale.content.decode()
    assert client.post(url, {"version": row.version, "text": "增派人手", "due_on": "2026-03-09"}).status_code == 302
    row.refresh_from_db()
    assert (row.acted_on, row.acknowledged_on) == (TODAY, TODAY)
    trace = page(client, people.worker, reverse("dispatch:case_detail", args=[row.pk])).context["trace"]
    assert [one["kind"] for one in trace] == ["plan", "opened"]
    assert trace[1]["told"] and trace[1]["reason"] and trace[1]["policy_version"] == 1
    page(client, people.stranger, reverse("dispatch:case_detail", args=[row.pk]), 404)


def test_queries_of_the_list_are_flat(client, people):
    def queries(n: int) -> int:
        while Warning.objects.count() < n:
            warning(people)
        evaluate(as_of=TODAY, at=AT)
        client.force_login(people.staff)
        with CaptureQueriesContext(connection) as caught:
            assert len(client.get("/cases/").context["rows"]) == min(n, 50)
        return len(caught)

    queries(1)
    assert queries(3) == queries(40)


def test_the_queues_of_the_tiers(client, people):
    third, second, first = case(people), case(people, 2), case(people, 1)
    late = TODAY - 40 * DAY
    ResponseCase.objects.filter(pk=second.pk).update(level_since_on=late)
    item = LedgerItem.objects.create(
        park=people.park, number="H1", title="跨区用地", state="hung", tier=3, hung_on=TODAY, unit=people.unit,
        due_on=TODAY, raised_on=late, created_at=AT, updated_at=AT,
    )  # fmt: skip
    found = {
        tier: [row.case or row.item for row in tier_queue(tier, people.staff, TODAY, PLAIN)] for tier in (1, 2, 3, 4)
    }
    assert found == {1: [third], 2: [], 3: [first, second, item], 4: []}
    ResponseCase.objects.filter(pk=first.pk).update(acknowledge_by_on=TODAY - DAY)
    assert [row.case for row in tier_queue(4, people.staff, TODAY, PLAIN)] == [first]
    shown = page(client, people.leader, reverse("dispatch:tier_queue", args=[3]))
    assert [row.url for row in shown.context["rows"]] == [
        reverse("dispatch:case_detail", args=[second.pk]), reverse("dispatch:ledger_detail", args=[item.pk]),
    ]  # fmt: skip
    assert shown.context["tier"].next_on == date(2026, 3, 6)
    assert tier_queue(3, people.stranger, TODAY, PLAIN) == []
    page(client, people.staff, "/tiers/5/", 404)


def test_the_panel_of_the_project_page_shows_open_cases(client, people):
    row = case(people)
    shown = page(client, people.staff, reverse("projects:detail", args=[row.project_id]) + "?tab=response")
    assert reverse("dispatch:case_detail", args=[row.pk]) in shown.content.decode()


# the ladder's settings --------------------------------------------------------------------------------------------


def edited(people, **changes):
    params = as_params(policies.in_force(people.park.pk)) | changes
    return rule_actions.save_policy(
        params=params, is_enabled=True, note="试行一季度", base_version=policies.newest(people.park.pk).version,
        by=people.staff, at=AT,
    )  # fmt: skip


def test_a_changed_ladder_is_a_new_version_of_the_park(people):
    first = case(people)
    row = edited(people, deadlines={"3": {"acknowledge_wd": 3, "clear_wd": 5}})
    assert (row.version, row.park, row.note) == (2, people.park, "试行一季度")
    assert policies.in_force(people.park.pk).deadlines[3].acknowledge_wd == 3
    assert policies.in_force(factories.park().pk).deadlines[3].acknowledge_wd == 1
    evaluate(as_of=TODAY + 2 * DAY, at=AT)
    first.refresh_from_db()
    assert first.level == 3  # under version 1 it would have climbed on this day
    assert first.acknowledge_by_on == PLAIN.add(TODAY, 3)
    with pytest.raises(Conflict):
        rule_actions.save_policy(params={}, is_enabled=True, note="x", base_version=1, by=people.staff, at=AT)
    with pytest.raises(Refused):
        edited(people, deadlines={"3": {"clear_wd": 0}})
    with pytest.raises(PermissionDenied):
        rule_actions.save_policy(params={}, is_enabled=True, note="x", base_version=2, by=people.worker, at=AT)
    assert ResponsePolicy.objects.count() == 2


def test_the_form_saves_what_it_shows(client, people):
    policies.load_default()
    form = page(client, people.staff, reverse("dispatch:response_policy_edit")).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(reverse("dispatch:response_policy_edit"), values | {"note": "照旧", "trigger_step_2": "5"})
    assert answer.status_code == 302, answer.context["form"].errors
    own = policies.in_force(people.park.pk)
    assert own.triggers["step"][2] == 5
    assert own.deadlines == policies.in_force(None).deadlines
    bad = client.post(
        reverse("dispatch:response_policy_edit"), values | {"note": "x", "trigger_step_2": "99", "base_version": "2"}
    )
    assert bad.status_code == 422
    page(client, people.leader, reverse("dispatch:response_policy_edit"), 403)


def test_a_switched_off_ladder_holds_and_opens_nothing(people):
    row = case(people)
    rule_actions.save_policy(params={}, is_enabled=False, note="停用", base_version=1, by=people.staff, at=AT)
    warning(people)
    evaluate(as_of=TODAY + 3 * DAY, at=AT)
    row.refresh_from_db()
    assert (row.level, row.is_held) == (3, True)
    assert ResponseCase.objects.count() == 1


def test_named_offices_are_told_and_can_be_removed(client, people):
    client.force_login(people.staff)
    url = reverse("dispatch:duty_add")
    assert client.post(url, {"duty": "window_head", "user": people.worker.pk}).status_code == 422
    whole = {"duty": "window_head", "user": people.stranger.pk, "organization": people.unit.pk}
    assert client.post(url, whole).status_code == 302
    assert client.post(url, whole).status_code == 422
    row = case(people)
    told = {one["name"]: one["offices"] for one in row.events.get().told}
    assert told[str(people.stranger)] == ["window_head"]
    assert told[str(people.worker)] == ["handler"]
    held = DutyHolder.objects.get()
    assert client.post(reverse("dispatch:duty_remove", args=[held.pk])).status_code == 302
    assert not DutyHolder.objects.exists()
    assert ResponseEvent.objects.get().told  # the history keeps the names


# API --------------------------------------------------------------------------------------------------------------


def test_the_api_lists_shows_the_trace_and_takes_answers(client, people):
    row = case(people, 2)
    client.force_login(people.worker)
    assert [one["id"] for one in client.get("/api/v1/response-cases/?open=true").json()["results"]] == [row.pk]
    base = f"/api/v1/response-cases/{row.pk}/"
    tag = client.get(base).headers["ETag"]
    done = client.post(base + "acknowledge/", {}, content_type="application/json", headers={"If-Match": tag})
    assert (done.status_code, done.json()["acknowledged_on"]) == (200, TODAY.isoformat())
    again = client.post(base + "acknowledge/", {}, content_type="application/json", headers={"If-Match": tag})
    assert again.status_code == 412
    plan = {"text": "方案", "due_on": "2026-03-05"}
    done = client.post(
        base + "plan/", plan, content_type="application/json", headers={"If-Match": done.headers["ETag"]}
    )
    assert done.json()["acted_on"] == TODAY.isoformat()
    trace = client.get(base + "trace/").json()
    assert [one["kind"] for one in trace] == ["opened", "acknowledged", "plan"]
    assert trace[0]["reason"] and not trace[1]["reason"]


# who is told, and when ------------------------------------------------------------------------------------------------


def test_the_end_of_level_one_is_no_news_for_the_night(people):
    row = case(people, level=1)
    Warning.objects.filter(pk=row.warning_id).update(cleared_on=TODAY + DAY)
    for n in range(1, 5):
        evaluate(as_of=TODAY + n * DAY, at=AT + n * DAY)
    row.refresh_from_db()
    assert row.closed_on is not None
    told = Notice.objects.filter(event="response_closed", about_id=row.pk)
    assert told and not any(pending_of(notice).at_once for notice in told)


def test_who_works_for_another_park_now_is_told_nothing_here(people):
    DutyHolder.objects.create(park=people.park, duty="centre_head", user=people.second)
    specialist = factories.user(people.park, "staff")
    row = case(people)
    TeamMember.objects.create(project=row.project, role="specialist", user=specialist)
    elsewhere = factories.organization(factories.park(), "park_office")
    User.objects.filter(pk__in=[people.second.pk, specialist.pk]).update(organization=elsewhere)
    ResponseCase.objects.update(evaluated_on=TODAY, clock_from_on=TODAY - 30 * DAY)
    for n in range(1, 4):
        evaluate(as_of=TODAY + n * DAY, at=AT + n * DAY)
    row.refresh_from_db()
    assert row.level < 3
    raised = row.events.filter(kind="raised").first()
    assert not {one["user"] for one in raised.told} & {people.second.pk, specialist.pk}
    assert not Notice.objects.filter(recipient__in=[people.second, specialist], created_at__gt=AT).exists()
    assert Notice.objects.filter(recipient=people.staff, created_at__gt=AT).exists()


def test_an_item_returned_again_is_answered_like_one_that_is_late_by_more_than_five_days(people):
    item = assigned(people, due_on=TODAY + 90 * DAY)
    for n, on in enumerate((TODAY - 9 * DAY, TODAY - DAY)):
        LedgerEntry.objects.create(item=item, verb="return", to_state="returned", on=on, at=AT + n * DAY)
    found = []
    for n in range(3):
        warnings_of_day(as_of=TODAY + n * DAY, at=AT)
        evaluate(as_of=TODAY + n * DAY, at=AT + n * DAY)
        row = ResponseCase.objects.get(warning__rule="LEDGER_RETURNED")
        found.append((row.level, row.trigger))
    assert found == [(3, 2), (2, 2), (2, 2)]
    assert row.events.get(kind="opened").facts == {"kind": "returned", "value": 1, "trigger": 2}


def test_a_case_leads_to_a_ledger_item_and_back(client, people):
    row = case(people)
    address = reverse("dispatch:case_detail", args=[row.pk])
    new = f"{reverse('dispatch:ledger_new')}?warning={row.warning_id}"
    assert new in page(client, people.staff, address).content.decode()
    assert new not in page(client, people.worker, address).content.decode()
    item = assigned(people, unit=people.unit, warning=row.warning)
    found = page(client, people.worker, address).content.decode()
    assert reverse("dispatch:ledger_detail", args=[item.pk]) in found


def test_an_office_is_given_once_and_by_those_who_may(people):
    given = {"duty": "centre_head", "organization": None, "user": people.staff}
    rule_actions.name_holder(**given, by=people.staff)
    with pytest.raises(Refused):
        rule_actions.name_holder(**given, by=people.staff)
    with pytest.raises(PermissionDenied):
        rule_actions.name_holder(**given, by=people.worker)
    assert DutyHolder.objects.count() == 1
