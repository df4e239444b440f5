"""The project ledger among the kinds of workbooks."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.chunks import row_chunks
from accounts.permissions import Verb
from projects.ledger import progress, undo
from projects.ledger.creating import Report, create_projects, is_wanted, units_named
from projects.ledger.dryrun import Names, Planned, as_row, dry_run, units_of
from projects.ledger.project_kind import PROJECTS
from projects.ledger.proposals import candidates
from projects.ledger.registry import KINDS, ImportKind, Outcome
from projects.ledger.rows import LedgerRow
from projects.ledger.store import stored_values
from projects.ledger.template import project_template
from projects.ledger.text import normalise_name
from projects.ledger.updating import claim, update_projects
from projects.models import Enterprise, ImportBatch, ImportRow, Project

PART = 500  # rows written together
SHOWN = 200  # names of new enterprises and units kept in the summary
UNIT_FIELDS = ("responsible_unit", "leader_unit")
Action = ImportRow.Action
WRITTEN = (Action.CREATE, Action.UPDATE)


def judge(rows: Iterable[LedgerRow], *, batch: ImportBatch, at: datetime) -> Outcome:
    """Versions are read before the values, so that a change in between is noticed when the batch is confirmed.

    Rows are taken and given one after the other; the summary is complete when all have been given.
    """
    park, year, month = batch.park, batch.report_year, batch.report_month
    versions = dict(Project.objects.filter(park=park).values_list("pk", "version"))
    stored = stored_values(park, year, month)
    names = Names(park)
    new: dict[str, set[str]] = {"enterprises": set(), "units": set()}
    summary: dict[str, Any] = {}

    def given() -> Iterator[ImportRow]:
        for planned in dry_run(rows, stored, park, year=year, month=month, answers=batch.answers):
            row = as_row(planned, versions, batch)
            if row.action in WRITTEN:
                new["enterprises"] |= _named(planned, ("enterprise",), names.known_enterprises)
                new["units"] |= _named(planned, UNIT_FIELDS, names.known_units)
            yield row
        for what, found in new.items():
            summary.update({f"new_{what}": sorted(found)[:SHOWN], f"new_{what}_count": len(found)})

    return Outcome(given(), summary)


def _named(planned: Planned, fields: tuple[str, ...], known: set[str]) -> set[str]:
    names = {change.new for change in planned.diff.changes if change.field in fields}
    return {name for name in names if normalise_name(name) not in known}


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Changes first, then the new projects, some at a time: a large file needs no more memory than a small one."""
    updates, creates = (batch.rows.filter(action=action) for action in (Action.UPDATE, Action.CREATE))
    codes, units = _credit_codes(batch), set(units_of(batch.park).values_list("pk", flat=True))
    report = Report(batch, batch.confirmed_by, at, localtime(at).date(), units_named(batch.park, _unit_names(batch)))
    done, total = 0, updates.count() + creates.count()
    for rows in row_chunks(updates.defer("findings", "kept", "values"), PART):
        claim(rows, report)
    for rows in row_chunks(updates.defer("findings", "kept"), PART):
        update_projects(rows, report)
        progress.tell(batch, done := done + len(rows), total)
    for rows in row_chunks(creates.defer("findings", "kept"), PART):
        create_projects(rows, report)
        progress.tell(batch, done := done + len(rows), total)
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
        by_row=True,
        list_url="projects:list",
    )
