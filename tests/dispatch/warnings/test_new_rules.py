"""Returned again, not updated, months in a row; whose days; points behind. Boundaries: domain.md 3.3."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from approvals.models import DocumentRequirement, Step, StepDocument, StepPause, StepTransition
from dispatch.ledger.models import LedgerEntry
from dispatch.models import LedgerItem, Warning, WarningEvent
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.levels import month_ends, points_behind, stale_by_workdays
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, ProjectChange
from tests import factories
from tests.harness import seeding
from workdays.arithmetic import WorkCalendar

AT = factories.AT
DAY = date(2026, 11, 20)  # a Friday
ONE = timedelta(days=1)
CALENDAR = WorkCalendar()

pytestmark = pytest.mark.django_db


def run(as_of=DAY):
    return evaluate(as_of=as_of, at=AT)


def rows(rule, *fields):
    return list(Warning.objects.active().filter(rule=rule).values_list(*fields).order_by("pk"))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def project():
    park = factories.park()
    return factories.project(park, responsible_unit=factories.organization(park), stage="L07")


def step_of(project, **fields):
    copy = seeding.catalogue()[0]
    defaults = {"code": copy.code, "seq": copy.seq, "applicability": "applies"}
    return project.steps.create(step=copy, **(defaults | fields))


class TestReturned:
    def item(self, project, returns, **fields):
        defaults = {"number": "T1", "title": "修路", "raised_on": date(2026, 9, 1), "due_on": date(2027, 3, 1),
                    "created_at": AT, "updated_at": AT}  # fmt: skip
        item = LedgerItem.objects.create(park=project.park, project=project, **(defaults | fields))
        for on in returns:
            LedgerEntry.objects.create(item=item, verb="return", to_state="returned", on=on, at=noon(on))
        return item

    @pytest.mark.parametrize(
        ("returns", "expected"),
        [
            ([], []),
            ([date(2026, 11, 3)], []),
            ([date(2026, 11, 3), date(2026, 11, 10)], [("red", date(2026, 11, 10), date(2026, 11, 10))]),
            ([date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 12)],
             [("red", date(2026, 11, 10), date(2026, 11, 10))]),
            ([date(2026, 11, 3), date(2026, 11, 21)], []),
        ],
    )  # fmt: skip
    def test_red_from_the_second_return_late_or_not(self, project, returns, expected):
        self.item(project, returns)
        run()
        assert rows("LEDGER_RETURNED", "level", "due_on", "since_on") == expected

    def test_closing_clears(self, project):
        item = self.item(project, [date(2026, 11, 3), date(2026, 11, 10)], unit=factories.organization(project.park))
        run()
        person = factories.user(project.park)
        LedgerItem.objects.filter(pk=item.pk).update(state="closed", closed_on=DAY, closed_by=person)
        run(DAY + ONE)
        assert rows("LEDGER_RETURNED", "level") == []


class TestStale:
    def record(self, project, day):
        ProjectChange.objects.create(project=project, verb="edited", at=noon(day))

    @pytest.mark.parametrize(
        ("last", "expected"),
        [
            (date(2026, 11, 13), None),  # five working days ago
            (date(2026, 11, 12), "yellow"),
            (date(2026, 11, 8), "yellow"),  # a Sunday, ten working days ago
            (date(2026, 11, 6), "yellow"),
            (date(2026, 11, 5), "red"),
            (date(2026, 1, 5), "red"),
        ],
    )
    def test_levels(self, project, last, expected):
        self.record(project, last)
        run()
        found = [(expected, last, last + ONE)] if expected else []
        assert rows("PROJECT_STALE", "level", "due_on", "since_on") == found

    def test_a_move_of_a_step_counts_as_a_record(self, project):
        self.record(project, date(2026, 10, 1))
        step = step_of(project)
        StepTransition.objects.create(
            project_step=step,
            verb="receive",
            from_state=0,
            to_state=1,
            on=date(2026, 11, 9),
            at=noon(date(2026, 11, 9)),
        )
        run()
        assert rows("PROJECT_STALE", "level", "due_on") == [("yellow", date(2026, 11, 9))]

    def test_the_day_is_that_of_shanghai(self, project):
        ProjectChange.objects.create(project=project, verb="edited", at=datetime(2026, 11, 12, 16, 30, tzinfo=UTC))
        run()
        assert rows("PROJECT_STALE", "level") == []

    @pytest.mark.parametrize("fields", [{"stage": "L13"}, {"stage": "L15"}, {"status": "suspended"}])
    def test_finished_and_resting_projects_are_silent(self, project, fields):
        self.record(project, date(2026, 1, 5))
        Project.objects.filter(pk=project.pk).update(**fields)
        run()
        assert rows("PROJECT_STALE", "level") == []

    def test_nothing_ever_recorded_is_silent(self, project):
        run()
        assert rows("PROJECT_STALE", "level") == []

    def test_a_record_clears_it(self, project):
        self.record(project, date(2026, 11, 2))
        run()
        self.record(project, DAY)
        run(DAY + ONE)
        assert rows("PROJECT_STALE", "level") == []

    @pytest.mark.parametrize("offset", range(0, 40, 3))
    def test_cutoffs_agree_with_counting(self, offset):
        as_of = DAY + offset * ONE
        cutoffs = stale_by_workdays(as_of, CALENDAR, yellow_after=5, red_after=10)
        for back in range(25):
            last = as_of - back * ONE
            n = CALENDAR.count(last, as_of)
            assert cutoffs.level(last) == ("red" if n > 10 else "yellow" if n > 5 else None)


class TestMonthsInARow:
    def late(self, project, due_on, stage="L08"):
        return Milestone.objects.create(project=project, stage=stage, baseline_on=due_on)

    def test_the_third_month_end_in_a_row_is_red(self, project):
        self.late(project, date(2026, 8, 20))
        run(date(2026, 10, 30))
        assert rows("HISTORY", "level") == []
        run(date(2026, 10, 31))
        assert rows("HISTORY", "level", "due_on", "since_on") == [("red", date(2026, 10, 31), date(2026, 10, 31))]

    def test_a_missed_month_end_is_judged_the_same_later(self, project):
        self.late(project, date(2026, 8, 20))
        run(date(2026, 11, 3))
        assert rows("HISTORY", "due_on") == [(date(2026, 10, 31),)]

    @pytest.mark.parametrize(("due_on", "fires"), [(date(2026, 8, 30), True), (date(2026, 8, 31), False)])
    def test_late_on_the_month_end_itself(self, project, due_on, fires):
        self.late(project, due_on)
        run()
        assert bool(rows("HISTORY", "level")) == fires

    def test_one_clean_month_end_breaks_the_row(self, project):
        first = self.late(project, date(2026, 8, 20))
        run(date(2026, 9, 29))
        Milestone.objects.filter(pk=first.pk).update(actual_on=date(2026, 9, 29))
        run(date(2026, 9, 30))
        self.late(project, date(2026, 10, 5), "L10")
        run()
        assert rows("HISTORY", "level") == []

    def test_other_causes_take_turns(self, project):
        first = self.late(project, date(2026, 8, 20))
        run(date(2026, 10, 10))
        Milestone.objects.filter(pk=first.pk).update(actual_on=date(2026, 10, 11))
        run(date(2026, 10, 11))
        self.late(project, date(2026, 10, 12), "L10")
        run()
        assert rows("HISTORY", "level") == [("red",)]

    def test_it_goes_with_the_last_cause_and_comes_anew_with_the_next_month(self, project):
        first = self.late(project, date(2026, 8, 20))
        run()
        run(date(2026, 11, 30))
        assert rows("HISTORY", "due_on") == [(date(2026, 11, 30),)]
        Milestone.objects.filter(pk=first.pk).update(actual_on=DAY)
        run(date(2026, 12, 1))
        assert Warning.objects.active().count() == 0

    def test_a_second_run_writes_nothing(self, project):
        self.late(project, date(2026, 8, 20))
        run()
        events = WarningEvent.objects.count()
        assert (run().total, WarningEvent.objects.count()) == (0, events)

    def test_month_ends(self):
        assert month_ends(date(2026, 3, 31), 3) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
        assert month_ends(date(2026, 1, 30), 2) == [date(2025, 11, 30), date(2025, 12, 31)]


class TestWhoseDays:
    LATE = {"committed_due_on": date(2026, 11, 10), "committed_runs": True,
            "statutory_due_on": date(2026, 11, 12), "statutory_runs": True}  # fmt: skip

    def pause(self, step, party, **fields):
        StepPause.objects.create(
            project_step=step, kind="correction", party=party, started_on=date(2026, 11, 1), **fields
        )

    def parties(self):
        return dict(Warning.objects.active().values_list("rule", "party"))

    def test_the_units_unless_said_otherwise(self, project):
        step_of(project, **self.LATE)
        run()
        assert self.parties() == {"STEP_LATE": "unit", "STEP_STATUTORY": "unit"}

    @pytest.mark.parametrize(
        ("party", "expected"), [("enterprise", "enterprise"), ("department", "unit"), ("third_party", "unit")]
    )
    def test_an_open_pause_says_whose(self, project, party, expected):
        """The committed clock is stopped, the statutory one runs on."""
        self.pause(step_of(project, **(self.LATE | {"committed_runs": False})), party)
        run()
        assert self.parties() == {"STEP_STATUTORY": expected}

    def test_an_ended_pause_says_nothing(self, project):
        self.pause(step_of(project, **self.LATE), "enterprise", ended_on=date(2026, 11, 9))
        run()
        assert set(self.parties().values()) == {"unit"}

    def test_a_promised_paper_makes_them_the_enterprises_and_coming_in_gives_them_back(self, project):
        step = step_of(project, **self.LATE)
        paper = DocumentRequirement.objects.create(step=Step.objects.first(), code="D1", seq=1, name_zh="材料")
        owed = StepDocument.objects.create(
            project_step=step, requirement=paper, state="outstanding", promised_on=date(2026, 11, 1),
            due_on=date(2026, 11, 9), at=AT,
        )  # fmt: skip
        run()
        assert self.parties() == {
            "STEP_LATE": "enterprise", "STEP_STATUTORY": "enterprise", "PAPER_OWED_LATE": "enterprise"
        }  # fmt: skip
        StepDocument.objects.filter(pk=owed.pk).update(state="supplied", supplied_on=DAY)
        counts = run()
        assert self.parties() == {"STEP_LATE": "unit", "STEP_STATUTORY": "unit"}
        assert counts.rules["STEP_LATE"] == {"moved": 1}


class TestPointsBehind:
    def report(self, project, ytd, plan="1200"):
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=Decimal(plan))
        MonthlyInvestment.objects.create(project=project, year=2026, month=10, ytd_10k=Decimal(ytd))

    @pytest.mark.parametrize(
        ("ytd", "expected"),
        [
            ("880.0001", None),
            ("880", ("yellow", Decimal("10.00"))),
            ("820", ("yellow", Decimal("15.00"))),
            ("819.9999", ("yellow", Decimal("15.01"))),
            ("640", ("yellow", Decimal("30.00"))),
            ("639.9999", ("red", Decimal("30.01"))),
            ("639.88", ("red", Decimal("30.01"))),
            ("0", ("red", Decimal("83.34"))),
        ],
    )
    def test_rounded_up_so_that_a_limit_is_passed_when_it_is(self, project, ytd, expected):
        """October: 83.33… per cent of 1200; each percentage point is 12."""
        self.report(project, ytd)
        run()
        assert rows("INVESTMENT_BEHIND", "level", "behind_pp") == ([expected] if expected else [])
        if expected:
            assert points_behind(Decimal(ytd), Decimal(1200), 10) == expected[1]
        assert run().total == 0

    def test_a_corrected_figure_moves_it(self, project):
        self.report(project, "700")
        run()
        MonthlyInvestment.objects.update(ytd_10k=Decimal("760"))
        assert run().rules["INVESTMENT_BEHIND"] == {"moved": 1}
        assert rows("INVESTMENT_BEHIND", "behind_pp") == [(Decimal("20.00"),)]

    def test_other_rules_measure_nothing(self, project):
        Milestone.objects.create(project=project, stage="L10", baseline_on=date(2026, 11, 1))
        run()
        assert rows("MILESTONE_LATE", "behind_pp") == [(None,)]


@pytest.mark.parametrize("status", ["suspended", "terminated"])
@pytest.mark.slow
def test_no_rule_speaks_of_a_project_at_rest(status):
    park = seeding.fill(40)
    for project in Project.objects.all():
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=1000)
        MonthlyInvestment.objects.create(project=project, year=2026, month=9, ytd_10k=100)
    Milestone.objects.filter(stage="L08").update(actual_on=date(2026, 8, 1), is_done=False)
    Project.objects.update(total_investment_10k=900, status="active")
    evaluate(as_of=seeding.AS_OF, at=AT, park=park)
    assert len(set(Warning.objects.active().values_list("rule", flat=True))) == 17
    Project.objects.update(status=status)
    evaluate(as_of=seeding.AS_OF + ONE, at=AT, park=park)
    assert set(Warning.objects.active().values_list("project", flat=True)) == {None}
    assert set(Project.objects.values_list("light", flat=True)) == {"grey"}
