"""Steps for many projects at once, against the same rows made one by one."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from approvals import actions
from approvals.actions.creation import BATCH, rules_for
from approvals.flow import State
from approvals.judging import answers_of, limits
from approvals.models import ProjectStep, StepTransition
from projects.models import Milestone, Project
from tests import factories
from tests.approvals.cases import AT, catalogue

pytestmark = pytest.mark.django_db

MANY = BATCH + 30
ANSWERS = {
    "has_new_construction_land": [None, True, False],
    "annual_energy_tce": [None, Decimal(900), Decimal(1000), Decimal(5000)],
    "annual_power_10k_kwh": [None, Decimal(499), Decimal(500)],
    "hazardous_chemical": [None, True, False],
    "soil_erosion_area": [None, True, False],
    "land_mu": [None, Decimal("7.4"), Decimal("7.5"), Decimal(80)],
    "earthwork_m3": [None, Decimal(100), Decimal(60000)],
    "eia_class": ["", "report", "form", "register", "exempt"],
    "works_investment_10k": [None, Decimal(20), Decimal(3000)],
    "floor_area_m2": [None, Decimal(200), Decimal(20000)],
    "building_scale": ["", "small", "medium", "large"],
    "special_fire_project": [None, True, False],
    "has_civil_building": [None, True, False],
    "permit_class": ["", "key", "simplified", "registration"],
}
STAGES = ("L03", "L05", "L06", "L10")


def projects(count: int, rng: random.Random) -> list[Project]:
    park = factories.park()
    return Project.objects.bulk_create(
        Project(
            park=park, name=f"项目{n}", name_key=f"项目{n}", stage="L01", created_at=AT, updated_at=AT,
            **{name: rng.choice(choices) for name, choices in ANSWERS.items()},
        )
        for n in range(count)
    )  # fmt: skip


def rows(queryset, *without: str) -> list[dict]:
    """Every column but the keys that depend on the order of writing."""
    return [{k: v for k, v in row.items() if k not in {"id", *without}} for row in queryset.values()]


def one_by_one(project: Project, in_force) -> list[ProjectStep]:
    answers = answers_of(project, in_force.variables)
    made = []
    for rule in rules_for(in_force.steps.order_by("seq"), in_force):
        step, judged = rule.step, rule.judge(answers)
        made.append(
            ProjectStep(
                project=project, step=step, code=step.code, seq=step.seq, phase_code=step.phase.code,
                line_code=step.line.code, updated_at=AT,
                applicability=judged.applicability, not_applicable_reason=judged.reason,
                **limits(step, judged.variant),
            )
        )  # fmt: skip
    return made


@pytest.mark.slow
def test_many_projects_get_the_rows_they_would_get_one_by_one():
    in_force, made = catalogue(), projects(MANY, random.Random(5))

    assert actions.give_steps(iter(made), by=None, at=AT) == MANY * 22

    found = rows(ProjectStep.objects.order_by("project", "seq"))
    ProjectStep.objects.all().delete()
    wanted = [row for project in made[:40] + made[-40:] for row in one_by_one(project, in_force)]
    ProjectStep.objects.bulk_create(wanted)
    served = {project.pk for project in made[:40] + made[-40:]}
    assert [row for row in found if row["project_id"] in served] == rows(ProjectStep.objects.order_by("project", "seq"))
    assert len(found) == MANY * 22


def test_a_second_call_does_not_take_touched_rows_for_examples():
    catalogue()
    first, second = projects(1, random.Random(1))[0], projects(1, random.Random(1))[0]
    actions.give_steps([first], by=None, at=AT)
    ProjectStep.objects.filter(project=first).update(state=State.RECEIVED, handler_name="张工", version=9)

    actions.give_steps([second], by=None, at=AT)

    assert set(second.steps.values_list("state", "handler_name", "version")) == {(State.NOT_STARTED, "", 1)}


def test_the_questions_to_the_database_grow_with_batches_and_not_with_projects(django_assert_max_num_queries):
    catalogue()
    made = projects(BATCH, random.Random(3))

    with django_assert_max_num_queries(16):
        actions.give_steps(made, by=None, at=AT)


def adopt_one_by_one(milestones) -> tuple[dict, list]:
    """{(project, code): day} and history of fresh steps: applicable, and proved by a milestone that was reached."""
    steps, history = {}, []
    for project, stage, on, is_done in milestones:
        code = {"L05": "S01", "L06": "S09", "L10": "S21"}.get(stage)
        step = ProjectStep.objects.filter(project=project, code=code).first()
        if step and (on or is_done) and step.applicability != "not_applicable":
            steps[project, code] = on
            data = {
                "before": {"step": {"state": 0, "decided_on": None}},
                "milestone": stage,
                "milestone_on": on.isoformat() if on else None,
            }
            history.append((step.pk, "adopt_milestone", 0, 11, on or AT.date(), "", data, None, AT))
    return steps, sorted(history, key=lambda row: row[0])


def test_milestones_of_many_projects_are_adopted_as_one_by_one():
    catalogue()
    rng = random.Random(7)
    made = projects(60, rng)
    actions.give_steps(made, by=None, at=AT)
    ProjectStep.objects.filter(project=made[0]).update(applicability="not_applicable", not_applicable_reason="租赁")
    for project in made:
        for stage in rng.sample(STAGES, 3):
            on = rng.choice([None, date(2024, 1, 1) + timedelta(days=rng.randrange(400))])
            Milestone.objects.create(project=project, stage=stage, actual_on=on, is_done=not on and rng.random() < 0.5)
    before = rows(ProjectStep.objects.order_by("project", "seq"))
    wanted, history = adopt_one_by_one(
        Milestone.objects.order_by("project").values_list("project", "stage", "actual_on", "is_done")
    )

    later = AT + timedelta(hours=1)

    assert actions.adopt_milestones([project.pk for project in made], by=None, at=later) == len(wanted)

    for row in before:
        key = row["project_id"], row["code"]
        if key in wanted:
            row |= {"state": 11, "decided_on": wanted[key], "version": 2, "updated_at": later}
    assert rows(ProjectStep.objects.order_by("project", "seq")) == before
    columns = ("project_step", "verb", "from_state", "to_state", "on", "note", "data", "by", "at")
    found = StepTransition.objects.order_by("project_step").values_list(*columns)
    assert list(found) == [(*row[:-1], later) for row in history]
