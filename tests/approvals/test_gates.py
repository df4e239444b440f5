"""What approvals register with projects: gate checks, facts for list rows, the reach of units, the panel."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from approvals import actions, hooks, panel
from approvals.lights import step_light
from projects import seams
from projects.models import Project
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db

START = "CONSTRUCTION_START"  # S02, S03, S04, S05, S17
BEFORE_S17 = ["S01", "S06", "S07", "S08", "S09", "S10", "S11", "S12", "S13", "S14", "S16"]
EASY = {
    "annual_energy_tce": Decimal(1),
    "annual_power_10k_kwh": Decimal(1),
    "hazardous_chemical": False,
    "soil_erosion_area": False,
    "eia_class": "form",
    "works_investment_10k": Decimal(3000),
    "floor_area_m2": Decimal(9000),
}


@pytest.fixture
def park():
    return factories.park()


def missing(made, gate=START, on=TODAY):
    return [item.code for item in hooks.missing_steps(made, gate, on)]


def test_undetermined_steps_hold_the_gate(park):
    assert missing(project(park)) == ["S02", "S03", "S04", "S05", "S17"]


def test_only_applicable_open_steps_are_missing(park):
    made = project(park, **EASY)
    assert missing(made) == ["S02", "S17"]

    finish(made, *BEFORE_S17[:1], "S02")
    assert missing(made) == ["S17"]
    finish(made, *BEFORE_S17[1:], "S17")
    assert missing(made) == []


def test_step_decided_after_the_day_is_still_missing(park):
    made = project(park)
    finish(made, "S01", on=TODAY)

    assert missing(made, "STATISTICS_ENROLLED", TODAY - days(1)) == ["S01"]
    assert missing(made, "STATISTICS_ENROLLED", TODAY) == []


def test_revoked_approval_is_missing_again(park):
    made = project(park)
    (step,) = finish(made, "S01")
    move(step, "revoke", TODAY, note="材料虚假")

    assert missing(made, "STATISTICS_ENROLLED") == ["S01"]


def test_missing_names_step_state_and_page(park):
    made = project(park)

    with translation.override("en"):
        (item,) = hooks.missing_steps(made, "STATISTICS_ENROLLED", TODAY)
        (land,) = hooks.missing_steps(made, "LAND_SUPPLIED", TODAY)

    assert item.text == "S01 Enterprise investment project filing is not finished: not started."
    assert item.url == reverse("approvals:step", args=[made.pk, "S01"])
    assert land.code == "S09"


def test_unknown_gate_and_project_without_steps_miss_nothing(park):
    assert missing(project(park), "NO_SUCH_GATE") == []
    assert missing(factories.project(park)) == []


def test_everything_is_registered():
    assert hooks.missing_steps in seams.gate_checks
    assert hooks.row_facts in seams.row_facts
    assert hooks.unit_reach in seams.unit_reach
    assert actions.give_steps in seams.on_created
    assert actions.re_evaluate in seams.on_edited
    assert actions.adopt_milestones in seams.on_milestones
    assert [part for part in seams.panels if part in panel.PANELS] == panel.PANELS


# Facts of list rows ---------------------------------------------------------------------------------------------------


def test_row_facts_count_steps_and_name_the_next_due(park):
    made, other = project(park, **EASY), project(park)  # S03, S04, S05 do not apply
    finish(made, "S01")
    late, soon = step_of(made, "S10"), step_of(made, "S12")
    for step, on in ((late, TODAY - days(28)), (soon, TODAY)):
        move(step, "receive", on)
        move(step, "accept", on)
    staff = factories.user(park)

    with translation.override("en"):
        facts = hooks.row_facts([made, other], staff, TODAY)

    assert facts == {
        made.pk: {
            "steps_total": 19,
            "steps_done": 1,
            "late_steps": 1,
            "next_due": {
                "code": "S10",
                "name": "Land-use planning permit",
                "due_on": late.committed_due_on,
                "is_provisional": False,
            },
        },
        other.pk: {"steps_total": 22, "steps_done": 0, "late_steps": 0, "next_due": None},
    }


def test_row_facts_leave_paused_steps_out_of_the_late_ones(park):
    made = project(park)
    step = step_of(made, "S10")
    move(step, "receive", TODAY - days(28))
    move(step, "accept", TODAY - days(28))
    move(step, "pause", TODAY - days(27), pause_kind="hearing", note="会期已定")

    facts = hooks.row_facts([made], None, TODAY)[made.pk]

    assert (facts["late_steps"], facts["next_due"]) == (0, None)


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_row_facts_take_one_query(park, rows, django_assert_num_queries):
    projects = [project(park) for _n in range(rows)]
    for made in projects:
        step = step_of(made, "S10")
        move(step, "receive", TODAY)
        move(step, "accept", TODAY)

    with django_assert_num_queries(1):
        facts = hooks.row_facts(projects, None, TODAY)

    assert len(facts) == rows
    assert all(fact["next_due"]["code"] == "S10" for fact in facts.values())


# Units ----------------------------------------------------------------------------------------------------------------


def test_unit_sees_the_project_of_its_step_and_of_that_only_its_step(park):
    worker = factories.user(park, "unit")
    made, foreign = project(park), project(park)
    actions.assign_unit(step_of(made, "S13"), worker.organization, by=None, at=AT)

    assert list(Project.objects.visible_to(worker)) == [made]
    assert foreign not in Project.objects.visible_to(worker)
    shown = panel.steps(made, worker, TODAY)
    assert [view.row.code for phase in shown["phases"] for view in phase.views] == ["S13"]


# The panel ------------------------------------------------------------------------------------------------------------


def test_panel_groups_steps_and_counts(park):
    made, staff = project(park, **EASY), factories.user(park)
    finish(made, "S01")
    step = step_of(made, "S10")
    move(step, "receive", TODAY - days(28))
    move(step, "accept", TODAY - days(28))

    shown = panel.steps(made, staff, TODAY)

    counts = {name: shown[name] for name in ("done", "total", "late", "not_applicable")}
    assert counts == {"done": 1, "total": 19, "late": 1, "not_applicable": 3}
    assert [view.row.code for view in shown["undetermined"]] == ["S06"]
    phases = {phase.heading.code: [view.row.code for view in phase.views] for phase in shown["phases"]}
    assert phases["P1"] == ["S01", "S02", "S03", "S04", "S05", "S06"]
    first = shown["phases"][0]
    assert (first.done, first.total) == (1, 3)
    assert [line.heading.code for line in first.lines] == ["FILING", "EVAL", "LAND"]


def test_panel_says_whose_turn_it_is(park):
    made, staff = project(park, **EASY), factories.user(park)
    finish(made, "S01")
    received, corrected, reviewed = (step_of(made, code) for code in ("S07", "S02", "S10"))
    for step in (received, corrected, reviewed):
        move(step, "receive", TODAY)
    move(corrected, "notify_correction", TODAY, note="缺")
    move(reviewed, "accept", TODAY)
    move(reviewed, "pause", TODAY, pause_kind="expert_review", note="会期已定")

    turns = {v.row.code: v.turn for p in panel.steps(made, staff, TODAY)["phases"] for v in p.views}

    assert turns["S01"] == ""
    assert turns["S07"] == "park"  # the park's own step
    assert turns["S02"] == "enterprise"
    assert turns["S10"] == "third_party"
    assert turns["S08"] == "park"  # can start, and the park begins it
    assert turns["S15"] == "enterprise"  # can start
    assert turns["S09"] == turns["S13"] == ""  # wait for others, also where a pre-review is possible
    assert turns["S06"] == ""  # undetermined
    assert turns["S03"] == ""  # not applicable


def test_panel_asks_the_open_question(park):
    made, staff = project(park, annual_energy_tce=Decimal(1)), factories.user(park)

    with translation.override("en"):
        questions = {view.row.code: view.questions for view in panel.steps(made, staff, TODAY)["undetermined"]}

    assert questions["S03"] == ["annual power use in 10,000 kWh"]
    assert questions["S17"] == ["works investment in 10,000 CNY", "floor area in m2"]


@pytest.mark.parametrize("touched", [1, 3, 22])
def test_panel_takes_the_same_queries_however_much_has_happened(park, touched, django_assert_num_queries):
    made, staff = project(park), factories.user(park)
    _scope = staff.organization.park, staff.role
    for step in list(made.steps.select_related("step", "project"))[:touched]:
        move(step, "receive", TODAY)
        move(step, "notify_correction", TODAY, note="缺")
        paper = step.step.documents.first()
        actions.record_document(step, paper, "supplied", on=TODAY, by=None, at=AT, today=TODAY, calendar=PLAIN)
    load_calendar()

    with django_assert_num_queries(13):  # seven for the steps and what is on them, six for the drawing
        panel.steps(made, staff, TODAY)


# Lights ---------------------------------------------------------------------------------------------------------------

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("committed", "statutory", "expected"),
    [
        (None, None, ""),
        (MONDAY + days(4), None, "green"),  # Friday: 4 working days left
        (MONDAY + days(3), None, "blue"),
        (MONDAY, None, "blue"),
        (MONDAY - days(1), None, "yellow"),  # Sunday: late by a weekend
        (MONDAY - days(14), None, "yellow"),  # 10 working days
        (MONDAY - days(17), None, "red"),  # 11 working days
        (MONDAY + days(30), MONDAY - days(1), "red"),
        (MONDAY + days(30), MONDAY, "blue"),
        (None, MONDAY + days(30), "green"),
    ],
)
def test_step_light(committed, statutory, expected):
    assert step_light(committed, statutory, today=MONDAY, calendar=PLAIN) == expected
