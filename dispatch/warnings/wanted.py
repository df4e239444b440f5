"""The warnings that ought to be there, in a temporary table: every rule looks at the facts once, and what is missing,
different or gone is then found for all rules together. Portable SQL; the table lives inside one transaction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from dispatch.warnings.candidates import EVERYTHING
from dispatch.warnings.models import Warning, WarningEvent
from dispatch.warnings.rules import Rule

TABLE = "dispatch_wanted"
WARNINGS = Warning._meta.db_table
EVENTS = WarningEvent._meta.db_table
_NAMES = ("level", "unit_id", "project_id", "label", "party", "behind_pp")
_COLUMNS = "park_id, project_id, unit_id, object_id, label, due_on, level, since_on, party, behind_pp"
_SAME = "w.rule = t.rule AND w.object_type = t.object_type AND w.object_id = t.object_id AND w.due_on = t.due_on"


@contextmanager
def table() -> Iterator[None]:
    """An empty table for the length of the block; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TABLE} (rule varchar(32), rule_version integer, object_type varchar(12),"
            " park_id bigint, project_id bigint, unit_id bigint, object_id bigint, label varchar(200), due_on date,"
            " level varchar(8), since_on date, party varchar(10), behind_pp numeric(6, 2),"
            " PRIMARY KEY (rule, object_type, object_id, due_on))"
        )
        yield
        cursor.execute(f"DROP TABLE {TABLE}")


def add(rule: Rule, object_type: str, rows) -> int:
    """Puts the rows of one source of the rule into the table; returns how many."""
    select, params = rows.values_list(*EVERYTHING).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (rule, rule_version, object_type, {_COLUMNS})"  # noqa: S608
            f" SELECT %s, %s, %s, c.* FROM ({select}) c WHERE 1 = 1 ON CONFLICT DO NOTHING",
            [rule.code, rule.version, object_type, *params],
        )
        return cursor.rowcount


def gone(active) -> list[tuple[int, str, str]]:
    """(id, level, rule) of the active warnings that are not in the table."""
    rows = active.order_by("pk").extra(  # noqa: S610 - a table without a model, no text of a user
        where=[f"NOT EXISTS (SELECT 1 FROM {TABLE} t WHERE {_SAME.replace('w.', WARNINGS + '.')})"]  # noqa: S608
    )
    return list(rows.values_list("pk", "level", "rule"))


def differing() -> Iterator[tuple]:
    """(pk, rule, version, cleared_on, stored values, right values) of rows that are not as they should be."""
    mine = ", ".join(f"w.{name}" for name in _NAMES)
    right = ", ".join(f"t.{name}" for name in _NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.id, w.rule, t.rule_version, w.cleared_on, {mine}, {right}"  # noqa: S608
            f" FROM {TABLE} t JOIN {WARNINGS} w ON {_SAME}"
            " WHERE w.cleared_on IS NOT NULL OR w.level <> t.level OR w.label <> t.label OR w.party <> t.party"
            " OR COALESCE(w.unit_id, 0) <> COALESCE(t.unit_id, 0)"
            " OR COALESCE(w.project_id, 0) <> COALESCE(t.project_id, 0)"
            " OR COALESCE(w.behind_pp, -1) <> COALESCE(t.behind_pp, -1) ORDER BY w.id"
        )
        found = cursor.fetchall()
    n = len(_NAMES)
    for pk, rule, version, cleared_on, *values in found:
        yield pk, rule, version, cleared_on, _values(values[:n]), _values(values[n:])


def _values(values: Iterable) -> dict:
    named = dict(zip(_NAMES, values, strict=True))
    points = named["behind_pp"]
    named["behind_pp"] = None if points is None else Decimal(str(points)).quantize(Decimal("0.01"))
    return named


def insert_missing(as_of: date) -> dict[str, int]:
    """Inserts what is not there yet, with its event; {rule: how many}."""
    newest = Warning.objects.aggregate(newest=Max("pk"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {WARNINGS} (rule, rule_version, object_type, {_COLUMNS})"  # noqa: S608
            f" SELECT t.rule, t.rule_version, t.object_type, {', '.join(f't.{c}' for c in _COLUMNS.split(', '))}"
            f" FROM {TABLE} t WHERE NOT EXISTS (SELECT 1 FROM {WARNINGS} w WHERE {_SAME})"
            " ON CONFLICT (rule, object_type, object_id, due_on) DO NOTHING"
        )
        if cursor.rowcount == 0:
            return {}
        cursor.execute(
            f"INSERT INTO {EVENTS} (warning_id, kind, level, as_of)"  # noqa: S608
            f" SELECT id, %s, level, %s FROM {WARNINGS} WHERE id > %s ON CONFLICT (warning_id, kind, as_of) DO NOTHING",
            [WarningEvent.Kind.RAISED.value, as_of, newest],
        )
        cursor.execute(f"SELECT rule, COUNT(*) FROM {WARNINGS} WHERE id > %s GROUP BY rule", [newest])  # noqa: S608
        return dict(cursor.fetchall())
