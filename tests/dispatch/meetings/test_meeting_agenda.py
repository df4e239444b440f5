"""Which points come, in which order: tables, and hypothesis against a slow oracle; the sources from exact facts."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.models import Urge
from dispatch.ledger import actions as ledger
from dispatch.meetings import actions, kinds
from dispatch.meetings.agenda import RANK, WHY_LENGTH, Found, moved, select, shorten
from dispatch.meetings.models import AgendaItem, Meeting
from dispatch.response.models import ResponseCase
from dispatch.warnings.models import Warning
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.dispatch.ledger_cases import CALENDAR, EDGE
from tests.dispatch.meetings.meeting_cases import closed, item, planned, point, running, zone
from tests.factories import AT, TODAY

founds = st.builds(
    Found,
    source=st.sampled_from(RANK),
    key=st.sampled_from([f"k{n}" for n in range(6)]),
    title=st.text(max_size=5),
    why=st.sampled_from(["", "甲", "乙", "丙"]),
    project_id=st.sampled_from([None, 1, 2]),
    project=st.just(""),
    days_late=st.integers(0, 3),
)


def oracle(found, present):
    """{key: (source, days late)} by looking at every reason of every key."""
    wanted = {}
    for key in {one.key for one in found} - set(present):
        own = [one for one in found if one.key == key]
        best = min(own, key=lambda one: (RANK.index(one.source), found.index(one)))
        wanted[key] = (best.source, max(one.days_late for one in own))
    return wanted


@settings(max_examples=150, deadline=None)
@given(st.lists(founds, max_size=14), st.sets(st.sampled_from(["k0", "k1", "k5"])))
def test_each_thing_once_and_the_first_reason_leads(found, present):
    chosen = select(found, present)
    assert {one.key: (one.source, one.days_late) for one in chosen} == oracle(found, present)
    assert len(chosen) == len({one.key for one in chosen})
    leads = [one.source in ("decision", "carried") for one in chosen]
    assert leads == sorted(leads, reverse=True)
    rest = [one.project_id for one in chosen if one.source not in ("decision", "carried")]
    assert [pk for n, pk in enumerate(rest) if n == 0 or rest[n - 1] != pk] == list(dict.fromkeys(rest))
    assert select(found, present | {one.key for one in chosen}) == []


def test_reasons_are_joined_once_and_cut():
    whys = ["逾期", "逾期", "申请延期", "长" * 400]
    (one,) = select([Found("item", "item/1", "题", why) for why in whys])
    assert one.why.startswith("逾期；申请延期；长")
    assert len(one.why) == WHY_LENGTH


def test_sentences_are_joined_without_their_stops():
    found = [
        Found("case", "k", "t", "自十月起响应。"),
        Found("item", "k", "t", "超期3天。"),
        Found("item", "k", "t", "超期3天。"),
    ]
    assert select(found)[0].why == "自十月起响应；超期3天。"


def test_the_project_with_the_latest_matter_comes_first():
    rows = [
        Found("item", "a", "", "", 1, "甲", days_late=1),
        Found("item", "b", "", "", 2, "乙", days_late=9),
        Found("stale", "c", "", "", 1, "甲"),
        Found("case", "d", "", "", 2, "乙"),
        Found("hand", "e", "", "", None),
        Found("stale", "g", "", "", 4, "丁"),
        Found("decision", "f", "", "", 3, "丙"),
    ]
    assert [one.key for one in select(rows)] == ["f", "d", "b", "a", "c", "e", "g"]


@pytest.mark.parametrize(
    ("pk", "up", "after"), [(2, True, [2, 1, 3]), (2, False, [1, 3, 2]), (1, True, [1, 2, 3]), (9, True, [1, 2, 3])]
)
def test_one_place_up_or_down(pk, up, after):
    assert moved([1, 2, 3], pk, up) == after


def test_shorten_marks_the_cut():
    assert (shorten("a\n b", 10), shorten("abcdef", 4)) == ("a b", "abc…")


def test_numbers_go_past_what_is_there():
    assert kinds.next_number("joint", 2026, []) == "LX-2026-001"
    assert kinds.next_number("joint", 2026, ["LX-2026-009", "LX-2026-1203", "BY-2026-5000", "LX-2026-x"]) == (
        "LX-2026-1204"
    )


def test_every_kind_has_its_facts():
    from dispatch.meetings.models import Meeting

    assert set(kinds.FACTS) == set(Meeting.Kind.values)
    assert len({facts.prefix for facts in kinds.FACTS.values()}) == len(kinds.FACTS)


def test_the_seven_by_their_names():
    units = [(1, "县财政局"), (2, "自然资源和规划局"), (3, "某街道"), (4, "发展改革局"), (5, "生态环境局")]
    assert kinds.default_standing(units) == [4, 2, 5, 1]


# sources ----------------------------------------------------------------------------------------------------------


def keys(meeting):
    return {(point.source, point.source_key) for point in meeting.agenda.all()}


@pytest.mark.django_db
def test_late_items_reach_the_tier_that_takes_them():
    """1, 3, 6 and 11 working days late: team, half-month, joint, chief (our default)."""
    place = zone()
    rows = {wd: item(place, due_on=_before(wd)) for wd in (0, 1, 2, 3, 5, 6, 10, 11)}

    def taken(kind, **fields):
        meeting = planned(place, kind, **fields)
        return {wd for wd, row in rows.items() if ("item", f"item/{row.pk}") in keys(meeting)}

    assert taken("team", project=place.project) == {1, 2, 3, 5, 6, 10, 11}
    assert taken("half_month") == {3, 5, 6, 10, 11}
    assert taken("joint") == {6, 10, 11}
    assert taken("chief") == {11}


def _before(workdays):
    from tests.dispatch.ledger_cases import CALENDAR

    return CALENDAR.subtract(TODAY, workdays) if workdays else TODAY


@pytest.mark.django_db
def test_every_source_brings_its_point_and_a_project_only_its_own():
    place = zone()
    hung = item(place)
    ledger.hang(hung, reason="需上级协调", by=place.staff, version=1, **EDGE)
    asks = item(place)
    ledger.ask_extension(asks, workdays=3, reason="等批复", by=place.worker, version=1, **EDGE)
    asked = item(place, source="enterprise")
    closed_one = item(place, late_days=30)
    ledger.sign(closed_one, by=place.worker, version=1, **EDGE)
    ledger.ask_close(closed_one, evidence="完成", by=place.worker, version=2, **EDGE)
    ledger.close(closed_one, by=place.staff, version=3, **EDGE)
    quiet = factories.project(place.park)
    factories.without_news(quiet, TODAY - timedelta(days=30))
    suspended = factories.project(place.park, updated_at=AT - timedelta(days=30), status="suspended")
    meeting = planned(place)
    assert keys(meeting) == {
        ("item", f"item/{hung.pk}"), ("extension", f"item/{asks.pk}"), ("request", f"item/{asked.pk}"),
        ("stale", f"stale/{quiet.pk}"),
    }  # fmt: skip
    assert suspended.name not in "".join(meeting.agenda.values_list("title", flat=True))
    assert all(point.why for point in meeting.agenda.all())
    assert keys(planned(place, "special", project=quiet)) == {("stale", f"stale/{quiet.pk}")}
    assert keys(planned(place, "special", project=None)) == set()


@pytest.mark.django_db
def test_an_urging_without_an_answer_is_a_point():
    place = zone()
    project = project_with_steps(place.park, name="另一项目", updated_at=AT)
    step = project.steps.first()
    waiting = Urge.objects.create(project_step=step, on=TODAY, at=AT, text="请尽快")
    Urge.objects.create(project_step=step, on=TODAY, at=AT, text="已答", answer="好", answered_at=AT)
    assert keys(planned(place, "team", project=project)) == {("request", f"urge/{waiting.pk}")}


@pytest.mark.django_db
def test_cases_come_by_level_and_their_special_meeting_is_recorded():
    from dispatch.meetings import actions
    from tests.dispatch.ledger_cases import CALENDAR

    place = zone()
    case = _case(place, level=1)
    _case(place, level=3)
    meeting = planned(place, "joint")
    (point,) = meeting.agenda.filter(source="case")
    assert point.case == case
    actions.start(meeting, by=place.staff, at=AT, on=TODAY, version=1)
    point = AgendaItem.objects.get(pk=point.pk)
    version = ResponseCase.objects.get(pk=case.pk).version
    values = {"reason": "专题会议定：两周内解决"}
    actions.rule(point, "case_meeting", values=values, by=place.staff, item_version=version, calendar=CALENDAR, **EDGE)
    case.refresh_from_db()
    assert (case.acted_on, case.events.get().meeting_id) == (TODAY, meeting.pk)
    assert meeting.decisions.get().text == "专题会议定：两周内解决"


@pytest.mark.django_db
def test_an_item_that_is_late_and_in_response_is_one_point():
    place = zone()
    late = item(place, late_days=20)
    case = _case(place, level=1)
    Warning.objects.filter(pk=case.warning_id).update(object_type="ledger_item", object_id=late.pk)
    meeting = planned(place, "joint")
    (point,) = meeting.agenda.all()
    assert (point.source_key, point.item, point.case) == (f"item/{late.pk}", late, case)


@pytest.mark.django_db
def test_many_silent_projects_are_one_point_with_their_names():
    place = zone()
    names = [f"沉寂项目{n}" for n in range(6)]
    for name in names:
        factories.without_news(factories.project(place.park, name=name), TODAY - timedelta(days=60))
    points = planned(place, "half_month").agenda.filter(source="stale")
    assert [point.source_key for point in points] == ["stale/all"]
    assert all(name in points[0].why for name in names)


def _case(place, level):
    warning = Warning.objects.create(
        park=place.park, project=place.project, unit=place.unit, rule="STEP_LATE", object_type="step",
        object_id=level, label=f"预警{level}", due_on=date(2026, 2, 10), level="red", since_on=date(2026, 2, 11),
    )  # fmt: skip
    return ResponseCase.objects.create(
        park=place.park, warning=warning, project=place.project, unit=place.unit, level=level, level_since_on=TODAY,
        clock_from_on=TODAY, acknowledge_by_on=TODAY, act_by_on=TODAY, clear_by_on=TODAY + timedelta(days=14),
        opened_on=TODAY, evaluated_on=TODAY, cause_level=level,
    )  # fmt: skip


def test_what_a_meeting_carries_over_reaches_one_that_was_planned_before_it_ended(db):
    place = zone()
    first = running(place)
    at_point = point(place, first, "水电接入")
    following = planned(place, held_on=TODAY + timedelta(days=14))
    assert following.previous is None
    closed(place, first)
    actions.rebuild(following, by=place.staff, calendar=CALENDAR, **EDGE)
    stored = Meeting.objects.get(pk=following.pk)
    assert stored.previous == first
    assert stored.agenda.filter(source_key=at_point.source_key, title="水电接入").count() == 1
