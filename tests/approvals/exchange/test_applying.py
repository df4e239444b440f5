"""Messages against real steps: taken over, nothing new, or open with the reason; never past a step's own rules."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from approvals.exchange import actions, records
from approvals.exchange.tasks import sweep
from approvals.models import ExchangeMessage, StepTransition
from tests import factories
from tests.approvals import cases as steps
from tests.approvals.exchange import cases
from tests.approvals.exchange.cases import fields, push, state_of, states
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
EDGE = {"at": AT, "today": TODAY}
LIFE = [
    ("a1", 1, "2026-02-02 09:00", {}),
    ("a2", 6, "2026-02-03 09:00", {"备注": "缺少营业执照"}),
    ("a3", 7, "2026-02-04 09:00", {}),
    ("a4", 3, "2026-02-04 15:00", {}),
    ("a5", 8, "2026-02-05 09:00", {}),
    ("a6", 9, "2026-02-05 11:00", {"备注": "组织专家评审"}),
    ("a7", 10, "2026-02-06 09:00", {}),
    ("a8", 11, "2026-02-09 16:00", {"证照编号": "鲁备2026-1"}),
]


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park, "staff")


@pytest.fixture
def platform(park):
    return cases.platform(park)


@pytest.fixture
def project(park):
    return cases.project(park)


def life(upto=8):
    return [fields(number, state, when, **more) for number, state, when, more in LIFE[:upto]]


def test_a_whole_life(platform, project, staff):
    told = push(platform, staff, *life())
    assert states(told) == ["applied"] * 8
    step = steps.step_of(project, "S01")
    assert (step.state, step.result_number) == (11, "鲁备2026-1")
    assert (step.received_on, step.accepted_on, step.decided_on) == (
        date(2026, 2, 2), date(2026, 2, 4), date(2026, 2, 9),
    )  # fmt: skip
    history = list(step.history.order_by("pk"))
    assert [row.data["exchange"] for row in history] == [
        {"platform": "sheng", "message": number} for number, *_more in LIFE
    ]
    assert {row.by for row in history} == {staff}
    assert [message.settled_by for message in told] == [staff] * 8


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_the_end_is_the_same_and_what_came_too_late_is_named(platform, project, staff, seed):
    found = life()
    random.Random(seed).shuffle(found)
    for one in found:
        push(platform, staff, one)
    late = ExchangeMessage.objects.exclude(state="applied")
    assert all(message.state == "open" and message.why for message in late)
    assert state_of(project) == 11 and StepTransition.objects.count() == 8 - len(late)


def test_sent_again_nothing_is_new(platform, project, staff):
    push(platform, staff, *life())
    taken = actions.keep(platform, records.read_messages(life()), by=staff, at=AT)
    assert all(one.is_repeated for one in taken) and ExchangeMessage.objects.count() == 8
    other_numbers = [one | {"消息编号": f"b{n}"} for n, one in enumerate(life())]
    assert states(push(platform, staff, *other_numbers)) == ["known"] * 8
    assert StepTransition.objects.count() == 8


def test_the_same_number_with_another_content_is_kept_and_open(platform, project, staff):
    push(platform, staff, *life(1))
    (message,) = push(platform, staff, life(1)[0] | {"状态代码": "3"})
    assert message.state == "open" and message.why and message.record["state"] == "3"
    (again,) = push(platform, staff, life(1)[0] | {"状态代码": "3"})
    assert again == message and ExchangeMessage.objects.count() == 2 and state_of(project) == 1


OPEN = {
    "unknown project": fields("m", 1, "2026-02-02", 项目代码="nowhere"),
    "unknown item": fields("m", 1, "2026-02-02", 事项编码="x"),
    "unknown state": fields("m", 16, "2026-02-02"),
    "no state": fields("m", "", "2026-02-02"),
    "no time": fields("m", 1, "soon"),
    "future": fields("m", 1, "2026-03-02 17:01"),
    "out of order": fields("m", 11, "2026-02-02"),
    "nothing begun": fields("m", 10, "2026-02-02"),
    "too long": fields("m", 1, "2026-02-02", 项目代码="9" * 41),
    "too far back": fields("m", 1, "1990-01-01") | {"状态时间": "1989-12-31"},
}


@pytest.mark.parametrize("case", OPEN)
def test_what_waits_for_a_person(platform, project, staff, case):
    (message,) = push(platform, staff, OPEN[case])
    assert message.state == "open" and message.why
    assert state_of(project) == 0 and not StepTransition.objects.exists()
    assert message.record["message_id"] == "m"


def test_contradictions_wait(platform, project, staff):
    push(platform, staff, *life(1))
    other_day = fields("b1", 1, "2026-02-03")
    other_case = fields("b2", 3, "2026-02-04", 办件编号="BJ2")
    before = fields("b3", 3, "2026-01-30")
    assert states(push(platform, staff, other_day, other_case, before)) == ["open"] * 3
    assert state_of(project) == 1


def test_a_refusal_wants_a_reason_which_a_person_gives(platform, project, staff):
    (_first, message) = push(platform, staff, *life(1), fields("b1", 5, "2026-02-04"))
    assert message.state == "open"
    assert not actions.apply(message, by=staff, **EDGE)
    assert actions.apply(message, by=staff, note="不属于本部门职权", **EDGE)
    step = steps.step_of(project, "S01")
    assert step.state == 5 and step.history.latest("pk").note == "不属于本部门职权"


def test_warnings_wait_and_are_read_by_a_person_blocks_are_not_overridden(platform, project, staff):
    """S04 usually follows steps that are not finished; that is a warning, an approval before them is blocked."""
    energy = {"事项编码": "370000-NH-03"}
    found = [
        fields("c1", 1, "2026-02-02", **energy), fields("c2", 3, "2026-02-03", **energy),
        fields("c3", 11, "2026-02-10", **energy),
    ]  # fmt: skip
    told = push(platform, staff, *found)
    for message in told:
        message.refresh_from_db()
        if message.state == "open":
            actions.apply(message, by=staff, note="省平台已受理", is_forced=True, **EDGE)
    step = steps.step_of(project, "S04")
    blocked = [message for message in told if message.state == "open"]
    assert (step.state == 11) != bool(blocked)
    assert all(message.why for message in blocked)


def test_not_applicable_steps_wait(platform, project, staff):
    step = steps.step_of(project, "S01")
    steps.actions.set_not_applicable(step, reason="不需要", by=staff, at=AT)
    (message,) = push(platform, staff, *life(1))
    assert message.state == "open" and state_of(project) == 0


def test_mapped_later_the_open_ones_are_tried_again(park, project, staff):
    platform = cases.platform(park, items={})
    assert states(push(platform, staff, *life())) == ["open"] * 8
    actions.save_platform(
        platform, {"code": "sheng", "name": "省", "is_active": True, "states": {}, "items": cases.ITEMS},
        park=park, by=staff, version=1,
    )  # fmt: skip
    assert actions.rerun(platform, by=staff, **EDGE) == 8
    assert state_of(project) == 11


def test_what_there_was_no_time_for_is_swept(platform, project, staff, freeze=None):
    taken = actions.keep(platform, records.read_messages(life()), by=staff, at=AT)
    left = iter([True, True] + [False] * 20)
    actions.settle([one.message for one in taken], by=staff, go_on=lambda: next(left), **EDGE)
    assert state_of(project) == 1 and ExchangeMessage.objects.filter(state="open", why="").count() == 6
    sweep(AT + timedelta(days=300))
    assert state_of(project) == 11


def test_a_preview_changes_nothing_and_says_what_happens(platform, project, staff):
    found = records.read_messages([*life(), fields("z", 11, "2026-02-20")])
    source = actions.Source("states.csv", "a" * 64)
    taken = actions.keep(platform, found, by=staff, at=AT, source=source)
    waiting = [one.message for one in taken]
    assert states(waiting) == ["waiting"] * 9
    told = actions.preview(waiting, by=staff, **EDGE)
    assert [told[message.pk][0] for message in waiting] == ["applied"] * 8 + ["open"]
    assert state_of(project) == 0 and set(states(ExchangeMessage.objects.all())) == {"waiting"}
    assert actions.preview(waiting, by=staff, go_on=lambda: False, **EDGE) == {}
    actions.settle(waiting, by=staff, **EDGE)
    assert states(ExchangeMessage.objects.order_by("pk")) == ["applied"] * 8 + ["open"]
    assert steps.step_of(project, "S01").history.latest("pk").data["exchange"]["file"] == "a" * 64


def test_a_message_set_aside_and_taken_up(platform, project, staff):
    (message,) = push(platform, staff, fields("m", 11, "2026-02-02"))
    with pytest.raises(Refused):
        actions.dismiss(message, reason=" ", by=staff, at=AT)
    actions.dismiss(message, reason="误报", by=staff, at=AT)
    with pytest.raises(Refused):
        actions.dismiss(message, reason="误报", by=staff, at=AT)
    actions.take_up(message, by=staff)
    message.refresh_from_db()
    assert message.state == "open" and message.settled_at is None
    push(platform, staff, *life(1))
    with pytest.raises(Refused):
        actions.take_up(ExchangeMessage.objects.get(message_id="a1"), by=staff)


def test_the_certificates_day_is_the_platforms(platform, project, staff):
    step = steps.step_of(project, "S01")
    push(platform, staff, *life(7), life()[7] | {"证照有效期止": "2030-01-01"})
    found = list(step.certificates.values_list("valid_until", flat=True))
    assert found in ([], [date(2030, 1, 1)])


def test_parks_are_apart(platform, project, staff):
    other = factories.park()
    stranger, theirs = factories.user(other, "staff"), cases.platform(other)
    with pytest.raises(PermissionDenied):
        push(platform, stranger, *life(1))
    (message,) = push(theirs, stranger, *life(1))
    assert message.state == "open" and state_of(project) == 0
    assert not ExchangeMessage.objects.visible_to(staff).exists()
    with pytest.raises(PermissionDenied):
        push(platform, factories.user(platform.park, "leader"), *life(1))


def test_a_platform_that_is_switched_off_takes_nothing(park, staff):
    with pytest.raises(Refused):
        push(cases.platform(park, is_active=False), staff, *life(1))
