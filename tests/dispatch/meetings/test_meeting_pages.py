"""Pages of meetings: from planning to minutes without JavaScript, per role, with somebody else being first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.ledger.models import LedgerItem
from dispatch.meetings import actions
from dispatch.meetings.models import AgendaItem, Decision, Meeting
from tests.dispatch.meetings.meeting_cases import closed, decided, item, planned, point, running, zone
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def place():
    return zone()


def get(client, user, name, *args, status=200, query=""):
    client.force_login(user)
    response = client.get(reverse(f"dispatch:{name}", args=args) + query)
    assert response.status_code == status, response.content.decode()[-2000:]
    return response


def post(client, user, name, *args, status=302, htmx=False, **fields):
    client.force_login(user)
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.post(reverse(f"dispatch:{name}", args=args), fields, headers=headers)
    assert response.status_code == status, response.content.decode()[-2000:]
    return response


def said(text, version):
    return {"said-text": text, "said-version": version}


def decision(**fields):
    return {f"decide-{name}": value for name, value in fields.items()}


def test_a_meeting_from_planning_to_minutes(client, place):
    late = item(place, late_days=30)
    get(client, place.staff, "meeting_new")
    form = get(client, place.staff, "meeting_new", query="?kind=half_month").context["form"]
    assert form.initial["held_on"] == TODAY.replace(day=13)  # the 15th is a Sunday
    client.post(
        reverse("dispatch:meeting_new") + "?kind=half_month",
        {
            "title": "半月调度",
            "held_on": "2026-03-13",
            "starts_at": "14:30",
            "place": "一号会议室",
            "chair_name": "陆主任",
        },
    )
    meeting = Meeting.objects.get()
    assert [(row.item_id, row.source) for row in meeting.agenda.all()] == [(late.pk, "item")]
    for tab in ("agenda", "attendance", "decisions", "minutes", "files"):
        get(client, place.staff, "meeting_detail", meeting.pk, query=f"?tab={tab}")
    post(client, place.staff, "meeting_start", meeting.pk, version=1)
    get(client, place.staff, "meeting_live", meeting.pk)
    at_point = meeting.agenda.get()
    post(client, place.staff, "meeting_point_discuss", at_point.pk, **said("听取汇报", 1))
    due = str(TODAY + timedelta(days=9))
    fields = {"text": "九日内办结", "unit": place.unit.pk, "person_name": "李工", "due_on": due, "standard": "取得批复"}
    fragment = post(
        client, place.staff, "meeting_point_decide", at_point.pk, status=200, htmx=True, **decision(**fields)
    )
    row = LedgerItem.objects.exclude(pk=late.pk).get()
    assert row.number in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert (row.standard, row.meeting_id, str(row.due_on)) == ("取得批复", meeting.pk, due)
    version = Meeting.objects.get().version
    get(client, place.staff, "meeting_close", meeting.pk)
    post(client, place.staff, "meeting_close", meeting.pk, version=version, summary="抓紧")
    paper = get(client, place.worker, "meeting_minutes", meeting.pk)
    assert paper.content[:2] == b"PK"
    page = get(client, place.staff, "ledger_detail", row.pk).content.decode()
    assert meeting.number in page


@pytest.mark.parametrize(("who", "status"), [("staff", 200), ("leader", 200), ("worker", 200), ("enterprise", 404)])
def test_who_reads_a_meeting(client, place, who, status):
    meeting = planned(place, "joint")
    get(client, getattr(place, who), "meeting_detail", meeting.pk, status=status)


def test_a_unit_sees_only_meetings_it_is_invited_to(client, place):
    mine = planned(place, "team", project=place.project)
    page = get(client, place.worker, "meeting_list")
    assert [row.pk for row in page.context["coming"]] == [mine.pk]
    assert not page.context["wanted"]
    get(client, place.stranger, "meeting_detail", mine.pk, status=404)
    assert not get(client, place.stranger, "meeting_list").context["coming"]


@pytest.mark.parametrize("who", ["leader", "worker"])
def test_readers_record_nothing(client, place, who):
    meeting = running(place, "joint")
    at_point = point(place, meeting)
    user = getattr(place, who)
    post(client, user, "meeting_point_decide", at_point.pk, status=403, **decision(text="x"))
    post(client, user, "meeting_point_discuss", at_point.pk, status=403, **said("x", 1))
    post(client, user, "meeting_close", meeting.pk, status=403, version=2)
    get(client, user, "meeting_live", meeting.pk, status=403)
    assert not Decision.objects.exists()


def test_the_second_recorder_keeps_the_typed_text_and_sees_the_other(client, place):
    at_point = point(place, running(place))
    actions.discuss(at_point, text="甲的记录", by=place.second, version=1)
    page = post(client, place.staff, "meeting_point_discuss", at_point.pk, status=409, **said("乙的记录", 1))
    text = page.content.decode()
    assert "甲的记录" in text
    assert "乙的记录" in text
    assert page.context["discuss_form"]["version"].value() == "2"
    post(client, place.staff, "meeting_point_discuss", at_point.pk, **said("乙的记录", 2))
    assert AgendaItem.objects.get(pk=at_point.pk).discussion == "乙的记录"


def test_a_refused_decision_keeps_what_was_typed(client, place):
    at_point = point(place, running(place))
    fields = {"text": "写了很久的决定", "unit": place.unit.pk}
    page = post(client, place.staff, "meeting_point_decide", at_point.pk, status=409, **decision(**fields))
    assert "写了很久的决定" in page.content.decode()
    assert not LedgerItem.objects.exists()


def test_what_is_typed_beside_is_never_lost(client, place):
    """Saving the discussion keeps a typed decision; deciding saves the discussion; another's words stop both."""
    at_point = point(place, running(place))
    typed = decision(text="写到一半")
    page = post(client, place.staff, "meeting_point_discuss", at_point.pk, status=200, **typed, **said("先记", 1))
    assert "写到一半" in page.content.decode()
    at_point.refresh_from_db()
    assert (at_point.discussion, Decision.objects.count()) == ("先记", 0)
    fields = typed | said("再记", 2)
    post(client, place.staff, "meeting_point_decide", at_point.pk, **fields)
    at_point.refresh_from_db()
    assert (at_point.discussion, Decision.objects.get().text) == ("再记", "写到一半")
    page = post(client, place.staff, "meeting_point_decide", at_point.pk, status=409, **typed, **said("旧", 2))
    text = page.content.decode()
    assert all(words in text for words in ("写到一半", "旧", "再记"))
    assert Decision.objects.count() == 1


