"""Filing a month: save, hand in, return, accept. One transaction each, history beside it.

Raises PermissionDenied, Refused, Conflict, InvalidFields and NeedsAcknowledgement. What is locked changes only by a
restatement (``restating``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from dispatch.files import keeping
from dispatch.files.models import Attachment
from dispatch.filing import rules, scope, telling, words
from dispatch.filing.facts import known_of
from dispatch.filing.models import Filing, FilingDuty, FilingEntry, FilingRound
from projects.actions import PROGRESS_FIELDS, report_investment, report_progress
from projects.actions.shared import clean_values, differences, put, required_reason
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.models import Project

TEXTS = ("physical_progress", "issue", "next_work")
FIELDS = (*rules.FIGURES, *TEXTS, "acknowledged")
State = Filing.State
Verb = FilingEntry.Verb


@dataclass(frozen=True)
class Photos:
    """Uploads with the day they were taken, which stands beside them."""

    uploads: tuple[File, ...] = ()
    taken_on: date | None = None


@transaction.atomic
def save(filing: Filing, values: Mapping[str, Any], *, by: User, at: datetime, version: int) -> Filing:
    """Keeps figures and texts (FIELDS; those not given stay) without handing them in.

    What had been handed in and is not yet checked becomes a draft again. Without a difference nothing is written.
    A month's amount without a cumulative figure takes back the one given before.
    """
    _permit_filing(filing, by)
    _hold(filing, scope.OPEN_STATES)
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"not part of a filing: {sorted(unknown)}")
    values = _cleaned(values)
    changes = differences((name, getattr(filing, name), value) for name, value in values.items())
    if not changes:
        return filing
    state = State.RETURNED if filing.state == State.RETURNED else State.DRAFT
    claim(filing, version, **values, state=state)
    write(filing, Verb.SAVED, changes, by=by, at=at)
    return filing


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(values)
    if "month_10k" in values:
        values.setdefault("ytd_10k", None)
    values = clean_values(Filing, values)
    if (values.get("physical_percent") or 0) > 100:
        raise InvalidFields({"physical_percent": [words.sentence(rules.Finding("physical_percent", "percent_range"))]})
    return values


@transaction.atomic
def submit(filing: Filing, *, by: User, at: datetime, version: int) -> Filing:
    """Hands the figures in as they are kept; unusual ones need a reason in ``acknowledged``."""
    _permit_filing(filing, by)
    _hold(filing, (State.DRAFT, State.RETURNED))
    known, values = known_of(filing), figures_of(filing)
    if found := rules.problems(values, known):
        raise InvalidFields(by_field(found))
    if not filing.acknowledged.strip() and (unusual := rules.questions(values, known)):
        raise NeedsAcknowledgement([words.sentence(each) for each in unusual])
    year = {"ytd_10k": rules.cumulative(filing.month_10k, filing.ytd_10k, known.before_10k)}
    claim(filing, version, **clean_values(Filing, year), state=State.SUBMITTED, submitted_at=at, submitted_by=by)
    write(filing, Verb.SUBMITTED, [], by=by, at=at, note=filing.acknowledged)
    return filing


def hand_in(
    filing: Filing, values: Mapping[str, Any], photos: Photos = Photos(), *, by: User, at: datetime, version: int
) -> Filing:
    """Saves figures and photos and hands them in: all of it or nothing."""
    with keeping.stored(photos.uploads) as kept, transaction.atomic():
        save(filing, values, by=by, at=at, version=version)
        _attach(filing, kept, photos, by=by, at=at)
        return submit(filing, by=by, at=at, version=filing.version)


def keep(
    filing: Filing, values: Mapping[str, Any], photos: Photos = Photos(), *, by: User, at: datetime, version: int
) -> Filing:
    """Saves figures and photos without handing them in."""
    with keeping.stored(photos.uploads) as kept, transaction.atomic():
        save(filing, values, by=by, at=at, version=version)
        _attach(filing, kept, photos, by=by, at=at)
        return filing


def _attach(filing: Filing, kept: Iterable[keeping.Stored], photos: Photos, *, by: User, at: datetime) -> None:
    note = photos.taken_on.isoformat() if photos.taken_on else ""
    for each in kept:
        keeping.record(filing, each, role=Attachment.Role.PHOTO, note=note, by=by, at=at)


@transaction.atomic
def send_back(filing: Filing, *, reason: str, by: User, at: datetime, today: date, version: int) -> Filing:
    """The centre returns it with a reason. What had been accepted stays in the register until it is accepted anew."""
    permit_check(by)
    _hold(filing, (State.SUBMITTED, State.ACCEPTED))
    reason = required_reason(reason)
    claim(filing, version, state=State.RETURNED, return_reason=reason, checked_at=at, checked_by=by)
    write(filing, Verb.RETURNED, [], by=by, at=at, note=reason)
    telling.returned(filing, by=by, as_of=today, at=at)
    return filing


@transaction.atomic
def accept(filing: Filing, *, by: User, at: datetime, today: date, version: int) -> Filing:
    """The centre accepts; the figures go into the project's register by its own actions, with their history.

    Nobody accepts what he has handed in himself. Texts that were left empty take nothing away from the project.
    """
    permit_check(by)
    _hold(filing, (State.SUBMITTED,))
    if filing.submitted_by_id == by.pk:
        raise Refused(_("You have handed this in yourself; somebody else of the centre checks it."))
    if found := rules.problems(figures_of(filing), known_of(filing)):
        text = _("This no longer fits what is on record, please return it: %(why)s")
        raise Refused(text % {"why": " ".join(words.sentence(each) for each in found)})
    claim(filing, version, state=State.ACCEPTED, return_reason="", checked_at=at, checked_by=by)
    write(filing, Verb.ACCEPTED, [], by=by, at=at)
    progress = {name: getattr(filing, name) for name in PROGRESS_FIELDS}
    into_register(filing, progress, note=register_note(filing), by=by, at=at, today=today)
    telling.accepted(filing, by=by, as_of=today, at=at)
    return filing


@dataclass(frozen=True)
class Result:
    """What became of one of many; ``why`` is empty when it was accepted."""

    filing: Filing
    why: str = ""


def accept_many(filings: Iterable[Filing], *, by: User, at: datetime, today: date) -> list[Result]:
    """Accepts each on its own: what is refused keeps nobody else back."""
    permit_check(by)
    found = []
    for filing in filings:
        try:
            found.append(Result(accept(filing, by=by, at=at, today=today, version=filing.version)))
        except Refused as refusal:
            found.append(Result(filing, str(refusal)))
    return found


def into_register(
    filing: Filing,
    progress: Mapping[str, Any],
    *,
    note: str,
    by: User,
    at: datetime,
    today: date,
    restated: bool = False,
) -> None:
    """Writes the figures, and of ``progress`` what is not empty, to the project; in the transaction of the cause."""
    window = filing.round
    project = Project.objects.select_related("park").get(pk=filing.project_id)
    edge = {"by": by, "at": at, "note": note}
    report_investment(
        project, window.year, window.month, today=today, month_10k=filing.month_10k, ytd_10k=filing.ytd_10k,
        acknowledged=True, restated=restated, **edge,
    )  # fmt: skip
    if progress := {name: value for name, value in progress.items() if value not in (None, "")}:
        report_progress(project, progress, **edge)


def register_note(filing: Filing) -> str:
    """Where figures of the register come from."""
    who = filing.submitted_by
    return _("Filing of %(month)s, handed in by %(who)s") % {"month": filing.round, "who": who or "—"}


@transaction.atomic
def set_filer(project: Project, organization: Organization | None, *, by: User, at: datetime) -> None:
    """Who files for the project from now on; None: the responsible unit again. Kept in the history of open filings."""
    permit_check(by)
    if organization is not None and not scope.filers_for(project, by).filter(pk=organization.pk).exists():
        raise Refused(_("This organization cannot file for the project."))
    before = FilingDuty.objects.filter(project=project).select_related("organization").first()
    changes = differences([("filer", before and before.organization, organization)])
    if not changes:
        return
    if organization is None:
        FilingDuty.objects.filter(project=project).delete()
    else:
        FilingDuty.objects.update_or_create(project=project, defaults={"organization": organization})
    for filing in Filing.objects.filter(project=project).exclude(round__state=FilingRound.State.LOCKED):
        write(filing, Verb.SAVED, changes, by=by, at=at)


def figures_of(filing: Filing) -> dict[str, Any]:
    return {name: getattr(filing, name) for name in rules.FIGURES}


def by_field(found: Iterable[rules.Finding]) -> dict[str, list[str]]:
    """Findings as InvalidFields takes them."""
    errors: dict[str, list[str]] = {}
    for each in found:
        errors.setdefault(each.field, []).append(words.sentence(each))
    return errors


def write(filing: Filing, verb: str, changes: list[dict], *, by: User | None, at: datetime, note: str = "") -> None:
    """The history row."""
    FilingEntry.objects.create(filing=filing, verb=verb, changes=changes, note=note, by=by, at=at)


def permit_check(by: User) -> None:
    if not scope.may_check(by):
        raise PermissionDenied


def _permit_filing(filing: Filing, by: User) -> None:
    if not scope.may_file(filing, by):
        raise PermissionDenied


def _hold(filing: Filing, states: Iterable[str]) -> None:
    """Keeps the lock of the month out until the transaction is through. Raises Refused past it, or in another state."""
    window = FilingRound.objects.select_for_update().select_related("park").get(pk=filing.round_id)
    filing.round = window
    if scope.is_locked(filing):
        raise Refused(words.locked(window))
    if filing.state not in states:
        text = _("This filing is “%(state)s”; that is not possible now.")
        raise Refused(text % {"state": filing.get_state_display()})


def claim(filing: Filing, version: int, **updates: Any) -> None:
    """Compare-and-swap on the version and the state that was seen. Raises Conflict."""
    updates["version"] = version + 1
    seen = Filing.objects.filter(pk=filing.pk, version=version, state=filing.state)
    if version != filing.version or not seen.update(**updates):
        raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again and repeat."))
    put(filing, updates)
