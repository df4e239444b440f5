"""R4: whatever days the scheduler was off, every missed run is made up exactly once, marked late, and the end is that
of an unbroken run. The twin that plans only the present day misses the month."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.jobs import actions
from dispatch.jobs.registry import JOBS
from dispatch.models import Bulletin, JobRun
from tests.harness import oracle, seeding

FIRST = date(2026, 11, 25)  # Wednesday; the month ends on Monday the 30th
DAYS = [FIRST + timedelta(days=n) for n in range(8)]
OFF = st.sets(st.sampled_from(DAYS[1:-1]))
MONTH_END = date(2026, 11, 30)

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def park(monkeypatch):
    """Twelve projects around the month's end; the jobs of a working day without the sweep of files."""
    kept = {name: job for name, job in JOBS.items() if name != "papers"}
    monkeypatch.setattr(actions, "JOBS", kept)
    return seeding.fill(12, as_of=DAYS[3])


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def live(off: set[date]) -> dict:
    """What stands in the tables after the last day, without row numbers."""
    for day in DAYS:
        if day not in off:
            actions.plan(now=morning(day))
            actions.run_open(now=partial(morning, day))
    keys = dict(oracle.fetch("SELECT id, CAST(object_id AS VARCHAR(20)) || rule || due_on FROM dispatch_warning"))
    events = oracle.fetch("SELECT warning_id, kind, level, as_of FROM dispatch_warningevent")
    return {
        "warnings": sorted(oracle.stored()),
        "events": sorted((keys[pk], *map(str, rest)) for pk, *rest in events),
        "runs": sorted(JobRun.objects.values_list("job", "period_key", "state")),
        "late": {run for run in late_runs() if is_of_the_morning(*run)},
        "bulletins": list(Bulletin.objects.values_list("year", "month", "as_of")),
    }


def late_runs():
    return set(JobRun.objects.filter(is_late=True).values_list("job", "period_key"))


def is_of_the_morning(job, key):
    """Jobs of every day and the bulletin. Others are due at noon or later: a plan of the morning finds them late."""
    return job == "bulletin" or len(key) == len("2026-11-27")


def taken_back(work):
    """What ``work`` returns, with all it has written taken back."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


def test_any_days_off_end_like_none(park):
    unbroken = taken_back(lambda: live(set()))
    assert unbroken["late"] == set()
    assert len(unbroken["runs"]) == len(set(unbroken["runs"]))
    assert {state for _job, _period, state in unbroken["runs"]} == {"done"}

    @settings(max_examples=4, suppress_health_check=list(HealthCheck))
    @given(off=OFF)
    def check(off):
        found = taken_back(lambda: live(off) | {"faults": oracle.faults(DAYS[-1])})
        late = {(job, key) for job, key, _state in unbroken["runs"] if key in {day.isoformat() for day in off}}
        if MONTH_END in off:
            late.add(("bulletin", "2026-11"))
        assert found.pop("faults") == {}
        assert found.pop("late") == late
        assert found == {name: value for name, value in unbroken.items() if name != "late"}

    check()


def test_three_working_days_over_the_end_of_a_month(park):
    off = {date(2026, 11, 27), *DAYS[3:7]}  # Friday to Tuesday
    found = live(off)
    assert [run for run in found["runs"] if run[0] == "bulletin"] == [("bulletin", "2026-11", "done")]
    assert ("bulletin", "2026-11") in found["late"]
    assert len(found["bulletins"]) == 1
    assert oracle.faults(DAYS[-1]) == {}


def test_the_twin_that_plans_only_today_misses_the_month(park, monkeypatch):
    def only_today(*, now):
        day = now.date()
        for name, job in actions.JOBS.items():
            for period in job.periods(day - timedelta(days=1), now, actions.load_calendar()):
                JobRun.objects.get_or_create(
                    job=name, period_key=period.key, defaults={"as_of": period.as_of, "created_at": now}
                )

    unbroken = taken_back(lambda: live(set()))
    monkeypatch.setattr(actions, "plan", only_today)
    found = live({date(2026, 11, 27), *DAYS[3:7]})
    assert found["bulletins"] == []
    assert found["events"] != unbroken["events"]
