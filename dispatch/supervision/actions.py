"""Every write of supervision. One transaction each; the work itself moves on the ledger item, by the ledger's actions.

All of them raise PermissionDenied when it is not this person's to do, Conflict when ``version`` is not the present one
and Refused when the rule or the state stands against it. Nothing is changed then.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, Park, User
from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem
from dispatch.supervision import rules, telling
from dispatch.supervision.models import Feedback, Instruction
from dispatch.supervision.origin import NOWHERE, Page

TITLE_LENGTH = 200
Kind = Feedback.Kind
State = LedgerItem.State


def may_issue(user: User) -> bool:
    """Leaders in their own name; the project centre in a leader's."""
    if not (user.organization_id and may(user, Verb.REGISTER_LEDGER_ITEM)):
        return False
    return is_leader(user) or user.organization.kind == Organization.Kind.PARK_OFFICE


def is_leader(user: User) -> bool:
    """Whether instructions can be in this person's name."""
    return user.organization.kind == Organization.Kind.LEADERSHIP and may(user, Verb.ISSUE_INSTRUCTION)


def may_answer(instruction: Instruction, user: User) -> bool:
    """The leader whose instruction it is; the project centre in his name."""
    if not (may_issue(user) and user.organization.park_id == instruction.park_id):
        return False
    return user.pk == instruction.leader_id or not is_leader(user)


def may_report(instruction: Instruction, user: User) -> bool:
    """The unit in charge; the project centre on its behalf."""
    return ledger.may_do(instruction.item, ItemVerb.PROGRESS, user)


@transaction.atomic
def issue(
    *,
    park: Park,
    leader: User,
    text: str,
    unit: Organization,
    due_on: date,
    cooperating_units: Iterable[Organization] = (),
    urgency: str = Instruction.Urgency.NORMAL,
    feedback_every_wd: int = 0,
    title: str = "",
    about: Page = NOWHERE,
    about_title: str = "",
    by: User,
    at: datetime,
    on: date,
    **fields,
) -> Instruction:
    """A leader's instruction (批示) and the ledger item on which it is carried out, numbered without gaps per park and
    year. ``fields``: further columns of the item, e.g. project, standard, category."""
    _check_issue(park, leader, by)
    text = text.strip()
    if not text:
        raise Refused(_("Please write the instruction."))
    if due_on < on:
        raise Refused(_("The deadline lies in the past."))
    if not 0 <= feedback_every_wd <= rules.LONGEST_RHYTHM_WD:
        raise Refused(_("Reports are due every %(most)d working days at the longest.") % {"most": 60})
    item = ledger.register(
        park=park, by=by, at=at, on=on, source=LedgerItem.Source.INSTRUCTION, kind=LedgerItem.Kind.TASK,
        title=title or _title(text), description=text, leader=str(leader)[:60], starts_on=on, due_on=due_on, unit=unit,
        cooperating_units=list(cooperating_units), is_told=False, **{"project": about.project} | fields,
    )  # fmt: skip
    serial = _next_serial(park, on.year)
    instruction = Instruction.objects.create(
        park=park, number=rules.number(on.year, serial), year=on.year, serial=serial, leader=leader, recorded_by=by,
        text=text, urgency=urgency, about_url=about.url, about_title=about_title[:200] if about.url else "",
        project=item.project, item=item, issued_on=on, feedback_every_wd=feedback_every_wd, created_at=at,
    )  # fmt: skip
    telling.issued(instruction, by=by, at=at)
    return instruction


@transaction.atomic
def report(instruction: Instruction, *, text: str, by: User, at: datetime, on: date, version: int) -> Feedback:
    """The unit's report, which is progress on the ledger item too; an item not signed for is signed for with it."""
    if not may_report(instruction, by):
        raise PermissionDenied
    _advance(instruction, version)
    item, edge = instruction.item, {"by": by, "at": at, "on": on}
    item.refresh_from_db()
    if item.state == State.ASSIGNED:
        item = ledger.sign(item, version=item.version, **edge)
    ledger.report_progress(item, note=text, version=item.version, **edge)
    return _link(instruction, Kind.REPORT, text, by=by, at=at, on=on)


@transaction.atomic
def answer(
    instruction: Instruction, *, kind: str, text: str = "", by: User, at: datetime, on: date, version: int
) -> Feedback:
    """The leader's answer: read, to be continued, satisfied, or a further instruction.

    "Satisfied" closes nothing: the unit asks for closure in the ledger and somebody else verifies it.
    """
    if not may_answer(instruction, by):
        raise PermissionDenied
    kind = Kind(kind)
    if kind == Kind.REPORT:
        raise PermissionDenied
    if kind in rules.NEEDS_TEXT and not text.strip():
        raise Refused(_("Please write what is to be done."))
    if kind in rules.NEEDS_REPORT and not instruction.feedback.filter(kind=Kind.REPORT).exists():
        raise Refused(_("The unit has not reported yet, so there is nothing to answer."))
    instruction.item.refresh_from_db()
    if instruction.item.state == State.CLOSED and kind not in rules.AFTER_CLOSURE:
        raise Refused(_("The item is closed. Reopen it in the ledger first."))
    _advance(instruction, version)
    return _link(instruction, kind, text, by=by, at=at, on=on)


def _check_issue(park: Park, leader: User, by: User) -> None:
    if not (may_issue(by) and by.organization.park_id == park.pk):
        raise PermissionDenied
    if not (leader.is_active and leader.organization_id and leader.organization.park_id == park.pk):
        raise Refused(_("This person cannot give instructions."))
    if not is_leader(leader):
        raise Refused(_("This person cannot give instructions."))
    if is_leader(by) and by.pk != leader.pk:
        raise PermissionDenied


def _advance(instruction: Instruction, version: int) -> None:
    if not Instruction.objects.filter(pk=instruction.pk, version=version).update(version=version + 1):
        raise Conflict(_("Somebody else has written here in the meantime. Please read it and repeat."))
    instruction.version = version + 1


def _link(instruction: Instruction, kind: str, text: str, *, by: User, at: datetime, on: date) -> Feedback:
    link = Feedback.objects.create(
        instruction=instruction, kind=kind, text=text.strip(), organization=by.organization, on=on, by=by, at=at
    )
    telling.fed_back(link)
    return link


def _next_serial(park: Park, year: int) -> int:
    """Registering the item has locked the park's row, so two instructions cannot take one number."""
    last = Instruction.objects.filter(park=park, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"
