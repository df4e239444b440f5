"""Certificates follow the results of steps: made with an approval, void when it falls. Called by the step's own writes.

``follow`` belongs to every change of one step, ``give_missing`` to steps approved in bulk or before there were
certificates. Neither asks for a permission: the record that changed the step did.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.errors import Conflict
from approvals.certificates.rules import life_end
from approvals.flow import DONE, State
from approvals.models import Certificate, ProjectStep, Step
from projects.models import Milestone
from projects.stages import Stage

BATCH = 500
LIVE = (Certificate.State.VALID, Certificate.State.FULFILLED)
KEPT = ("number", "issued_on", "valid_until", "renewals", "state", "state_on", "history")


class Result(NamedTuple):
    """What of a step a certificate rests on; no day: no result."""

    decided_on: date | None
    number: str


def result_of(step: ProjectStep) -> Result:
    """The step's present result."""
    return Result(step.decided_on, step.result_number) if State(step.state) in DONE else Result(None, "")


def follow(step: ProjectStep, was: Result, *, on: date, by, at: datetime) -> dict[str, Any] | None:
    """Bring the step's certificate in line with its result after a change; inside the step's transaction.

    Returns what became void as ``put_back`` takes it, or None. No query while the result stays as it was.
    """
    now = result_of(step)
    if now == was:
        return None
    if now.decided_on and now.decided_on == was.decided_on:
        step.certificates.filter(state__in=LIVE).update(number=now.number, version=F("version") + 1)
        return None
    void = _void(step, was.decided_on, on) if was.decided_on else None
    if now.decided_on:
        _make(step, by, at)
    return void


def _void(step: ProjectStep, decided_on: date, on: date) -> dict[str, Any] | None:
    """Voids the live certificate; one that a person recorded as void before is only remembered."""
    known = list(step.certificates.filter(Q(state__in=LIVE) | Q(issued_on=decided_on)).order_by("pk"))
    if not known:
        return None
    row = next((row for row in known if row.state in LIVE), known[-1])
    kept = kept_of(row)
    if row.state in LIVE:
        change(row, {"state": Certificate.State.VOID, "state_on": on})
    return kept


def _make(step: ProjectStep, by, at: datetime) -> None:
    life = step.step
    if not (life.validity_kind and life.validity_months):
        return
    row = _certificate(step, life, step.decided_on, step.result_number, by, at)
    row.save()
    if row.kind == Step.Validity.START_BY:
        settle_starts([step.project_id])


def _certificate(step: ProjectStep, life: Step, on: date, number: str, by, at: datetime) -> Certificate:
    return Certificate(
        project_step=step, kind=life.validity_kind, number=number, issued_on=on,
        valid_until=life_end(on, life.validity_months), by=by, at=at,
    )  # fmt: skip


