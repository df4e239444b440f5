"""Templates of plans: what they may hold, versions, history, pages."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Conflict, Refused
from dispatch.plan import template_actions as actions
from dispatch.plan.models import Plan, PlanLink, PlanTask, PlanTemplate
from dispatch.plan.template_basis import basis_of, rows_of_project
from dispatch.plan.template_rules import check
from projects.errors import InvalidFields
from projects.planning.network import CycleFound, Link, Network, Task
from tests import factories
from tests.approvals.cases import catalogue, project
from tests.factories import AT

KNOWN = ("S01", "S02", "S03", "L08", "W1")
USUAL = (Link("S01", "S02"), Link("S02", "L08"), Link("S01", "S03", is_hard=False), Link("L08", "W1"))


def row(key, duration_wd=5, name="", preparation_wd=None):
    return {"key": key, "name": name, "duration_wd": duration_wd, "preparation_wd": preparation_wd}


def link(before, after, **more):
    return {"before": before, "after": after, "kind": "fs", "lag_wd": 0, "is_hard": True} | more


def codes(rows=(), links=()) -> list[str]:
    return [wrong.code for wrong in check(rows, links, known=KNOWN, usual=USUAL)]


class TestRules:
    @pytest.mark.parametrize(
        ("rows", "links", "wrong"),
        [
            ([], [], []),
            ([row("S01"), row("W1", None, preparation_wd=3), row("T1", 0, "迁改")], [link("T1", "S02")], []),
            ([row("S01", 0), row("S02", 2000)], [link("S01", "S02", lag_wd=-3, kind="ff")], []),
            ([row("S99")], [], ["unknown"]),
            ([row("L08")], [], ["unknown"]),  # a milestone lasts nothing
            ([row("T0", name="零")], [], ["unknown"]),
            ([row("T1")], [], ["name"]),
            ([row("T1", name="长" * 121)], [], ["name_length"]),
            ([row("S01"), row("S01")], [], ["twice"]),
            ([row("S01", 2001)], [], ["number"]),
            ([row("S01", -1)], [], ["number"]),
            ([row("S01", "5")], [], ["number"]),
            ([row("S01", True)], [], ["number"]),
            ([row("S01", 5, preparation_wd=2001)], [], ["number"]),
            ([row("S01") | {"note": "?"}], [], ["shape"]),
            ([row(f"T{n}", name="x") for n in range(1, 202)], [], ["too_many"]),
            ([], [link("S01", "S01")], ["same"]),
            ([], [link("S01", "T1")], ["unknown"]),
            ([], [link("S01", "S02"), link("S01", "S02")], ["twice"]),
            ([], [link("S01", "S02", kind="sf")], ["kind"]),
            ([], [link("S01", "S02", lag_wd=2001)], ["number"]),
            ([], [link("S01", "S02", lag_wd="1")], ["number"]),
            ([], [link("S01", "S02", is_hard="no")], ["shape"]),
            ([], [link("S02", "S01")], ["circle"]),
            ([], [link("W1", "S01")], ["circle"]),
            ([], [link("S03", "S01")], ["circle"]),  # soft links wait in the order of work too
            ([row("T1", name="x")], [link("T1", "S01"), link("S02", "T1")], ["circle"]),
        ],
    )
    def test_what_a_template_may_hold(self, rows, links, wrong):
        assert codes(rows, links) == wrong

    def test_a_circle_names_its_tasks(self):
        (found,) = check([], [link("L08", "S01")], known=KNOWN, usual=USUAL)
        assert found.keys[0] == found.keys[-1]
        assert set(found.keys) == {"S01", "S02", "L08"}

    @given(st.lists(st.tuples(st.sampled_from(KNOWN), st.sampled_from(KNOWN)), unique=True, max_size=6))
    def test_accepted_exactly_when_the_network_can_be_built(self, pairs):
        pairs = [pair for pair in pairs if pair[0] != pair[1]]
        kept = [one for one in USUAL if (one.before, one.after) not in pairs]
        try:
            Network.of([Task(key) for key in KNOWN], [*kept, *(Link(*pair) for pair in pairs)])
            fits = True
        except CycleFound:
            fits = False
        assert (codes([], [link(*pair) for pair in pairs]) == []) is fits


@pytest.fixture
def park():
    catalogue()
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


def made(park, by=None, **values) -> PlanTemplate:
    return actions.create_template(
        park=park, values={"name": "新建·净地", "rows": [row("S06", 30)]} | values, by=by, at=AT
    )


@pytest.mark.django_db
class TestActions:
    def test_made_with_its_first_entry(self, park, staff):
        one = PlanTemplate.objects.get(pk=made(park, staff, nature="new", land="own").pk)
        assert (one.version, one.rows, one.is_active, one.updated_by) == (1, [row("S06", 30)], True, staff)
        assert one.history == [
            {"version": 1, "verb": "created", "by": str(staff), "at": AT.isoformat(), "note": "", "changes": []}
        ]

    def test_changed_with_what_and_why(self, park, staff):
        one = made(park, staff)
        values = {"rows": [row("S06", 20), row("T1", 4, "迁改")], "links": [link("T1", "S08")]}
        actions.edit_template(one, values, version=1, note=" 更快 ", by=staff, at=AT)
        stored = PlanTemplate.objects.get(pk=one.pk)
        assert (stored.version, stored.rows, stored.links) == (2, values["rows"], values["links"])
        assert stored.history[-1]["note"] == "更快"
        assert {(change["field"], change["old"], change["new"]) for change in stored.history[-1]["changes"]} == {
            ("S06.duration_wd", 30, 20),
            ("T1.name", None, "迁改"),
            ("T1.duration_wd", None, 4),
            ("link.T1.S08", None, "fs +0 hard"),
        }

    def test_without_a_difference_nothing_is_written(self, park, staff):
        one = made(park, staff)
        actions.edit_template(one, {"name": "新建·净地"}, version=1, by=staff, at=AT)
        assert PlanTemplate.objects.get().version == 1

    def test_retired_and_offered_again(self, park, staff):
        one = made(park, staff)
        actions.set_offered(one, False, version=1, note="旧", by=staff, at=AT)
        actions.set_offered(one, False, version=2, by=staff, at=AT)
        actions.set_offered(one, True, version=2, by=staff, at=AT)
        stored = PlanTemplate.objects.get()
        assert (stored.is_active, stored.version) == (True, 3)
        assert [entry["verb"] for entry in stored.history] == ["created", "retired", "offered"]

    def test_somebody_was_first(self, park, staff):
        one, again = made(park, staff), PlanTemplate.objects.get()
        actions.edit_template(one, {"name": "甲"}, version=1, by=staff, at=AT)
        with pytest.raises(Conflict):
            actions.edit_template(again, {"name": "乙"}, version=1, by=staff, at=AT)
        with pytest.raises(Conflict):
            actions.set_offered(one, False, version=1, by=staff, at=AT)
        assert PlanTemplate.objects.get().name == "甲"

    @pytest.mark.parametrize(
        ("values", "refusal"),
        [
            ({"name": " "}, InvalidFields),
            ({"name": "长" * 101}, InvalidFields),
            ({"nature": "huge"}, InvalidFields),
            ({"land": "sea"}, InvalidFields),
            ({"rows": [row("S99")]}, Refused),
            ({"links": [link("S17", "S01")]}, Refused),
        ],
    )
    def test_refusals_write_nothing(self, park, staff, values, refusal):
        with pytest.raises(refusal):
            made(park, staff, **values)
        assert not PlanTemplate.objects.exists()

    def test_a_name_stands_once_in_a_park(self, park, staff):
        made(park, staff)
        with pytest.raises(InvalidFields):
            made(park, staff)
        assert made(factories.park()).pk

    @pytest.mark.parametrize("role", ["leader", "unit"])
    def test_who_may_not_plan_cannot(self, park, role):
        one = made(park)
        person = factories.user(park, role)
        for attempt in (
            lambda: made(park, person, name="二"),
            lambda: actions.edit_template(one, {"name": "三"}, version=1, by=person, at=AT),
            lambda: actions.set_offered(one, False, version=1, by=person, at=AT),
        ):
            with pytest.raises(PermissionDenied):
                attempt()
        assert PlanTemplate.objects.get().version == 1

    def test_another_parks_staff_cannot(self, park):
        with pytest.raises(PermissionDenied):
            made(park, factories.user(factories.park()))


@pytest.mark.django_db
class TestSources:
    def test_the_basis_has_every_step_and_work_with_its_usual_days(self, park):
        found = basis_of(park).tasks
        assert (found["S06"].duration_wd, found["W1"].duration_wd, found["L08"].duration_wd) == (60, 120, None)
        assert len([key for key in found if key[0] == "S"]) == 22

    def test_from_a_projects_plan(self, park):
        one = project(park)
        plan = Plan.objects.create(project=one, created_at=AT, updated_at=AT)
        PlanTask.objects.create(plan=plan, key="S06", kind="step", duration_wd=33, preparation_wd=4)
        PlanTask.objects.create(plan=plan, key="T1", kind="own", name="迁改", duration_wd=9)
        PlanTask.objects.create(plan=plan, key="T2", kind="own", name="不要", is_dropped=True)
        PlanLink.objects.create(plan=plan, before="T1", after="S08")
        PlanLink.objects.create(plan=plan, before="T2", after="S08")
        rows, links = rows_of_project(one)
        found = {given["key"]: given for given in rows}
        assert found["S06"] == row("S06", 33, preparation_wd=4)
        assert found["T1"] == row("T1", 9, "迁改")
        assert found["S09"]["duration_wd"] == 22
        assert "T2" not in found
        assert links == [link("T1", "S08")]
        assert made(park, rows=rows, links=links).pk


@pytest.mark.django_db
class TestPages:
    def test_new_from_the_catalogue_then_changed(self, client, park, staff):
        client.force_login(staff)
        answer = client.post(reverse("dispatch:plan_template_new"), {"name": "标准", "nature": "", "land": ""})
        one = PlanTemplate.objects.get()
        address = reverse("dispatch:plan_template_edit", args=[one.pk])
        assert (answer.status_code, answer["Location"]) == (302, address)
        assert {given["key"]: given["duration_wd"] for given in one.rows}["S06"] == 60
        form = client.get(address).context["form"]
        sent = {field.html_name: field.value() for field in form if field.value() not in (None, False, "")}
        sent |= {"d_S06": "40", "n_T1": "杆线迁改", "d_T1": "9", "b_0": "T1", "a_0": "S08", "k_0": "fs", "l_0": "2"}
        assert client.post(address, sent | {"h_0": "on"}).status_code == 302
        one.refresh_from_db()
        found = {given["key"]: given for given in one.rows}
        assert (found["S06"]["duration_wd"], found["T1"]) == (40, row("T1", 9, "杆线迁改"))
        assert one.links == [link("T1", "S08", lag_wd=2)]
        assert client.get(address).status_code == 200

    def test_new_from_a_project_that_one_may_see(self, client, park, staff):
        mine, foreign = project(park), project(factories.park())
        client.force_login(staff)
        address = reverse("dispatch:plan_template_new")
        assert client.post(address, {"name": "甲", "project": foreign.name}).status_code == 422
        assert client.post(address, {"name": "甲", "project": mine.name}).status_code == 302

    def test_a_circle_is_refused_and_what_was_typed_stays(self, client, park, staff):
        one = made(park, staff)
        client.force_login(staff)
        sent = {"version": "1", "name": one.name, "b_0": "S17", "a_0": "S01", "k_0": "fs", "h_0": "on"}
        answer = client.post(reverse("dispatch:plan_template_edit", args=[one.pk]), sent)
        assert answer.status_code == 409
        assert answer.context["form"]["b_0"].value() == "S17"
        assert PlanTemplate.objects.get().version == 1

    def test_the_form_takes_no_preparation_away_from_an_own_task(self, client, park, staff):
        one = made(park, staff, rows=[row("T1", 9, "杆线迁改", preparation_wd=4)])
        client.force_login(staff)
        address = reverse("dispatch:plan_template_edit", args=[one.pk])
        form = client.get(address).context["form"]
        sent = {field.html_name: field.value() for field in form if field.value() not in (None, False, "")}
        assert client.post(address, sent | {"d_T1": "10"}).status_code == 302
        assert PlanTemplate.objects.get().rows == [row("T1", 10, "杆线迁改", preparation_wd=4)]
        assert client.post(address, sent | {"version": "2", "p_T1": "6"}).status_code == 302
        assert PlanTemplate.objects.get().rows == [row("T1", 9, "杆线迁改", preparation_wd=6)]

    def test_history_says_fields_and_choices_as_people_do(self, client, park, staff):
        one = made(park, staff)
        rows, links = [row("S06", 40)], [link("S06", "S09", lag_wd=2)]
        actions.edit_template(one, {"land": "new", "rows": rows, "links": links}, version=1, by=staff, at=AT)
        client.force_login(staff)
        answer = client.get(reverse("dispatch:plan_template_edit", args=[one.pk]))
        note = answer.context["timeline"][0]["note"]
        assert str(PlanTemplate.Land.NEW.label) in note and "S06 → S09" in note
        assert not {"land", "new"} & set(note.split()) and "duration_wd" not in note

    def test_half_a_link_is_refused_at_its_field(self, client, park, staff):
        one = made(park, staff)
        client.force_login(staff)
        sent = {"version": "1", "name": one.name, "b_0": "S17"}
        answer = client.post(reverse("dispatch:plan_template_edit", args=[one.pk]), sent)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["a_0"])

    def test_retire(self, client, park, staff):
        one = made(park, staff)
        client.force_login(staff)
        address = reverse("dispatch:plan_template_retire", args=[one.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"version": "1", "note": "旧"}).status_code == 302
        assert not PlanTemplate.objects.get().is_active
        assert client.post(address, {"version": "1"}).status_code == 409
