"""Pages of the rules: who may, typed thresholds, the dry run before saving, refusals that keep what was typed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.permissions import Verb
from dispatch.models import Warning, WarningRule
from dispatch.response.models import ResponseCase, ResponseLevel
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.rules import DEFAULTS, load_rules, rules_in_force
from projects.models import Milestone
from tests import factories

AT = factories.AT
DAY = date(2026, 11, 20)
CODE = "MILESTONE_LATE"
LIST = "/warnings/rules/"
EDIT = f"{LIST}{CODE}/edit/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    load_rules()
    return factories.park()


@pytest.fixture
def editor(park, client):
    user = factories.user(park)
    client.force_login(user)
    return client


def typed(**changes):
    values = {
        "red_after_days": "30", "start_red_after_days": "90", "is_enabled": "on", "seen": "1", "note": "",
        "first": "2026-07-01", "last": "2026-09-30",
    }  # fmt: skip
    return values | changes


def own(park):
    return list(WarningRule.objects.filter(park=park).order_by("version"))


class TestDoors:
    @pytest.mark.parametrize("path", ["", f"{CODE}/", f"{CODE}/edit/", f"{CODE}/switch/", f"{CODE}/default/"])
    def test_only_with_the_verb(self, client, park, path):
        client.force_login(factories.user(park, "enterprise"))
        assert client.get(LIST + path).status_code == 404
        client.force_login(factories.user(park, "unit"))
        assert client.get(LIST + path).status_code == 403
        client.force_login(factories.user(park))
        assert client.get(LIST + path).status_code == 200

    def test_without_the_verb_nothing_is_saved(self, client, park):
        person = factories.user(park)
        person.role.verbs = [verb for verb in person.role.verbs if verb != Verb.EDIT_RULES]
        person.role.save()
        client.force_login(person)
        assert client.post(EDIT, typed(save="1", note="x", red_after_days="9")).status_code == 403
        assert own(park) == []

    def test_an_unknown_rule(self, editor):
        assert editor.get(f"{LIST}NOTHING/").status_code == 404


def test_the_list_shows_every_rule_in_force(editor, park, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        lines = editor.get(LIST).context["lines"]
    assert [line.code for line in lines] == list(DEFAULTS)
    assert not any(line.is_own for line in lines)


def test_saving_makes_a_version_of_this_park_with_who_when_and_why(editor, park):
    answer = editor.post(EDIT, typed(save="1", red_after_days="15", note="年底冲刺"))
    assert (answer.status_code, answer.url) == (302, reverse("dispatch:rule_detail", args=[CODE]))
    [row] = own(park)
    assert (row.version, row.params, row.note, row.by.organization.park) == (
        2, {"red_after_days": 15, "start_red_after_days": 90}, "年底冲刺", park
    )  # fmt: skip
    timeline = editor.get(answer.url).context["timeline"]
    assert [entry["note"] for entry in timeline] == ["年底冲刺", ""]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"red_after_days": "15"}, "note"),
        ({"red_after_days": "-1", "note": "x"}, "red_after_days"),
        ({"red_after_days": "abc", "note": "x"}, "red_after_days"),
        ({"red_after_days": "1.5", "note": "x"}, "red_after_days"),
        ({"red_after_days": "15", "note": "x", "first": "2026-10-01"}, "last"),
        ({"red_after_days": "15", "note": "x", "first": "2020-10-01"}, "first"),
        ({"red_after_days": "15", "note": "x", "last": "2126-10-01"}, "last"),
        ({"red_after_days": "15", "note": "x", "first": "0001-01-01", "last": "0001-03-01"}, "first"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_the_text_stays(editor, park, changes, field):
    page = editor.post(EDIT, typed(save="1", **changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["red_after_days"].value() == changes["red_after_days"]
    assert own(park) == []


def test_red_cannot_come_before_yellow(editor, park):
    values = {"yellow_from_pp": "30", "red_above_pp": "10", "seen": "1", "note": "x", "first": "2026-07-01",
              "last": "2026-09-30", "save": "1"}  # fmt: skip
    page = editor.post(f"{LIST}INVESTMENT_BEHIND/edit/", values)
    assert list(page.context["form"].errors) == ["red_above_pp"]


def test_somebody_was_first_and_nothing_typed_is_lost(editor, park):
    editor.post(EDIT, typed(save="1", red_after_days="15", note="甲"))
    page = editor.post(EDIT, typed(save="1", red_after_days="12", note="乙"))
    assert (page.status_code, len(own(park))) == (409, 1)
    assert page.context["form"]["note"].value() == "乙"
    assert page.context["form"].non_field_errors()


def test_the_dry_run_compares_and_changes_nothing(editor, park):
    for n in range(5):
        project = factories.project(park)
        due = date(2026, 7, 10) + timedelta(days=n)
        Milestone.objects.create(
            project=project, stage="L10", baseline_on=due, actual_on=due + timedelta(days=5 * n + 2)
        )
    page = editor.post(EDIT, typed(**{"try": "1"}, red_after_days="10"))
    trial = page.context["trial"].trial
    assert page.status_code == 200
    assert (trial.proposed.by_level, trial.in_force.by_level) == ({"yellow": 2, "red": 3}, {"yellow": 5})
    assert (trial.proposed.total, trial.in_force.total) == (5, 5)
    assert len(page.context["trial"].lines) == 5
    assert own(park) == []
    assert Warning.objects.count() == 0


def test_switching_off_and_on_asks_why(editor, park):
    url = f"{LIST}{CODE}/switch/"
    assert editor.post(url, {"seen": "1"}).status_code == 422
    assert editor.post(url, {"seen": "1", "note": "暂停"}).status_code == 302
    assert editor.post(url, {"seen": "1", "note": "迟了"}).status_code == 409
    assert [rule.enabled for rule in rules_in_force(park) if rule.code == CODE] == [False]
    editor.post(url, {"seen": "2", "note": "恢复"})
    assert [row.is_enabled for row in own(park)] == [False, True]


def test_back_to_the_default(editor, park):
    editor.post(EDIT, typed(save="1", red_after_days="15", note="甲"))
    assert editor.post(f"{LIST}{CODE}/default/", {"seen": "2", "note": "恢复"}).status_code == 302
    assert [rule.version for rule in rules_in_force(park) if rule.code == CODE] == [1]
    assert editor.post(f"{LIST}{CODE}/default/", {"seen": "1", "note": "再来"}).status_code == 409


class TestWarningList:
    def late(self, park, **fields):
        project = factories.project(park, **fields)
        Milestone.objects.create(project=project, stage="L10", baseline_on=date(2026, 11, 10))
        return project

    def shown(self, client, query):
        page = client.get(f"/warnings/{query}")
        return [line.warning.project.name for line in page.context["lines"]], page

    def test_party_and_response_level(self, editor, park):
        self.late(park, name="甲"), self.late(park, name="乙")
        evaluate(as_of=DAY, at=AT)
        first, second = Warning.objects.order_by("project")
        Warning.objects.filter(pk=second.pk).update(party="enterprise")
        ResponseCase.objects.create(
            park=park, warning=first, project=first.project, level=2, level_since_on=DAY, clock_from_on=DAY,
            opened_on=DAY, evaluated_on=DAY, cause_level=2,
        )  # fmt: skip
        assert self.shown(editor, "?party=enterprise")[0] == ["乙"]
        names, page = self.shown(editor, "?response=2")
        assert names == ["甲"]
        assert page.context["lines"][0].warning.response_word == str(ResponseLevel.TWO.label)
        assert self.shown(editor, "?response=1")[0] == []

    def test_every_trigger_names_rule_version_and_since(self, editor, park):
        project = self.late(park)
        evaluate(as_of=DAY, at=AT)
        [line] = editor.get("/warnings/").context["lines"]
        for expected in ("里程碑逾期", "2026-11-11", "1", "竣工"):
            assert expected in line.sentence
        panel = editor.get(reverse("projects:detail", args=[project.pk]) + "?tab=warnings").content.decode()
        assert 'class="triggers"' in panel
