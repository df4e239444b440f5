"""The replay of a rule gives, for every day of a past fortnight, what the evaluation of that day would give."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from approvals.models import ProjectStep, StepPause
from dispatch.models import Warning
from dispatch.warnings import rules
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.replay_facts import Facts, Period
from dispatch.warnings.rules import load_rules, rules_in_force
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from tests.harness import seeding
from workdays.models import load_calendar

AT = datetime(2026, 12, 4, 1, tzinfo=UTC)
DAYS = [seeding.AS_OF + timedelta(days=n) for n in range(14)]  # over a month end

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def more_facts(chance: random.Random) -> None:
    """What the seeding does not have: investments, starts that are not enrolled, pauses, all before the fortnight."""
    for project in Project.objects.order_by("pk"):
        if chance.random() < 0.7:
            plan = AnnualPlan.objects.create(project=project, year=2026, planned_10k=Decimal(chance.randint(100, 9000)))
            share = Decimal(chance.randint(30, 95)) / 100
            ytd = (plan.planned_10k * share).quantize(Decimal("0.0001"))
            MonthlyInvestment.objects.create(project=project, year=2026, month=chance.choice([8, 9, 10]), ytd_10k=ytd)
        if chance.random() < 0.5:
            started = seeding.AS_OF - timedelta(days=chance.randint(20, 90))
            Milestone.objects.filter(project=project, stage="L08").update(actual_on=started, is_done=False)
    Project.objects.update(total_investment_10k=800)
    for step in ProjectStep.objects.filter(committed_runs=True, state=0, code__in=["S03", "S07"]):
        if chance.random() < 0.4:
            StepPause.objects.create(
                project_step=step, kind="correction", party="enterprise", started_on=date(2026, 11, 2),
                ended_on=None if chance.random() < 0.5 else date(2026, 11, 9),
            )  # fmt: skip
    waiting = StepPause.objects.filter(ended_on=None).values("project_step")
    ProjectStep.objects.filter(pk__in=waiting).update(committed_runs=False, state=5)


def stored(code: str) -> set:
    rows = Warning.objects.active().filter(rule=code)
    return set(rows.values_list("object_type", "object_id", "due_on", "level"))


def replayed(cases: list, day: date) -> set:
    return {(*case.key, level.value) for case in cases if (level := case.level_on(day))}


def agree(park, codes: set[str]) -> None:
    standing = rules_in_force(park)
    facts = Facts(park, Period(DAYS[0], DAYS[-1]), load_calendar())
    cases = {rule.code: facts.cases(rule, standing) for rule in standing if rule.code in codes}
    seen = dict.fromkeys(cases, 0)
    for day in DAYS:
        with transaction.atomic():
            evaluate(as_of=day, at=AT, park=park)
            for code, found in cases.items():
                expected = stored(code)
                assert replayed(found, day) == expected, (code, day)
                seen[code] += len(expected)
            transaction.set_rollback(True)
    assert set(seen) == codes
    assert {code for code, n in seen.items() if n == 0} == set(), seen


@pytest.fixture
def park():
    call_command("load_calendar")
    load_rules()
    return seeding.fill(40)


def test_every_rule_agrees_on_every_day(park):
    more_facts(random.Random(7))
    agree(park, set(rules.DEFAULTS) - {rules.HISTORY} - rules.EARLY)


def test_months_in_a_row_agree_where_the_month_ends_were_evaluated(park):
    chance = random.Random(8)
    for project in Project.objects.order_by("pk"):
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=1200)
        ytd = Decimal(chance.randint(500, 1000))
        MonthlyInvestment.objects.create(project=project, year=2026, month=7, ytd_10k=ytd)
    for end in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)):
        evaluate(as_of=end, at=AT, park=park)
    agree(park, {rules.HISTORY})
