"""When notices leave and what leaves together: tables, and properties against a slow oracle that walks the minutes."""

from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.notices import planning, retries
from dispatch.notices.planning import ZONE, Outgoing, Pending, Wishes, channels_of, leaves_at, next_open, plan
from workdays.arithmetic import WorkCalendar

# March 2026 begins on a Sunday; the 4th is made a day off, Saturday the 7th is worked.
CALENDAR = WorkCalendar({2026: "official"}, {date(2026, 3, 4): "节"}, {date(2026, 3, 7): "节"})
MAIL = Wishes(reachable=("email",))
BOTH = Wishes(reachable=("email", "sms"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZONE)


def notice(created="02T10:00", **fields) -> Pending:
    return Pending(**({"id": 1, "event": "ledger_assigned", "created_at": at(created)} | fields))


@pytest.mark.parametrize(
    ("created", "leaves", "fields"),
    [
        ("02T08:29", "02T08:30", {}),
        ("02T08:30", "02T08:30", {}),
        ("02T08:31", "03T08:30", {}),
        ("03T10:00", "05T08:30", {}),  # over the day off
        ("06T18:00", "07T08:30", {}),  # a worked Saturday
        ("07T10:00", "09T08:30", {}),  # over Sunday
        ("01T10:00", "02T08:30", {}),  # on a Sunday
        ("02T10:00", "02T10:00", {"is_urgent": True}),
        ("02T21:00", "03T07:30", {"is_urgent": True}),
        ("03T23:00", "05T07:30", {"is_urgent": True}),
        ("03T06:00", "03T07:30", {"is_urgent": True}),
        ("01T10:00", "02T07:30", {"is_urgent": True}),
        ("04T03:00", "04T03:00", {"level": 1}),
        ("02T23:00", "02T23:00", {"level": 1, "is_urgent": True}),
        ("02T23:00", "03T08:30", {"level": 2}),
    ],
)
def test_when_a_notice_leaves(created, leaves, fields):
    assert leaves_at(notice(created, **fields), MAIL, CALENDAR) == at(leaves)


def test_a_digest_time_in_the_quiet_hours_waits_for_their_end():
    wishes = Wishes(reachable=("email",), digest_at=time(7, 0), quiet_from=time(22), quiet_until=time(9))
    assert leaves_at(notice("02T06:00"), wishes, CALENDAR) == at("02T09:00")


@pytest.mark.parametrize(
    ("fields", "wishes", "expected"),
    [
        ({}, MAIL, ("email",)),
        ({}, Wishes(), ()),
        ({"channels": ("in_app",)}, MAIL, ()),
        ({}, Wishes(("email",), {"ledger_assigned": []}), ()),
        ({"is_mandatory": True}, Wishes(("email",), {"ledger_assigned": []}), ("email",)),
        ({"is_mandatory": True}, Wishes(("sms",), {"ledger_assigned": ["in_app"]}), ("sms",)),
        ({"is_mandatory": True}, Wishes(("email", "sms"), {"ledger_assigned": ["sms"]}), ("sms",)),
        ({"is_mandatory": True}, Wishes(), ()),
        ({}, Wishes(("email", "sms"), {"ledger_assigned": ["sms", "email"]}), ("email", "sms")),
        ({}, Wishes(("email",), {"ledger_assigned": ["sms"]}), ()),
        ({}, Wishes(("email", "sms"), {"other": ["sms"]}), ("email",)),
    ],
)
def test_over_which_channels(fields, wishes, expected):
    assert channels_of(notice(**fields), wishes) == expected


def test_a_digest_holds_everything_due_and_nothing_else():
    notices = [
        notice("02T08:00", id=1),
        notice("02T08:10", id=2, is_over=True),
        notice("02T08:20", id=3, channels=("in_app",)),
        notice("02T08:25", id=4, level=2),
        notice("02T08:31", id=5),
        notice("02T08:31", id=6, is_urgent=True),
    ]
    found = plan(notices, MAIL, at("02T08:35"), CALENDAR)
    assert found.messages == (Outgoing("email", (6, 4, 1)),)
    assert found.done == (1, 2, 3, 4, 6)


def test_one_message_a_channel():
    wishes = Wishes(("email", "sms"), {"ledger_assigned": ["email", "sms"]})
    found = plan([notice("02T08:00", id=n) for n in (1, 2)], wishes, at("02T09:00"), CALENDAR)
    assert found.messages == (Outgoing("email", (1, 2)), Outgoing("sms", (1, 2)))


def test_nothing_empty():
    assert plan([], MAIL, at("02T09:00"), CALENDAR) == planning.Plan()
    over = [notice("02T08:00", is_over=True)]
    assert plan(over, MAIL, at("02T09:00"), CALENDAR) == planning.Plan((), (1,))


def test_level_one_leaves_at_night_and_takes_nothing_with_it():
    night = [notice("02T08:40", id=1), notice("02T22:00", id=2, level=1), notice("02T22:00", id=3, is_urgent=True)]
    found = plan(night, MAIL, at("02T22:01"), CALENDAR)
    assert found == planning.Plan((Outgoing("email", (2,), any_hour=True),), (2,))


@pytest.mark.parametrize("now", ["04T12:00", "08T12:00", "02T07:29", "02T21:00"])
def test_what_was_missed_does_not_leave_at_a_closed_hour(now):
    assert plan([notice("01T10:00"), notice("01T10:00", id=2, is_urgent=True)], MAIL, at(now), CALENDAR).messages == ()


def test_what_was_missed_leaves_as_one_digest_when_the_hours_open():
    late = [notice(f"0{day}T12:00", id=day) for day in (1, 2, 3)]
    assert plan(late, MAIL, at("05T14:00"), CALENDAR).messages == (Outgoing("email", (1, 2, 3)),)


moments = st.integers(0, 14 * 24 * 60).map(lambda n: datetime(2026, 2, 26, tzinfo=ZONE) + timedelta(minutes=n))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
wishes = st.builds(
    Wishes,
    reachable=st.lists(st.sampled_from(["email", "sms"]), unique=True).map(tuple),
    chosen=st.dictionaries(st.sampled_from(["a", "b"]), st.lists(st.sampled_from(["in_app", "email", "sms"]))),
    digest_at=times,
    quiet_from=times,
    quiet_until=times,
)
pendings = st.builds(
    Pending, id=st.integers(1, 10**6), event=st.sampled_from(["a", "b", "c"]), created_at=moments,
    channels=st.lists(st.sampled_from(["in_app", "email", "sms"]), unique=True).map(tuple), is_mandatory=st.booleans(),
    is_urgent=st.booleans(), level=st.integers(0, 3), is_over=st.booleans(),
)  # fmt: skip


def slow_is_open(moment: datetime, wishes: Wishes) -> bool:
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    works = day == date(2026, 3, 7) or (day.weekday() < 5 and day != date(2026, 3, 4))
    start, end = (t.hour * 60 + t.minute for t in (wishes.quiet_from, wishes.quiet_until))
    quiet = {(start + n) % 1440 for n in range((end - start) % 1440)}
    return works and minute not in quiet


@settings(max_examples=60)
@given(moments, wishes)
def test_the_next_open_moment_equals_a_walk_minute_by_minute(moment, wishes):
    walked = moment
    while not slow_is_open(walked, wishes):
        walked = walked.replace(second=0) + timedelta(minutes=1)
    assert next_open(moment, wishes, CALENDAR) == walked


@given(st.lists(pendings, max_size=8, unique_by=lambda n: n.id), wishes, moments)
def test_every_notice_is_in_exactly_what_it_should_be_in(notices, wishes, now):
    found = plan(notices, wishes, now, CALENDAR)
    sent = {(message.channel, pk) for message in found.messages for pk in message.ids}
    assert all(message.ids for message in found.messages)
    assert len({message.channel for message in found.messages}) == len(found.messages)
    for each in notices:
        mine = {channel for channel, pk in sent if pk == each.id}
        assert mine <= set(wishes.reachable)
        assert (each.id in found.done) == bool(mine or each.is_over or not channels_of(each, wishes))
        if mine:
            assert not each.is_over and mine == set(channels_of(each, wishes)) and each.created_at <= now
            assert each.level == 1 or slow_is_open(now, wishes)
        if each.is_mandatory and wishes.reachable:
            assert channels_of(each, wishes)


@settings(max_examples=25)
@given(st.lists(pendings, min_size=1, max_size=6, unique_by=lambda n: n.id), wishes)
def test_walking_day_by_day_everything_leaves_once(notices, wishes):
    waiting, left = {each.id: each for each in notices}, []
    for hours in range(24 * 24):
        now = datetime(2026, 2, 26, tzinfo=ZONE) + timedelta(hours=hours, minutes=59)
        if not slow_is_open(now, wishes) and not any(n.level == 1 for n in waiting.values()):
            continue
        born = [each for each in waiting.values() if each.created_at <= now]
        found = plan(born, wishes, now, CALENDAR)
        left += [(m.channel, pk) for m in found.messages for pk in m.ids]
        for pk in found.done:
            del waiting[pk]
    assert len(left) == len(set(left))
    opens = any(slow_is_open(datetime(2026, 3, 2, hour, 59, tzinfo=ZONE), wishes) for hour in range(24))
    if opens:
        assert waiting == {}
        due = {(channel, n.id) for n in notices if not n.is_over for channel in channels_of(n, wishes)}
        assert set(left) == due


def test_the_waits_grow_threefold_and_make_most_of_a_day():
    waits = [retries.wait_after(n, "pn-abc") for n in range(1, retries.ATTEMPTS)]
    for n, wait in enumerate(waits):
        minutes = min(3**n, 720)
        assert 0.8 * minutes <= wait.total_seconds() / 60 <= 1.2 * minutes
    assert timedelta(hours=14) < sum(waits, timedelta()) < timedelta(hours=22)
    assert waits == [retries.wait_after(n, "pn-abc") for n in range(1, retries.ATTEMPTS)]
    drawn = {retries.wait_after(4, f"pn-{n}") for n in range(50)}
    assert len(drawn) == 50
    assert [retries.is_last(n) for n in (1, 7, 8, 9)] == [False, False, True, True]


def test_the_words_for_nothing_are_never_needed():
    """All ways of being over, in-app only or unreachable: no message."""
    for over, defaults, reach in product([True, False], [("in_app",), ()], [(), ("email",)]):
        silent = notice("02T08:00", is_over=over, channels=defaults)
        assert plan([silent], Wishes(reachable=reach), at("02T09:00"), CALENDAR).messages == ()
