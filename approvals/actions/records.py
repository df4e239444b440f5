"""How every change of a project's step is written: permission, compare-and-swap on the version, history, undo.

A history row keeps the whole step as it was before, with its pauses, papers and promises, so that the last record can
be undone.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals import seams
from approvals.actions.clockwork import clock_fields
from approvals.certificates import issuing
from approvals.flow import VERB_PERMISSIONS
from approvals.flow import Verb as FlowVerb
from approvals.models import ProjectStep, StepDocument, StepPause, StepTransition
from approvals.papers import keeping as papers
from approvals.promises import keeping
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

UNDO = FlowVerb.UNDO.value
FLOW_VERBS = frozenset(verb.value for verb in FlowVerb)
STEP_FIELDS = [
    "applicability",
    "not_applicable_reason",
    "not_applicable_by_id",
    "variant_key",
    "state",
    "round",
    "received_on",
    "accepted_on",
    "decided_on",
    "delivered_on",
    "result_number",
    "statutory_value",
    "statutory_unit",
    "clock_start",
    "committed_limit_wd",
    "extension_wd",
    "committed_due_on",
    "statutory_due_on",
    "is_provisional",
    "committed_runs",
    "statutory_runs",
    "unit_id",
    "handler_name",
    "handler_phone",
]
PAUSE_FIELDS = [
    "id",
    "round",
    "kind",
    "party",
    "stops_committed",
    "stops_statutory",
    "started_on",
    "ended_on",
    "reason",
    "started_by_id",
    "ended_by_id",
]
DOCUMENT_FIELDS = [
    "id",
    "requirement_id",
    "state",
    "supplied_on",
    "promised_on",
    "due_on",
    "due_before",
    "renewed_on",
    "lapsed_on",
    "verified_by_id",
    "note",
    "by_id",
    "at",
]


def handles(user, step: ProjectStep) -> bool:
    """Whether the step is this person's to work on: anybody of the park's own scope, else only its handling unit."""
    if not (user.organization_id and user.role_id) or user.organization.park_id != step.project.park_id:
        return False
    if user.role.scope == "park":
        return True
    return user.role.scope == "unit" and step.unit_id in user.organization.branch_ids()


def require(by, verb: Verb | str, step: ProjectStep) -> None:
    """Raises PermissionDenied unless ``by`` is the system or holds the verb and handles the step."""
    if by is None:
        return
    if not (may(by, Verb(verb)) and handles(by, step)):
        raise PermissionDenied(_("You may not do this on this step."))


def require_version(step: ProjectStep, version: int | None) -> None:
    """Raises Conflict when the person saw another version than the one at hand; None accepts any."""
    if version is not None and version != step.version:
        raise conflict()


def conflict() -> Conflict:
    return Conflict(_("Somebody else has just changed this step. Look at it again, then repeat your change."))


def day_of(at: datetime) -> date:
    """The day of a moment in the park's time zone."""
    return timezone.localtime(at).date()


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def columns(row: models.Model, names: list[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def snapshot(step: ProjectStep) -> dict[str, Any]:
    """The step with its pauses, papers and promises as JSON: {"step", "pauses", "documents", "promises", "papers"}."""
    return {
        "step": columns(step, STEP_FIELDS),
        "pauses": [columns(row, PAUSE_FIELDS) for row in step.pauses.all()],
        "documents": [columns(row, DOCUMENT_FIELDS) for row in step.documents.all()],
        "promises": keeping.kept(step),
        "papers": papers.kept(step),
    }


def write(
    step: ProjectStep,
    changes: dict[str, Any],
    *,
    verb: str,
    on: date,
    by,
    at: datetime,
    before: dict[str, Any],
    note: str = "",
    **data: Any,
) -> StepTransition:
    """Change the row if it is still the version at hand, and add its history. Raises Conflict. Inside a transaction.

    The step's certificate follows its result; an undo puts it back itself.
    """
    from_state, version, result = step.state, step.version, issuing.result_of(step)
    own = ProjectStep.objects.filter(pk=step.pk, version=version)
    if not own.update(**changes, version=version + 1, updated_at=at):
        raise conflict()
    for name, value in changes.items():
        setattr(step, name, value)
    step.version, step.updated_at = version + 1, at
    if verb != UNDO and (void := issuing.follow(step, result, on=on, by=by, at=at)):
        data["certificate"] = void
    record = StepTransition.objects.create(
        project_step=step,
        verb=verb,
        from_state=from_state,
        to_state=step.state,
        on=on,
        note=note,
        data={name: plain(value) for name, value in data.items() if value not in (None, "", [])} | {"before": before},
        by=by,
        at=at,
    )
    for told in seams.on_recorded:
        told(step, record, by=by, at=at)
    return record


@transaction.atomic
def undo_last(
    step: ProjectStep,
    *,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
    note: str = "",
) -> StepTransition:
    """Put the step back to what it was before its last record; both records stay in the history.

    Whoever made the record may undo it on the same day; any other time it takes the verb ``revoke_step``.
    """
    require_version(step, version)
    last = step.history.select_related("by").order_by("-at", "-pk").first()
    if last is None or last.verb == UNDO or "before" not in last.data:
        raise Refused(_("There is no record here that can be undone."))
    _require_undo(step, last, by, today)
    was = last.data["before"]
    before, result = snapshot(step), issuing.result_of(step)
    changes = {name: _from_json(ProjectStep, name, value) for name, value in was["step"].items()}
    record = write(
        step,
        changes,
        verb=UNDO,
        on=today,
        by=by,
        at=at,
        before=before,
        note=note,
        undone=last.pk,
        undone_verb=last.verb,
    )
    issuing.take_back(step, result, last.data.get("certificate"), on=today, by=by, at=at)
    if "pauses" in was:
        _restore(step.pauses, StepPause, was["pauses"])
        papers.restore(step, was.get("papers"), by=by, at=at)
        _restore_documents(step, was["documents"], by, at)
        keeping.restore(step, was.get("promises", []), last.data)
    pauses = list(StepPause.objects.filter(project_step=step))
    clocks = clock_fields(step, pauses, calendar or load_calendar(), today)
    ProjectStep.objects.filter(pk=step.pk).update(**clocks)
    for name, value in clocks.items():
        setattr(step, name, value)
    return record


def _require_undo(step: ProjectStep, last: StepTransition, by, today: date) -> None:
    if by is None or (may(by, Verb.REVOKE_STEP) and handles(by, step)):
        return
    if last.by_id != by.pk or day_of(last.at) != today:
        raise PermissionDenied(_("Only who made a record may undo it, and only on the same day."))
    needed = VERB_PERMISSIONS[FlowVerb(last.verb)] if last.verb in FLOW_VERBS else Verb.WORK_STEP
    require(by, needed, step)


def _restore(rows, model: type[models.Model], kept: list[dict[str, Any]]) -> None:
    rows.exclude(pk__in=[row["id"] for row in kept]).delete()
    _write_back(rows, model, kept)


def _write_back(rows, model: type[models.Model], kept: list[dict[str, Any]]) -> None:
    for row in kept:
        values = {name: _from_json(model, name, value) for name, value in row.items() if name != "id"}
        rows.filter(pk=row["id"]).update(**values)


def _restore_documents(step: ProjectStep, kept: list[dict[str, Any]], by, at: datetime) -> None:
    """As ``_restore``, but a paper with files stays, as returned: undoing never loses a file."""
    new = step.documents.exclude(pk__in=[row["id"] for row in kept])
    new.filter(files=None).delete()
    new.update(state=StepDocument.State.RETURNED, by=by, at=at)
    _write_back(step.documents, StepDocument, kept)


def _from_json(model: type[models.Model], name: str, value: Any) -> Any:
    return model._meta.get_field(name.removesuffix("_id")).to_python(value)
