"""A project's own steps: which apply, with which limits, judged anew, decided by hand, proved by milestones."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions
from approvals.flow import State
from approvals.models import ProjectStep, StepTransition
from projects.models import Milestone
from tests import factories
from tests.approvals.cases import AT, TODAY, catalogue, move, project, step_of

pytestmark = pytest.mark.django_db

ALL = [f"S{n:02}" for n in range(1, 23)]
KNOWN = {
    "has_new_construction_land": False,
    "annual_energy_tce": Decimal(900),
    "annual_power_10k_kwh": Decimal(499),
    "hazardous_chemical": False,
    "soil_erosion_area": True,
    "land_mu": Decimal("7.5"),
    "earthwork_m3": Decimal(100),
    "eia_class": "report",
    "works_investment_10k": Decimal(3000),
    "floor_area_m2": Decimal(20000),
    "building_scale": "medium",
    "special_fire_project": False,
    "has_civil_building": False,
    "permit_class": "simplified",
}


@pytest.fixture
def park():
    return factories.park()


def applicability(project) -> dict[str, str]:
    return dict(project.steps.values_list("code", "applicability"))


def test_unknown_attributes_leave_conditional_steps_undetermined(park):
    found = applicability(project(park))

    assert list(found) == ALL
    conditional = {"S02", "S03", "S04", "S05", "S06", "S17"}
    assert found == {code: "undetermined" if code in conditional else "applies" for code in ALL}


def test_known_attributes_decide_and_say_why_not(park):
    made = project(park, **KNOWN)

    not_needed = {code for code, value in applicability(made).items() if value == "not_applicable"}
    assert not_needed == {"S03", "S04", "S06"}
    assert "undetermined" not in applicability(made).values()
    s06 = step_of(made, "S06")
    assert s06.not_applicable_reason == s06.step.condition_zh
    assert s06.not_applicable_by is None


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({}, "S02", ("", 30, "cd", 7)),
        ({"eia_class": "report"}, "S02", ("report", 60, "cd", 15)),
        ({"eia_class": "register"}, "S02", ("register", None, "wd", 1)),
        ({"hazardous_chemical": True}, "S04", ("", 45, "cd", 20)),
        ({"building_scale": "small"}, "S14", ("medium", 10, "wd", 5)),
        ({"building_scale": "large"}, "S14", ("", 15, "wd", 7)),
        ({"building_scale": "small", "special_fire_project": True}, "S14", ("fire_special", 15, "wd", 7)),
        ({"special_fire_project": False}, "S19", ("filing", None, "wd", 1)),
        ({"permit_class": "key"}, "S20", ("key", 30, "cd", 15)),
        ({"land_mu": Decimal(75), "soil_erosion_area": True}, "S05", ("report", 10, "wd", 5)),
        ({"land_mu": Decimal("74.9"), "earthwork_m3": Decimal(1)}, "S05", ("form", 0, "wd", 1)),
    ],
)
def test_variant_gives_the_limits(park, fields, code, expected):
    step = step_of(project(park, **fields), code)

    assert (step.variant_key, step.statutory_value, step.statutory_unit, step.committed_limit_wd) == expected


@pytest.mark.parametrize(("mu", "expected"), [("7.5", "applies"), ("7.4999", "not_applicable")])
def test_half_a_hectare_is_seven_and_a_half_mu(park, mu, expected):
    made = project(park, **(KNOWN | {"land_mu": Decimal(mu)}))

    assert applicability(made)["S05"] == expected


def test_give_steps_asks_as_often_for_many_projects_as_for_one(park, django_assert_max_num_queries):
    catalogue()
    many = [factories.project(park) for _n in range(20)]

    with django_assert_max_num_queries(25):  # 440 rows, written 29 and more at a time
        assert actions.give_steps(many, by=None, at=AT) == 440

    assert ProjectStep.objects.count() == 440


def test_without_a_catalogue_nobody_gets_steps(no_catalogue, park):
    assert actions.give_steps([factories.project(park)], by=None, at=AT) == 0


def test_re_evaluate_follows_new_answers_and_writes_history(park):
    made = project(park)
    made.eia_class = "report"
    made.hazardous_chemical = False

    changed = actions.re_evaluate(made, by=None, at=AT)

    assert [(step.code, step.applicability, step.variant_key) for step in changed] == [
        ("S02", "applies", "report"),
        ("S04", "not_applicable", ""),
    ]
    s04 = step_of(made, "S04")
    assert s04.not_applicable_reason == s04.step.condition_zh
    record = s04.history.get()
    assert (record.verb, record.from_state, record.to_state, record.data["after"]) == ("judged", 0, 0, "not_applicable")
    assert actions.re_evaluate(made, by=None, at=AT) == []


def test_re_evaluate_leaves_work_and_decisions_by_hand_alone(park):
    made, staff = project(park), factories.user(park)
    move(step_of(made, "S01"), "receive", TODAY)
    move(step_of(made, "S02"), "receive", TODAY)
    actions.set_not_applicable(step_of(made, "S03"), reason="旧厂房", by=staff, at=AT)
    made.eia_class, made.annual_energy_tce = "exempt", Decimal(5000)

    assert actions.re_evaluate(made, by=None, at=AT) == []

    assert step_of(made, "S02").applicability == "applies"
    assert step_of(made, "S03").applicability == "not_applicable"


def test_re_evaluate_judges_again_after_the_decision_by_hand_was_undone(park):
    made, staff = project(park), factories.user(park)
    step = step_of(made, "S03")
    actions.set_not_applicable(step, reason="旧厂房", by=staff, at=AT)
    actions.undo_last(step, by=staff, at=AT, today=TODAY)
    made.annual_energy_tce = Decimal(5000)

    assert [changed.code for changed in actions.re_evaluate(made, by=None, at=AT)] == ["S03"]


def test_not_applicable_by_hand_keeps_reason_and_name(park):
    staff = factories.user(park)
    step = step_of(project(park), "S08")

    actions.set_not_applicable(step, reason=" 租赁标准厂房 ", by=staff, at=AT)

    step.refresh_from_db()
    assert (step.applicability, step.not_applicable_reason, step.not_applicable_by) == (
        "not_applicable", "租赁标准厂房", staff,
    )  # fmt: skip
    record = step.history.get()
    assert (record.verb, record.note, record.by) == ("set_not_applicable", "租赁标准厂房", staff)
    with pytest.raises(Refused):
        move(step, "receive", TODAY)
    actions.set_applies(step, by=staff, at=AT)
    step.refresh_from_db()
    assert (step.applicability, step.not_applicable_reason, step.not_applicable_by) == ("applies", "", None)


def test_not_applicable_is_refused_without_reason_or_over_work(park):
    staff = factories.user(park)
    made = project(park)
    started = step_of(made, "S01")
    move(started, "receive", TODAY)

    for step, reason in ((step_of(made, "S08"), "  "), (started, "不需要")):
        with pytest.raises(Refused):
            actions.set_not_applicable(step, reason=reason, by=staff, at=AT)
    with pytest.raises(Refused):
        actions.set_applies(step_of(made, "S08"), by=staff, at=AT)
    with pytest.raises(Conflict):
        actions.set_not_applicable(step_of(made, "S08"), reason="租赁", by=staff, at=AT, version=9)

    assert step_of(made, "S08").applicability == "applies"


@pytest.mark.parametrize("role", ["unit", "enterprise", "leader"])
def test_applicability_needs_its_verb(park, role):
    step = step_of(project(park), "S08")

    with pytest.raises(PermissionDenied):
        actions.set_not_applicable(step, reason="租赁", by=factories.user(park, role), at=AT)
    with pytest.raises(PermissionDenied):
        actions.set_not_applicable(step, reason="租赁", by=factories.user(factories.park()), at=AT)


# Milestones ----------------------------------------------------------------------------------------------------------

FILED = date(2025, 6, 3)


def milestone(made, stage="L05", **fields):
    return Milestone.objects.update_or_create(project=made, stage=stage, defaults={"actual_on": FILED} | fields)[0]


def test_adopted_milestones_approve_their_steps(park):
    made = project(park)
    for stage in ("L03", "L05", "L06", "L10"):
        milestone(made, stage)

    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 3

    approved = made.steps.filter(state=State.APPROVED).values_list("code", "decided_on")
    assert dict(approved) == {"S01": FILED, "S09": FILED, "S21": FILED}
    record = step_of(made, "S01").history.get()
    assert (record.verb, record.from_state, record.to_state, record.on) == ("adopt_milestone", 0, 11, FILED)
    assert record.data["milestone"] == "L05"
    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 0


def test_adopted_step_follows_its_milestone(park):
    made = project(park)
    milestone(made, actual_on=None, is_done=True)
    actions.adopt_milestones([made.pk], by=None, at=AT)
    assert (step_of(made, "S01").state, step_of(made, "S01").decided_on) == (State.APPROVED, None)

    milestone(made, actual_on=FILED, is_done=False)
    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 1

    assert step_of(made, "S01").decided_on == FILED
    assert step_of(made, "S01").history.count() == 2


def test_milestones_leave_touched_steps_alone(park):
    made, staff = project(park), factories.user(park)
    milestone(made)
    milestone(made, "L06")
    move(step_of(made, "S01"), "receive", TODAY)
    actions.set_not_applicable(step_of(made, "S09"), reason="已有土地", by=staff, at=AT)

    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 0


def test_an_undone_adoption_stays_undone(park):
    made, staff = project(park), factories.user(park)
    milestone(made)
    actions.adopt_milestones([made.pk], by=None, at=AT)
    step = step_of(made, "S01")

    actions.undo_last(step, by=staff, at=AT, today=TODAY)

    assert (step_of(made, "S01").state, step_of(made, "S01").decided_on) == (State.NOT_STARTED, None)
    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 0
    assert [row.verb for row in step.history.order_by("pk")] == ["adopt_milestone", "undo"]


def test_planned_milestones_prove_nothing(park):
    made = project(park)
    milestone(made, actual_on=None, baseline_on=FILED)

    assert actions.adopt_milestones([made.pk], by=None, at=AT) == 0


# Units ---------------------------------------------------------------------------------------------------------------


def test_assign_unit_names_unit_and_person(park):
    staff, unit = factories.user(park), factories.organization(park)
    step = step_of(project(park), "S13")

    actions.assign_unit(step, unit, handler_name="张工", handler_phone="0514-1", by=staff, at=AT)

    step = step_of(step.project, "S13")
    assert (step.unit, step.handler_name, step.handler_phone, step.version) == (unit, "张工", "0514-1", 2)
    assert step.history.get().data["unit"] == unit.name


def test_assign_unit_refuses_other_parks_enterprises_and_people_without_the_verb(park):
    staff = factories.user(park)
    step = step_of(project(park), "S13")
    elsewhere = factories.organization(factories.park())

    for unit in (elsewhere, factories.organization(park, "enterprise")):
        with pytest.raises(Refused):
            actions.assign_unit(step, unit, by=staff, at=AT)
    with pytest.raises(PermissionDenied):
        actions.assign_unit(step, None, by=factories.user(park, "unit"), at=AT)


def test_assign_units_names_the_empty_ones_of_the_park(park):
    unit, other = factories.organization(park), factories.organization(park)
    first, second, foreign = project(park), project(park), project(factories.park())
    actions.assign_unit(step_of(first, "S13"), other, by=None, at=AT)

    assert actions.assign_units(park, {"S13": unit, "S17": unit}, by=None, at=AT) == 3

    assert step_of(first, "S13").unit == other
    assert [step_of(made, "S17").unit for made in (first, second, foreign)] == [unit, unit, None]
    assert StepTransition.objects.filter(verb="assign_unit").count() == 4
