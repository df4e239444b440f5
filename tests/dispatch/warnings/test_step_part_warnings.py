"""Warnings about outstanding papers, commitments to be checked and certificates: exact levels at the boundaries."""

from datetime import date, timedelta

import pytest

from approvals.models import Certificate, Commitment, CommittedStep, StepDocument
from dispatch.models import Warning, WarningRule
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.job import evaluate_all
from dispatch.warnings.reading import lines
from dispatch.warnings.rules import load_rules, rules_in_force
from projects.models import Milestone, Project
from tests import factories
from tests.approvals.cases import PLAIN, project, step_of

AT = factories.AT
DAY = date(2026, 11, 20)  # a Friday
ONE = timedelta(days=1)

pytestmark = pytest.mark.django_db


def run(as_of=DAY):
    return evaluate(as_of=as_of, at=AT)


def rows(*fields):
    """Months in a row have tests of their own."""
    return list(Warning.objects.active().exclude(rule="HISTORY").order_by("pk").values_list(*fields))


@pytest.fixture
def owner(db):
    park = factories.park()
    return project(park, responsible_unit=factories.organization(park))


@pytest.fixture
def step(owner):
    return step_of(owner, "S17")


def owe(step, due_on, **fields):
    paper = step.step.documents.first()
    values = {"state": "outstanding", "promised_on": date(2026, 11, 2), "due_on": due_on, "at": AT} | fields
    return StepDocument.objects.create(project_step=step, requirement=paper, **values)


def promise(step, due_on, **fields):
    step.project.steps.filter(pk=step.pk).update(state=11)
    row = Commitment.objects.create(
        project=step.project, kind="single", text="承诺", signed_by_name="某", signed_on=date(2026, 9, 1),
        check_due_on=due_on, at=AT,
    )  # fmt: skip
    return CommittedStep.objects.create(commitment=row, project_step=step, round=1, **fields)


def certify(step, until, **fields):
    values = {"kind": "start_by", "issued_on": date(2026, 1, 5), "valid_until": until, "at": AT} | fields
    return Certificate.objects.create(project_step=step, **values)


# Friday the 20th: three workdays ahead is Wednesday the 25th; five workdays back is Friday the 13th.
OWED = [
    (date(2026, 11, 26), None), (date(2026, 11, 25), "blue"), (DAY, "blue"), (date(2026, 11, 19), "yellow"),
    (date(2026, 11, 13), "yellow"), (date(2026, 11, 12), "red"),
]  # fmt: skip


@pytest.mark.parametrize(("due_on", "level"), OWED)
@pytest.mark.parametrize(
    ("make", "kind", "name"), [(owe, "paper", "PAPER_OWED"), (promise, "commitment", "COMMITMENT_CHECK")]
)
def test_papers_and_checks(step, make, kind, name, due_on, level):
    row = make(step, due_on)
    run()
    rule = f"{name}_{'SOON' if level == 'blue' else 'LATE'}"
    expected = [(rule, kind, row.pk, "S17", due_on, level, step.project.responsible_unit_id)] if level else []
    assert rows("rule", "object_type", "object_id", "label", "due_on", "level", "unit") == expected
    step.project.refresh_from_db()
    assert step.project.light == (level or "green")


