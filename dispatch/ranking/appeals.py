"""Appeals of units against a published ranking. Each becomes a ledger item of the centre and gets an answer.

Four eyes: whoever published the ranking does not answer appeals against it. The ledger item is closed by the answer.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.ranking import telling
from dispatch.ranking.models import Appeal, Ranking
from workdays.arithmetic import WorkCalendar

ANSWER_WD = 5  # working days to answer [D]
WHOLE = "whole"
State = Appeal.State


def subjects(ranking: Ranking, unit_id: int) -> dict[str, str]:
    """What a unit can appeal against → its name: the whole, one item of the score, or one of its tasks."""
    snapshot = ranking.snapshot
    unit = next((unit for unit in snapshot["units"] if unit["unit"] == unit_id), None)
    if unit is None:
        return {}
    items = {item["code"]: item["name_zh"] for item in snapshot["formula"]["items"]}
    tasks = {task["key"]: task["title"] for task in unit["tasks"] if task["counts"] or task["is_owed"]}
    return {WHOLE: _("the whole score")} | items | tasks


def may_appeal(ranking: Ranking, unit_id: int, user: User) -> bool:
    """People of the unit, of what was published."""
    if not may(user, Verb.APPEAL_RANKING) or user.organization.park_id != ranking.park_id:
        return False
    own = unit_id in user.organization.branch_ids()
    return own and ranking.state == Ranking.State.PUBLISHED


def is_replaced(ranking: Ranking) -> bool:
    """Whether a later revision of it has been published."""
    later = Ranking.objects.filter(
        park=ranking.park_id, kind=ranking.kind, year=ranking.year, number=ranking.number,
        revision__gt=ranking.revision, state=Ranking.State.PUBLISHED,
    )  # fmt: skip
    return later.exists()


@transaction.atomic
def appeal(
    ranking: Ranking, *, unit: Organization, about: str, text: str, by: User, at: datetime, on: date,
    calendar: WorkCalendar,
) -> Appeal:  # fmt: skip
    """Raises PermissionDenied; Refused for an older revision, an unknown subject, no text, or a second open appeal
    about the same."""
    if not may_appeal(ranking, unit.pk, by):
        raise PermissionDenied
    names = subjects(ranking, unit.pk)
    if about not in names:
        raise Refused(_("This is no part of your score."))
    if not text.strip():
        raise Refused(_("Please write what is wrong, and why."))
    if is_replaced(ranking):
        raise Refused(_("There is a newer revision of this ranking."))
    if Appeal.objects.filter(ranking=ranking, unit=unit, about=about, state=State.OPEN).exists():
        raise Refused(_("An appeal about this is open already."))
    item = _register(ranking, unit, names[about], text.strip(), at=at, on=on, calendar=calendar)
    try:
        with transaction.atomic():
            row = Appeal.objects.create(
                ranking=ranking, unit=unit, about=about, text=text.strip(), item=item, by=by, at=at
            )
    except IntegrityError:
        raise Conflict(_("An appeal about this is open already.")) from None
    telling.appealed(row, by=by, at=at, on=on)
    return row


def _register(ranking: Ranking, unit: Organization, subject: str, text: str, *, at, on, calendar) -> LedgerItem:
    """The centre's item: whose office published the ranking answers it."""
    return ledger.register(
        park=ranking.park, by=None, at=at, on=on, is_told=False, kind=LedgerItem.Kind.PROBLEM,
        title=f"{unit.name}对{ranking.period_name}排名的申诉：{subject}"[:200], description=text, starts_on=on,
        due_on=calendar.add(on, ANSWER_WD), unit=ranking.published_by.organization, standard="书面答复申诉单位",
    )  # fmt: skip


@transaction.atomic
def answer(row: Appeal, *, is_upheld: bool, text: str, by: User, at: datetime, on: date, version: int) -> Appeal:
    """Upheld or rejected, with a reason. A task against which an appeal was upheld is left out when the ranking is
    restated. Raises PermissionDenied; Refused without a reason, when it is answered, or to who published; Conflict."""
    if not may(by, Verb.MAKE_RANKING) or by.organization.park_id != row.ranking.park_id:
        raise PermissionDenied
    if by.pk == row.ranking.published_by_id:
        raise Refused(_("Somebody else than who published the ranking has to answer."))
    if not text.strip():
        raise Refused(_("Please write the reason."))
    state = State.UPHELD if is_upheld else State.REJECTED
    _end(row, version, state=state, answer=text.strip(), answered_by=by, answered_at=at)
    ledger.settle(row.item, note=f"{'采纳' if is_upheld else '不予采纳'}：{row.answer}", by=by, at=at, on=on)
    telling.answered(row, by=by, at=at, on=on)
    return row


@transaction.atomic
def withdraw(row: Appeal, *, by: User, at: datetime, on: date, version: int) -> Appeal:
    """The unit takes it back. Raises PermissionDenied, Refused when it is answered, Conflict."""
    if not may_appeal(row.ranking, row.unit_id, by):
        raise PermissionDenied
    _end(row, version, state=State.WITHDRAWN)
    ledger.settle(row.item, note="申诉单位撤回申诉", by=by, at=at, on=on)
    return row


def _end(row: Appeal, version: int, **fields) -> None:
    if row.state != State.OPEN:
        raise Refused(_("This appeal is not open any more."))
    done = Appeal.objects.filter(pk=row.pk, version=version, state=State.OPEN).update(**fields, version=version + 1)
    if not done:
        raise Conflict(_("Somebody else has answered or withdrawn this appeal in the meantime."))
    row.refresh_from_db()
