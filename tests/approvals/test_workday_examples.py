"""The fifteen worked examples of domain.md 2.6, played on real steps with the real actions and the shipped calendar.

Not played: WD-13, the minimum periods of a land listing; no step has them as a limit (``clocks.minimum_period_end``).
"""

from datetime import date

import pytest

from approvals import actions
from approvals.actions.clockwork import recompute_all
from approvals.clocks import PAUSE_KINDS, Party, supplement_lapses_on
from approvals.days.bars import ended_days, spent_on
from approvals.flow import State, Verb
from approvals.models import ApprovalPolicy, ProjectStep, StepDocument, StepPause
from approvals.queries import StepView
from tests import factories
from tests.approvals.cases import AT, official, project
from tests.approvals.test_clocks import EXAMPLES, KIND_OF

pytestmark = pytest.mark.django_db

BY_ID = {example["id"]: example for example in EXAMPLES}
NO_STEP = {"WD-13"}
OTHER_TESTS = {"WD-03", "WD-07", "WD-08", "WD-11", "WD-12"}
EARLY, LATER = date(2025, 3, 3), date(2026, 12, 31)


def d(text) -> date:
    return date.fromisoformat(text)


class Play:
    """One step that stands alone: everything before it is done, its limits are those of the example."""

    def __init__(self, code="S10", **limits):
        self.project = project(factories.park(), eia_class="form")
        rest = self.project.steps.exclude(code=code)
        rest.update(state=State.APPROVED, received_on=EARLY, accepted_on=EARLY, decided_on=EARLY)
        self.code = code
        columns = {"committed_limit_wd": None, "statutory_value": None, "statutory_unit": "wd"}
        columns |= {"clock_start": "accepted", "applicability": "applies"} | limits
        ProjectStep.objects.filter(pk=self.step.pk).update(**columns)

    @property
    def step(self) -> ProjectStep:
        return ProjectStep.objects.select_related("step", "project").get(project=self.project, code=self.code)

    def move(self, verb, on, *, today=None, **more):
        today = today or max(d(on), self.last)
        edge = {"by": None, "at": AT, "today": today, "calendar": official()}
        actions.move(self.step, verb, on=d(on), **edge, **more)
        return self

    @property
    def last(self) -> date:
        step = self.step
        return max(filter(None, [step.received_on, step.accepted_on, EARLY]))

    def accept(self, on):
        return self.move(Verb.RECEIVE, on).move(Verb.ACCEPT, on)

    def pause(self, kind, start, end):
        return self.move(Verb.PAUSE, start, pause_kind=kind, note="因故").move(Verb.RESUME, end)

    @property
    def due(self):
        step = self.step
        return step.committed_due_on, step.statutory_due_on

    def view(self, today) -> StepView:
        return StepView(self.step, d(today), official())

    def spent(self, today):
        view = self.view(today)
        return spent_on(view, ended_days([view]).get(view.row.pk))


def limits_of(example) -> dict:
    """The limits of an example's checks as columns of the step."""
    columns = {}
    for check in example["checks"]:
        if check["kind"] in ("committed", "committed_if_deemed_accepted"):
            columns["committed_limit_wd"] = check["limit"]
        if check["kind"] in ("statutory", "statutory_if_deemed_accepted"):
            columns |= {"statutory_value": check["limit"], "statutory_unit": check["unit"]}
    return columns


def dues_of(example) -> tuple:
    due = {check["kind"]: d(check["due"]) for check in example["checks"]}
    return due.get("committed"), due.get("statutory")


def test_every_example_is_played_or_named():
    played = {"WD-01", "WD-02", "WD-04", "WD-05", "WD-06", "WD-09", "WD-10", "WD-14", "WD-15"}
    assert played | OTHER_TESTS | NO_STEP == set(BY_ID)
    assert len(BY_ID) == 15


@pytest.mark.parametrize("name", ["WD-01", "WD-02", "WD-15"])
def test_plain_counts(name):
    example = BY_ID[name]
    play = Play(example["step"], **limits_of(example)).accept(example["accepted"])
    assert play.due == dues_of(example)
    assert play.step.due_on == d(example.get("effective_due", example["checks"][0]["due"]))
    assert play.step.committed_runs


