"""Messages of approval platforms: kept as they came, then taken over by the steps' own actions, or left to a person.

A message never changes a step past its rules: what they refuse stays open with the reason. Messages of one step are
tried in the order of their moments, together with those that were open before, so one that came too early is taken over
as soon as the missing one is there. Every change is one transaction: the step's record and the message's state.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from approvals.actions.progress import move
from approvals.certificates import issuing
from approvals.exchange import matching, records, rules
from approvals.models import Catalogue, ExchangeMessage, ExchangePlatform, Step
from approvals.promises.gates import APPROVES

Status = ExchangeMessage.State
LONGEST_WHY = 500
BATCH = 500
MARK = "#"  # between a message's number and the hash of its content, when another content has that number already
GoOn = Callable[[], bool]


@dataclass(frozen=True)
class Taken:
    """What became of one record: its message, and whether it was here before."""

    message: ExchangeMessage
    is_repeated: bool


@dataclass(frozen=True)
class Source:
    """Where records come from: pushed when there is no file."""

    file_name: str = ""
    file_sha256: str = ""


def permit(by: User, park_id: int) -> None:
    """Raises PermissionDenied unless the person takes over step states in this park."""
    own = by.organization_id is not None and by.organization.park_id == park_id
    if not (own and may(by, Verb.EXCHANGE_STEPS) and by.role.scope == "park"):
        raise PermissionDenied(_("Your role does not allow this."))


def forever() -> bool:
    return True


@transaction.atomic
def keep(
    platform: ExchangePlatform, found: Sequence[records.Record], *, by: User, at: datetime, source: Source | None = None
) -> list[Taken]:
    """Keeps every record, each once; nothing is applied. Those of a file wait to be confirmed, pushed ones are open.

    The same number with another content is a message of its own, open with that reason. Raises PermissionDenied,
    Refused for a platform that is switched off.
    """
    permit(by, platform.park_id)
    if not platform.is_active:
        raise Refused(_("This platform is switched off."))
    source, taken = source or Source(), []
    for start in range(0, len(found), BATCH):
        taken += _keep(platform, found[start : start + BATCH], by, at, source)
    return taken


def _keep(platform, found: Sequence[records.Record], by, at, source: Source) -> list[Taken]:
    known = _known(platform, found)
    rows, order = {}, []
    for record in found:
        number = record.message_id
        other = known.get(number) or rows.get(number)
        if other is not None and records.digest_of(other.record) != record.digest:
            number = f"{number}{MARK}{record.digest[:16]}"
            other = known.get(number) or rows.get(number)
        if other is None:
            rows[number] = _message(platform, record, number, by, at, source)
        order.append((number, other is not None))
    ExchangeMessage.objects.bulk_create(rows.values(), ignore_conflicts=True)
    wanted = {number for number, _repeated in order}
    kept = platform.messages.filter(message_id__in=wanted).select_related("platform")
    stored = {row.message_id: row for row in kept}
    return [Taken(stored[number], is_repeated) for number, is_repeated in order]


def _known(platform, found) -> dict[str, ExchangeMessage]:
    numbers = {record.message_id for record in found}
    numbers |= {f"{record.message_id}{MARK}{record.digest[:16]}" for record in found}
    return {row.message_id: row for row in platform.messages.filter(message_id__in=numbers)}


def _message(platform, record: records.Record, number: str, by, at, source: Source) -> ExchangeMessage:
    return ExchangeMessage(
        park_id=platform.park_id, platform=platform, message_id=number, project_code=record.project_code,
        case_number=record.case_number, item_code=record.item_code,
        state_code=rules.code_of(record.state, platform.states), happened_at=record.happened_at,
        record=dict(record.raw), file_name=source.file_name[:200], file_sha256=source.file_sha256,
        state=Status.WAITING if source.file_sha256 else Status.OPEN, received_at=at, received_by=by,
    )  # fmt: skip


def settle(
    messages: Iterable[ExchangeMessage], *, by: User, at: datetime, today: date, go_on: GoOn = forever
) -> dict[int, ExchangeMessage]:
    """Tries these messages and the open ones of the same steps, in the order of their moments; {pk: message as it is
    now}. When ``go_on`` says no, the rest stays open without a reason and is tried by the sweep."""
    wanted = {message.pk: message for message in messages if message.state in (Status.OPEN, Status.WAITING)}
    cases = {(m.platform_id, m.project_code, m.item_code) for m in wanted.values()}
    for platform_id in {case[0] for case in cases}:
        own = {case[1] for case in cases if case[0] == platform_id}
        rows = ExchangeMessage.objects.filter(platform=platform_id, project_code__in=own, state=Status.OPEN)
        for row in rows.select_related("platform"):
            if (platform_id, row.project_code, row.item_code) in cases:
                wanted.setdefault(row.pk, row)
    for message in sorted(wanted.values(), key=_order):
        if go_on():
            apply(message, by=by, at=at, today=today)
        elif message.state == Status.WAITING:
            _swap(message, state=Status.OPEN, why="")
    return wanted


def _order(message: ExchangeMessage):
    return (
        message.project_code,
        message.item_code,
        message.happened_at.timestamp() if message.happened_at else float("inf"),
        message.state_code or 99,
        message.pk,
    )


def apply(
    message: ExchangeMessage, *, by: User, at: datetime, today: date, note: str = "", pause_kind: str = "",
    is_forced: bool = False,
) -> bool:  # fmt: skip
    """Takes one message over, finds nothing new in it, or leaves it open with the reason; True when it is settled.

    note: the reason where the step wants one and the remark gives none. is_forced: a person has read the warnings of
    the date rules and the other case number; the rules that block still block. The reason is kept in the language of
    the site. Raises PermissionDenied, Refused when it is settled already.
    """
    permit(by, message.park_id)
    if message.state not in (Status.OPEN, Status.WAITING):
        raise Refused(_("This message is settled already."))
    with override(settings.LANGUAGE_CODE):
        why = _("The number was used before with another content.") if MARK in message.message_id else ""
        if why and not is_forced:
            return _leave(message, why)
        matched = matching.match(message, by=by, at=at, is_forced=is_forced)
        if isinstance(matched, str):
            return _leave(message, matched)
        plan = matching.planned(matched, pause_kind=pause_kind)
        if plan.why:
            return _leave(message, matching.words(plan), step=matched.step)
        if plan.verb is None:
            return _swap(message, state=Status.KNOWN, why="", step=matched.step, settled_at=at, settled_by=by)
        try:
            return _take_over(message, matched, plan, by, at, today, note, is_forced)
        except (Refused, Conflict, PermissionDenied) as refusal:
            message.refresh_from_db(fields=["state", "why", "step", "settled_at", "settled_by"])
            return _leave(message, str(refusal), step=matched.step)


@transaction.atomic
def _take_over(message, matched, plan, by, at, today, note, is_forced) -> bool:
    values = {"state": Status.APPLIED, "why": "", "step": matched.step, "settled_at": at, "settled_by": by}
    if not _swap(message, **values):
        return False
    record = matched.record
    number = record.certificate_number if plan.verb in APPROVES else ""
    told = {"platform": message.platform.code, "message": message.message_id, "file": message.file_sha256}
    move(
        matched.step, plan.verb, on=matched.on, by=by, at=at, today=today, note=note or record.remark,
        pause_kind=plan.pause_kind, result_number=number[:100], acknowledge=None if is_forced else (),
        data={"exchange": {name: value for name, value in told.items() if value}},
    )  # fmt: skip
    if plan.verb in APPROVES and record.certificate_until:
        _date_certificate(matched.step, record.certificate_until)
    return True


def _date_certificate(step, until: date) -> None:
    """The platform's own day counts for the certificate the approval has just made. Raises Refused."""
    row = step.certificates.filter(issued_on=step.decided_on, state__in=issuing.LIVE).first()
    if row is None or row.valid_until == until:
        return
    if until < step.decided_on:
        raise Refused(_("The certificate would end before it begins."))
    issuing.change(row, {"valid_until": until})


