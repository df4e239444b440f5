"""Settings of the figures: what is refused, what is in force, versions, and published cases of the calendar."""

from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.errors import Conflict, Refused
from dispatch.figures import policies
from dispatch.figures.labels import VARIANT_NAMES, definition_text
from dispatch.figures.models import FigureRules
from dispatch.figures.policy import CALENDARS, DEFAULT, VARIANTS, check, policy_from
from dispatch.figures.rates import (
    DEFINITIONS_EN,
    DEFINITIONS_ZH,
    WEIGHTS,
    Rate,
    RateKey,
    as_json,
    change_pp,
    points,
)
from dispatch.figures.tallies import Tally, calendar_share, park_rates, unit_rates
from tests import factories

AT = factories.AT
POINTS = {"formalities": 10, "starts": 30, "enrolment": 20, "investment": 30, "quarter": 10}


@pytest.mark.parametrize(
    ("params", "codes"),
    [
        ({}, []),
        (DEFAULT.params, []),
        ({"rates": {"formalities": "projects", "starts": "to_date", "quarter": "plan"}}, []),
        ({"calendar": {"option": "planned_start"}, "weights": POINTS}, []),
        ({"rates": {"starts": "someday"}}, ["variant_starts"]),
        ({"rates": {"investment": "steps"}}, ["unknown_rate"]),
        ({"rates": ["steps"]}, ["rates_shape"]),
        ({"calendar": {"option": "lunar"}}, ["calendar_option"]),
        ({"calendar": {"months": 12}}, ["calendar_shape"]),
        ({"weights": POINTS | {"starts": 31}}, ["weights_sum"]),
        ({"weights": POINTS | {"starts": -30, "investment": 90}}, ["weights_numbers"]),
        ({"weights": POINTS | {"starts": 30.0}}, ["weights_numbers"]),
        ({"weights": POINTS | {"starts": True}}, ["weights_numbers"]),
        ({"weights": {"starts": 100}}, ["weights_rates"]),
        ({"weights": 100}, ["weights_shape"]),
    ],
)
def test_what_can_be_chosen(params, codes):
    assert check(params) == codes


def test_settings_come_back_as_they_were_and_wrong_ones_count_as_the_default():
    params = {
        "rates": {"formalities": "projects", "starts": "to_date", "quarter": "plan"},
        "calendar": {"option": "monthly_plan"},
        "weights": POINTS,
        "contest": {"a": 1},
    }
    assert policy_from(params, 3).params == params
    assert policy_from(params, 3).extra == {"contest": {"a": 1}}
    assert policy_from({"rates": {"starts": "x"}, "weights": {}, "calendar": 7}, 2).params == DEFAULT.params


def test_every_variant_has_words_and_a_definition_in_both_languages():
    assert {name: tuple(words) for name, words in VARIANT_NAMES.items()} == VARIANTS
    assert set(DEFINITIONS_ZH) == set(DEFINITIONS_EN) >= {f"calendar_{option}" for option in CALENDARS}
    whole = Tally()
    for formalities in VARIANTS["formalities"]:
        for starts in VARIANTS["starts"]:
            for quarter in VARIANTS["quarter"]:
                policy = policy_from({"rates": {"formalities": formalities, "starts": starts, "quarter": quarter}}, 1)
                for rates in (park_rates(whole, policy), unit_rates(whole, whole, policy)):
                    assert all(definition_text(rate.definition) for rate in rates.values())


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [("10", "12", "83.3"), ("129", "270", "47.8"), ("206", "223", "92.4"), ("206", "255", "80.8"), ("1", "0", None)],
)
def test_published_rates(numerator, denominator, percent):
    assert as_json(Rate(Decimal(numerator), Decimal(denominator), "starts")) == {
        "numerator": numerator,
        "denominator": denominator,
        "percent": percent,
        "definition": "starts",
    }


@pytest.mark.parametrize(
    ("invested", "planned", "month", "exact", "shown"),
    [
        ("74", "100", 8, "7.33", "+7.3"),  # 1–8月 74 %, 超序时7.33个百分点
        ("629.0", "647.4", 10, "13.82", "+13.8"),
        ("30.90", "100", 3, "5.90", "+5.9"),
        ("41.9", "100", 4, "8.57", "+8.6"),
    ],
)
def test_published_leads_on_the_calendar(invested, planned, month, exact, shown):
    tally = Tally(planned_10k=Decimal(planned), ytd_10k=Decimal(invested))
    ahead = (park_rates(tally)[RateKey.INVESTMENT].ratio - calendar_share(tally, month)) * 100
    assert abs(ahead - Fraction(exact)) < Fraction(1, 200)
    assert points(ahead) == shown


