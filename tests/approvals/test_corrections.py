"""Corrections before acceptance: one notice, in time, answered once; silence is acceptance (行政许可法 art. 32)."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import Refused
from approvals import actions, flow, step_page
from approvals.actions.progress import NeedsAcknowledgement
from approvals.clocks import Party
from approvals.flow import State, Verb
from approvals.models import ProjectStep, Step, StepPause
from approvals.queries import StepView
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 2, 3)
MONDAY = date(2026, 2, 2)  # the notice is due on Monday, 9 February


@pytest.fixture
def made():
    return project(factories.park(), eia_class="form")


@pytest.fixture
def staff(made):
    return factories.user(made.park)


def received(made, code="S10", on=MONDAY):
    step = step_of(made, code)
    move(step, "receive", on)
    return step


def notified(made, on=TUESDAY):
    step = received(made)
    move(step, "notify_correction", on, note="缺红线图")
    return step


def view(step, today) -> StepView:
    return StepView(ProjectStep.objects.select_related("step", "project").get(pk=step.pk), today, PLAIN)


def test_resubmission_ends_the_correction_and_leaves_the_case_at_the_window(made, staff):
    step = notified(made)
    record = move(step, "resubmit", MONDAY + days(3), by=staff, note="材料补齐").transition

    pause = StepPause.objects.get(project_step=step)
    assert (pause.started_on, pause.ended_on, pause.ended_by, pause.round) == (
        MONDAY + days(1), MONDAY + days(3), staff, 1,
    )  # fmt: skip
    assert step_of(made, "S10").state == State.RECEIVED
    assert (record.verb, record.from_state, record.to_state, record.note) == ("resubmit", 1, 1, "材料补齐")
    assert step.committed_due_on is None


def test_the_enterprise_itself_may_have_handed_the_papers_in(made):
    step = notified(made)
    assert move(step, "resubmit", MONDAY + days(2), by=None).transition.by is None


def test_resubmission_without_a_notice_is_refused(made):
    step = received(made)
    with pytest.raises(Refused):
        move(step, "resubmit", MONDAY + days(1))
    move(step, "notify_correction", MONDAY + days(1), note="缺")
    move(step, "resubmit", MONDAY + days(2))
    with pytest.raises(Refused):
        move(step, "resubmit", MONDAY + days(3))


def test_resubmission_is_the_handling_units_to_record(made):
    step = notified(made)
    for role in ("leader", "enterprise"):
        with pytest.raises(PermissionDenied):
            move(step, "resubmit", MONDAY + days(2), by=factories.user(made.park, role))


def test_everything_is_named_at_once_also_after_resubmission(made):
    step = notified(made)
    with pytest.raises(Refused):
        move(step, "notify_correction", MONDAY + days(2), note="还缺")
    move(step, "resubmit", MONDAY + days(2))
    with pytest.raises(Refused):
        move(step, "notify_correction", MONDAY + days(3), note="还缺")
    assert step_of(made, "S10").version == step.version


def test_a_new_application_has_a_notice_of_its_own(made):
    step = notified(made, on=MONDAY)
    move(step, "withdraw_before", MONDAY)
    move(step, "reopen", MONDAY)  # all on one day
    assert not view(step, MONDAY).notice.is_given
    move(step, "notify_correction", MONDAY, note="缺")
    assert [pause.round for pause in step.pauses.all()] == [1, 2]


def test_undo_of_the_notice_opens_it_again(made, staff):
    step = notified(made)
    actions.undo_last(step, by=staff, at=AT, today=TODAY, calendar=PLAIN)
    move(step, "notify_correction", MONDAY + days(2), note="都在这里")
    move(step, "resubmit", MONDAY + days(3))
    actions.undo_last(step, by=staff, at=AT, today=TODAY, calendar=PLAIN)
    assert StepPause.objects.get(project_step=step).ended_on is None


def test_a_notice_after_its_deadline_is_no_notice(made):
    step = received(made)
    with pytest.raises(Refused) as refused:
        move(step, "notify_correction", MONDAY + days(8), note="缺")
    assert "2026-02-09" in str(refused.value)
    move(step, "notify_correction", MONDAY + days(7), note="缺")  # recorded late, but given in time


def test_silence_is_acceptance_and_another_day_needs_a_word(made):
    step = received(made)
    assert view(step, MONDAY + days(7)).notice.deemed_on is None
    assert view(step, MONDAY + days(8)).notice.deemed_on == MONDAY
    with pytest.raises(NeedsAcknowledgement) as asked:
        move(step, "accept", MONDAY + days(9), acknowledge=())
    assert asked.value.codes == ("deemed_accepted",)
    assert step_of(made, "S10").state == State.RECEIVED

    done = move(step, "accept", MONDAY + days(9), acknowledge=["deemed_accepted"])
    assert done.codes == ("deemed_accepted",)


def test_acceptance_from_the_day_of_receipt_needs_no_word(made):
    step = received(made)
    assert move(step, "accept", MONDAY, acknowledge=()).codes == ()
    assert step.committed_due_on == MONDAY + days(3)


def test_after_a_notice_in_time_silence_means_nothing(made):
    step = notified(made)
    assert view(step, TODAY).notice.deemed_on is None
    move(step, "resubmit", MONDAY + days(20))
    assert move(step, "accept", MONDAY + days(21), acknowledge=()).codes == ()


def test_on_the_spot_where_the_step_says_so(made):
    finish(made, "S01")
    step = received(made, "S11")  # registration: 0 days
    assert view(step, MONDAY).notice.deemed_on is None
    assert view(step, MONDAY + days(1)).notice.deemed_on == MONDAY


def test_only_the_window_has_a_notice(made):
    step = received(made)
    move(step, "accept", MONDAY)
    assert view(step, TODAY).notice is None
    assert StepView(step_of(made, "S13"), TODAY, PLAIN).notice is None


def test_verbs_offered_follow_the_correction(made, staff):
    def offered(step):
        return step_page.allowed(view(step, MONDAY + days(1)), staff)

    step = received(made)
    assert Verb.NOTIFY_CORRECTION in offered(step) and Verb.RESUBMIT not in offered(step)
    move(step, "notify_correction", MONDAY + days(1), note="缺")
    assert Verb.NOTIFY_CORRECTION not in offered(step) and offered(step)[0] is Verb.RESUBMIT
    move(step, "resubmit", MONDAY + days(1))
    assert not {Verb.NOTIFY_CORRECTION, Verb.RESUBMIT} & set(offered(step))


def test_a_pause_needs_a_reason(made):
    step = received(made)
    move(step, "accept", MONDAY)
    with pytest.raises(Refused):
        move(step, "pause", MONDAY + days(1), pause_kind="hearing", note=" ")
    assert step_of(made, "S10").state == State.ACCEPTED


def test_the_form_proposes_the_day_of_receipt_and_asks_before_another(client, made, staff):
    Step.objects.filter(code="S10").update(correction_notice_days=0)
    received(made)
    client.force_login(staff)
    url = reverse("approvals:step_move", args=[made.pk, "S10", "accept"])

    assert client.get(url).context["form"]["on"].value() == MONDAY
    given = {"on": "2026-02-10", "version": 2}
    asked = client.post(url, given)
    assert asked.status_code == 422
    assert 'type="checkbox" name="acknowledged"' in asked.content.decode()
    assert client.post(url, given | {"acknowledged": "on"}).status_code == 302
    assert step_of(made, "S10").accepted_on == date(2026, 2, 10)


def test_step_page_says_when_the_notice_is_due_and_what_silence_means(client, made, staff):
    received(made)
    client.force_login(staff)
    page = client.get(reverse("approvals:step", args=[made.pk, "S10"]))
    assert page.context["view"].notice.deemed_on == MONDAY  # the page is opened long after
    assert "2026-02-09" in page.content.decode()


def test_days_of_the_parks_own_step_are_the_parks(made):
    step = received(made, "S07")
    move(step, "accept", MONDAY + days(1))
    own = view(step, MONDAY + days(14))
    assert (own.holder, own.turn) == (Party.PARK, Party.PARK)
    assert own.reading.charges.workdays[Party.PARK] == 9
    assert own.reading.late_charges.workdays[Party.DEPARTMENT] == 0
    assert not own.reading.department_is_late and own.reading.late.is_late


def test_flow_keeps_resubmission_to_the_window():
    for state in State:
        assert (Verb.RESUBMIT in flow.verbs_from(state)) == (state is State.RECEIVED)
