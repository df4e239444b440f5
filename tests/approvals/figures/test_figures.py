"""Figures of steps and departments against an independent slow count: a park by hand, and random histories."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from approvals.figures import queries, table
from approvals.figures.periods import period, recent, running_year
from approvals.figures.rules import Tally, total
from approvals.models import Commitment, CommittedStep, ProjectStep, Rating, StepDocument, StepPause
from tests import factories
from tests.approvals.cases import AT, PLAIN, finish, move, project, step_of
from tests.approvals.figures import oracle

FEBRUARY = period("2026-02")
YEAR = period("2026")


def both(row):
    lead = "" if row.unit_id else row.step.department_lead_zh
    return queries.Key(row.code, queries.Department(row.unit_id, lead))


def plain(tally: Tally) -> dict:
    return {name: n for name, n in tally._asdict().items() if n}


def agree(user, chosen=YEAR, units=None):
    """What the code says is what the oracle says; returns it."""
    found = queries.tallies(user, chosen, PLAIN)
    expected = oracle.figures(user.park, chosen.first, chosen.last, group=both, units=units)
    assert {key: plain(sums) for key, sums in found.items()} == {key: dict(+sums) for key, sums in expected.items()}
    return found


def run(made, code, *records):
    """(verb, day of February, …) one after the other."""
    step = step_of(made, code)
    for verb, day, *more in records:
        move(step, verb, date(2026, 2, day), today=date(2026, 3, 2), **(more[0] if more else {}))
    return step


@pytest.fixture
def made(db):
    return project(factories.park(), name="测试电机项目")


@pytest.fixture
def staff(made):
    return factories.user(made.park)


def test_exact_figures_of_a_park_made_by_hand(made, staff):
    unit = factories.organization(made.park, "unit", name="资规局")
    made.steps.filter(code__in=["S07", "S10"]).update(unit=unit)
    finish(made, "S01", on=date(2026, 2, 2))
    finish(made, "S06", "S08", on=date(2026, 2, 3))
    # Accepted Tuesday 3rd, review of experts 5th to 10th (3 working days), decided Thursday 12th: 7 days, 4 of its own.
    review = {"pause_kind": "expert_review", "note": "专家评审"}
    run(made, "S07", ("receive", 3), ("accept", 3), ("pause", 5, review), ("resume", 10), ("decide_approve", 12))
    finish(made, "S09", on=date(2026, 2, 12))
    # Limit 3: accepted Wednesday 4th, decided Thursday 12th, 6 working days: late.
    run(made, "S10", ("receive", 4), ("accept", 4), ("decide_approve", 12))
    refused = run(made, "S12", ("receive", 2), ("notify_correction", 2, {"note": "缺总平图"}), ("accept", 6),
                  ("decide_refuse", 10, {"note": "退线不足"}))  # fmt: skip
    Rating.objects.create(project_step=refused, round=1, score=2, by_name="测试", at=AT)

    found = agree(staff)
    sums = table.table(found, queries.names(staff, found), "department", {}).lines
    resources = next(line for line in sums if line.about == ("资规局",))
    assert plain(resources.tally) == {
        "handled": 2, "gross_wd": 13, "own_wd": 10, "limited": 2, "limit_wd": 8, "limited_own_wd": 10, "with_due": 2,
        "on_time": 1, "with_wd": 1, "statutory_wd": 20, "statutory_own_wd": 6, "accepted": 2,
    }  # fmt: skip
    cells = {measure.key: cell for measure, cell in zip(table.MEASURES, resources.cells, strict=True)}
    assert (cells["own"].text, cells["gross"].text, cells["limit"].text) == ("5.0", "6.5", "4.0")
    assert (cells["on_time"].text, [p.number for p in cells["on_time"].parts]) == ("50.0%", [1, 2])
    assert (cells["compression_wd"].text, [p.number for p in cells["compression_wd"].parts]) == ("70.0%", [14, 20])
    assert (cells["compression_cd"].text, cells["score"].text) == ("—", "—")
    assert total(found.values()).returned == 1 and total(found.values()).score == 2


def test_taken_over_from_a_milestone_counts_apart(made, staff):
    made.steps.filter(code="S01").update(state=11, decided_on=date(2026, 2, 5))
    found = agree(staff)
    assert [plain(sums) for sums in found.values()] == [{"adopted": 1}]
    assert queries.behind(staff, YEAR, "adopted").count() == 1 and queries.behind(staff, YEAR, "handled").count() == 0


def test_papers_outstanding_commitment_and_days_owed(made, staff):
    finish(made, "S01", "S06", "S07", "S08", "S09", on=date(2026, 2, 2))
    step = step_of(made, "S10")
    paper = step.step.documents.filter(deferrable=True).first()
    run(made, "S10", ("receive", 3), ("accept_with_outstanding", 3, {"outstanding": [paper.pk]}))
    StepDocument.objects.filter(project_step=step).update(state="supplied", supplied_on=date(2026, 2, 5))
    run(made, "S10", ("decide_approve", 9))
    commitment = Commitment.objects.create(
        project=made,
        kind="single",
        text="承诺",
        signed_by_name="测试",
        signed_on=date(2026, 2, 3),
        check_due_on=date(2026, 3, 3),
        at=AT,
    )
    CommittedStep.objects.create(commitment=commitment, project_step=step, round=1)

    sums = next(sums for key, sums in agree(staff).items() if key.code == "S10")
    assert (sums.gross_wd, sums.own_wd, sums.deferred, sums.accepted, sums.committed) == (4, 2, 1, 1, 1)


def test_not_applicable_and_reopened_steps(made, staff):
    finish(made, "S01", on=date(2026, 2, 2))
    run(made, "S12", ("receive", 3), ("accept", 3), ("decide_refuse", 4, {"note": "不符"}), ("reopen", 9))
    made.steps.filter(code="S01").update(applicability="not_applicable", not_applicable_reason="无需")
    assert agree(staff) == {}  # the refusal is on record no more: the step is under way again


def test_a_period_takes_what_was_decided_in_it(made, staff):
    finish(made, "S01", on=date(2026, 2, 27))
    finish(made, "S07", on=date(2026, 3, 2))
    assert {key.code for key in agree(staff, FEBRUARY)} == {"S01"}
    assert {key.code for key in agree(staff, period("2026-03"))} == {"S07"}
    assert {key.code for key in agree(staff, period("2026-Q1"))} == {"S01", "S07"}
    assert agree(staff, period("2025")) == {}


def test_a_unit_sees_the_steps_it_handles_and_another_park_nothing(made, staff):
    unit = factories.organization(made.park, "unit")
    made.responsible_unit = unit  # in charge of the project, so it sees every step of it
    made.save()
    made.steps.filter(code="S07").update(unit=unit)
    finish(made, "S01", "S07", on=date(2026, 2, 2))
    assert {key.code for key in agree(factories.user(made.park, "unit", unit), units={unit.pk})} == {"S07"}
    assert len(agree(staff)) == 2
    assert queries.tallies(factories.user(factories.park()), YEAR, PLAIN) == {}


def test_every_number_leads_to_exactly_its_steps(made, staff):
    finish(made, "S01", "S06", "S08", on=date(2026, 2, 2))
    run(made, "S07", ("receive", 3), ("accept", 3), ("decide_approve", 13))
    made.steps.filter(code="S09").update(state=11, decided_on=date(2026, 2, 5))
    found = agree(staff)
    for key, sums in found.items():
        for only in queries.ONLY:
            rows = queries.behind(staff, YEAR, only, key.code, key.department.code)
            assert rows.count() == getattr(sums, only), (key, only)
    for only in queries.ONLY:
        assert queries.behind(staff, YEAR, only).count() == getattr(total(found.values()), only), only


def test_figures_ask_a_fixed_number_of_queries(made, staff, django_assert_num_queries):
    finish(made, "S01", on=date(2026, 2, 2))
    for _more in range(3):
        with django_assert_num_queries(6):
            queries.tallies(staff, YEAR, PLAIN)
        finish(project(made.park), "S01", "S07", on=date(2026, 2, 3))


DAYS = st.integers(0, 40).map(lambda n: date(2026, 1, 5) + timedelta(days=n))
PARTIES = st.sampled_from(["enterprise", "department", "upper", "third_party", "park"])
HISTORY = st.fixed_dictionaries(
    {
        "days": st.lists(DAYS, min_size=3, max_size=3).map(sorted),
        "state": st.sampled_from([3, 8, 11, 11, 12, 13, 15]),
        "start": st.sampled_from(["received", "accepted"]),
        "limits": st.tuples(
            st.none() | st.integers(0, 9), st.none() | st.integers(0, 30), st.sampled_from(["wd", "cd"])
        ),
        "due": st.tuples(st.none() | DAYS, st.none() | DAYS),
        "pauses": st.lists(
            st.tuples(DAYS, st.integers(0, 15), PARTIES, st.sampled_from(["correction", "hearing"]), st.integers(1, 2)),
            max_size=3,
        ),
        "paper": st.none() | st.tuples(st.integers(0, 10), st.booleans()),
        "score": st.none() | st.tuples(st.integers(1, 2), st.integers(1, 5)),
        "clock": st.sampled_from([True, True, True, False]),
        "applies": st.sampled_from(["applies", "applies", "not_applicable", "undetermined"]),
        "has_unit": st.booleans(),
    }
)


def write(step: ProjectStep, drawn, unit) -> None:
    """The step as this history would have left it."""
    received, accepted, decided = drawn["days"]
    committed, statutory, kind = drawn["limits"]
    if not drawn["clock"]:
        received = accepted = None
    ProjectStep.objects.filter(pk=step.pk).update(
        state=drawn["state"], received_on=received, accepted_on=accepted,
        decided_on=decided if drawn["state"] >= 11 else None, clock_start=drawn["start"], round=1,
        committed_limit_wd=committed, statutory_value=statutory, statutory_unit=kind,
        committed_due_on=drawn["due"][0], statutory_due_on=drawn["due"][1], unit=unit if drawn["has_unit"] else None,
        applicability=drawn["applies"], not_applicable_reason="无需" if drawn["applies"] == "not_applicable" else "",
    )  # fmt: skip
    for start, length, party, kind, round_ in drawn["pauses"]:
        StepPause.objects.create(
            project_step=step, kind=kind, party=party, started_on=start, ended_on=start + timedelta(days=length),
            round=round_,
        )  # fmt: skip
    if drawn["paper"] and accepted:
        later, outstanding = drawn["paper"]
        asked = step.step.documents.first()
        values = {"state": "outstanding"} if outstanding else {"supplied_on": accepted + timedelta(days=later)}
        StepDocument.objects.create(**{
            "project_step": step, "requirement": asked, "state": "supplied", "promised_on": accepted,
            "due_on": accepted, "at": AT,
        } | values)  # fmt: skip
    if drawn["score"]:
        round_, score = drawn["score"]
        Rating.objects.create(project_step=step, round=round_, score=score, by_name="测试", at=AT)


class TestRandomHistories(HypothesisCase):
    @settings(max_examples=60)
    @given(st.lists(HISTORY, min_size=1, max_size=6), st.sampled_from(["2026", "2026-01", "2026-02"]))
    def test_figures_are_those_of_the_slow_count(self, histories, code):
        made = project(factories.park())
        unit = factories.organization(made.park, "unit")
        for step, drawn in zip(made.steps.select_related("step"), histories, strict=False):
            write(step, drawn, unit)
        staff = factories.user(made.park)
        chosen = period(code)
        found = agree(staff, chosen)
        agree(factories.user(made.park, "unit", unit), chosen, units={unit.pk})
        whole = total(found.values())
        parts = [total(sums for key, sums in found.items() if key.code == code) for code in {key.code for key in found}]
        assert whole == total(parts) == Tally(*map(sum, zip(*found.values(), strict=True))) if found else Tally()
        for only in queries.ONLY:
            assert queries.behind(staff, chosen, only).count() == getattr(whole, only), only


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods(code, first, last):
    assert (period(code).first, period(code).last) == (first, last)


@pytest.mark.parametrize("code", ["", "26", "2026-13", "2026-Q5", "1999", "2026-1", "free", "2026-02-01"])
def test_what_is_no_period(code):
    with pytest.raises(ValueError, match="not a period"):
        period(code)


def test_recent_periods_all_are_periods():
    codes = recent(date(2026, 2, 14))
    assert codes["quarters"] == ["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
    assert codes["months"][:3] == ["2026-02", "2026-01", "2025-12"] and len(codes["months"]) == 12
    assert all(period(code) for group in codes.values() for code in group)
    assert running_year(date(2026, 2, 14)).code == codes["years"][0] == "2026"


def test_rounding_is_half_up_from_unrounded_values():
    tally = Tally(handled=8, own_wd=1, with_due=16, on_time=1, statutory_wd=3, statutory_own_wd=5)
    line = table._cells(tally, {})
    cells = {measure.key: cell for measure, cell in zip(table.MEASURES, line, strict=True)}
    assert (cells["own"].value, cells["on_time"].value) == (Decimal("0.1"), Decimal("6.3"))  # 0.125 and 6.25
    assert cells["compression_wd"].text == "-66.7%"
