"""The step clock: the fifteen worked examples read from YAML, guards, and properties against slow oracles."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from approvals.clocks import (
    PARTY_PRIORITY,
    PAUSE_KINDS,
    Due,
    Lateness,
    Limit,
    Party,
    PauseSpan,
    StepClock,
    charged_days,
    correction_notice_due,
    due_on,
    effective_due,
    lateness,
    merged,
    minimum_period_end,
    notice_of,
    remaining,
    supplement_due,
    supplement_lapses_on,
)
from tests.approvals.cases import official

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


def d(text):
    return date.fromisoformat(text)


CALENDAR = official()
EXAMPLES = yaml.safe_load((ROOT / "tests/data/workday_examples.yaml").read_text(encoding="utf-8"))["examples"]
BY_ID = {example["id"]: example for example in EXAMPLES}
CHECKS = [
    pytest.param(example, check, id=f"{example['id']}-{check['kind']}-{check['limit']}{check['unit']}")
    for example in EXAMPLES
    for check in example.get("checks", [])
]
KIND_OF = {kind.name_zh: code for code, kind in PAUSE_KINDS.items()} | {"批前公示7日": "public_notice"}


def spans(example):
    return [
        PauseSpan(
            d(p["start"]),
            d(p["end"]),
            "committed" in p["stops"],
            "statutory" in p["stops"],
            PAUSE_KINDS[KIND_OF[p["reason"]]].party,
            KIND_OF[p["reason"]],
        )
        for p in example.get("pauses", [])
    ]


def stopping(example, kind):
    if kind == "statutory_without_pause":
        return []
    clock = "stops_statutory" if kind.startswith("statutory") else "stops_committed"
    return [span for span in spans(example) if getattr(span, clock)]


def run(day0, n, unit="wd", pauses=(), today="2026-12-31", **kwargs):
    return due_on(d(day0), Limit(n, unit), pauses=pauses, today=d(today), calendar=CALENDAR, **kwargs)


def test_all_fifteen_examples_are_here():
    assert sorted(BY_ID) == [f"WD-{n:02d}" for n in range(1, 16)]


@pytest.mark.parametrize(("example", "check"), CHECKS)
def test_worked_example(example, check):
    day0 = check.get("accepted") or example.get("accepted") or example.get("received")
    if check["kind"] == "correction_notice_deadline":
        answer = correction_notice_due(d(example["received"]), check["limit"], CALENDAR)
    elif check["kind"] == "supplement_deadline":
        answer = supplement_due(d(day0), None, CALENDAR, zone_days=check["limit"])
    else:
        due = run(day0, check["limit"], check["unit"], stopping(example, check["kind"]))
        answer = due.on
        assert due.raw_on == d(check.get("raw", check["due"]))
        assert not due.provisional
    assert answer == d(check["due"])


@pytest.mark.parametrize("unwanted", ["mon_fri_only", "mon_fri_minus_holidays_dict"])
@pytest.mark.parametrize("limit", [5, 20])
def test_wd_01_wrong_answers_are_not_given(unwanted, limit):
    assert run("2026-02-10", limit).on != d(BY_ID["WD-01"]["wrong_answers"][unwanted][str(limit)])


@pytest.mark.parametrize("example", [e for e in EXAMPLES if "pauses" in e], ids=lambda e: e["id"])
def test_paused_workdays_of_each_pause(example):
    for pause, span in zip(example["pauses"], spans(example), strict=True):
        if "paused_workdays" in pause:
            assert run(example["accepted"], 10, pauses=[span]).paused_days == pause["paused_workdays"]


def test_wd_04_correction_before_acceptance_is_charged_to_the_enterprise():
    example = BY_ID["WD-04"]
    correction = PauseSpan.of_kind("correction", d(example["correction_notice"]), d(example["resubmitted"]))
    charges = charged_days(
        d(example["received"]), d(example["accepted"]), [correction], today=d("2026-06-01"), calendar=CALENDAR
    )
    assert charges.workdays[Party.ENTERPRISE] == example["enterprise_side"]["workdays"]
    assert charges.calendar_days[Party.ENTERPRISE] == example["enterprise_side"]["calendar_days"]
    assert charges.workdays[Party.DEPARTMENT] == 4  # 10, 11, 12 and 26 February
    # and it moves neither clock, because the clock had not started
    assert run(example["accepted"], 4, pauses=[correction]) == run(example["accepted"], 4)


def wd_07(case):
    example = BY_ID["WD-07"]
    supplied = d(case["supplied"]) if case["supplied"] else None
    issued = d(case["issued"]) if "issued" in case else None
    deferral = PauseSpan.of_deferral(d(example["accepted"]), supplied)
    return StepClock(d(example["accepted"]), Limit(3), Limit(20), [deferral], decided=issued)


def test_wd_07_supplied_early_is_on_time():
    reading = wd_07(BY_ID["WD-07"]["cases"][0]).read(d("2026-12-01"), CALENDAR)
    assert reading.late == Lateness(0, 0)
    assert not reading.department_is_late


def test_wd_07_late_days_caused_by_the_applicant_are_not_the_departments():
    case = BY_ID["WD-07"]["cases"][1]
    reading = wd_07(case).read(d("2026-12-01"), CALENDAR)
    assert reading.effective.on == d("2026-10-08")
    assert reading.late.workdays == case["workdays_after_due"]
    assert reading.late_charges.workdays[Party.ENTERPRISE] == case["workdays_after_due"]
    assert reading.late_charges.workdays[Party.DEPARTMENT] == 0
    assert not reading.department_is_late


def test_wd_07_department_that_idles_after_the_supplement_is_late():
    deferral = PauseSpan.of_deferral(d("2026-09-28"), d("2026-09-30"))
    clock = StepClock(d("2026-09-28"), Limit(3), pauses=[deferral], decided=d("2026-10-10"))
    assert clock.read(d("2026-12-01"), CALENDAR).department_is_late


def test_wd_07_never_supplied_lapses_on_the_first_workday_after_the_deadline():
    deadline = supplement_due(d("2026-09-28"), None, CALENDAR, zone_days=5)
    assert supplement_lapses_on(deadline, CALENDAR) == d("2026-10-12")


def test_supplement_is_due_within_the_committed_limit_and_five_workdays():
    accepted = d("2026-09-28")
    assert supplement_due(accepted, 3, CALENDAR) == d("2026-10-08")
    assert supplement_due(accepted, 20, CALENDAR) == supplement_due(accepted, None, CALENDAR) == d("2026-10-10")


def test_wd_08_extension_equals_a_longer_limit():
    assert run("2026-09-08", 20, extension=10).on == d("2026-10-26")


def test_wd_09_lateness():
    example = BY_ID["WD-09"]
    due = run(example["accepted"], 3).on
    expected = Lateness(example["late_workdays"], example["late_calendar_days"])
    assert lateness(due, d(example["issued"]), CALENDAR) == expected
    assert expected.is_late


def test_the_due_day_itself_is_on_time():
    assert not lateness(d("2026-10-10"), d("2026-10-10"), CALENDAR).is_late
    assert lateness(d("2026-10-10"), d("2026-10-11"), CALENDAR) == Lateness(0, 1)
    assert lateness(d("2026-10-10"), d("2026-09-01"), CALENDAR) == Lateness(0, 0)


def test_wd_11_overlapping_pauses_are_merged():
    example = BY_ID["WD-11"]
    pauses = spans(example)
    assert run(example["accepted"], 10, pauses=pauses).paused_days == example["merged_paused_workdays"]
    added = sum(run(example["accepted"], 10, pauses=[pause]).paused_days for pause in pauses)
    assert added == example["sum_if_added_wrongly"]


def test_wd_13_minimum_periods():
    example = BY_ID["WD-13"]
    start = minimum_period_end(d(example["notice"]), 20, CALENDAR).ends_on
    listing = minimum_period_end(start, 10, CALENDAR)
    assert start == d(example["earliest_listing_start"])
    assert listing.ends_on == d(example["earliest_listing_end"])
    assert listing.practical_on == d(example["practical_end"])


def test_wd_14_a_due_day_in_a_year_without_official_table_is_provisional():
    example = BY_ID["WD-14"]
    assert run(example["accepted"], example["limit"]).provisional
    assert run("2026-12-28", 3) == Due(d("2026-12-31"), d("2026-12-31"), False, 0)
    assert run("2026-12-20", 11, "cd") == Due(d("2026-12-31"), d("2026-12-31"), False, 0)
    assert run("2026-12-20", 12, "cd") == Due(d("2027-01-04"), d("2027-01-01"), True, 0)


def test_wd_15_the_earlier_clock_is_effective():
    example = BY_ID["WD-15"]
    committed, statutory = run(example["accepted"], 3), run(example["accepted"], 7, "cd")
    assert effective_due(committed, statutory).on == d(example["effective_due"])
    assert effective_due(statutory, committed) == statutory
    assert effective_due(committed, None) == committed
    assert effective_due(None, None) is None


def test_clock_without_day_0_or_limit_has_no_due_day():
    assert due_on(None, Limit(5), today=d("2026-03-02"), calendar=CALENDAR) is None
    assert run("2026-03-02", None) is None


def test_limit_of_zero_is_the_same_day_or_the_next_workday():
    assert run("2026-03-02", 0).on == d("2026-03-02")
    assert run("2026-02-18", 0).on == d("2026-02-24")


def test_open_pause_moves_the_due_day_with_today():
    pause = PauseSpan.of_kind("expert_review", d("2026-03-03"))
    answers = [run("2026-03-02", 3, pauses=[pause], today=day).on for day in ("2026-03-03", "2026-03-04", "2026-03-09")]
    assert answers == [d("2026-03-05"), d("2026-03-06"), d("2026-03-11")]


def test_open_pause_recorded_for_the_future_changes_nothing_yet():
    pause = PauseSpan.of_kind("hearing", d("2026-03-10"))
    assert run("2026-03-09", 5, pauses=[pause], today="2026-03-09").paused_days == 0


def test_pause_after_the_due_day_buys_nothing_back():
    due = run("2026-03-02", 3).on
    assert due == d("2026-03-05")
    after = PauseSpan(d("2026-03-06"), d("2026-03-20"), True, True, Party.ENTERPRISE)
    assert run("2026-03-02", 3, pauses=[after]).on == due
    on_the_day = PauseSpan(due, d("2026-03-20"), True, True, Party.ENTERPRISE)
    assert run("2026-03-02", 3, pauses=[on_the_day]).on == d("2026-03-20")


def test_second_pause_counts_when_the_first_one_kept_the_clock_alive():
    first = PauseSpan(d("2026-03-03"), d("2026-03-09"), True, True, Party.ENTERPRISE)
    second = PauseSpan(d("2026-03-10"), d("2026-03-12"), True, True, Party.ENTERPRISE)
    assert run("2026-03-02", 3, pauses=[second, first]).paused_days == 6
    assert run("2026-03-02", 3, pauses=[second]).paused_days == 0


def test_calendar_day_limit_is_prolonged_by_paused_calendar_days():
    pause = PauseSpan(d("2026-09-10"), d("2026-09-15"), True, True, Party.THIRD_PARTY)
    assert run("2026-09-04", 30, "cd", [pause]) == Due(d("2026-10-09"), d("2026-10-09"), False, 5)


@pytest.mark.parametrize(
    ("today", "left"), [("2026-10-08", 2), ("2026-10-10", 0), ("2026-10-11", 0), ("2026-09-30", 3)]
)
def test_remaining(today, left):
    assert remaining(d(today), d("2026-10-10"), CALENDAR) == left


def test_correction_notice_on_the_spot():
    assert correction_notice_due(d("2026-02-18"), 0, CALENDAR) == d("2026-02-24")


@pytest.mark.parametrize(
    ("today", "is_given", "deemed"),
    [
        ("2026-02-18", False, None),
        ("2026-02-28", False, None),  # the last day of the notice, a make-up Saturday
        ("2026-03-01", False, "2026-02-18"),
        ("2026-06-01", False, "2026-02-18"),
        ("2026-06-01", True, None),
    ],
)
def test_wd_03_silence_after_the_notice_deadline_is_acceptance_since_receipt(today, is_given, deemed):
    notice = notice_of(d("2026-02-18"), 5, is_given=is_given, today=d(today), calendar=CALENDAR)
    assert (notice.due_on, notice.is_given, notice.provisional) == (d("2026-02-28"), is_given, False)
    assert notice.deemed_on == (d(deemed) if deemed else None)


def test_notice_on_the_spot_and_in_a_year_without_a_table():
    on_the_spot = notice_of(d("2026-03-02"), 0, is_given=False, today=d("2026-03-03"), calendar=CALENDAR)
    assert (on_the_spot.due_on, on_the_spot.deemed_on) == (d("2026-03-02"), d("2026-03-02"))
    late = notice_of(d("2026-12-30"), 5, is_given=False, today=d("2026-12-30"), calendar=CALENDAR)
    assert late.provisional


def test_late_days_of_the_parks_own_step_are_the_parks():
    clock = StepClock(d("2026-03-02"), Limit(2), holder=Party.PARK)
    reading = clock.read(d("2026-03-09"), CALENDAR)
    assert reading.late_charges.workdays[Party.PARK] == 3
    assert not reading.department_is_late


def test_impossible_values_are_refused():
    with pytest.raises(ValueError, match="negative"):
        Limit(-1)
    with pytest.raises(ValueError, match="before it starts"):
        PauseSpan(d("2026-03-02"), d("2026-03-01"), True, True, Party.PARK)
    with pytest.raises(ValueError, match="month"):
        Limit(1, "month")
    with pytest.raises(KeyError):
        PauseSpan.of_kind("coffee", d("2026-03-02"))


def test_pause_kinds_follow_the_exclusion_lists():
    article_45 = {"听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"}
    local = {"公示", "补正", "现场整改", "容缺待补", "申请人原因修改"}
    assert {k.name_zh for k in PAUSE_KINDS.values() if k.stops_statutory} == article_45
    assert {k.name_zh for k in PAUSE_KINDS.values() if k.stops_committed} == article_45 | local | {"上级审批"}
    enterprise = {k.code for k in PAUSE_KINDS.values() if k.party is Party.ENTERPRISE}
    assert enterprise == {"correction", "site_rectification", "deferred_documents", "applicant_change"}
    assert Party.DEPARTMENT not in {k.party for k in PAUSE_KINDS.values()}


def test_overlap_is_charged_by_the_fixed_priority():
    upper = PauseSpan.of_kind("upper_level", d("2026-03-03"), d("2026-03-06"))
    review = PauseSpan.of_kind("expert_review", d("2026-03-05"), d("2026-03-11"))
    correction = PauseSpan.of_kind("correction", d("2026-03-10"), None)
    charges = charged_days(
        d("2026-03-02"), d("2026-03-13"), [correction, review, upper], today=d("2026-06-01"), calendar=CALENDAR
    )
    assert charges.workdays == {
        Party.ENTERPRISE: 3,
        Party.DEPARTMENT: 1,
        Party.UPPER: 3,
        Party.THIRD_PARTY: 2,
        Party.PARK: 0,
    }


def test_days_nobody_else_holds_belong_to_the_holder():
    charges = charged_days(d("2026-03-02"), None, [], today=d("2026-03-06"), calendar=CALENDAR, holder=Party.PARK)
    assert charges.workdays[Party.PARK] == 4


def test_reading_of_a_step_that_has_not_started():
    reading = StepClock(None, Limit(3), Limit(20)).read(d("2026-03-02"), CALENDAR)
    assert (reading.committed, reading.statutory, reading.effective, reading.remaining) == (None, None, None, None)
    assert not reading.late.is_late
    assert sum(reading.charges.calendar_days.values()) == 0


def test_reading_stops_at_the_decision():
    clock = StepClock(d("2026-03-02"), Limit(5), Limit(20, "wd"), decided=d("2026-03-04"), statutory_extension=10)
    early, later = clock.read(d("2026-03-04"), CALENDAR), clock.read(d("2026-11-22"), CALENDAR)
    assert early == later
    assert early.remaining == 3
    assert early.statutory.on == run("2026-03-02", 30).on


near = st.dates(date(2026, 1, 1), date(2026, 11, 30))


@st.composite
def pause_lists(draw):
    made = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(near)
        end = draw(st.one_of(st.none(), st.integers(0, 60).map(lambda n, start=start: start + DAY * n)))
        made.append(PauseSpan(start, end, True, True, draw(st.sampled_from(Party))))
    return made


def paused_on(day, pauses, today):
    return [p for p in pauses if p.start < day <= (p.end or today)]


@given(near, st.integers(0, 45), pause_lists(), near)
def test_due_day_equals_a_clock_that_ticks_day_by_day(day0, n, pauses, today):
    """Oracle: walk forward, tick on every unpaused workday, stop when the limit is used up and nothing pauses."""
    day, left, used_pause = day0, n, 0
    while True:
        resting = paused_on(day + DAY, pauses, today)
        if left == 0 and not resting:
            break
        day += DAY
        if CALENDAR.is_workday(day):
            used_pause, left = (used_pause + 1, left) if resting else (used_pause, left - 1)
    due = due_on(day0, Limit(n), pauses=pauses, today=today, calendar=CALENDAR)
    walked = CALENDAR.previous_workday(day) if n + used_pause else CALENDAR.roll_forward(day0)
    # A pause that begins on a day off after the last workday comes too late for the clock; the walker cannot tell.
    if not any(due.on < p.start <= day for p in pauses):
        assert (due.on, due.paused_days) == (walked, used_pause)


@given(near, near, pause_lists(), near, st.sampled_from(Party))
def test_every_day_belongs_to_exactly_one_party(day0, ended, pauses, today, holder):
    charges = charged_days(day0, ended, pauses, today=today, calendar=CALENDAR, holder=holder)
    assert sum(charges.workdays.values()) == CALENDAR.count(day0, ended)
    assert sum(charges.calendar_days.values()) == max(0, (ended - day0).days)
    slow = dict.fromkeys(Party, 0)
    for i in range(1, (ended - day0).days + 1):
        day = day0 + DAY * i
        holding = {p.party for p in paused_on(day, pauses, ended)} or {holder}
        slow[next(party for party in PARTY_PRIORITY if party in holding)] += CALENDAR.is_workday(day)
    assert charges.workdays == slow


@given(near, pause_lists(), near)
def test_merged_pauses_are_disjoint_and_cover_the_same_days(after, pauses, today):
    union = merged(pauses, after=after, today=today)
    assert all(a_end < b_start for (_, a_end), (b_start, _) in pairwise(union))
    for i in range(1, 420):
        day = after + DAY * i
        assert any(start < day <= end for start, end in union) == bool(paused_on(day, pauses, today))
