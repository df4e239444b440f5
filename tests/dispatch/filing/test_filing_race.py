"""Accepting a filing against locking its month: two connections at once. The twin without the hold writes too late."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.errors import Refused
from dispatch.filing import actions, rounds
from dispatch.filing.models import Filing, FilingRound
from projects.models import MonthlyInvestment
from tests.dispatch.filing.filing_cases import AT, LATER, TODAY, Case, handed_in
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WAITS = 30  # seconds until a test gives up
HOLDS = 0.4  # seconds a transaction stays open after its work


@pytest.fixture
def case(transactional_db):
    return make_case()


class Side(threading.Thread):
    """One of two people, on a connection of its own. ``outcome``: what the work gave, or the refusal."""

    def __init__(self, work):
        super().__init__()
        self.work, self.outcome = work, None

    def run(self):
        try:
            self.outcome = self.work()
        except Refused as refusal:
            self.outcome = refusal
        finally:
            connection.close()

    def ended(self):
        self.join(WAITS)
        assert not self.is_alive()
        return self.outcome


def accept(filing: Filing, case: Case):
    return actions.accept(filing, by=case.staff, at=AT, today=TODAY, version=filing.version)


def lock(case: Case):
    """The state of the month's filing as the lock leaves it."""
    rounds.lock(FilingRound.objects.get(pk=case.round.pk), by=None, at=AT + timedelta(days=11), today=LATER)
    return case.filing().state, in_register(case)


def in_register(case: Case) -> bool:
    return MonthlyInvestment.objects.filter(project=case.built, year=2026, month=3).exists()


def kept_open(work, done: threading.Event, wait: threading.Event):
    """The work in a transaction that stays open for a moment after it."""

    def whole():
        try:
            with transaction.atomic():
                found = work()
                done.set()
                wait.wait(HOLDS)
            return found
        finally:
            done.set()

    return whole


def one_after_the_other(first, second):
    """Outcomes of both: ``second`` begins when ``first`` has done its work and has not committed yet."""
    done = threading.Event()
    one = Side(kept_open(first, done, threading.Event()))
    one.start()
    assert done.wait(WAITS)
    other = Side(second)
    other.start()
    return one.ended(), other.ended()


def test_the_lock_waits_for_an_acceptance_that_was_first(case):
    filing = handed_in(case)
    accepted, seen = one_after_the_other(lambda: accept(filing, case), lambda: lock(case))
    assert isinstance(accepted, Filing)
    assert seen == ("accepted", True)


def test_an_acceptance_waits_for_the_lock_that_was_first_and_is_refused(case):
    filing = handed_in(case)
    seen, refused = one_after_the_other(lambda: lock(case), lambda: accept(filing, case))
    assert seen == ("submitted", False) and isinstance(refused, Refused)
    assert (case.filing().state, in_register(case)) == ("submitted", False)


def naive_accept(filing: Filing, case: Case, looked: threading.Event, locked: threading.Event) -> Filing:
    """As it is often written: look whether the month is open, then write."""
    with transaction.atomic():
        assert FilingRound.objects.get(pk=filing.round_id).state != "locked"
        looked.set()
        locked.wait(WAITS)
        Filing.objects.filter(pk=filing.pk, version=filing.version).update(state="accepted")
        MonthlyInvestment.objects.create(project=filing.project, year=2026, month=3, month_10k=300, ytd_10k=1500)
    return filing


@pytest.mark.postgres
def test_the_twin_that_only_looks_writes_into_a_locked_month(case):
    filing, looked, locked = handed_in(case), threading.Event(), threading.Event()
    late = Side(lambda: naive_accept(filing, case, looked, locked))
    late.start()
    assert looked.wait(WAITS)
    seen = lock(case)
    locked.set()
    assert isinstance(late.ended(), Filing)
    assert (seen, in_register(case)) == (("submitted", False), True)
