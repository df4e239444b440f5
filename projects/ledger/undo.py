"""Taking back a whole import of projects while nothing depends on it.

New projects go when nothing hangs on them beyond what their creation made; changes go back when every cell still holds
what the import wrote. Otherwise nothing is done, and what stands in the way is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import PROTECT, F, Model, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.bulk import update_columns
from accounts.chunks import chunks
from accounts.errors import Refused
from accounts.models import Organization
from projects import seams
from projects.actions.shared import change as entry
from projects.ledger.snapshots import UNIQUE, key_of, value_of, values_of
from projects.ledger.store import by_project
from projects.ledger.telling import tell_dated, tell_edited
from projects.models import (
    AnnualPlan,
    Enterprise,
    ImportBatch,
    ImportRow,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    StatusChange,
    TeamMember,
)

BATCH = 200
NAMED = 20  # obstacles that are told
OWN = {
    **{model: lambda at: Q() for model in (TeamMember, Milestone, AnnualPlan, MonthlyInvestment)},
    **{model: lambda at: Q(at=at) for model in (StageEntry, StatusChange, ProjectChange)},
}


def undo(batch: ImportBatch, *, by, at: datetime) -> None:
    """Within the caller's transaction. Raises Refused, naming what has come to depend on the import."""
    written_at = batch.finished_at
    created = list(_targets(batch, ImportRow.Action.CREATE))
    refuse(islice(_in_the_way(batch, created, written_at), NAMED))
    for ids in chunks(created, BATCH):
        _remove_protected(ids)
        Project.objects.filter(pk__in=ids).delete()
    for rows in chunks(_updates(batch), BATCH):
        _revert(rows, batch, by, at)
    _remove_made(batch)


def refuse(obstacles: Iterable[str]) -> None:
    """Raises Refused when there are any."""
    if found := list(dict.fromkeys(obstacles)):
        raise Refused(_("This import cannot be taken back any more: %(why)s") % {"why": "；".join(found)})


def _targets(batch: ImportBatch, action: str) -> Iterator[int]:
    rows = batch.rows.filter(action=action, target__isnull=False).order_by("pk")
    return rows.values_list("target", flat=True).iterator()


def _updates(batch: ImportBatch) -> Iterator[ImportRow]:
    return batch.rows.filter(action=ImportRow.Action.UPDATE).defer("values", "findings").order_by("pk").iterator(BATCH)


def _in_the_way(batch: ImportBatch, created: Sequence[int], at: datetime) -> Iterator[str]:
    owned = OWN | seams.born_with
    for ids in chunks(created, BATCH):
        gone = len(ids) - len(_held(ids).values_list("pk"))
        if gone:
            yield _("%(n)s projects are not there any more") % {"n": gone}
        yield from _hanging_on(Project, ids, owned, at)
    for rows in chunks(_updates(batch), BATCH):
        yield from _overtaken(rows)


def _held(ids: Sequence[int]) -> QuerySet[Project]:
    """These projects, which nobody changes between the look and the write."""
    return Project.objects.select_for_update().filter(pk__in=ids).order_by("pk")


