"""A park's own rules: versions, the default beside them, conflicts; the evaluation takes each park's."""

from datetime import date

import pytest

from accounts.errors import Conflict, Refused
from dispatch.models import Warning, WarningRule
from dispatch.warnings import rule_actions
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.rules import DEFAULTS, FROM_ONE, LARGEST, MOST, load_rules, rule_groups, rules_in_force
from projects.models import Milestone
from tests import factories

AT = factories.AT
DAY = date(2026, 11, 20)
CODE = "MILESTONE_LATE"

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    load_rules()
    return factories.park()


@pytest.fixture
def person(park):
    return factories.user(park)


def late(park, due_on=date(2026, 11, 1)):
    project = factories.project(park)
    Milestone.objects.create(project=project, stage="L10", baseline_on=due_on)
    return project


def change(park, person, seen=1, red=10, **options):
    values = {"red_after_days": red, "start_red_after_days": 90}
    said = {"note": "更严", "is_enabled": True} | options
    return rule_actions.change(park=park, code=CODE, params=values, seen=seen, by=person, at=AT, **said)


def in_force(park, code=CODE):
    return next(rule for rule in rules_in_force(park) if rule.code == code)


def levels():
    rows = Warning.objects.active().exclude(rule="HISTORY").order_by("project")
    return list(rows.values_list("project__park", "level", "rule_version"))


def test_the_parks_own_stands_before_the_default_in_that_park_only(park, person):
    other = factories.park()
    late(park), late(other)
    change(park, person)
    evaluate(as_of=DAY, at=AT)
    assert levels() == [(park.pk, "red", 2), (other.pk, "yellow", 1)]
    assert evaluate(as_of=DAY, at=AT).total == 0


@pytest.mark.parametrize("alone", [True, False])
def test_switched_off_in_one_park_alone(park, person, alone):
    other = factories.park()
    late(park), late(other)
    evaluate(as_of=DAY, at=AT)
    rule_actions.switch(park=park, code=CODE, is_enabled=False, note="停用", seen=1, by=person, at=AT)
    evaluate(as_of=DAY, at=AT, park=park if alone else None)
    assert levels() == [(other.pk, "yellow", 1)]


def test_back_to_the_default_follows_what_the_default_becomes(park, person):
    change(park, person)
    rule_actions.back_to_default(park=park, code=CODE, note="恢复", seen=2, by=person, at=AT)
    assert (in_force(park).version, in_force(park).params["red_after_days"]) == (1, 30)
    WarningRule.objects.create(code=CODE, version=4, name_zh="新", params={"red_after_days": 20})
    assert (in_force(park).version, in_force(park).params["red_after_days"]) == (4, 20)
    with pytest.raises(Refused):
        rule_actions.back_to_default(park=park, code=CODE, note="恢复", seen=4, by=person, at=AT)


def test_no_number_is_used_twice_in_a_park(park, person):
    change(park, person)
    change(factories.park(), person, red=7)
    WarningRule.objects.create(code=CODE, version=3, name_zh="新", params={})
    assert change(park, person, seen=2, red=8).version == 4


def test_who_when_and_why_are_kept_and_old_versions_stay(park, person):
    change(park, person)
    change(park, person, seen=2, red=12, note="再放宽")
    rows = WarningRule.objects.filter(park=park).order_by("version")
    assert [(row.version, row.params["red_after_days"], row.note, row.by, row.at) for row in rows] == [
        (2, 10, "更严", person, AT), (3, 12, "再放宽", person, AT)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"note": "  "}, {"red": -1}, {"red": True}, {"red": "x"}, {"red": 10**9}, {"red": 30}],
)
def test_refusals_change_nothing(park, person, wrong):
    """The last one is what stands already."""
    with pytest.raises(Refused):
        change(park, person, **wrong)
    assert WarningRule.objects.filter(park=park).count() == 0


def test_somebody_was_first(park, person):
    change(park, person)
    with pytest.raises(Conflict):
        change(park, person, seen=1, red=5)
    assert WarningRule.objects.filter(park=park).count() == 1


def test_parks_with_equal_versions_share_their_statements(park, person, django_assert_num_queries):
    parks = [park, *(factories.park() for _n in range(3))]
    for each in parks:
        late(each)
        change(each, person)
    [default, own] = [rule for rule in rule_groups() if rule.code == CODE]
    assert own.parks == {each.pk for each in parks} == default.all_but
    assert len([rule for rule in rule_groups() if rule.code == "STEP_LATE"]) == 1


def test_parks_on_the_default_add_no_statement(park, django_assert_max_num_queries):
    late(park)
    evaluate(as_of=DAY, at=AT)
    needed = []
    for _n in range(2):
        with django_assert_max_num_queries(100) as captured:
            evaluate(as_of=DAY, at=AT)
        needed.append(len(captured))
        for _more in range(5):
            late(factories.park())
        evaluate(as_of=DAY, at=AT)
    assert len(set(needed)) == 1, needed


@pytest.mark.parametrize("code", list(DEFAULTS))
@pytest.mark.parametrize("most", [True, False])
def test_the_largest_and_the_smallest_thresholds_stop_nobody(park, person, code, most):
    names = DEFAULTS[code][2]
    params = {name: MOST.get(name, LARGEST) if most else int(name in FROM_ONE) for name in names}
    late(park)
    if params:
        rule_actions.change(park=park, code=code, params=params, is_enabled=True, note="试", seen=1, by=person, at=AT)
    evaluate(as_of=DAY, at=AT)


@pytest.mark.parametrize("value", [61, 100_000, -1, float("nan"), float("inf"), True, "3", None])
def test_a_reminder_weeks_ahead_or_no_number_is_refused(park, person, value):
    with pytest.raises(Refused):
        rule_actions.change(
            park=park, code="STEP_DUE_SOON", params={"within_wd": value}, is_enabled=True, note="试", seen=1,
            by=person, at=AT,
        )  # fmt: skip
