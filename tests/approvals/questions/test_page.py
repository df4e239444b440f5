"""The questionnaire as a page: preview with and without htmx, a saving that was seen, who may what."""

import re

import pytest
from django.urls import reverse

from approvals.models import ProjectStep
from tests import factories
from tests.approvals.cases import finish, move, project, step_of
from tests.approvals.questions.test_changes import EASY, MONDAY

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made():
    return project(factories.park(), **EASY)


@pytest.fixture
def staff(client, made):
    person = factories.user(made.park)
    client.force_login(person)
    return person


def url(made):
    return reverse("approvals:conditions", args=[made.pk])


def given(made, **values):
    """The answers as the form sends them."""
    words = {True: "true", False: "false", None: ""}
    saved = {name: getattr(made, name) for name in (*EASY, "land_mu", "earthwork_m3")}
    sent = saved | values
    return {"version": made.version} | {
        name: words[value] if value is None or isinstance(value, bool) else str(value) for name, value in sent.items()
    }


def digest(page) -> str:
    return re.search(r'name="previewed" value="(\w+)"', page.content.decode())[1]


def test_page_groups_the_questions_and_names_the_steps_they_decide(client, made, staff):
    page = client.get(url(made))
    groups = [(len(fields), [item["field"].name for item in fields]) for _title, fields in page.context["groups"]]
    assert [count for count, _names in groups] == [2, 1, 4, 2, 5]
    decides = {
        item["field"].name: [step["code"] for step in item["decides"]]
        for _title, fields in page.context["groups"]
        for item in fields
    }
    assert decides["eia_class"] == ["S02"]
    assert decides["annual_energy_tce"] == ["S03"]
    assert decides["land_mu"] == decides["earthwork_m3"] == ["S05"]
    assert decides["special_fire_project"] == ["S14", "S19"]
    content = page.content.decode()
    assert 'name="previewed"' not in content  # nothing to save yet
    assert "防空地下室" in content  # the sub-items of S14, in words
    assert step_of(made, "S14").step.name in content


def test_without_javascript_preview_then_save(client, made, staff):
    answers = given(made, hazardous_chemical=True)
    page = client.post(url(made), answers | {"do": "preview"})
    assert page.status_code == 200
    assert [one["code"] for one in page.context["changes"]["happens"]] == ["S04"]
    assert ProjectStep.objects.get(project=made, code="S04").applicability == "not_applicable"

    done = client.post(url(made), answers | {"do": "save", "previewed": digest(page)}, follow=True)
    assert done.redirect_chain == [(reverse("projects:detail", args=[made.pk]) + "?tab=steps", 302)]
    assert "S04" in str(next(iter(done.context["messages"])))
    assert step_of(made, "S04").applicability == "applies"


def test_with_htmx_only_the_preview_comes(client, made, staff):
    page = client.post(url(made), given(made, eia_class="exempt") | {"do": "preview"}, headers=HTMX)
    content = page.content.decode()
    assert content.strip().startswith('<div id="preview"')
    assert "S02" in content and "<html" not in content
    bad = client.post(url(made), given(made, annual_energy_tce="viel") | {"do": "preview"}, headers=HTMX)
    assert bad.status_code == 422
    assert 'name="previewed"' not in bad.content.decode()


def test_answers_changed_after_the_preview_are_shown_again_not_saved(client, made, staff):
    page = client.post(url(made), given(made, hazardous_chemical=True) | {"do": "preview"})
    changed = given(made, hazardous_chemical=True, eia_class="exempt") | {"do": "save", "previewed": digest(page)}
    again = client.post(url(made), changed)
    assert again.status_code == 422
    assert [one["code"] for one in again.context["changes"]["happens"]] == ["S02", "S04"]
    made.refresh_from_db()
    assert made.eia_class == "form"
    assert client.post(url(made), changed | {"previewed": digest(again)}).status_code == 302


def test_somebody_was_first(client, made, staff):
    answers = given(made, hazardous_chemical=True)
    page = client.post(url(made), answers | {"do": "preview"})
    type(made).objects.filter(pk=made.pk).update(version=made.version + 1)
    assert client.post(url(made), answers | {"do": "save", "previewed": digest(page)}).status_code == 409
    made.refresh_from_db()
    assert made.hazardous_chemical is False


@pytest.mark.parametrize(
    "wrong", [{"annual_energy_tce": "-1"}, {"eia_class": "novel"}, {"hazardous_chemical": "maybe"}]
)
def test_wrong_input_is_named_and_kept(client, made, staff, wrong):
    page = client.post(url(made), given(made) | wrong | {"do": "preview"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(wrong)


def test_what_stays_against_the_answers_is_said_with_a_way_on(client, made, staff):
    step = step_of(made, "S02")
    move(step, "receive", MONDAY)
    page = client.post(url(made), given(made, eia_class="report") | {"do": "preview"})
    (kept,) = page.context["changes"]["kept"]
    assert (kept["code"], kept["url"]) == ("S02", reverse("approvals:step", args=[made.pk, "S02"]))
    assert page.context["changes"]["happens"] == []
    outcome = {one["code"]: one for one in page.context["outcome"]}
    assert outcome["S02"]["under_way"]
    assert [(item["truth"], item["decides"]) for item in outcome["S02"]["parts"]] == [
        ("applies", False), ("does_not_apply", True), ("does_not_apply", False),
    ]  # fmt: skip


def test_longest_limits_count_among_the_parts_that_hold(client, made, staff):
    answers = given(made, special_fire_project=True, has_civil_building=True)
    page = client.post(url(made), answers | {"do": "preview"})
    s14 = next(one for one in page.context["outcome"] if one["code"] == "S14")
    assert [(item["truth"], item["decides"]) for item in s14["parts"]] == [
        ("applies", True), ("applies", False), ("applies", False),
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "status"), [("unit", 200), ("leader", 200), ("admin", 200), ("enterprise", 403)])
def test_who_may_read_and_who_may_save(client, made, role, status):
    person = factories.user(made.park, role)
    if role == "unit":
        made.responsible_unit = person.organization
        made.save(update_fields=["responsible_unit"])
    if role == "enterprise":
        made.enterprise = factories.enterprise(made.park, person.organization)
        made.save(update_fields=["enterprise"])
    client.force_login(person)
    page = client.get(url(made))
    assert page.status_code == status
    if status == 200:
        assert page.context["can_edit"] == (role == "admin")
        assert ("<select" in page.content.decode()) == (role == "admin")
    posted = client.post(url(made), given(made, hazardous_chemical=True) | {"do": "preview"})
    assert posted.status_code == (200 if role == "admin" else 403)


def test_another_parks_project_is_not_there(client, staff):
    assert client.get(url(project(factories.park()))).status_code == 404


def test_project_without_steps(client, made, staff):
    bare = factories.project(made.park)
    assert client.get(url(bare)).status_code == 200


def test_links_lead_to_the_questions(client, made, staff):
    fresh = project(made.park, **EASY | {"hazardous_chemical": None})
    for page in (
        reverse("projects:detail", args=[fresh.pk]) + "?tab=steps",
        reverse("approvals:step", args=[fresh.pk, "S04"]),
    ):
        assert url(fresh) in client.get(page).content.decode()


def test_queries_do_not_grow_with_work(client, made, staff, django_assert_max_num_queries):
    finish(made, "S01", "S02")
    with django_assert_max_num_queries(16):
        client.get(url(made))