def test_ruling_correcting_and_withdrawing_by_page(client, place):
    late = item(place, late_days=30)
    meeting = running(place)
    at_point = meeting.agenda.get()
    post(client, place.staff, "meeting_point_rule", at_point.pk, "extend", status=409, item_version=9, workdays=3)
    post(client, place.staff, "meeting_point_rule", at_point.pk, "extend", item_version=1, workdays=3, reason="同意")
    late.refresh_from_db()
    assert late.extended_wd == 3
    decision = decided(place, at_point)
    due = str(TODAY + timedelta(days=3))
    fields = {"text": "改正", "unit": place.other.pk, "due_on": due, "version": 1}
    get(client, place.staff, "meeting_decision_correct", decision.pk)
    post(client, place.staff, "meeting_decision_correct", decision.pk, **fields)
    post(client, place.staff, "meeting_decision_correct", decision.pk, status=409, **fields | {"text": "又"})
    get(client, place.staff, "meeting_decision_withdraw", decision.pk)
    post(client, place.staff, "meeting_decision_withdraw", decision.pk, version=2, reason="误记")
    decision.refresh_from_db()
    assert (decision.text, decision.item.unit_id, decision.item.state) == ("改正", place.other.pk, "closing")


def test_attendance_one_tap_with_and_without_htmx(client, place):
    meeting = planned(place, "joint")
    seat = meeting.attendance.get(organization=place.unit)
    fragment = post(client, place.staff, "meeting_seat_mark", seat.pk, status=200, htmx=True, state="present")
    assert f'id="seat-{seat.pk}"' in fragment.content.decode()
    post(client, place.staff, "meeting_seat_mark", seat.pk, state="excused")
    seat.refresh_from_db()
    assert seat.state == "excused"
    post(client, place.staff, "meeting_invite", meeting.pk, organization=place.unit.pk, part="extra", status=409)
    post(client, place.staff, "meeting_invite", meeting.pk, person_name="张总", part="enterprise")
    post(client, place.staff, "meeting_seat_remove", seat.pk)
    assert sorted(meeting.attendance.values_list("person_name", flat=True))[-2:] == ["张总", "陆主任"]


def test_a_tier_without_a_meeting_is_asked_for(client, place):
    wanted = get(client, place.staff, "meeting_list").context["wanted"]
    assert {one.kind: one.on.isoformat() for one in wanted} == {
        "half_month": "2026-03-13", "joint": "2026-03-06", "chief": "2026-04-14",
    }  # fmt: skip
    planned(place, "joint", TODAY + timedelta(days=3))
    assert "joint" not in {one.kind for one in get(client, place.staff, "meeting_list").context["wanted"]}


def test_planning_for_a_project_knows_its_name(client, place):
    query = f"?kind=on_site&project={place.project.pk}"
    form = get(client, place.staff, "meeting_new", query=query).context["form"]
    assert place.project.name in form.initial["title"]


def test_templates_are_listed_and_the_default_can_be_had(client, place):
    page = get(client, place.staff, "minutes_template_list")
    assert "unfinished" in page.content.decode()
    assert get(client, place.staff, "minutes_template_default").content[:2] == b"PK"