def test_wd_03_silence_counts_as_acceptance_from_the_day_of_receipt():
    example = BY_ID["WD-03"]
    notice, committed, statutory = example["checks"]
    play = Play(example["step"], **limits_of(example)).move(Verb.RECEIVE, example["received"])

    waiting = play.view(notice["due"]).notice
    assert (waiting.due_on, waiting.deemed_on) == (d(notice["due"]), None)
    silent = play.view("2026-03-02")
    assert silent.notice.deemed_on == d(example["received"])
    assert silent.deemed_due_on == d(committed["due"])

    play.move(Verb.ACCEPT, example["received"], today=d("2026-03-02"), acknowledge=())
    assert play.due == (d(committed["due"]), d(statutory["due"]))


def test_wd_04_days_between_notice_and_resubmission_are_the_enterprises():
    example = BY_ID["WD-04"]
    play = Play(example["step"], **limits_of(example)).move(Verb.RECEIVE, example["received"])
    assert play.view(example["received"]).notice.due_on == d(example["checks"][0]["due"])

    play.move(Verb.NOTIFY_CORRECTION, example["correction_notice"], note="缺总平面图")
    play.move(Verb.RESUBMIT, example["resubmitted"]).move(Verb.ACCEPT, example["accepted"])

    assert play.due == dues_of(example)
    spent = play.spent(example["accepted"])
    assert spent.workdays[Party.ENTERPRISE] == example["enterprise_side"]["workdays"]
    assert spent.calendar_days[Party.ENTERPRISE] == example["enterprise_side"]["calendar_days"]
    assert spent.workdays[Party.DEPARTMENT] == 4
    assert spent.total == official().count(d(example["received"]), d(example["accepted"])) == 8


@pytest.mark.parametrize("name", ["WD-05", "WD-06", "WD-10"])
def test_pauses(name):
    example = BY_ID[name]
    code = example.get("step", "S10").partition("+")[0]
    play = Play(code, **limits_of(example)).accept(example["accepted"])
    (pause,) = example["pauses"]
    kind = KIND_OF[pause["reason"]]
    play.pause(kind, pause["start"], pause["end"])
    assert play.due == dues_of(example)
    assert play.view(pause["end"]).reading.committed.paused_days == pause["paused_workdays"]
    assert play.spent(pause["end"]).workdays[PAUSE_KINDS[kind].party] == pause["paused_workdays"]


@pytest.mark.parametrize("case", [0, 1, 2])
def test_wd_07_papers_that_follow_later(case):
    example = BY_ID["WD-07"]
    committed, supplement = example["checks"]
    play = Play(example["step"], committed_limit_wd=committed["limit"])
    ApprovalPolicy.objects.create(park=play.project.park, supplement_wd=supplement["limit"])
    owed = play.step.step.documents.filter(code__in=example["outstanding"])
    owed.update(deferrable=True, due_before="")
    play.move(Verb.RECEIVE, example["accepted"])
    play.move(Verb.ACCEPT_WITH_OUTSTANDING, example["accepted"], outstanding=[paper.pk for paper in owed])

    assert play.due == (d(committed["due"]), None)
    debts = StepDocument.objects.filter(project_step=play.step)
    assert {debt.due_on for debt in debts} == {d(supplement["due"])}
    assert supplement_lapses_on(d(supplement["due"]), official()) == d("2026-10-12")
    wanted = example["cases"][case]
    if wanted["supplied"] is None:
        late = play.view("2026-10-12").reading
        assert not late.department_is_late
        assert late.late_charges.workdays[Party.ENTERPRISE] == 3  # 9, 10 and 12 October
        return
    for paper in owed:
        actions.record_document(
            play.step, paper, "supplied", on=d(wanted["supplied"]), by=None, at=AT, today=d(wanted["issued"]),
            calendar=official(),
        )  # fmt: skip
    play.move(Verb.DECIDE_APPROVE, wanted["issued"])
    reading = play.view("2026-12-01").reading
    assert not reading.department_is_late
    assert reading.late.workdays == wanted.get("workdays_after_due", 0)
    assert reading.late_charges.workdays[Party.ENTERPRISE] == wanted.get("workdays_after_due", 0)


