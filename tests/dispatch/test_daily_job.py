"""The morning's run counts anew what the calendar or an open pause has moved, before it looks for what is late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.jobs.registry import JOBS
from dispatch.models import JobRun, Warning
from dispatch.warnings.job import NAME
from tests import factories
from tests.approvals import cases
from workdays.actions import load_year

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)  # 06:00 on Monday the 2nd in Shanghai


def run(as_of: date) -> dict:
    at = MORNING + (as_of - date(2026, 3, 2))
    counts = JOBS[NAME].work(JobRun(job=NAME, period_key=as_of.isoformat(), as_of=as_of), at, lambda: None)
    JobRun.objects.create(
        job=NAME, period_key=as_of.isoformat(), as_of=as_of, state=JobRun.State.DONE,
        created_at=at, started_at=at, finished_at=at,
    )  # fmt: skip
    return counts


@pytest.fixture
def step():
    """S12 accepted on Monday 2 February 2026 with 7 working days: due on Wednesday 11 February."""
    project = cases.project(factories.park())
    step = cases.step_of(project, "S12")
    for verb in ("receive", "accept"):
        cases.move(step, verb, date(2026, 2, 2))
    return step


def late():
    return list(Warning.objects.active().filter(rule="STEP_LATE").values_list("due_on", flat=True))


def test_a_new_holiday_table_moves_what_is_due_the_next_morning(step):
    run(date(2026, 2, 12))
    assert late() == [date(2026, 2, 11)]
    holidays = {date(2026, 2, 9): "春节", date(2026, 2, 10): "春节"}
    load_year(2026, status="official", off=holidays, make_up={}, by=None, at=MORNING - timedelta(days=17))

    assert run(date(2026, 2, 13))["dues"] == 1
    assert late() == []
    step.refresh_from_db()
    assert step.committed_due_on == date(2026, 2, 13)


def test_an_open_pause_moves_the_due_day_every_morning(step):
    cases.move(step, "pause", date(2026, 2, 5), pause_kind="public_notice", note="会期已定")
    run(date(2026, 2, 5))
    assert run(date(2026, 2, 6))["dues"] == 1
    step.refresh_from_db()
    assert step.committed_due_on == date(2026, 2, 12)
    assert run(date(2026, 2, 6 + 3))["dues"] == 1


def test_without_either_nothing_is_counted_anew(step):
    run(date(2026, 2, 5))
    assert run(date(2026, 2, 6))["dues"] == 0
