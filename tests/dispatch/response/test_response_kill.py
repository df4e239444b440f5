"""SIGKILL at random moments of the daily response: nothing lost, nothing doubled. The naive twin fails."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import pytest
from django.db import connection

from accounts.models import Organization, Park
from dispatch.models import ResponseCase, ResponseEvent, Warning
from dispatch.notices.models import Notice
from dispatch.response.triggers import KINDS
from dispatch.warnings.evaluate import evaluate as warn
from tests import factories
from tests.dispatch.response import response_oracle as oracle
from tests.dispatch.response.quarter import late_by, span, works
from tests.harness import processes, seeding

KILLS = 10
PROJECTS = 150
FEW = 40

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TABLES = {
    "STEP_LATE": (1, 4, 11), "MILESTONE_LATE": (1, 8, 31), "L08": (1, 8, 91), "LEDGER_LATE": (1, 3, None),
    "COMMITMENT_CHECK_LATE": (1, 3, None), "CERTIFICATE_ENDING": (1, 8, 31), "STEP_STATUTORY": (1, 1, 1),
    "PROJECT_STALE": (1, 11, None), "LEDGER_RETURNED": (1, 1, None),
}  # fmt: skip
IN_WORKDAYS = {"STEP_LATE", "LEDGER_LATE", "COMMITMENT_CHECK_LATE", "PROJECT_STALE"}


@cache
def life_log(life: tuple, days: tuple) -> list[tuple]:
    return oracle.log_of(oracle.Life(dict(zip(days, life, strict=True)), works=works))


def fill(projects: int) -> None:
    """Projects, people of all offices and the warnings of the first day."""
    park = seeding.fill(projects)
    unit = Organization.objects.get(park=park, kind="unit")
    factories.user(park, "unit", unit)
    factories.user(park, "staff")
    factories.user(park, "leader")
    warn(as_of=seeding.AS_OF, at=seeding.AT)
    connection.close()


def worked(mode: str, day: date) -> None:
    last = processes.worker(mode, day.isoformat())
    processes.go(last)
    [(status, _out, errors)] = processes.finish(last)
    assert status == 0, errors
    connection.close()


def asks(warning: Warning, day: date) -> int | None:
    table = TABLES["L08" if warning.rule == "MILESTONE_LATE" and warning.label == "L08" else warning.rule]
    late = late_by(warning.due_on, day, workdays=warning.rule in IN_WORKDAYS)
    return 4 - sum(bound is not None and late >= bound for bound in table) if late >= table[0] else None


def expected(days: list[date]) -> dict[int, list[tuple]]:
    """{warning id: log of the oracle}; nobody answers, nothing is held, nothing ends."""
    rows = Warning.objects.filter(rule__in=KINDS, party="unit", cleared_on__isnull=True).exclude(level="blue")
    found = {}
    for warning in rows:
        life = tuple(asks(warning, day) for day in days)
        if log := life_log(life, tuple(days)):
            found[warning.pk] = log
    return found


def faults(days: list[date]) -> dict[str, int]:
    """How many cases, events and notices are lost, doubled or wrong; {} when all is right."""
    wanted, told = expected(days), Notice.objects.filter(event="response")
    by_warning, keys = defaultdict(list), set(told.values_list("key", flat=True))
    events = ResponseEvent.objects.order_by("as_of", "pk")
    cases = dict(ResponseCase.objects.values_list("pk", "warning"))
    people, silent = 3, 0
    reached: dict[str, int] = defaultdict(int)
    for key in keys:
        reached[key.rsplit("/", 1)[0]] += 1
    for case, day, kind, level in events.values_list("case", "as_of", "kind", "to_level"):
        by_warning[cases[case]].append((day, kind, level))
        if kind in ("opened", "raised"):
            wanted_people = people - (level == 3)  # the leader is told from level II on
            silent += reached[f"response/{case}/{level}"] != wanted_people
    found = {
        "cases lost or wrong": sum(by_warning.get(pk) != log for pk, log in wanted.items()),
        "cases too many": len(set(cases.values()) - set(wanted)) + len(cases) - len(set(cases.values())),
        "events without notice": silent,
        "levels wrong": sum(
            case.level != oracle.level_on(wanted[case.warning_id], days[-1])
            for case in ResponseCase.objects.all()
            if case.warning_id in wanted
        ),
    }
    return {name: n for name, n in found.items() if n}


def test_killed_ten_times_nothing_is_lost_and_nothing_doubled(transactional_db):
    fill(PROJECTS)
    chance, day, died = random.Random(20261120), seeding.AS_OF, 0
    for _ in range(KILLS):
        worker = processes.worker("response", day.isoformat())
        killed = processes.kill_in_the_middle(worker, chance, dots=PROJECTS // 30, pause=0.02)
        connection.close()
        died += killed
        day += timedelta(days=0 if killed else 1)
        if killed and chance.random() < 0.4:  # the next process takes the day over, then comes the next day
            worked("response", day)
            day += timedelta(days=1)
    worked("response", day)
    assert died >= KILLS // 2
    assert faults(span(seeding.AS_OF, day)) == {}
    assert ResponseCase.objects.count() > 500


def test_the_naive_twin_loses_notices(transactional_db):
    fill(FEW)
    chance, lost = random.Random(20261120), {}
    for _ in range(2 * KILLS):
        Notice.objects.all().delete()
        ResponseEvent.objects.all().delete()
        ResponseCase.objects.all().delete()
        worker = processes.worker("response_naive", seeding.AS_OF.isoformat())
        processes.kill_in_the_middle(worker, chance, dots=20, pause=0.0)
        connection.close()
        worked("response_naive", seeding.AS_OF)
        lost = faults([seeding.AS_OF])
        if lost:
            break
    assert lost.get("events without notice") or lost.get("cases lost or wrong")


def test_ten_thousand_open_cases_in_seconds(transactional_db, record_property):
    """A morning with 10,000 open cases, levels moving; the figure goes into the report of the tests."""
    import time

    fill(1900)
    worked("response", seeding.AS_OF)
    monday = seeding.AS_OF + timedelta(days=3)
    from dispatch.response.evaluate import evaluate

    evaluate(as_of=seeding.AS_OF + timedelta(days=1), at=seeding.AT)
    evaluate(as_of=seeding.AS_OF + timedelta(days=2), at=seeding.AT)
    started = time.perf_counter()
    done = evaluate(as_of=monday, at=seeding.AT)
    took = time.perf_counter() - started
    started = time.perf_counter()
    evaluate(as_of=monday + timedelta(days=5), at=seeding.AT)  # a Saturday: nobody moves, every case is looked at
    quiet = time.perf_counter() - started
    cases = ResponseCase.objects.open().count()
    record_property("cases", cases)
    record_property("seconds", round(took, 1))
    print(f"{cases} open cases, {sum(done.values())} things done: {took:.1f} s; a quiet day {quiet:.1f} s")
    assert cases >= 5000
    assert quiet < 60
    assert Park.objects.count() == 1
