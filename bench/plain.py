"""Limits in plain SQL, on the same tables."""

import copy
from datetime import date, timedelta

from django.db import connection


def execute(statement: str, parameters=()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def dashboard(park: int) -> None:
    """The aggregates a dashboard needs, nothing rendered."""
    today = date.today()
    execute("SELECT stage, light, status, count(*) FROM projects_project WHERE park_id = %s GROUP BY 1, 2, 3", [park])
    execute(
        "SELECT p.responsible_unit_id, count(*), sum(CASE WHEN s.state IN (11, 12) THEN 1 ELSE 0 END)"
        "  FROM approvals_projectstep s JOIN projects_project p ON p.id = s.project_id"
        " WHERE p.park_id = %s AND p.status = 'active' AND p.stage IN ('L05', 'L06', 'L07')"
        "   AND s.applicability <> 'not_applicable' AND s.seq <= 17 GROUP BY 1",
        [park],
    )
    execute(
        "SELECT sum(a.planned_10k) FROM projects_annualplan a JOIN projects_project p ON p.id = a.project_id"
        " WHERE p.park_id = %s AND a.year = %s",
        [park, today.year],
    )
    execute(
        "SELECT sum(ytd) FROM (SELECT max(i.ytd_10k) AS ytd FROM projects_monthlyinvestment i"
        "  JOIN projects_project p ON p.id = i.project_id WHERE p.park_id = %s AND i.year = %s"
        " GROUP BY i.project_id) x",
        [park, today.year],
    )
    execute(
        "SELECT id, rule, label, due_on FROM dispatch_warning WHERE park_id = %s AND cleared_on IS NULL"
        " AND level = 'red' ORDER BY due_on LIMIT 10",
        [park],
    )


def forget_warnings() -> None:
    execute("DELETE FROM dispatch_warningevent")
    execute("DELETE FROM dispatch_warning")


COLUMNS = "rule, rule_version, object_type, park_id, project_id, unit_id, object_id, label, due_on, level, since_on"
STEP = """
INSERT INTO dispatch_warning ({columns})
SELECT %s, 1, 'step', p.park_id, p.id, COALESCE(s.unit_id, p.responsible_unit_id), s.id, s.code, s.{due},
       CASE WHEN s.{due} < %s THEN 'red' ELSE %s END, s.{due}
  FROM approvals_projectstep s JOIN projects_project p ON p.id = s.project_id
 WHERE s.{runs} AND s.{due} >= %s AND s.{due} < %s AND p.status = 'active' AND s.applicability <> 'not_applicable'
ON CONFLICT (rule, object_type, object_id, due_on) DO NOTHING
"""
MILESTONE = """
INSERT INTO dispatch_warning ({columns})
SELECT %s, 1, 'milestone', p.park_id, p.id, p.responsible_unit_id, m.id, m.stage, m.due_on,
       CASE WHEN m.due_on < %s THEN 'red' ELSE %s END, m.due_on
  FROM projects_milestone m JOIN projects_project p ON p.id = m.project_id
 WHERE m.actual_on IS NULL AND NOT m.is_done AND m.due_on >= %s AND m.due_on < %s AND p.status = 'active'
ON CONFLICT (rule, object_type, object_id, due_on) DO NOTHING
"""
EVENTS = """
INSERT INTO dispatch_warningevent (warning_id, kind, level, as_of)
SELECT id, 'raised', level, %s FROM dispatch_warning
ON CONFLICT (warning_id, kind, as_of) DO NOTHING
"""


def warn(as_of: date) -> None:
    """Steps late by either clock, steps due soon, milestones late and due soon: one statement each, then the events."""
    ever, red, soon = date(2000, 1, 1), as_of - timedelta(days=14), as_of + timedelta(days=6)
    committed, statutory = ("committed_due_on", "committed_runs"), ("statutory_due_on", "statutory_runs")
    for rule, (due, runs), parameters in (
        ("X_STEP_LATE", committed, [red, "yellow", ever, as_of]),
        ("X_STEP_STATUTORY", statutory, [as_of, "red", ever, as_of]),
        ("X_STEP_SOON", committed, [ever, "blue", as_of, soon]),
    ):
        execute(STEP.format(columns=COLUMNS, due=due, runs=runs), [rule, *parameters])
    for rule, parameters in (
        ("X_MS_LATE", [as_of - timedelta(days=30), "yellow", ever, as_of]),
        ("X_MS_SOON", [ever, "blue", as_of, soon]),
    ):
        execute(MILESTONE.format(columns=COLUMNS), [rule, *parameters])
    execute(EVENTS, [as_of])


def insert_like(projects: int):
    """A call that inserts as many projects with their steps as multi-row VALUES, the values ready in memory."""
    from accounts.bulk import insert, insert_values
    from approvals.models import ProjectStep
    from projects.models import Project

    source = list(Project.objects.order_by("pk")[:projects])
    names = [f.attname for f in ProjectStep._meta.concrete_fields if not f.primary_key and f.attname != "project_id"]
    steps = ProjectStep.objects.filter(project__in=[p.pk for p in source]).order_by("project", "seq")
    kept = list(steps.values_list("project_id", *names))

    def run() -> None:
        copies = {row.pk: copy.copy(row) for row in source}
        for row in copies.values():
            row.pk, row.code, row.name_key = None, "", f"copy {row.name_key}"[:200]
        insert(copies.values())
        insert_values(ProjectStep, ["project_id", *names], ((copies[pk].pk, *values) for pk, *values in kept))

    return run


FIGURES = """
SELECT s.code, s.unit_id, c.department_lead_zh, count(*),
       sum(CASE WHEN s.committed_due_on IS NULL OR s.decided_on <= s.committed_due_on THEN 1 ELSE 0 END),
       sum(s.committed_limit_wd), sum(s.statutory_value)
  FROM approvals_projectstep s
  JOIN projects_project p ON p.id = s.project_id
  JOIN approvals_step c ON c.id = s.step_id
 WHERE p.park_id = %s AND s.applicability <> 'not_applicable' AND s.decided_on BETWEEN %s AND %s
   AND s.accepted_on IS NOT NULL
 GROUP BY 1, 2, 3
"""
ACCEPTANCES = """
SELECT s.code, s.unit_id, count(*),
       sum(CASE WHEN EXISTS (SELECT 1 FROM approvals_stepdocument d
                              WHERE d.project_step_id = s.id AND d.promised_on = s.accepted_on) THEN 1 ELSE 0 END)
  FROM approvals_projectstep s JOIN projects_project p ON p.id = s.project_id
 WHERE p.park_id = %s AND s.accepted_on BETWEEN %s AND %s
 GROUP BY 1, 2
"""
PAUSED = """
SELECT s.code, count(*) FROM approvals_steppause x
  JOIN approvals_projectstep s ON s.id = x.project_step_id
  JOIN projects_project p ON p.id = s.project_id
 WHERE p.park_id = %s AND s.decided_on BETWEEN %s AND %s GROUP BY 1
"""
LAND = """
SELECT s.project_id, max(CASE WHEN s.code = 'S09' THEN s.decided_on END), max(s.decided_on)
  FROM approvals_projectstep s JOIN projects_project p ON p.id = s.project_id
 WHERE p.park_id = %s AND s.code IN ('S09', 'S10', 'S11', 'S13', 'S14', 'S17') AND s.state IN (11, 12)
 GROUP BY 1 HAVING max(s.decided_on) BETWEEN %s AND %s
"""


def figures(park: int, year: int) -> None:
    """What SQL alone can count of it: numbers, limits and on time; no working days, nothing rendered."""
    days = [date(year, 1, 1), date(year, 12, 31)]
    for statement in (FIGURES, ACCEPTANCES, PAUSED):
        execute(statement, [park, *days])


def land(park: int, year: int) -> None:
    """Award and last certificate of each project, no working days, nothing rendered."""
    execute(LAND, [park, date(year, 1, 1), date(year, 12, 31)])
