"""The project ledger among the kinds of workbooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.permissions import Verb
from projects.ledger import undo
from projects.ledger.creating import Report, create_projects, is_wanted, units_named
from projects.ledger.dryrun import Names, as_rows, dry_run, units_of
from projects.ledger.project_kind import PROJECTS
from projects.ledger.proposals import candidates
from projects.ledger.registry import KINDS, ImportKind, Outcome
from projects.ledger.rows import LedgerRow
from projects.ledger.store import stored_values
from projects.ledger.template import project_template
from projects.ledger.text import normalise_name
from projects.ledger.updating import update_projects
from projects.models import Enterprise, ImportBatch, ImportRow, Project

CREATED = 1000  # new projects written together
SHOWN = 200  # names of new enterprises and units kept in the summary
UNIT_FIELDS = ("responsible_unit", "leader_unit")
Action = ImportRow.Action
WRITTEN = (Action.CREATE, Action.UPDATE)


def judge(rows: Sequence[LedgerRow], *, batch: ImportBatch, at: datetime) -> Outcome:
    """Versions are read before the values, so that a change in between is noticed when the batch is confirmed."""
    park, year, month = batch.park, batch.report_year, batch.report_month
    versions = dict(Project.objects.filter(park=park).values_list("pk", "version"))
    stored = stored_values(park, year, month)
    names = Names(park)
    planned = dry_run(rows, stored, park, year=year, month=month, answers=batch.answers)
    result = as_rows(planned, versions, batch=batch)
    written = [p.diff for p, row in zip(planned, result, strict=True) if row.action in WRITTEN]
    enterprises = _new(written, ("enterprise",), names.known_enterprises)
    units = _new(written, UNIT_FIELDS, names.known_units)
    summary = {
        "new_enterprises": enterprises[:SHOWN],
        "new_enterprises_count": len(enterprises),
        "new_units": units[:SHOWN],
        "new_units_count": len(units),
    }
    return Outcome(result, summary)


def _new(diffs, fields: tuple[str, ...], known: set[str]) -> list[str]:
    names = {change.new for diff in diffs for change in diff.changes if change.field in fields}
    return sorted(name for name in names if normalise_name(name) not in known)


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Changes first, then the new projects, some at a time: a large file needs no more memory than a small one."""
    updates, creates = (batch.rows.filter(action=action) for action in (Action.UPDATE, Action.CREATE))
    codes, units = _credit_codes(batch), set(units_of(batch.park).values_list("pk", flat=True))
    report = Report(batch, batch.confirmed_by, at, localtime(at).date(), units_named(batch.park, _unit_names(batch)))
    if rows := list(updates.defer("findings", "kept")):
        update_projects(rows, report)
    ids = list(creates.values_list("pk", flat=True))
    for start in range(0, len(ids), CREATED):
        create_projects(list(creates.filter(pk__in=ids[start : start + CREATED])), report)
    _remember_made(batch, codes, units)


def _credit_codes(batch: ImportBatch) -> dict[int, str]:
    return dict(Enterprise.objects.filter(park=batch.park_id).values_list("pk", "credit_code"))


def _remember_made(batch: ImportBatch, codes: dict[int, str], units: set[int]) -> None:
    """What the import has made besides projects, for the day it is taken back."""
    after = _credit_codes(batch)
    batch.summary["made"] = {
        "enterprises": sorted(after.keys() - codes.keys()),
        "units": sorted(set(units_of(batch.park).values_list("pk", flat=True)) - units),
        "credit_codes": [[pk, code, after[pk]] for pk, code in codes.items() if after.get(pk, code) != code],
    }
    ImportBatch.objects.filter(pk=batch.pk).update(summary=batch.summary)


def _unit_names(batch: ImportBatch) -> set[str]:
    rows = batch.rows.filter(action__in=WRITTEN).values_list("changes", flat=True)
    return {
        change["new"]
        for changes in rows.iterator()
        for change in changes
        if change["field"] in UNIT_FIELDS and is_wanted(change)
    }


def template(user) -> Any:
    """An empty project ledger for this month."""
    return project_template(user, clock.today())


def register() -> None:
    KINDS["projects"] = ImportKind(
        table=PROJECTS,
        label=_("Project ledger"),
        verb=Verb.IMPORT_LEDGER,
        dry_run=judge,
        write=write,
        undo=undo.undo,
        candidates=candidates,
        template=template,
        months=True,
        list_url="projects:list",
    )
