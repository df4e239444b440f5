"""The clock on calendars nobody has seen: every count is compared with one that walks from day to day.

The oracle keeps its own idea of a workday and of paused days (sets of dates) and uses none of the code it checks.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from approvals.clocks import (
    PARTY_PRIORITY,
    Limit,
    Party,
    PauseSpan,
    Unit,
    charged_days,
    correction_notice_due,
    due_on,
    lateness,
    notice_of,
    remaining,
)
from approvals.days.rules import ACCEPTANCE_CHECK, EXAMINATION, added, days_spent
from workdays.arithmetic import WorkCalendar

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 11, 1), date(2027, 3, 31)
near = st.dates(FIRST, LAST)
statuses = st.sampled_from(["official", "provisional", "missing"])


@dataclass
class Slow:
    """A calendar as three plain collections, asked one day at a time."""

    years: dict[int, str]
    off: set[date] = field(default_factory=set)
    make_up: set[date] = field(default_factory=set)

    def fast(self) -> WorkCalendar:
        known = {year: status for year, status in self.years.items() if status != "missing"}
        return WorkCalendar(known, dict.fromkeys(self.off, "holiday"), dict.fromkeys(self.make_up, "make-up"))

    def works(self, day: date) -> bool:
        return day in self.make_up or (day.isoweekday() <= 5 and day not in self.off)

    def count(self, after: date, upto: date) -> int:
        return sum(self.works(after + DAY * n) for n in range(1, (upto - after).days + 1))

    def nth(self, day: date, n: int) -> date:
        while n:
            day += DAY
            n -= self.works(day)
        return day

    def roll(self, day: date) -> date:
        while not self.works(day):
            day += DAY
        return day

    def is_unsure(self, after: date, upto: date) -> bool:
        return any(
            self.years.get((after + DAY * n).year, "missing") != "official" for n in range(1, (upto - after).days + 1)
        )


@st.composite
def calendars(draw) -> Slow:
    """Holidays in blocks and alone, weekend days that are worked, years official, provisional or without a table."""
    off: set[date] = set()
    for start, length in draw(st.lists(st.tuples(near, st.integers(1, 12)), max_size=8)):
        off |= {start + DAY * n for n in range(length)}
    weekend = {day for day in draw(st.sets(near, max_size=12)) if day.isoweekday() > 5}
    return Slow({year: draw(statuses) for year in (2025, 2026, 2027)}, off - weekend, weekend)


@st.composite
def pause_lists(draw) -> list[PauseSpan]:
    made = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(near)
        end = draw(st.one_of(st.none(), st.integers(0, 70).map(lambda n, start=start: start + DAY * n)))
        made.append(PauseSpan(start, end, True, True, draw(st.sampled_from(Party)), draw(st.sampled_from("abc"))))
    return made


def over(day: date, pauses: list[PauseSpan], end: date) -> list[PauseSpan]:
    return [pause for pause in pauses if pause.start < day <= (end if pause.end is None else pause.end)]


def runs(after: date, pauses: list[PauseSpan], today: date) -> list[list[date]]:
    """The paused days after day 0 as unbroken runs."""
    found: list[list[date]] = []
    for n in range(1, 900):
        day = after + DAY * n
        if over(day, pauses, today):
            if found and found[-1][-1] == day - DAY:
                found[-1].append(day)
            else:
                found.append([day])
    return found


@given(calendars(), near, st.integers(0, 45), st.integers(0, 10), st.sampled_from(Unit), pause_lists(), near)
def test_due_day_with_pauses_extension_and_both_units(slow, day0, limit, extension, unit, pauses, today):
    def end(days: int) -> date:
        return slow.nth(day0, days) if unit is Unit.WORKDAYS else day0 + DAY * days

    paused = 0
    for run in runs(day0, pauses, today):
        if run[0] - DAY > slow.roll(end(limit + extension + paused)):
            break  # it began after the due day and buys nothing back
        paused += sum(slow.works(day) for day in run) if unit is Unit.WORKDAYS else len(run)
    raw = end(limit + extension + paused)

    due = due_on(day0, Limit(limit, unit), extension=extension, pauses=pauses, today=today, calendar=slow.fast())

    assert (due.raw_on, due.on, due.paused_days) == (raw, slow.roll(raw), paused)
    assert due.provisional == slow.is_unsure(day0 if unit is Unit.WORKDAYS else raw - DAY, due.on)


@given(calendars(), near, near)
def test_lateness_and_what_remains(slow, due, day):
    calendar = slow.fast()
    late = lateness(due, day, calendar)
    assert (late.workdays, late.calendar_days) == (slow.count(due, day), max(0, (day - due).days))
    assert late.is_late == (day > due)
    assert remaining(day, due, calendar) == slow.count(day, due)
    assert not (late.workdays and remaining(day, due, calendar))


@given(calendars(), near, st.integers(0, 7), st.booleans(), near)
def test_notice_and_silence(slow, received, days, is_given, today):
    calendar = slow.fast()
    due = slow.roll(slow.nth(received, days))
    notice = notice_of(received, days, is_given=is_given, today=today, calendar=calendar)
    assert notice.due_on == due == correction_notice_due(received, days, calendar)
    assert notice.deemed_on == (received if today > due and not is_given else None)
    assert notice.provisional == slow.is_unsure(received - DAY, due)


def slow_shares(slow, start, end, pauses, holder):
    """Party → [working days, calendar days], asked for every single day."""
    shares = {party: [0, 0] for party in Party}
    for n in range(1, (end - start).days + 1):
        day = start + DAY * n
        holding = {pause.party for pause in over(day, pauses, end)} or {holder}
        party = next(party for party in PARTY_PRIORITY if party in holding)
        shares[party][0] += slow.works(day)
        shares[party][1] += 1
    return shares


@given(calendars(), near, near, pause_lists(), st.sampled_from(Party))
def test_charges_add_up_to_the_interval(slow, start, end, pauses, holder):
    charges = charged_days(start, end, pauses, today=end, calendar=slow.fast(), holder=holder)
    expected = slow_shares(slow, start, end, pauses, holder)
    assert {p: [charges.workdays[p], charges.calendar_days[p]] for p in Party} == expected


@st.composite
def cases(draw):
    received = draw(near)
    accepted = draw(st.none() | st.integers(0, 40).map(lambda n: received + DAY * n))
    decided = draw(st.none() | st.integers(0, 90).map(lambda n: (accepted or received) + DAY * n))
    today = max(decided or received, accepted or received) + DAY * draw(st.integers(0, 60))
    return received, accepted, decided, today


@given(calendars(), cases(), pause_lists(), st.sampled_from([Party.DEPARTMENT, Party.PARK]))
def test_every_working_day_between_receipt_and_decision_belongs_to_exactly_one_party(slow, case, pauses, holder):
    received, accepted, decided, today = case
    end = decided or today
    spent = days_spent(
        received=received, accepted=accepted, decided=decided, pauses=pauses, holder=holder, today=today,
        calendar=slow.fast(),
    )  # fmt: skip

    assert spent.total == slow.count(received, end)
    expected = slow_shares(slow, received, end, pauses, holder)
    assert {p: [spent.workdays[p], spent.calendar_days[p]] for p in Party} == expected
    assert spent.provisional == slow.is_unsure(received, end)
    assert_gapless(spent.segments, received, end)
    for segment in spent.segments:
        for n in range(1, (segment.upto - segment.after).days + 1):
            day = segment.after + DAY * n
            kinds = {pause.kind for pause in over(day, pauses, end) if pause.party is segment.party}
            by_holder = ACCEPTANCE_CHECK if accepted is None or day <= accepted else EXAMINATION
            assert segment.why in (kinds if over(day, pauses, end) else {by_holder})


def assert_gapless(segments, start, end):
    edges = [segment.after for segment in segments] + [end]
    assert edges == ([start] + [segment.upto for segment in segments] if segments else [end])
    for one, next_one in pairwise(segments):
        assert (one.party, one.why) != (next_one.party, next_one.why)


@given(calendars(), st.lists(st.tuples(cases(), pause_lists()), max_size=5))
def test_the_days_of_a_project_are_the_sum_over_its_steps(slow, steps):
    spent = [
        days_spent(
            received=received, accepted=accepted, decided=decided, pauses=pauses, holder=Party.DEPARTMENT, today=today,
            calendar=slow.fast(),
        )
        for (received, accepted, decided, today), pauses in steps
    ]  # fmt: skip
    sums = added(spent)
    assert set(sums) == set(Party)
    assert sum(sums.values()) == sum(one.total for one in spent)
