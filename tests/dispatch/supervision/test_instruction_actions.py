"""Issuing, reporting, answering: exact results, history, notices, and every guard with its negative twin."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.errors import Conflict, Refused
from dispatch.jobs.registry import JOBS
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.notices.models import Notice
from dispatch.supervision import actions, job
from dispatch.supervision.models import Feedback, Instruction
from dispatch.supervision.origin import Page
from tests import factories
from tests.dispatch.ledger_cases import CALENDAR, EDGE, cast
from tests.dispatch.supervision_cases import DUE, TEXT, issue
from tests.factories import AT, TODAY

State = LedgerItem.State


@pytest.fixture
def people(db):
    return cast()


def stored(row):
    return type(row).objects.get(pk=row.pk)


def told(event):
    rows = Notice.objects.filter(event=event).order_by("recipient", "pk")
    return [(row.recipient_id, row.key) for row in rows]


def report(row, by, text="已办", version=1):
    return actions.report(row, text=text, by=by, version=version, **EDGE)


def answer(row, by, kind="addition", text="加测", version=1):
    return actions.answer(row, kind=kind, text=text, by=by, version=version, **EDGE)


def untouched(action, *expected):
    """Runs what must be refused, and that nothing has been written by it."""
    before = _all()
    with pytest.raises(expected):
        action()
    assert _all() == before


def _all():
    return [list(model.objects.order_by("pk").values()) for model in (Instruction, LedgerItem, LedgerEntry, Feedback)]


class TestIssuing:
    def test_the_instruction_and_its_item(self, people):
        project = factories.project(people.park)
        other = factories.organization(people.park)
        row = stored(
            issue(
                people, project=project, cooperating_units=[other], urgency="urgent", standard="净地移交单",
                about=Page("/projects/1/", project, project), about_title="某项目", category="land",
            )
        )  # fmt: skip
        facts = (row.number, row.year, row.serial, row.leader, row.recorded_by, row.text, row.urgency, row.project)
        assert facts == ("督〔2026〕1号", 2026, 1, people.leader, people.leader, TEXT, "urgent", project)
        assert (row.about_url, row.about_title) == ("/projects/1/", "某项目")
        assert (row.issued_on, row.feedback_every_wd, row.version) == (TODAY, 5, 1)
        item = row.item
        assert (item.source, item.kind, item.state, item.title) == ("instruction", "task", State.ASSIGNED, TEXT)
        assert (item.description, item.leader, item.unit, item.project) == (
            TEXT,
            str(people.leader),
            people.unit,
            project,
        )
        assert (item.starts_on, item.due_on, item.standard, item.category) == (TODAY, DUE, "净地移交单", "land")
        assert list(item.cooperating_units.all()) == [other]
        assert [(entry.verb, entry.by) for entry in item.history.all()] == [("register", people.leader)]

    def test_the_project_comes_from_the_page(self, people):
        project = factories.project(people.park)
        assert issue(people, about=Page("/projects/1/", project, project)).item.project == project

    def test_the_centre_writes_it_in_a_leaders_name(self, people):
        row = issue(people, by=people.staff)
        assert (row.leader, row.recorded_by) == (people.leader, people.staff)
        assert (people.leader.pk, f"instruction/{row.pk}/issued/u{people.leader.pk}") in told("instruction_issued")

    def test_numbers_are_per_park_and_year(self, people):
        second = cast()
        numbers = [issue(people).number, issue(people).number, issue(second).number]
        later = {"at": AT + timedelta(days=366), "on": TODAY + timedelta(days=366)}
        usual = {"leader": people.leader, "by": people.leader, "text": TEXT, "unit": people.unit}
        following = actions.issue(park=people.park, **usual, **later, due_on=later["on"])
        assert [*numbers, following.number] == ["督〔2026〕1号", "督〔2026〕2号", "督〔2026〕1号", "督〔2027〕1号"]

    def test_one_that_fails_takes_no_number(self, people):
        issue(people)
        untouched(lambda: issue(people, unit=cast().unit), Refused)
        assert issue(people).number == "督〔2026〕2号"

    def test_a_long_text_is_shortened_in_the_title_only(self, people):
        row = issue(people, text="办" * 900)
        assert (len(row.item.title), len(row.text)) == (200, 900)

    @pytest.mark.parametrize(
        "fields",
        [
            {"text": " "},
            {"due_on": TODAY - timedelta(days=1)},
            {"feedback_every_wd": 61},
            {"feedback_every_wd": -1},
        ],
    )
    def test_refused(self, people, fields):
        untouched(lambda: issue(people, **fields), Refused)

    def test_only_leaders_give_instructions(self, people):
        for leader in (people.staff, people.worker, factories.user(factories.park(), "leader")):
            untouched(lambda leader=leader: issue(people, by=people.staff, leader=leader), Refused)
        people.leader.is_active = False
        people.leader.save()
        untouched(lambda: issue(people, by=people.staff), Refused)

    def test_who_may_issue(self, people):
        second = factories.user(people.park, "leader")
        for by in (people.worker, factories.user(people.park, "enterprise"), factories.user(factories.park(), "staff")):
            untouched(lambda by=by: issue(people, by=by), PermissionDenied)
        untouched(lambda: issue(people, by=second), PermissionDenied)  # no leader in another's name

    def test_who_is_told(self, people):
        other = factories.organization(people.park)
        helper = factories.user(people.park, "unit", other)
        row = issue(people, cooperating_units=[other])
        seen = Instruction.objects.visible_to(people.office_worker)
        assert not seen.filter(pk=row.pk).exists()  # who does not see it is not told
        wanted = sorted([people.worker.pk, helper.pk])
        assert told("instruction_issued") == [(pk, f"instruction/{row.pk}/issued/u{pk}") for pk in wanted]
        first = Notice.objects.filter(event="instruction_issued").first()
        assert (first.is_mandatory, first.is_urgent, first.url) == (True, True, f"/instructions/{row.pk}/")
        assert first.facts == {"number": row.number, "leader": str(people.leader), "text": TEXT, "due_on": "2026-03-31"}
        # The ledger's own notice about the same item is not sent beside it.
        assert not Notice.objects.filter(event="ledger_assigned", settled_at__isnull=True).exists()


class TestReporting:
    def test_a_report_signs_and_is_progress(self, people):
        row = issue(people)
        actions.report(row, text="已与供电公司对接", by=people.worker, version=1, **EDGE)
        row = stored(row)
        assert (row.version, row.item.state, row.item.progress) == (2, State.WORKING, "已与供电公司对接")
        link = row.feedback.get()
        assert (link.kind, link.text, link.organization, link.by, link.on) == (
            "report",
            "已与供电公司对接",
            people.unit,
            people.worker,
            TODAY,
        )
        assert [entry.verb for entry in row.item.history.order_by("pk")] == ["register", "sign", "progress"]
        assert told("instruction_feedback") == [
            (people.leader.pk, f"instruction/{row.pk}/feedback/{link.pk}/u{people.leader.pk}")
        ]

    def test_who_may_report(self, people):
        row = issue(people, cooperating_units=[people.stranger.organization])
        for by in (people.stranger, people.leader, factories.user(factories.park(), "staff")):
            untouched(lambda by=by: actions.report(row, text="已办", by=by, version=1, **EDGE), PermissionDenied)
        actions.report(row, text="已办", by=people.staff, version=1, **EDGE)  # on the unit's behalf
        row.refresh_from_db()
        # The office below the unit was asked for nothing: the item is not its own.
        untouched(
            lambda: actions.report(row, text="已办", by=people.office_worker, version=2, **EDGE), PermissionDenied
        )

    def test_refused(self, people):
        row = issue(people)
        untouched(lambda: actions.report(row, text=" ", by=people.worker, version=1, **EDGE), Refused)
        untouched(lambda: actions.report(row, text="已办", by=people.worker, version=2, **EDGE), Conflict)

    def test_not_while_closure_is_asked_for(self, people):
        row = closing(people)
        untouched(lambda: actions.report(row, text="补充", by=people.worker, version=row.version, **EDGE), Refused)


def closing(people):
    row = issue(people)
    actions.report(row, text="已办", by=people.worker, version=1, **EDGE)
    row = stored(row)
    ledger.ask_close(row.item, evidence="已移交", by=people.worker, version=row.item.version, **EDGE)
    return stored(row)


class TestAnswering:
    @pytest.mark.parametrize(
        ("kind", "text"), [("read", ""), ("continue", "再快些"), ("satisfied", "好"), ("addition", "加测")]
    )
    def test_each_answer(self, people, kind, text):
        row = issue(people)
        actions.report(row, text="已办", by=people.worker, version=1, **EDGE)
        before = LedgerItem.objects.values().get(pk=row.item_id)
        link = actions.answer(row, kind=kind, text=text, by=people.leader, version=2, **EDGE)
        assert (link.kind, link.text, link.by, stored(row).version) == (kind, text, people.leader, 3)
        assert LedgerItem.objects.values().get(pk=row.item_id) == before  # "satisfied" closes nothing
        found = Notice.objects.filter(key__startswith=f"instruction/{row.pk}/feedback/{link.pk}/")
        assert {one.recipient_id for one in found} == {people.worker.pk}

    def test_who_may_answer(self, people):
        row = issue(people)
        second = factories.user(people.park, "leader")
        foreign = factories.user(factories.park(), "staff")
        for by in (people.worker, people.stranger, second, foreign):
            untouched(
                lambda by=by: actions.answer(row, kind="addition", text="加测", by=by, version=1, **EDGE),
                PermissionDenied,
            )
        actions.answer(row, kind="addition", text="加测", by=people.staff, version=1, **EDGE)

    def test_refused(self, people):
        row = issue(people)
        for kind, text in (("read", ""), ("continue", "x"), ("satisfied", ""), ("addition", " ")):
            untouched(
                lambda k=kind, t=text: actions.answer(row, kind=k, text=t, by=people.leader, version=1, **EDGE), Refused
            )
        untouched(lambda: actions.answer(row, kind="addition", text="x", by=people.leader, version=9, **EDGE), Conflict)
        untouched(
            lambda: actions.answer(row, kind="report", text="x", by=people.leader, version=1, **EDGE), PermissionDenied
        )

    def test_after_closure_only_what_asks_for_nothing(self, people):
        row = closing(people)
        ledger.close(row.item, by=people.staff, version=row.item.version, **EDGE)
        for kind in ("continue", "addition"):
            untouched(
                lambda kind=kind: actions.answer(row, kind=kind, text="再办", by=people.leader, version=2, **EDGE),
                Refused,
            )
        actions.answer(row, kind="satisfied", by=people.leader, version=2, **EDGE)
        assert stored(row).item.state == State.CLOSED


class TestReminding:
    """Issued on Monday 2 March, a report every five working days: Monday 9 March."""

    def remind(self, day):
        return job.remind(as_of=date(2026, 3, day), at=AT, calendar=CALENDAR)

    def test_once_a_day_of_report(self, people):
        row = issue(people)
        assert self.remind(6) == {"due": 0, "overdue": 0}
        assert told("instruction_feedback") == []
        assert self.remind(9) == self.remind(9) == {"due": 1, "overdue": 0}
        unit = [people.worker.pk]
        due = [(pk, f"instruction/{row.pk}/due/2026-03-09/u{pk}") for pk in unit]
        assert told("instruction_feedback") == due
        assert self.remind(10) == self.remind(13) == {"due": 1, "overdue": 1}
        late = [(pk, f"instruction/{row.pk}/overdue/2026-03-09/u{pk}") for pk in (*unit, people.leader.pk)]
        assert sorted(told("instruction_feedback")) == sorted([*due, *late])

    def test_a_report_settles_what_has_not_left(self, people):
        row = issue(people)
        self.remind(10)
        actions.report(row, text="已办", by=people.worker, version=1, at=AT, on=date(2026, 3, 10))
        assert not Notice.objects.filter(about_type="instruction_due", settled_at__isnull=True).exists()
        assert self.remind(16) == {"due": 0, "overdue": 0}
        assert self.remind(17) == {"due": 1, "overdue": 0}

    def test_a_closed_item_takes_back_its_reminders(self, people):
        row = issue(people)
        ledger.sign(row.item, by=people.worker, version=1, **EDGE)
        self.remind(10)
        item = ledger.ask_close(row.item, evidence="已办结", by=people.worker, version=2, **EDGE)
        ledger.close(item, by=people.staff, version=3, **EDGE)
        assert not Notice.objects.filter(about_type="instruction_due", settled_at__isnull=True).exists()

    def test_nothing_while_it_is_not_in_the_units_hands(self, people):
        row = closing(people)
        assert self.remind(30) == {"due": 0, "overdue": 0}
        ledger.close(row.item, by=people.staff, version=row.item.version, **EDGE)
        assert self.remind(30) == {"due": 0, "overdue": 0}

    def test_a_missed_day_is_caught_up_by_the_job(self, people, monkeypatch):
        issue(people)
        fenced = []

        class Run:
            as_of = date(2026, 3, 11)

        assert JOBS["instruction_reports"].work(Run, AT, lambda: fenced.append(1)) == {"due": 1, "overdue": 1}
        assert fenced == [1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_issue_at_once(transactional_db):
    people = cast()
    threads, each = 4, 5
    start, failures = Barrier(threads), []

    def work():
        start.wait()
        try:
            for _turn in range(each):
                issue(people, standard="净地移交单")
        except Exception as error:  # shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    started = [Thread(target=work) for _ in range(threads)]
    for one in started:
        one.start()
    for one in started:
        one.join()
    assert failures == []
    serials = sorted(Instruction.objects.filter(park=people.park).values_list("serial", flat=True))
    assert serials == list(range(1, threads * each + 1))
    assert LedgerItem.objects.filter(park=people.park).values("number").distinct().count() == threads * each
