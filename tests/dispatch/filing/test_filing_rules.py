"""What is wrong and what is unusual, by table and against a slow sum."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.filing import rules
from dispatch.filing.rules import Known

D = Decimal
KNOWN = Known(
    month=3, before_10k=D(1200), plan_10k=D(4000), total_10k=D(10000), invested_before_10k=D(2000), percent=D(30),
    needs_percent=True, needs_photo=True, photos=1,
)  # fmt: skip
GOOD = {"month_10k": D(300), "physical_percent": D(40)}


def codes(found):
    return [each.code for each in found]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, []),
        ({"ytd_10k": D(1500)}, []),
        ({"ytd_10k": D("1500.0001")}, ["cumulative"]),
        ({"month_10k": None}, ["month_missing"]),
        ({"month_10k": D(-1)}, ["negative"]),
        ({"month_10k": D(0)}, []),
        ({"works_10k": D(200), "equipment_10k": D(100)}, []),
        ({"works_10k": D(200), "equipment_10k": D(99)}, ["parts"]),
        ({"works_10k": D(301), "other_10k": D(-1)}, ["negative"]),
        ({"physical_percent": None}, ["percent_missing"]),
        ({"physical_percent": D("100.01")}, ["percent_range"]),
        ({"physical_percent": D(-1)}, ["percent_range"]),
        ({"physical_percent": D("29.99")}, ["percent_falls"]),
        ({"physical_percent": D(30)}, []),
    ],
)
def test_what_is_wrong(change, wanted):
    assert codes(rules.problems(GOOD | change, KNOWN)) == wanted


def test_a_photo_and_per_cent_are_asked_for_once_the_works_have_started():
    without = Known(**(vars(KNOWN) | {"photos": 0}))
    assert codes(rules.problems(GOOD, without)) == ["photo_missing"]
    early = Known(**(vars(without) | {"needs_photo": False, "needs_percent": False}))
    assert rules.problems({"month_10k": D(5)}, early) == []


@pytest.mark.parametrize(
    ("figures", "known", "wanted"),
    [
        (GOOD, {}, []),
        ({"month_10k": D(2800), "physical_percent": D(60)}, {}, []),
        ({"month_10k": D("2800.01"), "physical_percent": D(60)}, {}, ["over_plan"]),
        ({"month_10k": D(2800), "physical_percent": D(45)}, {}, []),
        ({"month_10k": D(2800), "physical_percent": D("44.99")}, {}, ["money_vs_works"]),
        ({"month_10k": D(300), "physical_percent": D("50.01")}, {}, ["money_vs_works"]),
        ({"month_10k": D(300), "ytd_10k": D(900)}, {"before_10k": None}, ["months_unknown"]),
        ({"month_10k": D(300), "ytd_10k": D(300)}, {"before_10k": None}, []),
        ({"month_10k": D(300), "physical_percent": D(90)}, {"total_10k": None, "plan_10k": None}, []),
    ],
)
def test_what_needs_a_reason(figures, known, wanted):
    assert codes(rules.questions(figures, Known(**(vars(KNOWN) | known)))) == wanted


money = st.decimals(0, 10**6, places=4)


@given(before=st.none() | money, month=money, ytd=st.none() | money, parts=st.lists(st.none() | money, max_size=3))
def test_sums_agree_with_a_slow_oracle(before, month, ytd, parts):
    values = {"month_10k": month, "ytd_10k": ytd} | dict(zip(rules.PARTS, parts, strict=False))
    found = set(codes(rules.problems(values, Known(month=3, before_10k=before))))
    total = ytd if ytd is not None else sum([x for x in (before, month) if x is not None], D(0))
    assert ("cumulative" in found) == (before is not None and total - before != month)
    assert ("below_month" in found) == (before is None and total < month)
    given_parts = [part for part in parts if part is not None]
    assert ("parts" in found) == bool(given_parts and sum(given_parts) != month)