def test_wd_08_extension_and_calendar_day_limit():
    plain, extended, form = BY_ID["WD-08"]["checks"]
    play = Play("S10", statutory_value=plain["limit"]).accept(plain["accepted"])
    assert play.due == (None, d(plain["due"]))
    actions.extend(
        play.step, days=10, reason="情况复杂", by=None, at=AT, today=d(plain["accepted"]), calendar=official()
    )
    assert play.due == (None, d(extended["due"]))

    eia = Play("S02", statutory_value=form["limit"], statutory_unit=form["unit"], committed_limit_wd=7)
    eia.accept(form["accepted"])
    assert eia.step.statutory_due_on == d(form["due"])
    assert eia.view(form["accepted"]).reading.statutory.raw_on == d(form["raw"])
    actions.extend(eia.step, days=10, reason="复杂", by=None, at=AT, today=d(form["accepted"]), calendar=official())
    assert eia.step.statutory_due_on == d(form["due"])  # calendar days know no extension
    assert eia.step.committed_due_on == official().add(d(form["accepted"]), 17)


def test_wd_09_lateness():
    example = BY_ID["WD-09"]
    play = Play(**limits_of(example)).accept(example["accepted"]).move(Verb.DECIDE_APPROVE, example["issued"])
    assert play.due == dues_of(example)
    late = play.view("2026-12-01").reading.late
    assert (late.workdays, late.calendar_days) == (example["late_workdays"], example["late_calendar_days"])


def test_wd_11_overlapping_pauses_are_merged():
    """Two pauses cannot be open at once through the pages; rows that overlap are merged all the same."""
    example = BY_ID["WD-11"]
    play = Play(**limits_of(example)).accept(example["accepted"])
    first, second = example["pauses"]
    play.pause(KIND_OF[first["reason"]], first["start"], first["end"])
    StepPause.objects.create(
        project_step=play.step, kind=KIND_OF[second["reason"]], party=Party.ENTERPRISE, reason="整改",
        started_on=d(second["start"]), ended_on=d(second["end"]),
    )  # fmt: skip
    recompute_all(official(), d("2026-10-09"))
    assert play.due == dues_of(example)
    assert play.view("2026-10-09").reading.committed.paused_days == example["merged_paused_workdays"]
    assert play.spent("2026-10-09").workdays[Party.ENTERPRISE] == example["merged_paused_workdays"]


def test_wd_12_duties_after_completion():
    for check in BY_ID["WD-12"]["checks"]:
        unit = check["unit"]
        limits = {"committed_limit_wd": check["limit"]} if unit == "wd" else {"statutory_value": check["limit"]}
        play = Play(check["step"].partition(" ")[0], statutory_unit=unit, **limits).accept(check["accepted"])
        assert play.step.due_on == d(check["due"])


def test_wd_14_a_year_without_a_table_is_provisional_until_it_is_loaded():
    example = BY_ID["WD-14"]
    play = Play(committed_limit_wd=example["limit"]).accept(example["accepted"])
    before = play.step
    assert before.is_provisional
    assert play.view(example["accepted"]).shows_provisional

    loaded = official_2027()
    assert recompute_all(loaded, LATER) == 1
    after = play.step
    assert not after.is_provisional
    assert after.committed_due_on == loaded.add(d(example["accepted"]), example["limit"]) != before.committed_due_on
    assert recompute_all(loaded, LATER) == 0


def official_2027():
    """A made-up notice for 2027: three days off at New Year, and 4 to 6 January too."""
    calendar = official()
    off = dict(calendar.off) | {date(2027, 1, n): "元旦" for n in range(1, 7)}
    return type(calendar)(dict(calendar.years) | {2027: "official"}, off, calendar.make_up)
