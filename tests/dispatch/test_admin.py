"""Warning rules are data: an administrator adds versions, nobody rewrites old ones."""

import json

import pytest

from accounts.models import User
from dispatch.models import WarningRule
from dispatch.warnings.rules import load_rules, rules_in_force

pytestmark = pytest.mark.django_db
ADD = "/admin/dispatch/warningrule/add/"


@pytest.fixture
def administrator(client):
    load_rules()
    user = User.objects.create_superuser("installer", password="x")
    client.force_login(user)
    return client


def add(client, code, params):
    return client.post(ADD, {"code": code, "params": json.dumps(params), "is_enabled": "on"})


def test_a_changed_threshold_is_a_new_version_in_force(administrator):
    assert add(administrator, "STEP_LATE", {"red_after_wd": 5}).status_code == 302

    assert list(WarningRule.objects.filter(code="STEP_LATE").order_by("version").values_list("version", "params")) == [
        (1, {"red_after_wd": 10}),
        (2, {"red_after_wd": 5}),
    ]
    rule = next(rule for rule in rules_in_force() if rule.code == "STEP_LATE")
    assert (rule.version, rule.params) == (2, {"red_after_wd": 5})


@pytest.mark.parametrize("params", [{"red_after_days": 5}, {"red_after_wd": -1}, {"red_after_wd": "x"}, [1]])
def test_thresholds_that_make_no_sense_change_nothing(administrator, params):
    before = WarningRule.objects.count()

    page = add(administrator, "STEP_LATE", params)

    assert page.status_code == 200
    assert page.context["errors"]
    assert WarningRule.objects.count() == before


def test_old_versions_are_only_looked_at(administrator):
    rule = WarningRule.objects.get(code="STEP_LATE")
    administrator.post(f"/admin/dispatch/warningrule/{rule.pk}/change/", {"params": "{}"})
    administrator.post(f"/admin/dispatch/warningrule/{rule.pk}/delete/", {"post": "yes"})

    rule.refresh_from_db()
    assert rule.params == {"red_after_wd": 10}


def test_job_runs_are_only_looked_at(administrator):
    assert administrator.get("/admin/dispatch/jobrun/").status_code == 200
    assert administrator.get("/admin/dispatch/jobrun/add/").status_code == 403
