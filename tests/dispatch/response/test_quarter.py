"""A quarter day by day through the real jobs: levels and notices equal the oracle's, missed days change nothing."""

from datetime import date

import pytest
from django.db import transaction

from dispatch.models import ResponseCase, ResponseEvent
from dispatch.notices.models import Notice
from dispatch.response.evaluate import evaluate
from tests.dispatch.response import response_oracle as oracle
from tests.dispatch.response.quarter import DAYS, Quarter, span
from tests.factories import AT

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_levels_and_notices_of_a_quarter_equal_the_oracle():
    quarter = Quarter()
    quarter.run()
    expected = quarter.expected_levels()
    assert {day: quarter.levels[day] for day in DAYS} == expected
    reached = {level for levels in expected.values() for level in levels.values()}
    assert reached == {1, 2, 3}
    kinds = set(ResponseEvent.objects.values_list("kind", flat=True))
    assert {"opened", "raised", "held", "released", "overdue", "closed", "acknowledged", "plan", "meeting"} <= kinds
    notices = quarter.notices()
    assert len(notices) == len(set(notices))
    assert set(notices) == quarter.expected_notices()
    assert not [day for _key, day in notices if day.weekday() > 4]


def snapshot() -> dict:
    """Everything a run leaves behind, except when it ran."""
    names = [field.attname for field in ResponseCase._meta.concrete_fields]
    events = ("case", "kind", "from_level", "to_level", "reason", "facts", "told", "as_of", "policy_version", "by")
    return {
        "cases": list(ResponseCase.objects.order_by("pk").values_list(*names)),
        "events": sorted(map(repr, ResponseEvent.objects.values_list(*events))),
        "notices": sorted(map(repr, Notice.objects.values_list("key", "event", "as_of", "facts", "level", "url"))),
    }


class Undo(Exception):
    pass


def test_run_twice_the_same_and_missed_days_equal_an_unbroken_run():
    """R8 and R4: five working days and a weekend without any job, worked off on one morning; twice. Nothing else
    happens on those days: what changes on a day without a job is seen when the day is worked off."""
    quiet = frozenset(span(date(2026, 3, 17), date(2026, 3, 23)) + span(date(2026, 4, 3), date(2026, 4, 7)))

    def levels(off: frozenset) -> tuple:
        found: list = []
        try:
            with transaction.atomic():
                quarter = Quarter(off=off, days=tuple(DAYS[:45]))
                quarter.chance.seed(3)
                quarter._answers = no_answers_on(quarter, quiet)
                quarter.run()
                ends = {day: quarter.levels[day] for day in quarter.levels if day not in quiet}
                first = min(ResponseCase.objects.values_list("pk", flat=True))
                events = ResponseEvent.objects.order_by("as_of", "case", "kind")
                found = [
                    ends,
                    [(case - first, *rest) for case, *rest in events.values_list("case", "kind", "to_level", "as_of")],
                    # what was near on a day without a job and is late now is no reminder any more
                    Notice.objects.filter(event__startswith="response").count(),
                ]
                raise Undo
        except Undo:
            return tuple(found)

    unbroken = levels(frozenset())
    assert levels(frozenset()) == unbroken
    assert levels(quiet) == unbroken


def no_answers_on(quarter: Quarter, quiet: frozenset):
    usual = type(quarter)._answers

    def answers(today: date) -> None:
        if today not in quiet:
            usual(quarter, today)

    return answers


def test_a_second_run_of_a_day_writes_nothing():
    quarter = Quarter()
    quarter._jobs([DAYS[0]], DAYS[0])
    for day in DAYS[1:20]:
        quarter._jobs([day], day)
        quarter._script(day)
    before = snapshot()
    assert before["cases"] and before["notices"]
    for day in DAYS[:20]:
        assert not any(evaluate(as_of=day, at=AT).values())
    assert snapshot() == before


def test_the_oracle_notices_a_level_that_is_wrong():
    quarter = Quarter()
    for day in DAYS[:15]:
        quarter._jobs([day], day)
        quarter._script(day)
    expected = {day: levels for day, levels in quarter.expected_levels().items() if day in quarter.levels}
    assert quarter.levels == expected
    case = ResponseCase.objects.open().first()
    ResponseCase.objects.filter(pk=case.pk).update(level=1 if case.level > 1 else 3)
    assert quarter.stored_levels() != expected[DAYS[14]]
    assert oracle.WITHIN[3] == (1, None, None, 3)
