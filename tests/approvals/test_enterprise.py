"""The enterprise's own page: what to do next, in plain words, and nothing of the park's own notes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import clock
from approvals import actions
from tests import factories
from tests.approvals.cases import AT, finish, move, project, step_of

pytestmark = pytest.mark.django_db

HOME = "/enterprise/"
SECRET = ["内部备注甲", "存在问题乙", "窗口记录丙", "领导丁"]


def customer(park):
    person = factories.user(park, "enterprise")
    return person, factories.enterprise(park, person.organization)


@pytest.fixture
def park():
    return factories.park(contact_name="项目中心", contact_phone="0510-12345")


@pytest.fixture
def person(park):
    return customer(park)[0]


@pytest.fixture
def made(park, person):
    return project(
        park, enterprise=person.organization.enterprise, name="精密电机项目", remark=SECRET[0], issue=SECRET[1]
    )


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def today():
    return clock.today()


def record(step, verb, on, **more):
    return move(step, verb, on, today=on, **more)


def tasks(client):
    return [(task["view"].row.code, task["kind"]) for task in client.get(HOME).context["to_do"]]


def test_first_things_to_do_are_the_steps_that_wait_for_nothing(signed_in, made):
    assert tasks(signed_in) == [("S01", "apply")]


def test_what_the_park_must_begin_is_not_asked_of_the_enterprise(signed_in, made):
    running = signed_in.get(HOME).context["running"]

    assert [(item["view"].row.code, item["view"].turn) for item in running] == [("S07", "park"), ("S08", "park")]


def test_next_steps_follow_what_is_done(signed_in, made):
    finish(made, "S01", "S07")

    assert tasks(signed_in) == [("S12", "apply"), ("S15", "apply")]


def test_corrections_and_owed_papers_come_first(signed_in, made, today):
    correct, owing = step_of(made, "S08"), step_of(made, "S15")
    finish(made, "S01")
    record(correct, "receive", today)
    record(correct, "notify_correction", today, note="请补红线图")
    record(owing, "receive", today)
    record(owing, "accept_with_outstanding", today, outstanding=[owing.step.documents.get(code="S15-D2").pk])
    record(owing, "decide_approve_outstanding", today)

    page = signed_in.get(HOME)

    assert tasks(signed_in)[:2] == [("S08", "correct"), ("S15", "owed")]
    text = page.content.decode()
    assert "请补红线图" in text
    assert owing.documents.get().due_on.isoformat() in text


def test_papers_owed_while_the_department_works_are_to_do_too(signed_in, made, today):
    finish(made, "S01")
    step = step_of(made, "S15")
    record(step, "receive", today)
    record(step, "accept_with_outstanding", today, outstanding=[step.step.documents.get(code="S15-D2").pk])

    page = signed_in.get(HOME)

    assert tasks(signed_in)[0] == ("S15", "owed")
    assert [item["view"].row.code for item in page.context["running"]] == ["S15", "S07", "S08"]


def test_pre_review_steps_may_be_prepared_once_the_step_before_is_under_way(signed_in, made, today):
    assert signed_in.get(HOME).context["later"] == []
    finish(made, "S01", "S07")
    record(step_of(made, "S12"), "receive", today)

    assert [view.row.code for view in signed_in.get(HOME).context["later"]] == ["S14"]


def test_task_says_which_papers_where_whom_and_what_it_costs(signed_in, made):
    finish(made, "S01")
    actions.assign_unit(step_of(made, "S15"), None, handler_name="王工", handler_phone="0510-777", by=None, at=AT)

    by_code = {task["view"].row.code: task for task in signed_in.get(HOME).context["to_do"]}

    assert [paper["asked"].code for paper in by_code["S15"]["papers"]] == ["S15-D1", "S15-D3"]
    assert by_code["S15"]["where"] == step_of(made, "S15").step.window_zh
    assert (by_code["S15"]["person"], by_code["S15"]["phone"]) == ("王工", "0510-777")
    text = signed_in.get(HOME).content.decode()
    assert "0510-777" in text
    assert "0510-12345" in text


def test_running_steps_show_the_due_day_and_undetermined_ones_the_question(signed_in, made, today):
    step = step_of(made, "S07")
    record(step, "receive", today)
    record(step, "accept", today)

    page = signed_in.get(HOME)

    assert [item["view"].row.code for item in page.context["running"]] == ["S07", "S08"]
    assert step.due_on.isoformat() in page.content.decode()
    assert [view.row.code for view in page.context["questions"]] == ["S02", "S03", "S04", "S05", "S06", "S17"]
    states = [state["label"] for state in page.context["states"]]
    assert states == ["未开始", "已受理"]


def test_nothing_of_the_parks_own_notes_is_shown(signed_in, made, today):
    step = step_of(made, "S07")
    record(step, "receive", today, note=SECRET[2])
    record(step, "accept", today)
    record(step, "pause", today, pause_kind="upper_level", note=SECRET[3])
    step.documents.create(requirement=step.step.documents.first(), state="supplied", note=SECRET[3], at=AT)

    for page in (HOME, reverse("approvals:step", args=[made.pk, "S07"])):
        text = signed_in.get(page).content.decode()
        assert not [secret for secret in SECRET if secret in text]


def test_step_page_of_an_enterprise_only_reads(signed_in, made):
    page = signed_in.get(reverse("approvals:step", args=[made.pk, "S01"]))

    assert page.status_code == 200
    assert "history" not in page.context and "ordinary" not in page.context
    assert "/move/" not in page.content.decode()


def test_enterprise_records_nothing(signed_in, made):
    step = step_of(made, "S01")
    own = [made.pk, "S01"]
    paper = step.step.documents.first().pk
    addresses = [
        reverse("approvals:step_move", args=[*own, "receive"]),
        reverse("approvals:step_undo", args=own),
        reverse("approvals:step_applicability", args=[*own, "applies"]),
        reverse("approvals:step_document", args=[*own, paper]),
        reverse("approvals:step_extend", args=own),
        reverse("approvals:step_delivery", args=own),
        reverse("approvals:step_unit", args=own),
    ]
    fields = {"version": 1, "on": "2026-02-02"}

    for address in addresses:
        assert (signed_in.get(address).status_code, signed_in.post(address, fields).status_code) == (403, 403)

    assert step_of(made, "S01").version == 1


def test_one_enterprise_never_finds_another(client, made, park):
    stranger, _enterprise = customer(park)
    client.force_login(stranger)

    for name, more in (("step", []), ("step_move", ["receive"]), ("step_undo", [])):
        assert client.get(reverse(f"approvals:{name}", args=[made.pk, "S01", *more])).status_code == 404
    assert client.get(HOME, {"project": made.pk}).status_code == 404
    assert made.name not in client.get(HOME).content.decode()


def test_project_is_chosen_by_its_tab(signed_in, made, park, person):
    second = project(park, enterprise=person.organization.enterprise, created_at=AT + timedelta(days=1))

    assert signed_in.get(HOME).context["project"] == second
    page = signed_in.get(HOME, {"project": made.pk})
    assert page.context["project"] == made
    assert [tab["active"] for tab in page.context["tabs"]] == [False, True]
    assert signed_in.get(HOME, {"project": "x"}).status_code == 404


def test_enterprise_without_a_project_gets_a_way_on(client, park):
    client.force_login(customer(park)[0])

    assert client.get(HOME).context["project"] is None


@pytest.mark.parametrize("role", ["staff", "unit", "leader"])
def test_the_page_is_for_enterprises(client, park, role):
    client.force_login(factories.user(park, role))

    assert client.get(HOME).status_code == 403


@pytest.mark.parametrize("touched", [1, 3, 22])
def test_queries_do_not_grow_with_work(signed_in, made, today, touched, django_assert_max_num_queries):
    for step in list(made.steps.select_related("step", "project"))[:touched]:
        record(step, "receive", today)
        record(step, "notify_correction", today, note="缺")

    with django_assert_max_num_queries(28):
        signed_in.get(HOME)
