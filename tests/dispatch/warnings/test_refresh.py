"""A warning goes within minutes of its cause, not on the next morning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Q

from dispatch.ledger import actions as ledger
from dispatch.models import JobRun, LedgerItem, Warning
from dispatch.response.reading import is_standing, warnings_of
from dispatch.warnings import job
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.refresh import refresh
from tests import factories

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)  # 06:00 on the 20th in Shanghai
TODAY = date(2026, 11, 20)


@pytest.fixture
def late_item():
    park = factories.park()
    staff = factories.user(park)
    item = ledger.register(
        park=park, by=staff, at=MORNING - timedelta(days=9), on=date(2026, 11, 2),
        title="杆线迁移", unit=factories.organization(park), due_on=date(2026, 11, 10),
    )  # fmt: skip
    return item, staff


@pytest.fixture
def morning_run():
    evaluate(as_of=TODAY, at=MORNING)
    return JobRun.objects.create(
        job=job.NAME, period_key=TODAY.isoformat(), as_of=TODAY, state=JobRun.State.DONE,
        created_at=MORNING, started_at=MORNING, finished_at=MORNING,
    )  # fmt: skip


def active():
    return list(Warning.objects.active().values_list("rule", flat=True))


def test_the_warning_goes_once_its_cause_is_gone(late_item, morning_run):
    item, staff = late_item
    assert active() == ["LEDGER_LATE"]
    later = MORNING + timedelta(hours=4)
    other = factories.organization(item.park)
    ledger.assign(item, unit=other, due_on=date(2026, 12, 31), by=staff, at=later, on=TODAY, version=item.version)

    assert refresh(later + timedelta(seconds=30)) is True
    assert active() == []


def test_nothing_happens_while_nothing_has_changed(late_item, morning_run, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert refresh(MORNING + timedelta(hours=1)) is False
    assert active() == ["LEDGER_LATE"]


def test_a_change_counts_once(late_item, morning_run):
    item, staff = late_item
    later = MORNING + timedelta(hours=4)
    ledger.assign(
        item, unit=item.unit, due_on=item.due_on, person_name="李工", by=staff, at=later, on=TODAY, version=item.version
    )
    assert refresh(later + timedelta(seconds=30)) is True
    assert refresh(later + timedelta(seconds=90)) is False


def test_before_the_first_morning_there_is_nothing_to_refresh(late_item):
    assert refresh(MORNING) is False
    assert active() == []


def test_what_comes_back_and_goes_again_on_one_day_stands_as_it_was_left(late_item, morning_run):
    row = Warning.objects.get()

    def due(day, hour):
        LedgerItem.objects.update(due_on=day)
        evaluate(as_of=TODAY, at=MORNING + timedelta(hours=hour))

    due(date(2026, 12, 31), 1)
    assert (standing(row), Warning.objects.get(pk=row.pk).cleared_on) == (False, TODAY)
    due(date(2026, 11, 10), 2)
    assert (standing(row), Warning.objects.get(pk=row.pk).cleared_on) == (True, None)
    due(date(2026, 12, 31), 3)
    assert (standing(row), Warning.objects.get(pk=row.pk).cleared_on) == (False, TODAY)


def standing(row) -> bool:
    """What the response reads on the next day."""
    tomorrow = TODAY + timedelta(days=1)
    found = [one for one in warnings_of(Q(), tomorrow) if one.pk == row.pk]
    return any(is_standing(one, tomorrow) for one in found)
