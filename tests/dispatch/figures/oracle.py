"""The five rates in plain Python: looks at one project after the other and knows nothing of the implementation."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from approvals.models import ProjectStep
from dispatch.programme.models import MonthlyPlan
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember

EARLY = ("L01", "L02", "L03", "L04", "L05", "L06", "L07")
FIRST_STEPS = {f"S{n:02d}" for n in range(1, 18)}
KEYS = ("formalities", "starts", "enrolment", "investment", "quarter")


class Facts:
    """Everything about one project."""

    def __init__(self, project):
        self.project = project
        self.start = Milestone.objects.filter(project=project, stage="L08").first()
        self.steps = list(ProjectStep.objects.filter(project=project))
        self.plans = {row.year: row.planned_10k for row in AnnualPlan.objects.filter(project=project)}
        self.money = {(row.year, row.month): row.ytd_10k for row in MonthlyInvestment.objects.filter(project=project)}
        self.months = {(row.year, row.month): row.planned_10k for row in MonthlyPlan.objects.filter(project=project)}
        self.team = {row.role: row for row in TeamMember.objects.filter(project=project)}


class Oracle:
    """Rates of a park as of a day, money up to a month."""

    def __init__(self, park, *, year, month, as_of):
        self.year, self.month, self.as_of = year, month, as_of
        self.facts = [Facts(project) for project in Project.objects.filter(park=park).order_by("pk")]

    # One project
    def begun(self, f):
        if f.start and f.start.actual_on:
            return f.start.actual_on <= self.as_of
        return bool(f.start and f.start.is_done) or f.project.stage not in EARLY

    def begun_on(self, f):
        return f.start.actual_on if f.start else None

    def due_on(self, f):
        return (f.start.baseline_on or f.start.forecast_on) if f.start else None

    def planned_this_year(self, f):
        if f.project.nature != "new":
            return False
        if self.begun_on(f):
            return self.begun_on(f).year == self.year
        due = self.due_on(f)
        if due is None:
            return f.plans.get(self.year, 0) > 0
        over = bool(f.start.is_done) or f.project.stage not in EARLY
        return due.year == self.year or (due.year < self.year and not over)

    def planned_by_now(self, f):
        due = self.due_on(f)
        return self.begun(f) if due is None else due <= self.as_of

    def prepared(self, f):
        on = self.begun_on(f)
        return f.project.stage in ("L05", "L06", "L07") or bool(on and on >= date(self.year, 1, 1))

    def own_steps(self, f):
        return [s for s in f.steps if s.code in FIRST_STEPS and s.applicability != "not_applicable"]

    def is_closed(self, s):
        return s.state in (11, 12) and (s.decided_on is None or s.decided_on <= self.as_of)

    def must_close(self, f):
        if not self.prepared(f) or not self.own_steps(f):
            return False
        on, due = self.begun_on(f), self.due_on(f)
        return bool(on and on >= date(self.year, 1, 1)) or bool(due and due <= date(self.year, 12, 31))

    def is_enrolled(self, f):
        p = f.project
        return p.enrolled is True and (p.enrolled_on is None or p.enrolled_on <= self.as_of)

    def ytd(self, f, month):
        known = [m for (y, m) in f.money if y == self.year and m <= month]
        return f.money[(self.year, max(known))] if known else Decimal(0)

    def quarter(self, f):
        return self.ytd(f, self.month) - self.ytd(f, (self.month - 1) // 3 * 3)

    def expected(self, f, option):
        """What should be invested by the end of the month, 万元."""
        plan = Fraction(f.plans.get(self.year, 0))
        even = plan * self.month / 12
        if self.year not in f.plans or option == "even":
            return even
        if option == "monthly_plan":
            own = {m: amount for (y, m), amount in f.months.items() if y == self.year}
            return sum((Fraction(v) for m, v in own.items() if m <= self.month), Fraction(0)) if own else even
        due = self.due_on(f)
        if due is None or due.year != self.year:
            return even
        return plan * max(0, self.month - due.month + 1) / (12 - due.month + 1)

    # Groups
    def group(self, by, f):
        """Key as addresses have it; "" for what is not named."""
        if by == "park":
            return ""
        if by == "unit":
            return str(f.project.responsible_unit_id or "")
        if by == "industry":
            return f.project.industry
        member = f.team.get(by)
        if member is None:
            return ""
        if by == "leader":
            return member.person_name
        if member.organization_id:
            return f"o{member.organization_id}"
        return f"n{member.person_name}" if member.person_name else ""

    def groups(self, by):
        """Only groups that have something that counts: a project that is not terminated."""
        found = defaultdict(list)
        for f in self.facts:
            if f.project.status != "terminated":
                found[self.group(by, f)].append(f)
        return dict(found)

    def behind(self, rate, facts, variants):
        """(things of the numerator, things of the denominator) of a count: project or step ids."""
        active = [f for f in facts if f.project.status == "active"]
        if rate == "formalities" and variants["formalities"] == "steps":
            steps = [s for f in active if self.prepared(f) for s in self.own_steps(f)]
            return {s.pk for s in steps if self.is_closed(s)}, {s.pk for s in steps}
        if rate == "formalities":
            due = [f for f in active if self.must_close(f)]
            return self.pks(f for f in due if all(map(self.is_closed, self.own_steps(f)))), self.pks(due)
        if rate == "starts":
            planned = [f for f in active if self.planned_this_year(f)]
            due = planned if variants["starts"] == "year" else [f for f in planned if self.planned_by_now(f)]
            return self.pks(f for f in planned if self.begun(f)), self.pks(due)
        big = [f for f in active if self.begun(f) and (f.project.total_investment_10k or 0) >= 500]
        return self.pks(f for f in big if self.is_enrolled(f)), self.pks(big)

    @staticmethod
    def pks(facts):
        return {f.project.pk for f in facts}

    def rates(self, by, facts, variants):
        """Rate → (numerator, denominator), exact."""
        found = {}
        for rate in ("formalities", "starts", "enrolment"):
            above, below = self.behind(rate, facts, variants)
            found[rate] = (Fraction(len(above)), Fraction(len(below)))
        money = [f for f in facts if f.project.status != "terminated"]
        everybody = [f for f in self.facts if f.project.status != "terminated"]
        planned = self.add(f.plans.get(self.year, 0) for f in money)
        quarter = self.add(self.quarter(f) for f in money)
        found["investment"] = (self.add(self.ytd(f, self.month) for f in money), planned)
        to_plan = by == "park" or variants["quarter"] == "plan"
        found["quarter"] = (quarter, planned / 4 if to_plan else self.add(self.quarter(f) for f in everybody))
        return found

    @staticmethod
    def add(amounts):
        return sum((Fraction(amount) for amount in amounts), Fraction(0))

    def ahead_pp(self, facts, option):
        """Percentage points of 投资完成率 ahead of the calendar; None without a plan."""
        money = [f for f in facts if f.project.status != "terminated"]
        planned = self.add(f.plans.get(self.year, 0) for f in money)
        if not planned:
            return None
        invested = self.add(self.ytd(f, self.month) for f in money)
        return (invested - self.add(self.expected(f, option) for f in money)) / planned * 100


def half_up(value, places=1):
    """A fraction as text, half away from zero."""
    shifted = abs(value) * 10**places
    whole = int(shifted) + (shifted - int(shifted) >= Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