def queries_of(client, *args, **more):
    with CaptureQueriesContext(connection) as found:
        get(client, *args, **more)
    return len(found)


@pytest.mark.parametrize("tab", ["agenda", "decisions", "minutes", "attendance"])
def test_a_page_costs_the_same_with_one_and_many_points(client, place, tab):
    counts = []
    for number in (1, 3, 60):
        meeting = running(place)
        for n in range(number):
            at_point = point(place, meeting, f"题{n}")
            if n < 5:
                decided(place, at_point, text=f"事{n}")
        get(client, place.staff, "meeting_detail", meeting.pk)
        counts.append(queries_of(client, place.staff, "meeting_detail", meeting.pk, query=f"?tab={tab}"))
        counts.append(queries_of(client, place.staff, "meeting_live", meeting.pk) if tab == "agenda" else counts[0])
    assert len(set(counts[::2])) == 1
    assert len(set(counts[1::2])) == 1
    assert max(counts) < 40


def test_the_list_costs_the_same_with_many_meetings(client, place):
    closed(place, running(place))
    first = queries_of(client, place.staff, "meeting_list")
    for _n in range(6):
        closed(place, running(place))
        planned(place, "joint")
    assert queries_of(client, place.staff, "meeting_list") <= first


def test_a_meeting_over_the_api(client, place):
    meeting = running(place, "joint")
    decision_row = decided(place, point(place, meeting, "用电"))
    client.force_login(place.worker)
    detail = client.get(reverse("api:meeting-detail", args=[meeting.pk])).json()
    assert [row["title"] for row in detail["agenda"]] == ["用电"]
    assert [row["item_number"] for row in detail["decisions"]] == [decision_row.item.number]
    rows = client.get(reverse("api:meeting-list"), {"kind": "joint"}).json()["results"]
    assert [row["number"] for row in rows] == [meeting.number]
    client.force_login(place.enterprise)
    assert client.get(reverse("api:meeting-detail", args=[meeting.pk])).status_code == 404


def test_a_decision_does_not_lose_a_discussion_that_cannot_be_saved(client, place):
    meeting = running(place)
    at_point = point(place, meeting)
    typed = {"said-text": "长" * 10_001, "said-version": at_point.version, "decide-text": "同意"}
    answer = post(client, place.staff, "meeting_point_decide", at_point.pk, status=422, **typed)
    assert not Decision.objects.exists()
    content = answer.content.decode()
    assert "长" * 10_001 in content and "同意" in content


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_huge_numbers_are_no_server_error(client, place, number):
    meeting = running(place)
    at_point = point(place, meeting)
    get(client, place.staff, "meeting_live", meeting.pk, query=f"?point={number}")
    get(client, place.staff, "meeting_new", query=f"?kind=team&project={number}")
    said = {"said-version": number, "said-text": "说了", "live": "1"}
    client.force_login(place.staff)
    for name, args in (("meeting_point_discuss", [at_point.pk]), ("meeting_point_move", [at_point.pk, "note"])):
        address = reverse(f"dispatch:{name}", args=args)
        answer = client.post(address, said | {"version": number}, headers={"HX-Request": "true"})
        assert answer.status_code < 500
    typed = {"project": number, "title": "x", "held_on": "2026-03-03"}
    assert client.post(reverse("dispatch:meeting_new") + "?kind=special", typed).status_code == 422


def test_the_last_meeting_is_named_only_to_people_who_may_open_it(client, place):
    first = running(place)
    decided(place, point(place, first))
    closed(place, first)
    item(place, late_days=30, unit=place.other)
    following = planned(place)
    assert not Meeting.objects.visible_to(place.stranger).filter(pk=first.pk).exists()
    assert get(client, place.staff, "meeting_detail", following.pk).context["closure"]["meeting"] == first
    assert get(client, place.stranger, "meeting_detail", following.pk).context["closure"] is None


@pytest.mark.parametrize("name", ["meeting_close", "meeting_cancel", "meeting_edit"])
def test_being_overtaken_is_told_once_and_what_was_typed_can_be_sent(client, place, name):
    meeting = running(place) if name == "meeting_close" else planned(place)
    seen = meeting.version
    edge = {"by": place.staff, "at": AT, "on": TODAY}
    actions.change(meeting, fields={"place": "二号会议室"}, version=seen, **edge)
    typed = {"version": seen, "summary": "要点", "reason": "议题不足", "title": "改期", "held_on": "2026-03-09"}
    answer = post(client, place.second, name, meeting.pk, status=409, **typed)
    form = answer.context["form"]
    assert form["version"].value() == str(seen + 1)
    post(client, place.second, name, meeting.pk, **typed | {"version": form["version"].value()})
