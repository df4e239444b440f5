"""A park's rules for plans: what may be chosen, versions, who may."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import Conflict, Refused
from dispatch.plan import policies
from dispatch.plan.models import PlanRules
from dispatch.plan.policy import DEFAULT, PlanPolicy, check, policy_from
from tests import factories
from tests.factories import AT


class TestRules:
    @pytest.mark.parametrize(
        ("params", "wrong"),
        [
            ({}, []),
            (DEFAULT.params, []),
            ({"works": {"W1": 200}}, []),
            ({"works": {"W9": 5}}, ["works"]),
            ({"works": {"W1": -1}}, ["works"]),
            ({"works": {"W1": 2001}}, ["works"]),
            ({"works": {"W1": True}}, ["works"]),
            ({"works": [1]}, ["works"]),
            ({"with_soft": 1}, ["with_soft"]),
            ({"minimum_sample": 2}, ["minimum_sample"]),
            ({"minimum_sample": "5"}, ["minimum_sample"]),
            ({"risk_on": None}, ["risk_on"]),
            ({"runs": 199}, ["runs"]),
            ({"runs": 20_001}, ["runs"]),
            ({"colour": 1}, ["unknown"]),
        ],
    )
    def test_what_may_be_chosen(self, params, wrong):
        assert check(params) == wrong

    def test_what_is_missing_or_wrong_counts_as_the_default(self):
        found = policy_from({"works": {"W1": 90}, "runs": 7}, 3)
        assert found == PlanPolicy(version=3, works={**DEFAULT.works, "W1": 90})

    def test_the_settings_in_full_read_as_they_were(self):
        one = PlanPolicy(4, {**DEFAULT.works, "W5": 0}, True, 8, True, 500)
        assert policy_from(one.params, 4) == one


@pytest.mark.django_db
class TestVersions:
    def test_without_a_choice_the_defaults_are_in_force(self):
        assert policies.in_force(factories.park().pk) == DEFAULT

    def test_every_choice_is_a_version_with_its_reason(self):
        park = factories.park()
        staff = factories.user(park)
        policies.save_rules({"risk_on": True}, note=" 数据够了 ", base_version=0, by=staff, at=AT)
        policies.save_rules({"works": {"W1": 100}}, note="改", base_version=1, by=staff, at=AT)
        found = policies.in_force(park.pk)
        assert (found.version, found.risk_on, found.works["W1"], found.works["W2"]) == (2, True, 100, 60)
        rows = [(row.version, row.note, row.by) for row in policies.versions(park.pk)]
        assert rows == [(2, "改", staff), (1, "数据够了", staff)]

    def test_of_several_parks_each_has_its_newest(self, django_assert_num_queries):
        first, second, third = (factories.park() for _ in range(3))
        policies.save_rules({"runs": 300}, note="一", base_version=0, by=None, at=AT, park=first)
        policies.save_rules({"runs": 400}, note="二", base_version=1, by=None, at=AT, park=first)
        policies.save_rules({"runs": 500}, note="一", base_version=0, by=None, at=AT, park=second)
        with django_assert_num_queries(1):
            found = policies.of_parks([first.pk, second.pk, third.pk])
        assert {pk: (one.version, one.runs) for pk, one in found.items()} == {
            first.pk: (2, 400),
            second.pk: (1, 500),
            third.pk: (0, 2000),
        }

    @pytest.mark.parametrize(
        ("params", "note", "base", "refusal"),
        [
            ({"runs": 5}, "为何", 0, Refused),
            ({"runs": 300}, "  ", 0, Refused),
            ({"runs": 2000}, "没变", 0, Refused),
            ({"runs": 300}, "旧", 1, Conflict),
        ],
    )
    def test_refusals_write_nothing(self, params, note, base, refusal):
        staff = factories.user(factories.park())
        with pytest.raises(refusal):
            policies.save_rules(params, note=note, base_version=base, by=staff, at=AT)
        assert not PlanRules.objects.exists()

    @pytest.mark.parametrize("role", ["leader", "unit"])
    def test_who_may_not_edit_rules_cannot(self, role):
        with pytest.raises(PermissionDenied):
            policies.save_rules(
                {"runs": 300}, note="为何", base_version=0, by=factories.user(factories.park(), role), at=AT
            )


@pytest.mark.django_db
class TestPage:
    def sent(self, **more):
        works = {key: str(days) for key, days in DEFAULT.works.items()}
        return works | {"minimum_sample": "5", "runs": "2000", "seen": "0", "note": "试"} | more

    def test_saves_and_tells_what_changed(self, client):
        staff = factories.user(factories.park())
        client.force_login(staff)
        answer = client.post(reverse("dispatch:plan_rules"), self.sent(risk_on="on", W1="90"))
        assert answer.status_code == 302
        found = policies.in_force(staff.park.pk)
        assert (found.risk_on, found.works["W1"], found.with_soft) == (True, 90, False)
        told = client.get(reverse("dispatch:plan_rules")).context["timeline"]
        assert len(told) == 1
        assert "120 → 90" in told[0]["note"]

    def test_somebody_was_first(self, client):
        staff = factories.user(factories.park())
        policies.save_rules({"runs": 300}, note="先", base_version=0, by=staff, at=AT)
        client.force_login(staff)
        assert client.post(reverse("dispatch:plan_rules"), self.sent(runs="400")).status_code == 409
        assert policies.in_force(staff.park.pk).runs == 300

    def test_a_reason_is_needed(self, client):
        client.force_login(factories.user(factories.park()))
        answer = client.post(reverse("dispatch:plan_rules"), self.sent(note=""))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["note"])
