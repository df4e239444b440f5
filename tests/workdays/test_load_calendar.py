"""The command that seeds the holiday tables."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from workdays import actions
from workdays.models import CalendarChange, CalendarDay, CalendarYear, load_calendar

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
OTHER = """
2027:
  status: official
  off: [{date: '2027-01-01', name: 元旦}]
  make_up: [{date: '2027-02-20', name: 春节}]
"""


def run(*args):
    out = StringIO()
    call_command("load_calendar", *map(str, args), stdout=out)
    return out.getvalue().split("\n")[:-1]


def change_by_hand(year=2027):
    actions.load_year(year, status="official", off={date(year, 3, 3): "x"}, make_up={}, by=None, at=AT)


def test_seed_loads_every_year():
    assert run() == ["2024: loaded", "2025: loaded", "2026: loaded", "2027: loaded"]
    official = CalendarYear.objects.filter(status="official").values_list("year", flat=True)
    assert sorted(official) == [2024, 2025, 2026]
    assert CalendarDay.objects.filter(year=2026, is_workday=True).count() == 6
    assert CalendarDay.objects.filter(year=2026, is_workday=False).count() == 33
    calendar = load_calendar()
    assert calendar.add(date(2026, 2, 10), 20) == date(2026, 3, 16)
    assert calendar.is_provisional(date(2027, 1, 4))


def test_seed_again_changes_nothing():
    run()
    before = list(CalendarYear.objects.values())
    assert run() == ["2024: unchanged", "2025: unchanged", "2026: unchanged", "2027: unchanged"]
    assert list(CalendarYear.objects.values()) == before
    assert CalendarChange.objects.count() == 4


def test_year_changed_by_hand_is_kept_unless_forced():
    run()
    change_by_hand()
    assert run()[-1] == "2027: kept"
    assert CalendarYear.objects.get(year=2027).status == "official"
    assert run("--force")[-1] == "2027: loaded"
    assert CalendarYear.objects.get(year=2027).status == "provisional"


def test_year_first_loaded_by_hand_is_kept():
    change_by_hand()
    assert run()[-1] == "2027: kept"
    assert CalendarYear.objects.get(year=2027).version == 1


def test_newer_seed_replaces_an_untouched_older_one():
    actions.load_year(2026, status="provisional", off={}, make_up={}, by=None, at=AT, source="seed")
    assert run()[2] == "2026: loaded"
    assert CalendarYear.objects.get(year=2026).version == 2


def test_year_loaded_from_another_file_is_not_put_back_by_the_seed(tmp_path):
    run()
    path = tmp_path / "next.yaml"
    path.write_text(OTHER, encoding="utf-8")
    assert run("--file", path) == ["2027: loaded"]
    assert run()[-1] == "2027: kept"
    assert CalendarYear.objects.get(year=2027).status == "official"


@pytest.mark.parametrize(
    "content",
    ["just text", "[1, 2]", "2027: {status: official}", "{2027: [", OTHER.replace("2027-02-20", "2027-02-19")],
)
def test_bad_file_changes_nothing(tmp_path, content):
    path = tmp_path / "bad.yaml"
    path.write_text("2026: {status: provisional, off: [], make_up: []}\n" + content, encoding="utf-8")
    with pytest.raises(CommandError):
        run("--file", path)
    assert not CalendarYear.objects.exists()


def test_missing_file_is_a_plain_message(tmp_path):
    with pytest.raises(CommandError, match=r"absent\.yaml"):
        run("--file", tmp_path / "absent.yaml")
