"""What one park writes into its own catalogue is on no page of another park."""

import pytest

from accounts import clock
from approvals.figures import queries
from approvals.guide import upkeep
from approvals.joint import forms
from approvals.models import Bundle, JointReview, Step
from tests import factories
from tests.approvals.cases import catalogue, project

pytestmark = pytest.mark.django_db
SECRET = "外园秘名Zz8"


@pytest.fixture
def parks():
    """(park, another park whose own catalogue has words of its own)."""
    catalogue()
    park, other = factories.park(), factories.park()
    admin = factories.user(other, "admin", is_staff=True)
    draft = upkeep.copy_for(other, by=admin, at=clock.now())
    Step.objects.filter(catalogue=draft).update(
        name_zh=SECRET, department_lead_zh="共同部门", department_lead_en=SECRET
    )
    Bundle.objects.filter(catalogue=draft).update(name_zh=SECRET, name_en=SECRET)
    upkeep.put_in_force(draft, by=admin, at=clock.now())
    return park, other


def test_figures_name_steps_and_departments_in_the_parks_own_words(parks):
    park, other = parks
    words = {}
    for one in parks:
        key = queries.Key("S01", queries.Department(unit=None, lead="共同部门"))
        words[one] = queries.names(factories.user(one), [key]).steps["S01"][1].name_zh
    assert words[park] != SECRET and words[other] == SECRET
    assert queries.department_name(factories.user(park), ":共同部门") == ""


def test_the_filter_of_joint_reviews_offers_bundles_of_visible_reviews_only(parks):
    park, other = parks
    made = project(other)
    bundle = Bundle.objects.filter(catalogue__park=other).first()
    JointReview.objects.create(project=made, bundle=bundle, opened_at=clock.now())
    offered = {one: dict(forms.FilterForm(None, user=factories.user(one)).fields["bundle"].choices) for one in parks}
    assert SECRET in offered[other].values()
    assert SECRET not in offered[park].values()