def dismiss(message: ExchangeMessage, *, reason: str, by: User, at: datetime) -> None:
    """Sets a message aside: it needs nothing. Raises PermissionDenied, Refused without a reason or when settled."""
    permit(by, message.park_id)
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    values = {"state": Status.DISMISSED, "why": reason.strip()[:LONGEST_WHY], "settled_at": at, "settled_by": by}
    if not _swap(message, **values):
        raise Refused(_("This message is settled already."))


def take_up(message: ExchangeMessage, *, by: User) -> None:
    """Opens a message that was set aside. Raises PermissionDenied, Refused."""
    permit(by, message.park_id)
    rows = ExchangeMessage.objects.filter(pk=message.pk, state=Status.DISMISSED)
    if not rows.update(state=Status.OPEN, why="", settled_at=None, settled_by=None):
        raise Refused(_("Only a message that was set aside can be taken up again."))


def preview(messages: Sequence[ExchangeMessage], *, by: User, at: datetime, today: date, go_on: GoOn = forever):
    """What ``settle`` would make of them: {pk: (state, why)}; nothing is changed. What there was no time for is left
    out. It tries and takes back, one project after the other, so that nobody waits for long: not for a page that is
    only read."""
    projects: dict[tuple[int, str], list[int]] = {}
    for message in messages:
        projects.setdefault((message.platform_id, message.project_code), []).append(message.pk)
    found: dict[int, tuple[str, str]] = {}
    for own in projects.values():
        if not go_on():
            break
        found |= _tried(own, by=by, at=at, today=today, go_on=go_on)
    return found


