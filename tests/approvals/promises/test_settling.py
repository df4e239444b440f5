"""Papers not supplied in time: the park's rule is carried out once, whoever runs the job and however often."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connection

from approvals import actions
from approvals.flow import State
from approvals.models import ApprovalPolicy, StepDocument, StepTransition
from approvals.promises import settling
from approvals.promises.settling import preview, settle_debts
from dispatch.debts import NAME, settle
from dispatch.jobs.registry import JOBS
from dispatch.models import JobRun
from tests import factories
from tests.approvals.cases import AT, TODAY, days, finish, move, project, step_of
from tests.approvals.promises.conftest import MONDAY
from tests.approvals.promises.test_debts import accept_owing, before_the_permit, record, renew
from tests.harness import processes

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 2, 6)  # the due day
LAPSED = date(2026, 2, 9)  # the Monday after
NOTHING = {"withdrawn": 0, "refused": 0, "flagged": 0, "skipped": 0}


def run(as_of, **more):
    return settle_debts(as_of=as_of, at=AT, **more).as_dict()


def policy(made, rule):
    ApprovalPolicy.objects.create(park=made.park, at_deadline=rule)


def newest(step):
    return step.history.order_by("-at", "-pk").first()


@pytest.mark.parametrize("as_of", [FRIDAY - days(1), FRIDAY, FRIDAY + days(1), FRIDAY + days(2)])
def test_nothing_lapses_before_the_first_workday_after(step, as_of):
    accept_owing(step, 5)
    assert run(as_of) == NOTHING
    assert step_of(step.project, "S13").state == State.ACCEPTED


def test_the_case_counts_as_withdrawn(step):
    accept_owing(step, 5, 6)

    assert run(LAPSED) == NOTHING | {"withdrawn": 1}

    row = step_of(step.project, "S13")
    assert (row.state, row.committed_runs, row.statutory_runs) == (State.WITHDRAWN, False, False)
    assert set(row.documents.values_list("state", "lapsed_on")) == {("returned", LAPSED)}
    record = newest(row)
    assert (record.verb, record.on, record.by) == ("withdraw", LAPSED, None)
    kept = {name: record.data[name] for name in ("lapsed", "rule", "due_on")}
    assert kept == {"lapsed": ["S13-D5", "S13-D6"], "rule": "withdrawn", "due_on": "2026-02-06"}
    for debt in row.documents.select_related("requirement"):
        assert debt.requirement.name_zh in record.note


def test_the_case_is_refused(step, made):
    policy(made, "refused")
    accept_owing(step, 5)

    assert run(LAPSED) == NOTHING | {"refused": 1}

    row = step_of(made, "S13")
    assert (row.state, row.decided_on, row.documents.get().lapsed_on) == (State.REFUSED, LAPSED, LAPSED)
    assert newest(row).data["rule"] == "refused"


@pytest.mark.parametrize(("rule", "state"), [("withdrawn", State.WITHDRAWN), ("refused", State.REFUSED)])
def test_a_paused_case_ends_too(step, made, rule, state):
    policy(made, rule)
    accept_owing(step, 5)
    move(step, "pause", MONDAY + days(1), pause_kind="public_notice", note="公示")

    run(LAPSED)

    assert step_of(made, "S13").state == state
    assert not step.pauses.filter(ended_on__isnull=True).exists()


def test_undoing_the_refusal_of_a_paused_case_leaves_it_resumed(step, made):
    policy(made, "refused")
    accept_owing(step, 5)
    move(step, "pause", MONDAY + days(1), pause_kind="public_notice", note="公示")
    run(LAPSED)

    actions.undo_last(step_of(made, "S13"), by=None, at=AT, today=LAPSED)

    row = step_of(made, "S13")
    assert (row.state, row.committed_runs, row.pauses.get().ended_on) == (State.SPECIAL_ENDED, True, LAPSED)
    move(row, "pause", LAPSED, pause_kind="public_notice", note="再次公示")


def test_the_case_is_only_flagged(step, made):
    policy(made, "flagged")
    accept_owing(step, 5)

    assert run(LAPSED) == NOTHING | {"flagged": 1}

    row = step_of(made, "S13")
    debt = row.documents.get()
    assert (row.state, debt.state, debt.lapsed_on) == (State.ACCEPTED, "outstanding", LAPSED)
    assert (newest(row).verb, newest(row).data["lapsed"], newest(row).data["rule"]) == (
        "lapse_debt", ["S13-D5"], "flagged",
    )  # fmt: skip


@pytest.mark.parametrize("rule", ["withdrawn", "refused", "flagged"])
def test_a_decided_step_is_never_taken_back(step, made, rule):
    policy(made, rule)
    accept_owing(step, 5)
    move(step, "decide_approve_outstanding", MONDAY + days(1))

    assert run(LAPSED) == NOTHING | {"flagged": 1}

    row = step_of(made, "S13")
    assert (row.state, row.documents.get().lapsed_on) == (State.APPROVED_OUTSTANDING, LAPSED)
    assert newest(row).data["rule"] == "flagged"


def everything():
    tables = (StepDocument.objects, StepTransition.objects)
    return [list(rows.order_by("pk").values()) for rows in tables]


@pytest.mark.parametrize("rule", ["withdrawn", "refused", "flagged"])
def test_a_second_run_changes_nothing(step, made, rule):
    policy(made, rule)
    accept_owing(step, 5)
    run(LAPSED)
    after = everything()
    for as_of in (LAPSED, LAPSED + days(1), LAPSED + days(30)):
        assert run(as_of) == NOTHING
    assert everything() == after


def test_missed_days_are_caught_up_with_the_day_of_the_rule(step, made):
    accept_owing(step, 5)
    run(LAPSED + days(20))
    assert newest(step_of(made, "S13")).on == LAPSED


def test_no_record_stands_before_the_last_one(step, made):
    accept_owing(step, 5)
    move(step, "pause", LAPSED + days(2), pause_kind="public_notice", note="公示")

    assert run(LAPSED) == NOTHING | {"skipped": 1}
    assert run(LAPSED + days(2)) == NOTHING | {"withdrawn": 1}

    assert newest(step_of(made, "S13")).on == LAPSED + days(2)


@pytest.mark.parametrize("status", ["suspended", "terminated"])
def test_projects_that_rest_are_left_alone(step, made, status):
    accept_owing(step, 5)
    type(made).objects.update(status=status)
    assert run(LAPSED) == NOTHING
    type(made).objects.update(status="active")
    assert run(LAPSED) == NOTHING | {"withdrawn": 1}


def test_supplied_renewed_and_gated_papers_do_not_lapse(step, made):
    five, _six = accept_owing(step, 5, 6)
    renew(five)
    record(step_of(made, "S13"), 6, "supplied", FRIDAY + days(1))  # late, but there
    before_the_permit(made)

    assert run(LAPSED) == NOTHING
    assert run(date(2026, 2, 16)) == NOTHING | {"withdrawn": 1}  # the renewed day was Friday the 13th


def test_one_park_only(step, made):
    accept_owing(step, 5)
    assert run(LAPSED, park=factories.park()) == NOTHING
    assert run(LAPSED, park=made.park) == NOTHING | {"withdrawn": 1}


def test_a_dry_run_changes_nothing(step):
    accept_owing(step, 5)
    before = everything()
    assert preview(as_of=LAPSED, at=AT).withdrawn == 1
    assert everything() == before


def test_who_changes_the_case_meanwhile_comes_first(step, made, monkeypatch):
    """The case is read, then somebody supplies the paper; without the comparison it would be withdrawn all the same."""
    accept_owing(step, 5)
    real = settling._Case._end

    def late(case, *arguments):
        record(step_of(made, "S13"), 5, "supplied", FRIDAY)
        return real(case, *arguments)

    monkeypatch.setattr(settling._Case, "_end", late)
    assert run(LAPSED) == NOTHING | {"skipped": 1}
    assert step_of(made, "S13").state == State.ACCEPTED


def test_a_lost_lease_stops_it(step):
    accept_owing(step, 5)

    def fence():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(LAPSED, fence=fence)
    assert step_of(step.project, "S13").state == State.ACCEPTED


def test_many_cases_in_batches(step, made):
    accept_owing(step, 5)
    for _n in range(4):
        other = project(made.park)
        finish(other, "S01", "S07")
        row = step_of(other, "S12")
        move(row, "receive", MONDAY)
        accept_owing(row, 5)
    assert run(date(2026, 2, 16), batch=2) == NOTHING | {"withdrawn": 5}


def test_undo_reopens_the_case_until_the_next_run(step, made):
    accept_owing(step, 5)
    run(LAPSED)
    actions.undo_last(step_of(made, "S13"), by=None, at=AT, today=TODAY)
    row = step_of(made, "S13")
    assert (row.state, row.documents.get().lapsed_on) == (State.ACCEPTED, None)
    renew(row.documents.get(), today=LAPSED)
    assert run(date(2026, 2, 13)) == NOTHING


# the job ----------------------------------------------------------------------------------------------------------


def test_the_job_is_planned_before_the_warnings():
    assert list(JOBS).index(NAME) < list(JOBS).index("warnings")


def test_the_job_settles_as_of_its_day(step):
    accept_owing(step, 5)
    job = JobRun(job=NAME, period_key=LAPSED.isoformat(), as_of=LAPSED)
    assert settle(job, datetime(2026, 2, 9, 6, tzinfo=UTC), lambda: None)["withdrawn"] == 1


def test_the_command(step, capsys):
    accept_owing(step, 5)
    for dry, state in ((True, State.ACCEPTED), (False, State.WITHDRAWN)):
        call_command("settle_debts", as_of=LAPSED, dry_run=dry)
        assert "withdrawn 1" in capsys.readouterr().out
        assert step_of(step.project, "S13").state == state


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_processes_at_once(transactional_db):
    from tests.approvals.cases import finish, project

    park = factories.park()
    for _n in range(6):
        made = project(park)
        finish(made, "S01", "S07")
        row = step_of(made, "S12")
        move(row, "receive", MONDAY)
        accept_owing(row, 5)
    connection.close()
    started = [processes.manage("settle_debts", "--as-of", "2026-02-16") for _ in range(4)]
    for status, _out, errors in processes.finish(*started):
        assert status == 0, errors
    assert StepTransition.objects.filter(verb="withdraw").count() == 6
    assert StepDocument.objects.filter(lapsed_on=date(2026, 2, 10)).count() == 6
