"""Which warnings there must be, worked out row by row in plain Python from plain SQL: shares nothing with the job."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.db import connection

ONE = timedelta(days=1)


def fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def day(value) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def local_day(at) -> date:
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (at.replace(tzinfo=at.tzinfo or UTC)).astimezone(ZoneInfo("Asia/Shanghai")).date()


def stood(rule: str, end: date, due: date, since: date, cleared: date | None) -> bool:
    """Whether the warning counts as late at a month end."""
    if rule == "INVESTMENT_BEHIND":
        return due == end
    if rule == "CERTIFICATE_ENDING" and due >= end:
        return False
    return since <= end and (cleared is None or cleared > end)


class Oracle:
    """Expected warnings {(rule, object type, object id, due): (level, since)} and lights {project id: light}."""

    def __init__(self, as_of: date):
        self.as_of = as_of
        days = fetch('SELECT "on", is_workday FROM workdays_calendarday')
        self.special = {day(on): bool(works) for on, works in days}
        self.count = cache(self._count)
        self.expected: dict[tuple, tuple] = {}
        self.by_project: dict[int, set[str]] = {}
        self._steps()
        self._milestones()
        self._items()
        self._papers()
        self._commitments()
        self._certificates()
        self._returned()
        self._stale()
        self._plans()
        self._history()

    def works(self, on: date) -> bool:
        return self.special.get(on, on.weekday() < 5)

    def _count(self, after: date, upto: date) -> int:
        n = 0
        while after < upto:
            after += ONE
            n += self.works(after)
        return n

    def soon_since(self, due: date) -> date:
        first = due
        while self.count(first - ONE, due) <= 3:
            first -= ONE
        return first

    def is_soon(self, due: date) -> bool:
        return due >= self.as_of and self.count(self.as_of, due) <= 3

    def add(self, rule, kind, pk, due, level, since, project):
        self.expected[rule, kind, pk, due] = (level, since)
        self.by_project.setdefault(project, set()).add(level)

    def _steps(self):
        rows = fetch(
            "SELECT s.id, s.project_id, s.committed_due_on, s.statutory_due_on, s.committed_runs, s.statutory_runs"
            " FROM approvals_projectstep s JOIN projects_project p ON p.id = s.project_id"
            " WHERE p.status = 'active' AND s.applicability <> 'not_applicable'"
        )
        for pk, project, committed, statutory, c_runs, s_runs in rows:
            committed, statutory = day(committed) if c_runs else None, day(statutory) if s_runs else None
            ahead = [due for due in (committed, statutory) if due and self.is_soon(due)]
            if ahead:
                due = min(ahead)
                self.add("STEP_DUE_SOON", "step", pk, due, "blue", self.soon_since(due), project)
            if committed and committed < self.as_of:
                level = "red" if self.count(committed, self.as_of) > 10 else "yellow"
                self.add("STEP_LATE", "step", pk, committed, level, committed + ONE, project)
            if statutory and statutory < self.as_of:
                self.add("STEP_STATUTORY", "step", pk, statutory, "red", statutory + ONE, project)

    def _milestones(self):
        rows = fetch(
            "SELECT m.id, m.project_id, m.stage, m.baseline_on, m.baseline_precision, m.forecast_on,"
            " m.forecast_precision FROM projects_milestone m JOIN projects_project p ON p.id = m.project_id"
            " WHERE p.status = 'active' AND m.actual_on IS NULL AND NOT m.is_done"
        )
        for pk, project, stage, baseline, b_precision, forecast, f_precision in rows:
            due, precision = (day(baseline), b_precision) if baseline else (day(forecast), f_precision)
            if due is None:
                continue
            if precision == "month":
                month = due.month
                while (due + ONE).month == month:
                    due += ONE
            if self.is_soon(due):
                self.add("MILESTONE_DUE_SOON", "milestone", pk, due, "blue", self.soon_since(due), project)
            elif due < self.as_of:
                late = (self.as_of - due).days
                level = "red" if late > (90 if stage == "L08" else 30) else "yellow"
                self.add("MILESTONE_LATE", "milestone", pk, due, level, due + ONE, project)

    def _items(self):
        rows = fetch(
            "SELECT i.id, i.project_id, i.due_on FROM dispatch_ledgeritem i LEFT JOIN projects_project p"
            " ON p.id = i.project_id WHERE i.state <> 'closed' AND i.due_on IS NOT NULL"
            " AND (p.id IS NULL OR p.status = 'active')"
        )
        for pk, project, due in rows:
            due = day(due)
            if self.is_soon(due):
                self.add("LEDGER_DUE_SOON", "ledger_item", pk, due, "blue", self.soon_since(due), project)
            elif due < self.as_of:
                level = "red" if self.count(due, self.as_of) > 5 else "yellow"
                self.add("LEDGER_LATE", "ledger_item", pk, due, level, due + ONE, project)

    def _papers(self):
        self._owed(
            "PAPER_OWED", "paper",
            "SELECT d.id, s.project_id, d.due_on, s.applicability, p.status FROM approvals_stepdocument d"
            " JOIN approvals_projectstep s ON s.id = d.project_step_id JOIN projects_project p ON p.id = s.project_id"
            " WHERE d.state = 'outstanding'",
        )  # fmt: skip

    def _commitments(self):
        self._owed(
            "COMMITMENT_CHECK", "commitment",
            "SELECT c.id, s.project_id, o.check_due_on, s.applicability, p.status FROM approvals_committedstep c"
            " JOIN approvals_commitment o ON o.id = c.commitment_id JOIN approvals_projectstep s"
            " ON s.id = c.project_step_id JOIN projects_project p ON p.id = s.project_id WHERE c.outcome = 'pending'"
            " AND s.state IN (11, 12) AND s.round = c.round",
        )  # fmt: skip

    def _owed(self, rule, kind, sql):
        for pk, project, due, applies, status in fetch(sql):
            due = day(due)
            if due is None or applies == "not_applicable" or status != "active":
                continue
            if self.is_soon(due):
                self.add(f"{rule}_SOON", kind, pk, due, "blue", self.soon_since(due), project)
            elif due < self.as_of:
                level = "red" if self.count(due, self.as_of) > 5 else "yellow"
                self.add(f"{rule}_LATE", kind, pk, due, level, due + ONE, project)

    def _certificates(self):
        begun = {
            project
            for project, actual, done in fetch(
                "SELECT project_id, actual_on, is_done FROM projects_milestone WHERE stage = 'L08'"
            )
            if actual or done
        }
        rows = fetch(
            "SELECT c.id, s.project_id, c.kind, c.valid_until, s.applicability, p.status, t.validity_remind_days"
            " FROM approvals_certificate c JOIN approvals_projectstep s ON s.id = c.project_step_id"
            " JOIN approvals_step t ON t.id = s.step_id JOIN projects_project p ON p.id = s.project_id"
            " WHERE c.state = 'valid'"
        )
        for pk, project, kind, until, applies, status, notice in rows:
            until = day(until)
            if applies == "not_applicable" or status != "active" or (kind == "start_by" and project in begun):
                continue
            left = (until - self.as_of).days
            if left <= notice:
                level = "red" if left < 0 else "yellow" if left <= 30 else "blue"
                self.add("CERTIFICATE_ENDING", "certificate", pk, until, level, until - notice * ONE, project)

    def _returned(self):
        times: dict[int, list[date]] = {}
        for item, on in fetch("SELECT item_id, \"on\" FROM dispatch_ledgerentry WHERE verb = 'return'"):
            times.setdefault(item, []).append(day(on))
        rows = fetch(
            "SELECT i.id, i.project_id FROM dispatch_ledgeritem i LEFT JOIN projects_project p ON p.id = i.project_id"
            " WHERE i.state <> 'closed' AND i.due_on IS NOT NULL AND (p.id IS NULL OR p.status = 'active')"
        )
        for pk, project in rows:
            again = sorted(times.get(pk, []))[1:2]
            if again and again[0] <= self.as_of:
                self.add("LEDGER_RETURNED", "ledger_item", pk, again[0], "red", again[0], project)

    def _stale(self):
        moves = fetch("SELECT s.project_id, t.at FROM approvals_steptransition t JOIN approvals_projectstep s"
                      " ON s.id = t.project_step_id")  # fmt: skip
        changes = fetch("SELECT project_id, at FROM projects_projectchange")
        latest: dict[int, date] = {}
        for project, at in [*moves, *changes]:
            latest[project] = max(latest.get(project, date.min), local_day(at))
        known = {project for project, _at in changes}
        for pk, status, stage in fetch("SELECT id, status, stage FROM projects_project"):
            if pk not in known or status != "active" or stage in ("L13", "L14", "L15"):
                continue
            days = self.count(latest[pk], self.as_of)
            if days > 5:
                level = "red" if days > 10 else "yellow"
                self.add("PROJECT_STALE", "project", pk, latest[pk], level, latest[pk] + ONE, pk)

    def _plans(self):
        """Plans somebody made that miss their target; the other rule about them is off. Since: the day stored, when it
        is no later than this one, because forecasts of earlier days are not kept."""
        stored = "SELECT object_id, due_on, since_on FROM dispatch_warning WHERE rule = 'PLAN_SHORT'"
        since = {(pk, day(due)): day(on) for pk, due, on in fetch(stored)}
        rows = fetch(
            "SELECT f.project_id, f.goal, f.target_on, f.short_wd, f.as_of, p.stage FROM dispatch_planforecast f"
            " JOIN projects_project p ON p.id = f.project_id WHERE p.status = 'active' AND f.short_wd >= 1"
            " AND f.project_id IN (SELECT project_id FROM dispatch_plan)"
        )
        dues = {
            (project, stage): day(due)
            for project, stage, due in fetch(
                "SELECT project_id, stage, COALESCE(baseline_on, forecast_on) FROM projects_milestone"
            )
        }
        passed = set(fetch("SELECT project_id, stage FROM projects_milestone WHERE actual_on IS NOT NULL OR is_done"))
        for pk, goal, target, short, as_of, stage in rows:
            if stage >= goal or (pk, goal) in passed or day(as_of) > self.as_of + ONE:
                continue
            due = dues.get((pk, goal))
            if day(target) < self.as_of and due and due <= day(target):
                continue
            first = min(since.get((pk, day(target)), date.max), day(as_of), self.as_of)
            self.add("PLAN_SHORT", "project", pk, day(target), "red" if short > 20 else "yellow", first, pk)

    def _history(self):
        """Late at the last three month ends and now, from the warnings as they are stored."""
        first, ends = self.as_of + ONE, []
        for _n in range(3):
            ends.append(first.replace(day=1) - ONE)
            first = ends[-1]
        held: dict[int, set] = {}
        rows = fetch("SELECT project_id, rule, level, due_on, since_on, cleared_on FROM dispatch_warning")
        for project, rule, level, *days in rows:
            if level == "blue" or rule in ("HISTORY", "PROJECT_STALE", "PLAN_SHORT"):
                continue
            when = held.setdefault(project, set())
            when |= {end for end in ends if stood(rule, end, *map(day, days))}
            when |= {"now"} if days[2] is None else set()
        active = {pk for pk, status in fetch("SELECT id, status FROM projects_project") if status == "active"}
        for project, when in held.items():
            if project in active and when == {*ends, "now"}:
                self.add("HISTORY", "project", project, ends[0], "red", ends[0], project)

    def lights(self) -> dict[int, str]:
        found = {}
        for pk, status in fetch("SELECT id, status FROM projects_project"):
            levels = self.by_project.get(pk, set())
            worst = next((name for name in ("red", "yellow", "blue") if name in levels), "green")
            found[pk] = worst if status == "active" else "grey"
        return found


def stored() -> list[tuple]:
    """Active warnings as they are: (rule, object type, object id, due, level, since), doubles included."""
    rows = fetch(
        "SELECT rule, object_type, object_id, due_on, level, since_on FROM dispatch_warning WHERE cleared_on IS NULL"
    )
    return [(rule, kind, pk, day(due), level, day(since)) for rule, kind, pk, due, level, since in rows]


def faults(as_of: date) -> dict[str, int]:
    """How many flags are lost, doubled or wrong, how many events and lights do not fit; {} when all is right."""
    oracle = Oracle(as_of)
    rows = stored()
    keys = [row[:4] for row in rows]
    expected = {(*key, *value) for key, value in oracle.expected.items()}
    raised = fetch(
        "SELECT w.id, COUNT(e.id) FROM dispatch_warning w LEFT JOIN dispatch_warningevent e"
        " ON e.warning_id = w.id AND e.kind = 'raised' GROUP BY w.id"
    )
    lights = dict(fetch("SELECT id, light FROM projects_project"))
    found = {
        "lost": len(set(oracle.expected) - set(keys)),
        "doubled": len(keys) - len(set(keys)),
        "wrong": len(set(rows) - expected),
        "flags without event": sum(1 for _pk, events in raised if events == 0),
        "events doubled": sum(1 for _pk, events in raised if events > 1),
        "lights wrong": sum(1 for pk, light in oracle.lights().items() if lights[pk] != light),
    }
    return {name: n for name, n in found.items() if n}
