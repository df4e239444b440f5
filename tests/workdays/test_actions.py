"""Loading a year: exact rows, history, and every refusal with nothing changed."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from workdays import actions
from workdays.models import CalendarChange, CalendarDay, CalendarYear, load_calendar

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
FIRST = {"off": [(date(2027, 1, 1), "元旦"), (date(2027, 2, 5), "春节")], "make_up": []}
SECOND = {"off": {date(2027, 1, 1): "元旦", date(2027, 2, 8): "春节"}, "make_up": {date(2027, 2, 20): "春节"}}


def load(year=2027, *, status="provisional", at=AT, by=None, **kwargs):
    return actions.load_year(year, status=status, by=by, at=at, **(FIRST | kwargs))


def rows():
    return list(CalendarDay.objects.values_list("on", "is_workday", "name"))


def test_first_load_creates_year_days_and_history(admin_user):
    change = load(by=admin_user, note="expected")
    year = CalendarYear.objects.get()
    assert (year.year, year.status, year.note, year.version, year.updated_at) == (
        2027,
        "provisional",
        "expected",
        1,
        AT,
    )
    assert rows() == [(date(2027, 1, 1), False, "元旦"), (date(2027, 2, 5), False, "春节")]
    assert (change.calendar_year_id, change.version, change.by, change.at) == (2027, 1, admin_user, AT)
    assert (change.status_before, change.status_after) == ("", "provisional")
    assert (change.off_before, change.off_after, change.make_up_before, change.make_up_after) == (0, 2, 0, 0)


def test_second_load_replaces_the_whole_table(admin_user):
    load()
    change = actions.load_year(2027, status="official", by=admin_user.pk, at=LATER, expected_version=1, **SECOND)
    year = CalendarYear.objects.get()
    assert (year.status, year.version, year.updated_at) == ("official", 2, LATER)
    assert rows() == [
        (date(2027, 1, 1), False, "元旦"),
        (date(2027, 2, 8), False, "春节"),
        (date(2027, 2, 20), True, "春节"),
    ]
    assert (change.version, change.by, change.source) == (2, admin_user, "page")
    assert (change.status_before, change.status_after) == ("provisional", "official")
    assert (change.off_before, change.off_after, change.make_up_before, change.make_up_after) == (2, 2, 0, 1)
    assert change.days == [
        {"on": "2027-02-05", "before": "off", "after": "", "name": "春节"},
        {"on": "2027-02-08", "before": "", "after": "off", "name": "春节"},
        {"on": "2027-02-20", "before": "", "after": "work", "name": "春节"},
    ]
    assert CalendarChange.objects.count() == 2


def test_same_table_again_changes_nothing():
    load()
    assert load(at=LATER) is None
    assert CalendarYear.objects.get().updated_at == AT
    assert CalendarChange.objects.count() == 1


def test_other_years_are_left_alone():
    load(2026, off={date(2026, 1, 1): "元旦"}, make_up={date(2026, 1, 4): "元旦"})
    load()
    load(off={date(2027, 1, 1): "元旦"}, at=LATER)
    assert rows() == [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 1, 4), True, "元旦"),
        (date(2027, 1, 1), False, "元旦"),
    ]


@pytest.mark.parametrize(
    ("kwargs", "day"),
    [
        ({"off": [(date(2026, 12, 31), "元旦")]}, "2026-12-31"),
        ({"make_up": [(date(2028, 1, 1), "元旦")]}, "2028-01-01"),
        ({"off": [(date(2027, 2, 6), "x")], "make_up": [(date(2027, 2, 6), "x")]}, "2027-02-06"),
        ({"make_up": [(date(2027, 2, 19), "春节")]}, "2027-02-19"),
        ({"off": [(date(2027, 2, 5), "x"), (date(2027, 2, 5), "y")]}, "2027-02-05"),
        ({"make_up": [(date(2027, 2, 20), "x"), (date(2027, 2, 20), "x")]}, "2027-02-20"),
        ({"off": [(date(2027, 2, 5), "春" * 51)]}, "2027-02-05"),
        ({"off": [(date(2027, 2, 5), "a\x00b")]}, "2027-02-05"),
        ({"off": [], "status": "official"}, ""),
        ({"status": "rumour"}, ""),
        ({"year": 1999, "off": []}, "2000"),
    ],
)
def test_impossible_table_is_refused_and_nothing_changes(kwargs, day):
    load()
    before = rows()
    with pytest.raises(ValidationError) as caught:
        load(**({"at": LATER} | kwargs))
    assert len(caught.value.messages) == 1
    assert day in caught.value.messages[0]
    assert rows() == before
    assert CalendarYear.objects.get().version == 1
    assert CalendarChange.objects.count() == 1


def test_make_up_day_on_a_weekend_is_fine():
    load(make_up=[(date(2027, 2, 20), "春节"), (date(2027, 2, 21), "春节")])
    assert CalendarDay.objects.filter(is_workday=True).count() == 2


@pytest.mark.parametrize("seen", [0, 2])
def test_version_somebody_else_has_moved_on_is_a_conflict(seen):
    load()
    with pytest.raises(ValidationError) as caught:
        load(status="official", expected_version=seen, at=LATER)
    assert caught.value.code == "conflict"
    assert CalendarYear.objects.get().status == "provisional"


def test_calendar_is_read_with_one_query_the_second_time(django_assert_num_queries):
    load(make_up=[(date(2027, 2, 20), "春节")])
    first = load_calendar()
    with django_assert_num_queries(1):
        assert load_calendar() is first
    assert first.year_status(2027) == "provisional"
    assert not first.is_workday(date(2027, 2, 5))
    assert first.is_workday(date(2027, 2, 20))
    assert first.workday_name(date(2027, 2, 20)) == "春节"


def test_calendar_follows_a_loaded_year():
    load()
    old = load_calendar()
    actions.load_year(2027, status="official", by=None, at=LATER, **SECOND)
    new = load_calendar()
    assert (old.is_provisional(date(2027, 3, 1)), new.is_provisional(date(2027, 3, 1))) == (True, False)
    assert (old.is_workday(date(2027, 2, 5)), new.is_workday(date(2027, 2, 5))) == (False, True)


def test_calendar_does_not_mistake_another_table_of_the_same_version():
    """A rolled-back or restored table may come again under the version and the time of the other one."""
    load()
    load_calendar()
    CalendarChange.objects.all().delete()
    CalendarYear.objects.all().delete()
    load(off={date(2027, 3, 3): "x"})
    assert not load_calendar().is_workday(date(2027, 3, 3))
    assert load_calendar().is_workday(date(2027, 2, 5))


def test_empty_database_gives_monday_to_friday():
    assert load_calendar().add(date(2026, 2, 13), 1) == date(2026, 2, 16)