@pytest.mark.parametrize(
    ("until", "level"),
    [
        (DAY + 61 * ONE, None), (DAY + 60 * ONE, "blue"), (DAY + 31 * ONE, "blue"), (DAY + 30 * ONE, "yellow"),
        (DAY, "yellow"), (DAY - ONE, "red"), (DAY - 300 * ONE, "red"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["start_by", "expires"])
def test_certificates(owner, kind, until, level):
    row = certify(step_of(owner, "S20"), until, kind=kind)
    run()
    expected = [("CERTIFICATE_ENDING", "certificate", row.pk, until, until - 60 * ONE, level)] if level else []
    assert rows("rule", "object_type", "object_id", "due_on", "since_on", "level") == expected


def test_days_of_notice_are_those_of_the_step(owner):
    near, far = step_of(owner, "S17"), step_of(owner, "S20")
    near.step.validity_remind_days = 10
    near.step.save()
    certify(near, DAY + 11 * ONE)
    certify(far, DAY + 60 * ONE, kind="expires")
    run()
    assert rows("label") == [("S20",)]
    run(DAY + ONE)
    assert rows("label", "level") == [("S20", "blue"), ("S17", "yellow")]


@pytest.mark.parametrize("start", [{"actual_on": DAY - 30 * ONE}, {"is_done": True}])
@pytest.mark.parametrize(("kind", "silent"), [("start_by", True), ("expires", False)])
def test_after_the_start_of_construction_only_what_expires_warns(owner, start, kind, silent):
    certify(step_of(owner, "S17"), DAY - ONE, kind=kind)
    Milestone.objects.create(project=owner, stage="L08", **start)
    run()
    assert (rows("level") == []) == silent


def gone_paper(row):
    StepDocument.objects.filter(pk=row.pk).update(state="supplied")


def gone_promise(row):
    CommittedStep.objects.filter(pk=row.pk).update(outcome="kept", checked_on=DAY)


def gone_approval(row):
    type(row.project_step).objects.filter(pk=row.project_step_id).update(state=15)


def gone_certificate(row):
    Certificate.objects.filter(pk=row.pk).update(state="void", state_on=DAY)


@pytest.mark.parametrize(
    ("make", "end"),
    [(owe, gone_paper), (promise, gone_promise), (promise, gone_approval), (certify, gone_certificate)],
    ids=lambda function: function.__name__,
)
def test_clears_itself_and_a_second_run_writes_nothing(step, make, end):
    row = make(step, DAY - 3 * ONE)
    run()
    assert len(rows("level")) == 1
    assert run().total == 0
    end(row)
    run(DAY + ONE)
    assert rows("level") == []


@pytest.mark.parametrize("make", [owe, promise, certify])
@pytest.mark.parametrize("status", ["suspended", "terminated"])
def test_projects_at_rest_and_steps_that_do_not_apply_are_silent(step, make, status):
    make(step, DAY - 3 * ONE)
    Project.objects.filter(pk=step.project_id).update(status=status)
    assert run().rules == {}
    Project.objects.filter(pk=step.project_id).update(status="active")
    step.project.steps.filter(pk=step.pk).update(applicability="not_applicable", not_applicable_reason="无")
    assert run().rules == {}


def test_missed_days_end_like_an_unbroken_run(owner):
    def make():
        owe(step_of(owner, "S16"), DAY + 2 * ONE)
        promise(step_of(owner, "S14"), DAY + ONE)
        certify(step_of(owner, "S17"), DAY + 4 * ONE)

    make()
    fields = ("rule", "label", "due_on", "since_on", "level")
    for shift in range(15):
        run(DAY + shift * ONE)
    unbroken = sorted(rows(*fields))
    Warning.objects.all().delete()
    run(DAY)
    run(DAY + 14 * ONE)
    assert sorted(rows(*fields)) == unbroken
    assert {row[4] for row in unbroken} == {"red"}


def test_a_paper_without_a_day_of_its_own_is_silent(step):
    owe(step, None, due_before="S21")
    assert run().total == 0


def test_rules_in_words_lead_to_the_step(step):
    owe(step, DAY - ONE)
    promise(step, DAY - ONE)
    certify(step, DAY + 12 * ONE)
    run()
    found = lines(list(Warning.objects.order_by("rule")), today=DAY, calendar=PLAIN)
    paper = step.step.documents.first()
    assert [(line.about, line.days, line.unit) for line in found] == [
        (f"S17 {step.step.name_zh}", 12, "calendar"),
        (f"S17 {step.step.name_zh}", -1, "workday"),
        (f"S17 {paper.name_zh}", -1, "workday"),
    ]
    assert {line.url for line in found} == {f"/projects/{step.project_id}/steps/S17/"}


def test_an_existing_installation_gets_version_1_of_the_new_rules_alone():
    load_rules()
    WarningRule.objects.filter(code__startswith="PAPER").delete()
    WarningRule.objects.filter(code="STEP_LATE").update(params={"red_after_wd": 7})
    assert load_rules() == 2
    versions = {rule.code: (rule.version, rule.params) for rule in rules_in_force()}
    assert versions["PAPER_OWED_LATE"] == (1, {"red_after_wd": 5})
    assert versions["STEP_LATE"] == (1, {"red_after_wd": 7})


def test_the_morning_gives_missing_certificates_before_it_evaluates(step):
    step.project.steps.filter(pk=step.pk).update(state=11, decided_on=date(2026, 8, 12), result_number="施1")
    day = type("Run", (), {"as_of": DAY})
    counts = evaluate_all(day, AT, lambda: None)
    assert counts["certificates"] == 1
    assert rows("rule", "due_on", "level") == [("CERTIFICATE_ENDING", date(2026, 11, 12), "red")]
    again = evaluate_all(day, AT, lambda: None)
    assert (again["certificates"], len(rows("pk"))) == (0, 1)
