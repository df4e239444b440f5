"""What other answers do to the steps: the preview is what saving does, and work is never taken away."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.errors import Conflict
from approvals import actions
from approvals.flow import State
from approvals.judging import Effect, Kept
from approvals.models import ProjectStep, StepVariant
from approvals.questions.actions import Unseen, answer
from approvals.questions.preview import fields_of, preview
from projects.errors import InvalidFields
from projects.models import Project, ProjectChange
from tests import factories
from tests.approvals.cases import AT, TODAY, catalogue, finish, move, project, step_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)
EASY = {
    "annual_energy_tce": Decimal(1),
    "annual_power_10k_kwh": Decimal(1),
    "hazardous_chemical": False,
    "has_new_construction_land": False,
    "soil_erosion_area": False,
    "eia_class": "form",
    "works_investment_10k": Decimal(3000),
    "floor_area_m2": Decimal(9000),
    "special_fire_project": False,
    "has_civil_building": False,
    "building_scale": "small",
    "permit_class": "simplified",
}


@pytest.fixture
def made():
    return project(factories.park(), **EASY)


@pytest.fixture
def staff(made):
    return factories.user(made.park)


def effects(project, **values):
    found = preview(project, values)
    return [(c.row.code, c.effect, c.kept) for c in found.changes]


def save(project, by=None, version=None, **values):
    shown = preview(project, values)
    return answer(project, values, previewed=shown.digest, by=by, at=AT, version=version)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"hazardous_chemical": True}, [("S04", Effect.APPEARS, None)]),
        ({"hazardous_chemical": None}, [("S04", Effect.UNDETERMINED, None)]),
        ({"annual_energy_tce": Decimal(1000)}, [("S03", Effect.APPEARS, None)]),
        ({"annual_energy_tce": Decimal(999)}, []),
        ({"eia_class": "exempt"}, [("S02", Effect.FALLS_AWAY, None)]),
        ({"eia_class": "report"}, [("S02", Effect.LIMITS, None)]),
        ({"eia_class": ""}, [("S02", Effect.UNDETERMINED, None)]),
        ({"special_fire_project": True}, [("S14", Effect.LIMITS, None), ("S19", Effect.LIMITS, None)]),
        ({"permit_class": "key"}, [("S20", Effect.LIMITS, None)]),
        ({"has_new_construction_land": True}, [("S06", Effect.APPEARS, None)]),
        ({"works_investment_10k": Decimal(30)}, [("S17", Effect.FALLS_AWAY, None)]),
        ({}, []),
    ],
)
def test_each_answer_names_the_steps_it_changes(made, values, expected):
    assert effects(made, **values) == expected


def test_preview_writes_nothing(made, django_assert_num_queries):
    before = list(ProjectStep.objects.values()), Project.objects.values().get(pk=made.pk)
    with django_assert_num_queries(5):
        preview(made, {"hazardous_chemical": True})
    assert made.hazardous_chemical is False
    assert before == (list(ProjectStep.objects.values()), Project.objects.values().get(pk=made.pk))


def test_saving_does_it_once_with_history(made, staff):
    done = save(made, by=staff, version=1, hazardous_chemical=True, eia_class="report")

    assert [(change.row.code, change.effect) for change in done] == [("S02", Effect.LIMITS), ("S04", Effect.APPEARS)]
    assert step_of(made, "S04").applicability == "applies"
    report = step_of(made, "S02")
    assert (report.variant_key, report.statutory_value, report.statutory_unit, report.committed_limit_wd) == (
        "report", 60, "cd", 15,
    )  # fmt: skip
    assert [step_of(made, code).history.get().verb for code in ("S02", "S04")] == ["judged", "judged"]
    change = ProjectChange.objects.filter(project=made, verb="edited").get()
    assert (change.by, {entry["field"] for entry in change.changes}) == (staff, {"hazardous_chemical", "eia_class"})


def test_work_done_stays_and_is_named(made):
    begun = step_of(made, "S02")
    move(begun, "receive", MONDAY)
    paper = step_of(made, "S20")
    actions.record_document(paper, paper.step.documents.first(), "supplied", on=MONDAY, by=None, at=AT, today=TODAY)

    shown = effects(made, eia_class="exempt", permit_class="key")
    assert shown == [("S02", Effect.FALLS_AWAY, Kept.WORK), ("S20", Effect.LIMITS, Kept.WORK)]
    assert save(made, eia_class="exempt", permit_class="key") == []

    kept = step_of(made, "S02")
    assert (kept.state, kept.applicability, kept.received_on) == (State.RECEIVED, "applies", MONDAY)
    assert (kept.committed_limit_wd, kept.variant_key) == (7, "form")
    assert step_of(made, "S20").documents.count() == 1
    assert step_of(made, "S20").committed_limit_wd == 10
    # and the page goes on saying so
    made.refresh_from_db()
    assert effects(made) == shown


def test_decisions_by_hand_stay(made, staff):
    actions.set_applies(step_of(made, "S04"), by=staff, at=AT)
    assert effects(made, hazardous_chemical=True, annual_energy_tce=Decimal(5000)) == [("S03", Effect.APPEARS, None)]
    assert effects(made) == [("S04", Effect.FALLS_AWAY, Kept.BY_HAND)]


def test_undo_of_the_work_lets_the_answers_decide_again(made, staff):
    step = step_of(made, "S02")
    move(step, "receive", MONDAY)
    save(made, eia_class="exempt")
    actions.undo_last(step, by=staff, at=AT, today=TODAY)
    made.refresh_from_db()
    save(made, floor_area_m2=Decimal(9001))
    assert step_of(made, "S02").applicability == "not_applicable"


def test_a_judgement_can_be_undone(made, staff):
    save(made, hazardous_chemical=True, eia_class="report")
    actions.undo_last(step_of(made, "S02"), by=staff, at=AT, today=TODAY)
    assert (step_of(made, "S02").variant_key, step_of(made, "S02").committed_limit_wd) == ("form", 7)


def test_a_variants_own_start_of_the_clock_is_taken_over(made):
    form = step_of(made, "S02").clock_start
    other = {"received": "accepted", "accepted": "received"}[form]
    StepVariant.objects.filter(step__code="S02", key="report").update(clock_start=other)
    save(made, eia_class="report")
    assert step_of(made, "S02").clock_start == other
    made.refresh_from_db()
    save(made, eia_class="form")  # blank: the step's own
    assert step_of(made, "S02").clock_start == form
    fresh = project(made.park, **EASY | {"eia_class": "report"})
    assert step_of(fresh, "S02").clock_start == other


def test_saving_what_was_not_shown_is_refused(made):
    shown = preview(made, {"hazardous_chemical": True})
    move(step_of(made, "S15"), "receive", MONDAY)  # another step: no difference
    actions.set_applies(step_of(made, "S04"), by=None, at=AT)
    with pytest.raises(Unseen):
        answer(made, {"hazardous_chemical": True}, previewed=shown.digest, by=None, at=AT)
    made.refresh_from_db()
    assert made.hazardous_chemical is False
    with pytest.raises(Unseen):
        answer(made, {"hazardous_chemical": True}, previewed="", by=None, at=AT)


def test_conflict_and_rights(made, staff):
    with pytest.raises(PermissionDenied):
        save(made, by=factories.user(made.park, "unit"), hazardous_chemical=True)
    save(made, by=staff, version=1, floor_area_m2=Decimal(9001))
    with pytest.raises(Conflict):
        save(made, by=staff, version=1, hazardous_chemical=True)
    with pytest.raises(InvalidFields):
        answer(made, {"eia_class": "novel"}, previewed="", by=staff, at=AT)
    made.refresh_from_db()
    assert (made.hazardous_chemical, made.eia_class) == (False, "form")
    assert step_of(made, "S04").applicability == "not_applicable"


def test_every_variable_of_the_catalogue_can_be_answered():
    assert set(fields_of(catalogue().variables)) == set(catalogue().variables)
    assert fields_of({"land_area_ha": {}, "number_of_moons": {}}) == {"land_area_ha": "land_mu"}


truths = st.sampled_from([True, False, None])
amounts = st.sampled_from([None, Decimal(0), Decimal(30), Decimal(300), Decimal(1000), Decimal("60000.5")])
answers = st.fixed_dictionaries(
    {},
    optional={
        "annual_energy_tce": amounts,
        "annual_power_10k_kwh": amounts,
        "hazardous_chemical": truths,
        "has_new_construction_land": truths,
        "land_mu": amounts,
        "earthwork_m3": amounts,
        "soil_erosion_area": truths,
        "eia_class": st.sampled_from(["", "report", "form", "register", "exempt"]),
        "permit_class": st.sampled_from(["", "key", "simplified", "registration"]),
        "building_scale": st.sampled_from(["", "large", "medium", "small"]),
        "special_fire_project": truths,
        "has_civil_building": truths,
        "works_investment_10k": amounts,
        "floor_area_m2": amounts,
    },
)
worked_on = st.sets(st.sampled_from(["S02", "S03", "S04", "S05", "S14", "S17", "S20"]), max_size=3)


class PreviewIsWhatSavingDoes(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(answers, answers, worked_on)
    def test_for_any_answers(self, first, then, begun):
        made = project(factories.park(), **first)
        for code in begun:
            step = step_of(made, code)
            if step.applies:
                move(step, "receive", MONDAY)
        before = {row["code"]: row for row in made.steps.values()}

        shown = preview(made, then)
        done = answer(made, then, previewed=shown.digest, by=None, at=AT)

        after = {row["code"]: row for row in made.steps.values()}
        told = {change.row.code: dict(change.columns) for change in shown.changes if change.happens}
        assert [change.row.code for change in done] == list(told)
        for code, row in after.items():
            moved = {name: value for name, value in row.items() if value != before[code][name]}
            moved.pop("version", None), moved.pop("updated_at", None)
            if code not in told:
                assert not moved
            assert moved.items() <= told.get(code, {}).items()
            assert not (code in told and not moved)
            if row["state"] != State.NOT_STARTED:
                assert row == before[code]
        # nothing is left over, and asking again changes nothing
        made.refresh_from_db()
        assert [change for change in preview(made, then).changes if change.happens] == []
        assert actions.re_evaluate(made, by=None, at=AT) == []


def test_finished_steps_are_kept_too(made):
    finish(made, "S01")
    (done,) = finish(made, "S02")
    assert effects(made, eia_class="exempt") == [("S02", Effect.FALLS_AWAY, Kept.WORK)]
    assert done.state == State.APPROVED
