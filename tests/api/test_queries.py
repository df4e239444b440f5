"""Lists cost the same number of queries for 1, 3 and 60 rows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import (
    Bundle,
    Certificate,
    Commitment,
    CommittedStep,
    JointReview,
    JointReviewStep,
    StepDocument,
)
from dispatch.briefs.models import WeeklyBrief
from dispatch.ledger import actions as ledger
from dispatch.reports.models import Bulletin
from dispatch.warnings.models import Warning
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY


def add_projects(scene, n):
    for _number in range(n):
        factories.project(scene.park, enterprise=factories.enterprise(scene.park), responsible_unit=scene.unit)


def add_steps(scene, n):
    for _number in range(-(-n // 22)):
        project_with_steps(scene.park, responsible_unit=scene.unit).steps.update(unit=scene.unit)


def add_items(scene, n):
    for _number in range(n):
        ledger.register(park=scene.park, by=None, at=AT, on=TODAY, title="事项", project=scene.project, unit=scene.unit)


def add_warnings(scene, n):
    start = Warning.objects.count()
    for number in range(start, start + n):
        Warning.objects.create(
            park=scene.park, project=scene.project, unit=scene.unit, rule="step_late", object_type="step",
            object_id=number, due_on=date(2026, 2, 10), level="red", since_on=TODAY,
        )  # fmt: skip


def add_bulletins(scene, n):
    start = Bulletin.objects.count()
    for number in range(start, start + n):
        Bulletin.objects.create(
            park=scene.park, year=2001 + number // 12, month=number % 12 + 1, as_of=TODAY, snapshot={}, created_at=AT
        )


def add_briefs(scene, n):
    start = WeeklyBrief.objects.count()
    for number in range(start, start + n):
        WeeklyBrief.objects.create(
            park=scene.park, year=2001 + number // 52, week=number % 52 + 1, starts_on=TODAY, ends_on=TODAY,
            as_of=TODAY, snapshot={}, frozen_at=AT,
        )  # fmt: skip


def certificates_of(scene, n):
    """So many certificates, commitments, debts and joint reviews, each of a project of its own."""
    for _number in range(n):
        project = project_with_steps(scene.park, responsible_unit=scene.unit)
        yield project, project.steps.select_related("step").get(code="S02")


def add_certificates(scene, n):
    for _project, step in certificates_of(scene, n):
        Certificate.objects.create(
            project_step=step, kind="start_by", issued_on=TODAY, valid_until=date(2026, 9, 1), at=AT
        )


def add_commitments(scene, n):
    for project, step in certificates_of(scene, n):
        promise = Commitment.objects.create(
            project=project, kind="single", text="承诺", signed_by_name="某", signed_on=TODAY, check_due_on=TODAY, at=AT
        )
        CommittedStep.objects.create(commitment=promise, project_step=step, round=1)


def add_debts(scene, n):
    for _project, step in certificates_of(scene, n):
        StepDocument.objects.create(
            project_step=step, requirement=step.step.documents.first(), state="outstanding", promised_on=TODAY,
            due_on=TODAY, at=AT,
        )  # fmt: skip


def add_reviews(scene, n):
    bundle = Bundle.objects.earliest("pk")
    for project, step in certificates_of(scene, n):
        review = JointReview.objects.create(project=project, bundle=bundle, opened_at=AT)
        JointReviewStep.objects.create(review=review, project_step=step, unit=scene.unit)


LISTS = [
    ("projects", add_projects), ("steps", add_steps), ("ledger-items", add_items), ("warnings", add_warnings),
    ("bulletins", add_bulletins), ("weekly-briefs", add_briefs), ("certificates", add_certificates),
    ("commitments", add_commitments),
    ("debts", add_debts), ("joint-reviews", add_reviews),
]  # fmt: skip


@pytest.mark.parametrize(("path", "add"), LISTS, ids=[path for path, _add in LISTS])
def test_queries_do_not_grow_with_the_rows(scene, path, add):
    counted = {}
    add(scene, 1)
    for size in (1, 3, 60):
        have = len(scene.staff.get(f"{path}/?page_size={size}").json()["results"])
        if have < size:
            add(scene, size - have)
        with CaptureQueriesContext(connection) as queries:
            rows = scene.staff.get(f"{path}/?page_size={size}").json()["results"]
        assert len(rows) == size
        counted[size] = len(queries)
    assert len(set(counted.values())) == 1, counted
    assert counted[60] <= 6