def kept_of(row: Certificate) -> dict[str, Any]:
    """The certificate as JSON, for the history row of what changes it."""
    values = {name: getattr(row, name) for name in KEPT}
    return {"id": row.pk} | {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def change(row: Certificate, values: dict[str, Any]) -> None:
    """Write columns of the certificate if it is still the version at hand. Raises Conflict."""
    own = Certificate.objects.filter(pk=row.pk, version=row.version)
    if not own.update(**values, version=row.version + 1):
        raise Conflict(_("Somebody else has just changed this certificate. Look at it again."))
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1


def put_back(step: ProjectStep, kept: dict[str, Any] | None) -> None:
    """Undo: the certificate is again what it was before the record that is being undone."""
    if not kept:
        return
    days = {name: parse_date(kept[name]) if kept[name] else None for name in ("issued_on", "valid_until", "state_on")}
    values = {name: kept[name] for name in KEPT} | days
    step.certificates.filter(pk=kept["id"]).update(**values, version=F("version") + 1)
    settle_starts([step.project_id])


def take_back(step: ProjectStep, was: Result, kept: dict[str, Any] | None, *, on: date, by, at: datetime) -> None:
    """The certificate after an undo: a result that is gone voids it, one that is back brings the old one back."""
    if kept:
        put_back(step, kept)
    else:
        follow(step, was, on=on, by=by, at=at)


@transaction.atomic(savepoint=False)
def settle_starts(project_ids: Iterable[int] | None = None, *, by=None, at: datetime | None = None) -> int:
    """Fulfil certificates whose construction started in time, and take that back when the start has moved; of these
    projects, or of all. Returns how many changed. Derived from the date of the start, so there is no history row.
    """
    rows = Certificate.objects.filter(kind=Step.Validity.START_BY, state__in=LIVE)
    if project_ids is not None:
        rows = rows.filter(project_step__project__in=list(project_ids))
    in_time = Q(started__lte=F("valid_until"))
    wrong = Q(in_time, state=Certificate.State.VALID) | Q(~in_time | Q(started=None), state=Certificate.State.FULFILLED)
    rows = rows.select_for_update(of=("self",)).annotate(started=Subquery(started_on("project_step__project")))
    changed = list(rows.filter(wrong).order_by("pk"))
    for row in changed:
        in_time = row.state == Certificate.State.VALID
        row.state = Certificate.State.FULFILLED if in_time else Certificate.State.VALID
        row.state_on, row.version = row.started if in_time else None, row.version + 1
    Certificate.objects.bulk_update(changed, ["state", "state_on", "version"], batch_size=BATCH)
    return len(changed)


def started_on(project: str):
    """The day construction started, for a subquery. ``project``: lookup to the project.

    The milestone has it; entering the stage dates the milestone.
    """
    return Milestone.objects.filter(project=OuterRef(project), stage=Stage.STARTED).values("actual_on")[:1]


def give_missing_certificates(*, at: datetime, fence: Callable[[], None] = lambda: None) -> int:
    """Certificates for results that have none: recorded in bulk, or before there were certificates. Returns how many.

    Set-based and idempotent; one transaction a batch, ``fence()`` first in each. One that a person has recorded as
    void stays void. Settles the starts of construction as well.
    """
    known = Certificate.objects.filter(project_step=OuterRef("pk"), issued_on=OuterRef("decided_on"))
    made, last = 0, 0
    while batch := list(_with_a_life().filter(~Exists(known), pk__gt=last).order_by("pk")[:BATCH]):
        with transaction.atomic():
            fence()
            made += _insert(batch, by=None, at=at)
        last = batch[-1].pk
    with transaction.atomic():
        fence()
        settle_starts()
    return made


def issue_for(step_ids: Iterable[int], *, by, at: datetime) -> int:
    """Certificates of steps whose results have just been written in bulk, in the same transaction."""
    ids = list(step_ids)
    moved = Certificate.objects.filter(project_step__in=ids, state__in=LIVE).exclude(
        issued_on=F("project_step__decided_on"), project_step__decided_on__isnull=False
    )
    for row in moved.order_by("pk"):
        change(row, {"state": Certificate.State.VOID, "state_on": timezone.localtime(at).date()})
    live = Certificate.objects.filter(project_step=OuterRef("pk"), state__in=LIVE)
    rows = list(_with_a_life().filter(~Exists(live), pk__in=ids).order_by("pk"))
    made = _insert(rows, by=by, at=at)
    settle_starts(row.project_id for row in rows)
    return made


def _with_a_life():
    """Steps with a dated result whose document ends some day."""
    lives = Step.objects.exclude(validity_kind="").filter(validity_months__isnull=False)
    rows = ProjectStep.objects.filter(step__in=lives, state__in=DONE, decided_on__isnull=False)
    return rows.select_related("step")


def _insert(steps: Iterable[ProjectStep], *, by, at: datetime) -> int:
    rows = [_certificate(step, step.step, step.decided_on, step.result_number, by, at) for step in steps]
    before = Certificate.objects.count()
    Certificate.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return Certificate.objects.count() - before
