"""Pages about papers owed and promises: what they show to whom, and that their forms do what they say."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from approvals.flow import State
from approvals.models import Commitment, CommittedStep, StepDocument
from approvals.promises import forms, part
from approvals.queries import steps_of
from tests import factories
from tests.approvals.cases import PLAIN, TODAY, days, finish, move, project, step_of
from tests.approvals.promises.conftest import MONDAY, PROMISE
from tests.approvals.promises.test_build_first import CHOSEN, promise
from tests.approvals.promises.test_debts import accept_owing, before_the_permit, paper, renew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_of_march(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)


@pytest.fixture
def signed_in(client, staff):
    client.force_login(staff)
    return client


def url(made, name, *more):
    return reverse(f"approvals:{name}", args=[made.pk, *more])


# the list of papers owed ------------------------------------------------------------------------------------------


@pytest.fixture
def owed(made, step):
    """Two papers of S13 due on 6 February, one moved to the 13th; one of S08 due before S17."""
    five, _six = accept_owing(step, 5, 6)
    renew(five)
    before_the_permit(made)


def listed(client, query=""):
    page = client.get(reverse("approvals:debts") + query)
    assert page.status_code == 200
    return [debt.row.requirement.code for debt in page.context["debts"]]


def test_the_earliest_due_day_comes_first(signed_in, owed):
    assert listed(signed_in) == ["S13-D6", "S13-D5", "S08-D2"]
    page = signed_in.get(reverse("approvals:debts"))
    assert [debt.days for debt in page.context["debts"]] == [-16, -11, None]
    text = page.content.decode()
    assert "2026-02-06" in text and "2026-02-13" in text and "S17" in text


def test_filters(signed_in, owed, made):
    unit = factories.organization(made.park, "unit")
    made.steps.filter(code="S08").update(unit=unit)
    StepDocument.objects.filter(requirement__code="S13-D5").update(due_on=TODAY + days(2))
    assert listed(signed_in, "?due=late") == ["S13-D6"]
    assert listed(signed_in, "?due=soon") == ["S13-D5"]
    assert listed(signed_in, "?due=gated") == ["S08-D2"]
    assert listed(signed_in, f"?unit={unit.pk}") == ["S08-D2"]
    assert listed(signed_in, f"?project={made.pk}&q={made.name}") == ["S13-D6", "S13-D5", "S08-D2"]
    assert listed(signed_in, "?q=nothing-like-it") == []
    assert len(listed(signed_in, "?unit=999999&due=never&project=x")) == 3  # invalid filters are ignored


def test_ended_projects_owe_nothing(signed_in, owed, made):
    type(made).objects.update(status="terminated")
    assert listed(signed_in) == []


def test_each_sees_their_own(client, owed, made):
    unit, other = factories.user(made.park, "unit"), factories.user(made.park, "unit")
    made.steps.filter(code="S08").update(unit=unit.organization)
    for person, codes in ((unit, ["S08-D2"]), (other, []), (factories.user(factories.park()), [])):
        client.force_login(person)
        assert listed(client) == codes
    client.force_login(factories.user(made.park, "enterprise"))
    assert client.get(reverse("approvals:debts")).status_code == 404


def test_the_workbook_has_the_same_rows(signed_in, owed, made):
    type(made).objects.update(name="=1+1")
    answer = signed_in.get(reverse("approvals:debts_export") + "?due=late")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 2
    assert [row[2] for row in rows] == [paper(step_of(made, "S13"), n).name_zh for n in (6, 5)]
    assert rows[0][4].date() == date(2026, 2, 6) and rows[0][6] == -16
    assert sheet.cell(2, 1).data_type == "s" and sheet.cell(2, 1).value == "=1+1"


def test_queries_do_not_grow(signed_in, made, staff):
    def count(address):
        signed_in.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert signed_in.get(address).status_code == 200
        return len(caught)

    def fill(n):
        for _n in range(n):
            other = project(made.park)
            finish(other, "S01", "S07", "S06", "S08", on=MONDAY)
            before_the_permit(other)
            row = step_of(other, "S12")
            move(row, "receive", MONDAY)
            accept_owing(row, 5)
            third = step_of(other, "S10")
            CommittedStep.objects.create(
                commitment=Commitment.objects.create(
                    project=other, kind="single", text="x", signed_by_name="x", signed_on=MONDAY, at=factories.AT,
                    check_due_on=MONDAY,
                ),
                project_step=third,
                round=1,
            )  # fmt: skip
            other.steps.filter(pk=third.pk).update(state=State.APPROVED)

    addresses = [reverse("approvals:debts"), reverse("approvals:commitments"), reverse("approvals:debts_export")]
    fill(1)
    few = [count(address) for address in addresses]
    fill(5)
    assert [count(address) for address in addresses] == few
    assert max(few) < 16


# the list of commitments ------------------------------------------------------------------------------------------


def promised(client, query=""):
    page = client.get(reverse("approvals:commitments") + query)
    assert page.status_code == 200
    return [check.row.project_step.code for check in page.context["checks"]]


def test_commitments_and_their_filters(signed_in, made):
    promise(made)
    everything = sorted(CHOSEN)
    assert promised(signed_in) == everything
    assert promised(signed_in, "?state=due") == []
    CommittedStep.objects.filter(project_step__code="S13").update(outcome="kept", checked_on=MONDAY)
    CommittedStep.objects.filter(project_step__code="S14").update(outcome="broken", checked_on=MONDAY)
    assert promised(signed_in) == ["S14", "S16", "S17"]
    assert promised(signed_in, "?state=kept") == ["S13"]
    assert promised(signed_in, "?state=broken") == ["S14"]
    assert promised(signed_in, "?state=all") == everything
    step = step_of(made, "S18")
    for verb in ("receive", "accept"):
        move(step, verb, TODAY)
    assert promised(signed_in, "?state=due") == ["S14", "S16", "S17"]  # acceptance has begun


def test_revoked_approvals_have_nothing_to_check(signed_in, made):
    promise(made)
    move(step_of(made, "S17"), "revoke", MONDAY, note="其他原因")
    assert promised(signed_in, "?state=all") == ["S13", "S14", "S16"]


# forms ------------------------------------------------------------------------------------------------------------


def test_renewing_by_the_page(signed_in, step, made):
    accept_owing(step, 5)
    StepDocument.objects.update(due_on=TODAY)
    address = url(made, "debt_renew", "S13", paper(step, 5).pk)
    assert address in signed_in.get(url(made, "step", "S13")).content.decode()
    version = step_of(made, "S13").version

    assert signed_in.post(address, {"version": version, "reason": ""}).status_code == 422
    answer = signed_in.post(address, {"version": version, "reason": "送审中"})

    assert (answer.status_code, answer.url) == (302, url(made, "step", "S13"))
    assert StepDocument.objects.get().renewed_on == TODAY
    again = signed_in.post(address, {"version": version + 1, "reason": "再延"})
    assert again.status_code == 422 and "2026-03-02" in again.content.decode()
    assert address not in signed_in.get(url(made, "step", "S13")).content.decode()
    assert signed_in.get(url(made, "debt_renew", "S13", paper(step, 1).pk)).status_code == 404


def fields(made, code, **more):
    return {"version": step_of(made, code).version, "on": TODAY.isoformat()} | more


def test_deciding_by_the_page(signed_in, step, made):
    finish(made, "S14", on=MONDAY)
    made.steps.get(code="S13")
    address = url(made, "commitment_decide", "S13")
    assert address in signed_in.get(url(made, "step", "S13")).content.decode()
    form = signed_in.get(address).context["form"]
    assert form["text"].value() == forms.usual_text(step.step)
    assert form["signed_on"].value() == TODAY
    signed = {"text": "承诺", "signed_by_name": "王某", "signed_on": TODAY.isoformat()}

    answer = signed_in.post(address, fields(made, "S13", **signed))
    assert answer.status_code == 422 and "condition_confirmed" in answer.context["form"].errors
    answer = signed_in.post(address, fields(made, "S13", condition_confirmed="on", **signed))

    assert (answer.status_code, answer.url) == (302, url(made, "step", "S13"))
    assert step_of(made, "S13").state == State.APPROVED
    row = Commitment.objects.get()
    page = signed_in.get(url(made, "step", "S13")).content.decode()
    assert "王某" in page and row.check_due_on.isoformat() in page and url(made, "commitment_check", "S13") in page


def test_the_neutral_text_names_the_step(step):
    step.step.commitment_text_zh = ""
    assert step.step.name_zh in forms.usual_text(step.step)
    step.step.commitment_text_zh = " 自有文本 "
    assert forms.usual_text(step.step) == "自有文本"


def test_the_ordinary_forms_do_not_decide_on_a_promise(signed_in, step, made):
    assert signed_in.get(url(made, "step_move", "S13", "decide_on_commitment")).status_code == 404
    page = signed_in.get(url(made, "step", "S13")).content.decode()
    assert url(made, "step_move", "S13", "decide_on_commitment") not in page


def test_no_button_where_it_is_not_possible(signed_in, made):
    step = step_of(made, "S15")  # "no" in the catalogue
    move(step, "receive", MONDAY)
    assert url(made, "commitment_decide", "S15") not in signed_in.get(url(made, "step", "S15")).content.decode()
    answer = signed_in.post(
        url(made, "commitment_decide", "S15"),
        fields(made, "S15", text="x", signed_by_name="x", signed_on=TODAY.isoformat()),
    )
    assert answer.status_code == 422
    assert step_of(made, "S15").state == State.RECEIVED


@pytest.mark.parametrize(
    ("given", "outcome", "state"),
    [
        ({"outcome": "kept"}, "kept", State.APPROVED),
        ({"outcome": "broken", "then": "revoke", "note": "不符"}, "broken", State.REVOKED),
        (
            {"outcome": "broken", "then": "rectify", "note": "不符", "check_due_on": "2026-03-20"},
            "pending",
            State.APPROVED,
        ),
    ],
)
def test_checking_by_the_page(signed_in, made, given, outcome, state):
    promise(made)
    address = url(made, "commitment_check", "S13")
    told = "".join(signed_in.get(address).context["told"])
    assert "S17" in told and "S18" in told  # what would wait again

    assert signed_in.post(address, fields(made, "S13", **given)).status_code == 302

    assert step_of(made, "S13").state == state
    assert CommittedStep.objects.get(project_step__code="S13").outcome == outcome


def test_a_broken_promise_needs_a_word_on_what_follows(signed_in, made):
    promise(made)
    answer = signed_in.post(url(made, "commitment_check", "S13"), fields(made, "S13", outcome="broken", note="x"))
    assert answer.status_code == 422 and "then" in answer.context["form"].errors


def test_a_unit_cannot_revoke_but_leave_it(client, made):
    promise(made)
    unit = factories.user(made.park, "unit")
    made.steps.filter(code="S13").update(unit=unit.organization)
    client.force_login(unit)
    form = client.get(url(made, "commitment_check", "S13")).context["form"]
    assert [value for value, _label in form.fields["then"].choices] == ["rectify", "later"]


def build(client, made, *codes, **more):
    versions = {f"version_{row.code}": row.version for row in made.steps.all()}
    given = {
        "steps": codes, "check_before": "S18", "on": TODAY.isoformat(), "text": "承诺", "signed_by_name": "王某",
        "signed_on": TODAY.isoformat(), "condition_confirmed": "on",
    }  # fmt: skip
    return client.post(url(made, "build_first"), given | versions | more)


def test_building_first_by_the_page(signed_in, made):
    page = signed_in.get(url(made, "build_first"))
    form = page.context["form"]
    offered = [code for code, _label in form.fields["steps"].choices]
    assert offered == ["S13", "S14", "S16", "S17"]
    assert form["check_before"].value() == "S18"
    assert [code for code, _label in form.fields["check_before"].choices] == ["S18", "S19", "S20", "S21", "S22"]
    text = page.content.decode()
    assert all(law in text for law in page.context["bans"]) and "S02" in text

    answer = build(signed_in, made, *CHOSEN)

    assert (answer.status_code, answer.url) == (302, f"{reverse('approvals:commitments')}?project={made.pk}")
    assert made.steps.filter(code__in=CHOSEN, state=State.APPROVED).count() == 4


def test_building_first_lists_every_reason_and_keeps_the_input(signed_in, made):
    answer = build(signed_in, made, "S16", "S17", text="本单位承诺如下")
    assert answer.status_code == 422
    assert len(answer.context["form"].non_field_errors()) == 4
    assert "本单位承诺如下" in answer.content.decode()
    assert build(signed_in, made, "S02").status_code == 422
    assert build(signed_in, made).status_code == 422
    assert not Commitment.objects.exists()


def test_nothing_to_promise(signed_in, made):
    finish(made, *["S13", "S14", "S16", "S17"], on=MONDAY)
    made.steps.filter(line_code="SITE").update(applicability="not_applicable", not_applicable_reason="x")
    page = signed_in.get(url(made, "build_first"))
    assert page.context["choices"].open == []
    assert 'name="steps"' not in page.content.decode()


# the step's page --------------------------------------------------------------------------------------------------


def part_for(made, code, user):
    view = next(v for v in steps_of(made, user, today=TODAY, calendar=PLAIN) if v.row.code == code)
    return part.source(view, user)


def test_the_part_is_there_only_when_there_is_something_to_say(made, staff):
    assert part_for(made, "S15", staff) is None


def test_a_gate_says_what_it_waits_for(made, staff, signed_in):
    before_the_permit(made)
    waiting = part_for(made, "S17", staff).context["waiting"]
    assert [debt.requirement.code for debt in waiting["papers"]] == ["S08-D2"]
    text = signed_in.get(url(made, "step", "S17")).content.decode()
    assert paper(step_of(made, "S08"), 2).name_zh in text


def test_late_supply_is_said(made, step, staff, signed_in):
    accept_owing(step, 5)
    StepDocument.objects.update(state="supplied", supplied_on=date(2026, 2, 9))
    late = part_for(made, "S13", staff).context["late"]
    assert [row.requirement.code for row in late] == ["S13-D5"]
    assert "2026-02-09" in signed_in.get(url(made, "step", "S13")).content.decode()
    StepDocument.objects.update(supplied_on=date(2026, 2, 6))
    assert part_for(made, "S13", staff).context["late"] == []


def test_the_enterprise_reads_its_promises_and_no_notes(client, made):
    owner = factories.organization(made.park, "enterprise")
    type(made.enterprise).objects.update(organization=owner)
    promise(made)
    before_the_permit(made)
    CommittedStep.objects.update(note="内部核查意见", checked_on=MONDAY)
    person = factories.user(made.park, "enterprise", owner)
    client.force_login(person)

    text = client.get(url(made, "step", "S13")).content.decode()

    assert PROMISE.text in text and "S18" in text
    assert "内部核查意见" not in text
    for name in ("commitment_check", "commitment_decide"):
        assert url(made, name, "S13") not in text
    own = part_for(made, "S08", person).context
    assert [debt.row.requirement.code for debt in own["debts"]] == ["S08-D2"]
    assert not (own["can_renew"] or own["can_check"] or own["commit_url"])


def test_the_project_page_counts_and_links(signed_in, client, made, step):
    accept_owing(step, 5, 6)
    text = signed_in.get(reverse("projects:detail", args=[made.pk]) + "?tab=steps").content.decode()
    for name in ("debts", "commitments"):
        assert f"{reverse(f'approvals:{name}')}?project={made.pk}" in text
    assert url(made, "build_first") in text
    client.force_login(factories.user(made.park, "leader"))
    text = client.get(reverse("projects:detail", args=[made.pk]) + "?tab=steps").content.decode()
    assert url(made, "build_first") not in text


def test_history_in_words(signed_in, made, step):
    accept_owing(step, 5)
    StepDocument.objects.update(due_on=TODAY)
    renew(StepDocument.objects.select_related("project_step__step", "project_step__project").get(), today=TODAY)
    text = signed_in.get(url(made, "step", "S13")).content.decode()
    assert "renew_debt" not in text and "2026-03-02 → 2026-03-09" in text


def test_the_desk_shows_papers_owed(signed_in, owed):
    block = next(block for block in signed_in.get("/").context["blocks"] if block.key == "papers")
    assert (block.number, block.url) == (3, reverse("approvals:debts"))
    assert [entry.days for entry in block.entries] == [-16, -11, None]