def _tried(own: Sequence[int], **edge) -> dict[int, tuple[str, str]]:
    with transaction.atomic():
        tried = settle(ExchangeMessage.objects.filter(pk__in=own).select_related("platform"), **edge)
        transaction.set_rollback(True)
    rows = (tried[pk] for pk in own if pk in tried)
    return {row.pk: (row.state, row.why) for row in rows if row.why or row.state != Status.OPEN}


def rerun(platform: ExchangePlatform, *, by: User, at: datetime, today: date, go_on: GoOn = forever) -> int:
    """Tries every open message of the platform again; returns how many were settled now. The sweep tries the rest."""
    permit(by, platform.park_id)
    rows = platform.messages.filter(state=Status.OPEN)
    rows.update(why="")
    tried = settle(rows.select_related("platform"), by=by, at=at, today=today, go_on=go_on)
    return sum(row.state != Status.OPEN for row in tried.values())


def save_platform(
    platform: ExchangePlatform | None, values: Mapping[str, Any], *, park: Park, by: User, version: int | None = None
) -> ExchangePlatform:
    """Creates or changes a platform (code, name, items, states, is_active). Raises Refused, Conflict."""
    permit(by, park.pk)
    unknown = sorted(set(values["items"].values()) - set(step_codes()))
    if unknown:
        raise Refused(_("There is no step %(code)s.") % {"code": unknown[0]})
    if any(rules.code_of(str(code), {}) is None for code in values["states"].values()):
        raise Refused(_("States are assigned to the codes 1 to 15."))
    try:
        with transaction.atomic():
            if platform is None:
                return ExchangePlatform.objects.create(park=park, **values)
            rows = ExchangePlatform.objects.filter(pk=platform.pk, version=version)
            if not rows.update(**values, version=platform.version + 1):
                raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again."))
    except IntegrityError:
        raise Refused(_("There is a platform of this code already.")) from None
    platform.refresh_from_db()
    return platform


def step_codes() -> dict[str, str]:
    """{code: name} of the steps of the newest catalogue of the site."""
    newest = Catalogue.objects.filter(park__isnull=True).order_by("-version").first()
    rows = Step.objects.filter(catalogue=newest).order_by("seq") if newest else Step.objects.none()
    return {step.code: step.name for step in rows}


def _leave(message: ExchangeMessage, why: str, *, step=None) -> bool:
    _swap(message, state=Status.OPEN, why=why[:LONGEST_WHY], step=step)
    return False


def _swap(message: ExchangeMessage, **values: Any) -> bool:
    """Writes the message unless somebody has settled it meanwhile."""
    rows = ExchangeMessage.objects.filter(pk=message.pk, state__in=[Status.OPEN, Status.WAITING])
    if not rows.update(**values):
        message.refresh_from_db()
        return False
    for name, value in values.items():
        setattr(message, name, value)
    return True