def _hanging_on(model: type[Model], ids: Sequence[int], owned, at: datetime) -> Iterator[str]:
    """What points to these rows and was not made together with them."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model is ImportRow:
            continue
        other = relation.related_model
        rows = other._base_manager.filter(**{f"{relation.field.name}__in": ids})
        strangers = rows.exclude(owned[other](at)) if other in owned and owned[other](at) else rows
        if other not in owned or owned[other](at):
            for row in strangers[:NAMED]:
                yield f"{other._meta.verbose_name}: {row}"
        if other in owned and other not in OWN:
            for children in chunks(rows.values_list("pk", flat=True), BATCH):
                yield from _hanging_on(other, children, owned, at)


def _remove_protected(ids: Sequence[int]) -> None:
    """What was made with these projects and does not go by itself; nothing else can hang on them any more."""
    for relation in Project._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.on_delete is PROTECT:
            relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids}).delete()


class _Parts:
    """Projects of some rows with the parts an import may have written; five queries."""

    def __init__(self, rows: Sequence[ImportRow]) -> None:
        ids = [row.target for row in rows]
        self.projects = {project.pk: project for project in _held(ids)}
        self.parts = {
            (pk, *key_of(part)): part
            for model in UNIQUE
            for pk, parts in by_project(model._default_manager.filter(project__in=ids)).items()
            for part in parts
        }

    def part(self, row: ImportRow, told: dict[str, Any]) -> Model | None:
        return self.parts.get((row.target, told["model"], tuple(told["key"])))


def _overtaken(rows: Sequence[ImportRow]) -> Iterator[str]:
    known = _Parts(rows)
    for row in rows:
        project = known.projects.get(row.target)
        if project is None:
            yield _("“%(name)s” is not there any more") % {"name": row.name}
        elif _changed_since(row, project, known):
            yield _("“%(name)s” has been changed since") % {"name": project.name}


def _changed_since(row: ImportRow, project: Project, known: _Parts) -> bool:
    if any(value_of(project, name) != after for name, (_before, after) in row.before.get("columns", {}).items()):
        return True
    parts = ((known.part(row, told), told) for told in row.before.get("parts", ()))
    return any(part is None or values_of(part) != told["after"] for part, told in parts)


def _revert(rows: Sequence[ImportRow], batch: ImportBatch, by, at: datetime) -> None:
    for told in seams.on_import_undone:
        told([row.target for row in rows], adopted_at=batch.finished_at, by=by, at=at)
    known, note = _Parts(rows), _("Import taken back: %(file)s") % {"file": batch.file_name}
    history, entries, states = [], [], []
    for row in rows:
        project = known.projects[row.target]
        columns = {name: before for name, (before, _after) in row.before.get("columns", {}).items()}
        changes = [found for name, before in columns.items() if (found := _put_back(project, name, before))]
        changes += [found for told in row.before.get("parts", ()) for found in _part_back(known.part(row, told), told)]
        after = {name: pair[1] for name, pair in row.before.get("columns", {}).items()}
        moment = {"project": project, "by": by, "at": at}
        if "stage" in columns:
            entries.append(
                StageEntry(
                    from_stage=after["stage"], stage=project.stage, override_reason=note, evidence=note,
                    entered_on=project.stage_entered_on or localtime(at).date(), **moment,
                )
            )  # fmt: skip
        if "status" in columns:
            states.append(
                StatusChange(
                    from_status=after["status"], status=project.status, reason=note,
                    on=project.status_since_on or localtime(at).date(), **moment,
                )
            )  # fmt: skip
        history.append(ProjectChange(verb=ProjectChange.Verb.IMPORTED, changes=changes, note=note, **moment))
    _write(rows, known)
    ids = list(known.projects)
    Project.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=at, updated_by=by)
    StageEntry.objects.bulk_create(entries)
    StatusChange.objects.bulk_create(states)
    ProjectChange.objects.bulk_create(history)
    _tell(rows, known, by, at)


def _put_back(row: Model, name: str, before: Any) -> dict[str, Any] | None:
    field = row._meta.get_field(name)
    old = getattr(row, name)
    setattr(row, field.attname, field.target_field.to_python(before) if field.is_relation else field.to_python(before))
    if field.is_relation:
        row._state.fields_cache.pop(field.name, None)
    return entry(name, old, getattr(row, name)) if name not in ("name_key", "search_text") else None


def _part_back(part: Model, told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What changes with one part that is restored, or goes because the import made it."""
    named = ".".join([told["model"].lower(), *told["key"]])
    if told["before"] is None:
        for column, value in told["after"].items():
            if found := entry(f"{named}.{column}", value, None):
                yield found
        return
    for column, before in told["before"].items():
        if found := _put_back(part, column, before):
            yield found | {"field": f"{named}.{column}"}


def _write(rows: Sequence[ImportRow], known: _Parts) -> None:
    """Projects and parts that have their old values; parts the import made go."""
    update_columns((known.projects[row.target], row.before.get("columns", ())) for row in rows)
    parts = [(known.part(row, told), told["before"]) for row in rows for told in row.before.get("parts", ())]
    for model in UNIQUE:
        own = [(part, before) for part, before in parts if isinstance(part, model)]
        update_columns((part, before) for part, before in own if before is not None)
        model._default_manager.filter(pk__in=[part.pk for part, before in own if before is None]).delete()


def _tell(rows: Sequence[ImportRow], known: _Parts, by, at: datetime) -> None:
    for row in rows:
        tell_edited(known.projects[row.target], row.before.get("columns", {}), by=by, at=at)
    dated = [row.target for row in rows if any(part["model"] == "Milestone" for part in row.before.get("parts", ()))]
    tell_dated(dated, by=by, at=at)


def _remove_made(batch: ImportBatch) -> None:
    """Enterprises and units the import made, unless somebody else has taken them into use; credit codes go back."""
    made = batch.summary.get("made", {})
    for pk, before, after in made.get("credit_codes", ()):
        Enterprise.objects.filter(pk=pk, credit_code=after).update(credit_code=before)
    for model, name in ((Enterprise, "enterprises"), (Organization, "units")):
        for ids in chunks(made.get(name, ()), BATCH):
            free = set(ids) - _used(model, ids)
            model._default_manager.filter(pk__in=free).delete()


def _used(model: type[Model], ids: Sequence[int]) -> set[int]:
    """Those of the rows that anything points to."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found
