"""The two jobs over a quarter: opened once, reminded on the right days, locked in the evening; late and twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.filing import actions, job
from dispatch.filing.models import Filing, FilingRound
from dispatch.notices.models import Notice
from tests.dispatch.filing.filing_cases import CALENDAR, FIGURES, handed_in
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def case():
    return make_case()


def morning(day):
    return datetime(day.year, day.month, day.day, 6, 5, tzinfo=ZONE)


def run(first, last):
    day, counts = first, []
    while day <= last:
        counts.append(job.run(as_of=day, at=morning(day), calendar=CALENDAR))
        day += timedelta(days=1)
    return counts


def told(case, person):
    rows = Notice.objects.filter(event="filing_due", recipient=person).order_by("pk")
    return [(n.as_of.isoformat(), n.facts["count"]) for n in rows]


def test_a_quarter(case):
    run(date(2026, 4, 1), date(2026, 6, 30))
    rounds = FilingRound.objects.filter(park=case.park).order_by("month")
    assert [(r.month, r.state) for r in rounds] == [(3, "locked"), (4, "locked"), (5, "locked"), (6, "checking")]
    assert {r.month: r.filings.count() for r in rounds} == {3: 2, 4: 2, 5: 2, 6: 2}
    days = [day for day, _count in told(case, case.worker)]
    assert days == [
        "2026-04-16", "2026-04-22", "2026-04-27", "2026-04-28", "2026-05-16", "2026-05-20", "2026-05-25", "2026-05-26",
        "2026-06-16", "2026-06-22", "2026-06-25", "2026-06-26",
    ]  # fmt: skip
    assert {count for _day, count in told(case, case.worker)} == {1} and len(told(case, case.owner)) == 12
    before = Notice.objects.count()
    run(date(2026, 6, 26), date(2026, 6, 30))
    assert Notice.objects.count() == before


def test_who_has_handed_in_is_left_alone(case):
    job.run(as_of=date(2026, 3, 16), at=morning(date(2026, 3, 16)), calendar=CALENDAR)
    handed_in(case)
    run(date(2026, 3, 17), date(2026, 3, 26))
    assert told(case, case.worker) == [("2026-03-16", 1)]
    assert [day for day, _n in told(case, case.owner)] == ["2026-03-16", "2026-03-20", "2026-03-25", "2026-03-26"]
    filing = case.filing()
    actions.send_back(
        filing, reason="x", by=case.staff, at=morning(date(2026, 3, 27)), today=date(2026, 3, 27), version=3
    )
    run(date(2026, 3, 28), date(2026, 3, 28))
    assert [day for day, _n in told(case, case.worker)] == ["2026-03-16", "2026-03-28"]


def test_missed_days_are_made_up_for_once(case):
    counts = job.run(as_of=date(2026, 4, 29), at=morning(date(2026, 4, 29)), calendar=CALENDAR)
    assert counts == {"opened": 1, "listed": 2, "reminded": 2, "locked": 1}
    april = FilingRound.objects.get(park=case.park, month=4)
    assert april.state == "checking" and told(case, case.worker) == [("2026-04-29", 1)]


def test_the_evening_lock_makes_nothing_up(case):
    actions.save(case.filing(), FIGURES, by=case.worker, at=morning(date(2026, 3, 20)), version=1)
    assert job.lock_all(before=date(2026, 3, 31), at=morning(date(2026, 3, 31))) == 0
    evening = datetime(2026, 3, 31, 18, 0, tzinfo=ZONE)
    assert job.lock_all(before=date(2026, 4, 1), at=evening) == 1
    assert job.lock_all(before=date(2026, 4, 1), at=evening) == 0
    window = FilingRound.objects.get(pk=case.round.pk)
    assert (window.state, window.locked_at, window.locked_by) == ("locked", evening, None)
    assert {f.state for f in Filing.objects.filter(round=window)} == {"draft"}
    assert not case.built.investments.filter(month=3).exists()
    assert Notice.objects.filter(about_type="filing_round", settled_at=None).count() == 0


def test_the_lock_is_due_at_six_in_the_evening_of_the_last_workday():
    def due(after, now):
        return [(p.key, p.as_of) for p in job.evenings(after, now, CALENDAR)]

    last = date(2026, 3, 31)
    assert due(date(2026, 2, 28), datetime(2026, 3, 31, 17, 59, tzinfo=ZONE)) == []
    assert due(date(2026, 2, 28), datetime(2026, 3, 31, 18, 0, tzinfo=ZONE)) == [("2026-03", last)]
    assert due(last, datetime(2026, 4, 1, 6, 0, tzinfo=ZONE)) == []
    assert [key for key, _day in due(date(2026, 3, 30), datetime(2026, 6, 1, 6, 0, tzinfo=ZONE))] == [
        "2026-03", "2026-04", "2026-05",
    ]  # fmt: skip
