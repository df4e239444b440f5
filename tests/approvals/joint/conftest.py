"""A project whose land has been awarded, so that the five certificates can be reviewed together."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from approvals.joint import actions
from approvals.joint.bundles import bundles_of, opening_of
from approvals.models import JointReviewStep
from tests import factories
from tests.approvals.cases import PLAIN, finish, project, step_of

OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9 o'clock in the park
LATER = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
FIVE = ["S10", "S11", "S13", "S14", "S16", "S17"]  # S16 comes along: it lies between S14 and S17


@pytest.fixture
def case(db):
    """A joint review of the five certificates as ``case.open()`` opens it; units by step code."""
    made = project(factories.park(), name="测试电机项目")
    for row in made.steps.filter(code__in=FIVE):
        made.steps.filter(pk=row.pk).update(applicability="applies")
    finish(made, "S01", "S06", "S07", "S08", "S09", "S12", on=date(2026, 2, 2))
    bundle = bundles_of(made).get(code="FIVE_CERTS")
    units = {}
    for code in FIVE:
        units[code] = factories.organization(made.park, "unit", name=f"单位{code}")
        made.steps.filter(code=code).update(unit=units[code])
    staff = factories.user(made.park)
    return Case(made, bundle, units, staff)


class Case(SimpleNamespace):
    def __init__(self, made, bundle, units, staff):
        super().__init__(project=made, bundle=bundle, units=units, staff=staff)

    @property
    def everything(self):
        """Ids of all papers of the bundle."""
        return [paper.pk for paper in opening_of(self.project, self.bundle).papers]

    def open(self, **more):
        fields = {"present": self.everything, "by": self.staff, "at": OPENED, "today": TODAY, "calendar": PLAIN}
        return actions.open_review(self.project, self.bundle, **fields | more)

    def row(self, review, code):
        rows = JointReviewStep.objects.select_related("project_step__project", "project_step__unit", "review")
        return rows.get(review=review, project_step__code=code)

    def person(self, code):
        return factories.user(self.project.park, "unit", self.units[code])

    def agree(self, review, *codes, at=LATER):
        for code in codes or [row.project_step.code for row in review.steps.select_related("project_step")]:
            actions.answer(self.row(review, code), "agreed", result_number=f"证-{code}", by=None, at=at)

    def issue(self, review, **more):
        review.refresh_from_db()
        fields = {"by": self.staff, "at": LATER, "today": TODAY, "calendar": PLAIN}
        return actions.issue(review, **fields | more)

    def step(self, code):
        return step_of(self.project, code)
