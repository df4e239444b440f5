"""The page of one step and its forms: what it shows to whom, and that every form does what it says."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from accounts import clock
from approvals import actions
from approvals.flow import State
from tests import factories
from tests.approvals.cases import AT, finish, project, step_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)


@pytest.fixture
def made():
    return project(factories.park(), name="测试电机项目")


@pytest.fixture
def staff(made):
    return factories.user(made.park)


@pytest.fixture
def signed_in(client, staff):
    client.force_login(staff)
    return client


def url(made, code="S10", name="step", *more):
    return reverse(f"approvals:{name}", args=[made.pk, code, *more])


def send(client, made, code, verb, on=MONDAY, **fields):
    version = step_of(made, code).version
    return client.post(url(made, code, "step_move", verb), {"on": on.isoformat(), "version": version} | fields)


def receive_and_accept(client, made, code="S10"):
    for verb in ("receive", "accept"):
        assert send(client, made, code, verb).status_code == 302


def test_step_page_is_a_guide(signed_in, made):
    page = signed_in.get(url(made)).content.decode()

    step = step_of(made, "S10").step
    for text in (step.name_zh, step.department_lead_zh, step.window_zh, step.result_zh, step.statutory_text):
        assert text in page
    for part in [*step.documents.all(), *step.legal_basis.all()]:
        assert (getattr(part, "name_zh", "") or part.law) in page
    assert url(made, "S09") in page and url(made, "S13") in page  # before and after
    assert "hx-" not in page.split("<main")[1].split("</main>")[0]  # plain links and forms


def test_buttons_are_the_verbs_of_the_state(signed_in, made):
    def offered():
        page = signed_in.get(url(made)).content.decode()
        verbs = ("receive", "accept", "accept_with_outstanding", "pause", "decide_approve", "withdraw", "reopen")
        return [verb for verb in verbs if url(made, "S10", "step_move", verb) in page]

    assert offered() == ["receive"]
    send(signed_in, made, "S10", "receive")
    assert offered() == ["accept", "accept_with_outstanding"]
    send(signed_in, made, "S10", "accept")
    assert offered() == ["pause", "decide_approve", "withdraw"]
    send(signed_in, made, "S10", "withdraw")
    assert offered() == ["reopen"]


def test_move_form_starts_with_today_and_the_version(signed_in, made):
    page = signed_in.get(url(made, "S10", "step_move", "receive"))

    assert page.status_code == 200
    form = page.context["form"]
    assert (form["on"].value(), form["version"].value()) == (clock.today(), 1)
    assert list(form.fields) == ["version", "on", "note"]


def test_post_moves_the_step_and_comes_back(signed_in, staff, made):
    answer = send(signed_in, made, "S10", "receive", note="窗口收件")

    assert (answer.status_code, answer.url) == (302, url(made))
    step = step_of(made, "S10")
    assert (step.state, step.received_on) == (State.RECEIVED, MONDAY)
    assert (step.history.get().by, step.history.get().note) == (staff, "窗口收件")


def test_refused_move_keeps_the_input_and_lists_every_reason(signed_in, made):
    receive_and_accept(signed_in, made)

    answer = send(signed_in, made, "S10", "decide_approve", result_number="地字第1号")

    assert answer.status_code == 422
    errors = answer.context["form"].non_field_errors()
    assert [error.split()[0] for error in errors] == ["S01", "S09"]
    assert "地字第1号" in answer.content.decode()
    assert step_of(made, "S10").state == State.ACCEPTED


@pytest.mark.parametrize("fields", [{"on": "gestern"}, {"on": ""}, {"version": ""}, {"note": "长" * 2001}])
def test_bad_input_changes_nothing(signed_in, made, fields):
    fields = {"on": MONDAY.isoformat(), "version": 1} | fields

    assert signed_in.post(url(made, "S10", "step_move", "receive"), fields).status_code == 422

    assert step_of(made, "S10").state == State.NOT_STARTED


def test_stale_version_is_a_conflict_page(signed_in, made):
    send(signed_in, made, "S10", "receive")

    answer = signed_in.post(url(made, "S10", "step_move", "accept"), {"on": MONDAY.isoformat(), "version": 1})

    assert answer.status_code == 409
    assert step_of(made, "S10").state == State.RECEIVED


def test_grave_verbs_say_what_will_happen(signed_in, made):
    receive_and_accept(signed_in, made)

    grave = signed_in.get(url(made, "S10", "step_move", "decide_refuse"))
    ordinary = signed_in.get(url(made, "S10", "step_move", "begin_handling"))

    assert len(grave.context["consequences"]) == 2
    assert "btn-danger" in grave.content.decode()
    assert ordinary.context["consequences"] == []


def test_warnings_are_shown_after_the_record(signed_in, made):
    send(signed_in, made, "S11", "receive")
    signed_in.get(url(made, "S11"))  # reads the message about the receipt

    page = signed_in.post(
        url(made, "S11", "step_move", "accept"), {"on": MONDAY.isoformat(), "version": 2}, follow=True
    )

    levels = [message.level_tag for message in page.context["messages"]]
    assert levels == ["warning", "success"]


def test_outstanding_papers_can_be_ticked(signed_in, made):
    send(signed_in, made, "S10", "receive")
    form = signed_in.get(url(made, "S10", "step_move", "accept_with_outstanding")).context["form"]
    (paper,) = [pk for pk, _name in form.fields["outstanding"].choices]

    answer = send(signed_in, made, "S10", "accept_with_outstanding", outstanding=[paper])

    assert answer.status_code == 302
    assert step_of(made, "S10").documents.get().requirement_id == paper


def test_undo_goes_back(signed_in, made):
    send(signed_in, made, "S10", "receive")
    page = signed_in.get(url(made, "S10", "step_undo"))
    assert "2026-02-02" in page.context["consequences"][0]

    answer = signed_in.post(url(made, "S10", "step_undo"), {"version": 2})

    assert answer.status_code == 302
    assert step_of(made, "S10").state == State.NOT_STARTED


def test_applicability_forms(signed_in, staff, made):
    no = url(made, "S08", "step_applicability", "not-applicable")
    assert signed_in.post(no, {"version": 1, "reason": ""}).status_code == 422
    assert signed_in.post(no, {"version": 1, "reason": "租赁标准厂房"}).status_code == 302
    assert step_of(made, "S08").not_applicable_by == staff
    assert "租赁标准厂房" in signed_in.get(url(made, "S08")).content.decode()

    yes = url(made, "S08", "step_applicability", "applies")
    assert signed_in.post(yes, {"version": 2}).status_code == 302
    assert step_of(made, "S08").applicability == "applies"
    assert signed_in.get(url(made, "S08", "step_applicability", "maybe")).status_code == 404


def test_document_extension_delivery_and_unit_forms(signed_in, made):
    finish(made, "S01", "S06", "S07", "S08", "S09")
    unit = factories.organization(made.park)
    step = step_of(made, "S10")
    paper = step.step.documents.first()
    today = clock.today().isoformat()
    rounds = [
        (url(made, "S10", "step_unit"), {"unit": unit.pk, "handler_name": "张工", "handler_phone": "1"}),
        (url(made, "S10", "step_document", paper.pk), {"state": "supplied", "on": today, "note": "原件"}),
        (url(made, "S10", "step_move", "receive"), {"on": today}),
        (url(made, "S10", "step_move", "accept"), {"on": today}),
        (url(made, "S10", "step_extend"), {"days": 3, "reason": "情况复杂"}),
        (url(made, "S10", "step_move", "decide_approve"), {"on": today}),
        (url(made, "S10", "step_delivery"), {"on": today}),
    ]
    for version, (address, fields) in enumerate(rounds, start=1):
        assert signed_in.get(address).status_code == 200
        assert signed_in.post(address, fields | {"version": version}).status_code == 302, address

    step = step_of(made, "S10")
    assert (step.unit, step.handler_name, step.extension_wd, step.state) == (unit, "张工", 3, State.APPROVED)
    assert step.delivered_on == clock.today()
    assert step.documents.get().state == "supplied"
    page = signed_in.get(url(made))
    assert page.status_code == 200
    assert len(page.context["history"]) == 7


def test_unit_choices_stay_in_the_park(signed_in, made):
    factories.organization(factories.park(), name="外区单位")
    own = factories.organization(made.park)

    choices = signed_in.get(url(made, "S10", "step_unit")).context["form"].fields["unit"].queryset

    assert own in choices
    assert {unit.park_id for unit in choices} == {made.park_id}


# Who ------------------------------------------------------------------------------------------------------------------


PAGES = [
    ("step", ()),
    ("step_move", ("receive",)),
    ("step_undo", ()),
    ("step_applicability", ("applies",)),
    ("step_extend", ()),
    ("step_delivery", ()),
    ("step_unit", ()),
]


def statuses(client, made):
    paper = step_of(made, "S10").step.documents.first()
    pages = [*PAGES, ("step_document", (paper.pk,))]
    return {name: client.get(url(made, "S10", name, *more)).status_code for name, more in pages}


def test_staff_opens_everything(signed_in, made):
    assert set(statuses(signed_in, made).values()) == {200}


def test_unit_opens_its_own_step_only(client, made):
    worker = factories.user(made.park, "unit")
    client.force_login(worker)
    assert set(statuses(client, made).values()) == {404}

    actions.assign_unit(step_of(made, "S10"), worker.organization, by=None, at=AT)

    forbidden = {"step_applicability", "step_unit"}
    assert {name for name, status in statuses(client, made).items() if status == 403} == forbidden
    assert {status for name, status in statuses(client, made).items() if name not in forbidden} == {200}
    assert client.get(url(made, "S11")).status_code == 404


def test_leader_reads_and_records_nothing(client, made):
    client.force_login(factories.user(made.park, "leader"))

    found = statuses(client, made)
    undo = {"step_undo"}  # the form opens, the record is refused below

    assert found["step"] == 200
    assert {status for name, status in found.items() if name not in {"step"} | undo} == {403}
    assert url(made, "S10", "step_move", "receive") not in client.get(url(made)).content.decode()


def test_another_park_finds_nothing(client, made):
    client.force_login(factories.user(factories.park()))

    assert set(statuses(client, made).values()) == {404}


@pytest.mark.parametrize(("code", "verb"), [("S99", "receive"), ("S10", "fly"), ("S10", "undo")])
def test_unknown_step_or_verb_is_not_found(signed_in, made, code, verb):
    assert signed_in.get(url(made, code, "step_move", verb)).status_code == 404


HUGE = 10**30
HUGE_ADDRESSES = [
    ("step", [HUGE, "S10"]),
    ("paper_upload", [HUGE, "S10", 1]),
    ("debt_renew", [HUGE, "S10", 1]),
    ("commitment_decide", [HUGE, "S10"]),
    ("commitment_check", [HUGE, "S10"]),
    ("urge_answer", [HUGE, "S10"]),
    ("joint_answer", [HUGE, "S10"]),
]


@pytest.mark.parametrize(("name", "args"), HUGE_ADDRESSES)
def test_a_number_no_database_holds_is_not_found(signed_in, made, name, args):
    assert signed_in.get(reverse(f"approvals:{name}", args=args)).status_code == 404


def test_a_paper_number_no_database_holds_is_not_found(signed_in, made):
    for name in ("step_document", "paper_upload", "debt_renew"):
        assert signed_in.get(url(made, "S10", name, HUGE)).status_code == 404


@pytest.mark.parametrize("on", [date.min, date(1989, 12, 31), date.max])
def test_days_beyond_any_calendar_are_refused(signed_in, made, on):
    assert send(signed_in, made, "S10", "receive", on=on).status_code == 422
    assert send(signed_in, made, "S10", "receive").status_code == 302
    assert send(signed_in, made, "S10", "accept", on=on).status_code == 422
    paper = step_of(made, "S10").step.documents.first()
    fields = {"state": "supplied", "on": on.isoformat(), "version": step_of(made, "S10").version}
    assert signed_in.post(url(made, "S10", "step_document", paper.pk), fields).status_code == 422
    assert not step_of(made, "S10").documents.exists()


def test_reading_writes_nothing(signed_in, made, django_assert_max_num_queries):
    before = list(made.steps.values())
    with django_assert_max_num_queries(28):
        signed_in.get(url(made))

    assert list(made.steps.values()) == before


def test_panel_html_shows_shape_word_and_question(signed_in, made):
    with translation.override("en"):
        page = signed_in.get(reverse("projects:detail", args=[made.pk]), {"tab": "steps"}, HTTP_ACCEPT_LANGUAGE="en")
    text = page.content.decode()

    assert page.status_code == 200
    assert all(url(made, f"S{n:02}") in text for n in range(1, 23))
    assert "state-muted" in text and "<svg" in text


# Administration -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("superuser", [True, False])
def test_administration_edits_guides_and_only_looks_at_work(client, made, superuser):
    admin = factories.user(made.park, "admin", is_staff=True, is_superuser=superuser)
    client.force_login(admin)
    step, case = step_of(made, "S10").step, step_of(made, "S10")

    for model, pk in (("catalogue", step.catalogue_id), ("step", step.pk), ("projectstep", case.pk)):
        assert client.get(reverse(f"admin:approvals_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:approvals_{model}_change", args=[pk])).status_code == 200
    assert client.get(reverse("admin:approvals_steptransition_changelist")).status_code == 200

    for model, pk in (("catalogue", step.catalogue_id), ("projectstep", case.pk)):
        assert client.post(reverse(f"admin:approvals_{model}_change", args=[pk]), {}).status_code == 403
        assert client.post(reverse(f"admin:approvals_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    edited = client.post(reverse("admin:approvals_step_change", args=[step.pk]), {})
    assert edited.status_code == (200 if superuser else 403)