def test_changes_are_counted_from_unrounded_values():
    def rate(n, d):
        return Rate(Decimal(n), Decimal(d), "starts")

    assert change_pp(rate(10, 12), rate(9, 12)) == "+8.3"
    assert change_pp(rate(1, 3), rate(1, 3)) == "0.0"
    assert change_pp(rate(2000, 3), rate(1999, 3)) == "+33.3"
    assert change_pp(rate(4996, 10000), rate(5000, 10000)) == "0.0"
    assert change_pp(rate(49949, 100000), rate(50000, 100000)) == "-0.1"
    assert change_pp(rate(1, 2), rate(1, 0)) is None
    assert change_pp(rate(1, 0), rate(1, 2)) is None
    assert change_pp(rate(1, 2), None) is None


def test_plans_by_month_and_by_start_make_another_calendar():
    tally = Tally(
        planned_10k=Decimal(1200),
        by_month_10k=Decimal(500),
        even_10k=Decimal(400),
        by_start_10k=(*[Decimal(0)] * 6, Decimal(600), *[Decimal(0)] * 5),
    )
    by_month = policy_from({"calendar": {"option": "monthly_plan"}}, 1)
    by_start = policy_from({"calendar": {"option": "planned_start"}}, 1)
    assert calendar_share(tally, 9) == Fraction(3, 4)
    assert calendar_share(tally, 9, by_month) == Fraction(500 + 300, 1200)
    assert calendar_share(tally, 9, by_start) == Fraction(600 * 3 // 6 + 450, 1200)
    assert calendar_share(tally, 6, by_start) == Fraction(300, 1200)
    assert calendar_share(tally, 12, by_start) == 1
    assert calendar_share(Tally(), 9, by_start) == Fraction(3, 4)


# Versions
@pytest.fixture
def park(db):
    return factories.park()


def save(park, *, part="weights", value=None, note="上级要求", seen=0, **more):
    by = factories.user(park, "admin")
    value = POINTS if value is None else value
    return policies.save_rules(part=part, value=value, note=note, base_version=seen, by=by, at=AT, **more)


def test_a_choice_is_a_new_version_and_leaves_the_other_parts(park):
    assert policies.in_force(park.pk) == DEFAULT
    save(park)
    row = save(park, part="rates", value={"starts": "to_date"}, seen=1)
    assert (row.version, row.note, row.at) == (2, "上级要求", AT)
    found = policies.in_force(park.pk)
    assert (found.version, found.starts, found.formalities) == (2, "to_date", "steps")
    assert {key.value: n for key, n in found.weights.items()} == POINTS
    assert [row.version for row in policies.versions(park.pk)] == [2, 1]
    assert policies.in_force(factories.park().pk).weights == WEIGHTS


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"value": POINTS | {"starts": 31}}, Refused),
        ({"part": "nothing"}, Refused),
        ({"note": " "}, Refused),
        ({"part": "rates", "value": DEFAULT.rates}, Refused),
        ({"seen": 1}, Conflict),
    ],
)
def test_what_is_not_saved(park, more, error):
    with pytest.raises(Refused) as refusal:
        save(park, **more)
    assert type(refusal.value) is error
    assert not FigureRules.objects.filter(park=park).exists()


def test_the_sites_default_counts_until_a_park_chooses(park):
    FigureRules.objects.create(park=None, version=1, params={"calendar": {"option": "monthly_plan"}})
    assert policies.in_force(park.pk).calendar == "monthly_plan"
    save(park, seen=1)
    found = policies.in_force(park.pk)
    assert (found.version, found.calendar) == (2, "monthly_plan")


def test_other_parts_have_checkers_of_their_own(park, monkeypatch):
    monkeypatch.setitem(policies.CHECKS, "contest", lambda value: [] if "half" in value else ["contest_half"])
    with pytest.raises(Refused, match="contest_half"):
        save(park, part="contest", value={})
    save(park, part="contest", value={"half": 1})
    assert policies.in_force(park.pk).extra == {"contest": {"half": 1}}
