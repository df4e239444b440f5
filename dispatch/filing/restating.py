"""Corrections after the lock: asked for with a reason, decided by somebody else; both figures stay readable."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.filing import rules, scope, telling, words
from dispatch.filing.actions import by_field, claim, into_register, permit_check, write
from dispatch.filing.facts import known_of
from dispatch.filing.models import Filing, FilingEntry, FilingRestatement, FilingRound
from projects.actions.shared import clean_values, differences, put, required_reason
from projects.errors import InvalidFields
from projects.models import MonthlyInvestment

State = FilingRestatement.State
NUMBERS = rules.FIGURES


def standing(filing: Filing) -> dict[str, Decimal | None]:
    """The figures as they stand: of an accepted filing its own, else what the register says of the month."""
    if filing.state == Filing.State.ACCEPTED:
        return {name: getattr(filing, name) for name in NUMBERS}
    window = filing.round
    row = MonthlyInvestment.objects.filter(
        project=filing.project_id, year=window.year, month=window.month
    ).first()  # fmt: skip
    known = {"month_10k": row.month_10k, "ytd_10k": row.ytd_10k} if row else {}
    return dict.fromkeys(NUMBERS) | known


def may_ask(filing: Filing, user: User) -> bool:
    """Whoever files for the project, and the centre, once the month is locked."""
    return scope.is_locked(filing) and (scope.may_file(filing, user) or scope.may_check(user))


@transaction.atomic
def ask(
    filing: Filing, values: Mapping[str, Any], *, reason: str, by: User, at: datetime, today: date, version: int
) -> FilingRestatement:
    """Asks for other figures (rules.FIGURES; those not given stay). ``changes`` keep what stands and what is asked."""
    if not (scope.may_file(filing, by) or scope.may_check(by)):
        raise PermissionDenied
    if filing.round.state != FilingRound.State.LOCKED:
        raise Refused(_("This month is not locked yet; the filing itself can still be corrected."))
    reason, before = required_reason(reason), standing(filing)
    after = _checked(filing, values, before)
    changes = differences((name, before[name], after[name]) for name in NUMBERS)
    if not changes:
        raise Refused(_("Nothing would change."))
    if filing.restatements.filter(state=State.ASKED).exists():
        raise Refused(_("A restatement has been asked for already; it is to be decided first."))
    claim(filing, version)
    try:
        with transaction.atomic():
            row = FilingRestatement.objects.create(filing=filing, changes=changes, reason=reason, by=by, at=at)
    except IntegrityError as error:
        raise Conflict(_("A restatement has been asked for already; it is to be decided first.")) from error
    telling.restatement(row, by=by, as_of=today, at=at)
    return row


def _checked(filing: Filing, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """All figures as they would stand. Raises InvalidFields."""
    if unknown := set(values) - set(NUMBERS):
        raise TypeError(f"not a figure of a filing: {sorted(unknown)}")
    values = clean_values(Filing, values)
    after = {**before, **values}
    known = known_of(filing)
    if values.get("ytd_10k") is None and "month_10k" in values:
        after |= clean_values(Filing, {"ytd_10k": _cumulative(after["month_10k"], before, known.before_10k)})
    if found := _problems(after, known):
        raise InvalidFields(by_field(found))
    return after


def _cumulative(month_10k: Decimal | None, before: Mapping[str, Any], known_10k: Decimal | None) -> Decimal | None:
    """The cumulative figure with another amount of the month; where no earlier month is known, what had been spent
    before by the figures that stand."""
    if known_10k is None and None not in (before["month_10k"], before["ytd_10k"]):
        known_10k = before["ytd_10k"] - before["month_10k"]
    return rules.cumulative(month_10k, None, known_10k)


def _problems(figures: Mapping[str, Any], known: rules.Known) -> list[rules.Finding]:
    return [each for each in rules.problems(figures, known) if each.code not in ("photo_missing", "percent_missing")]


@transaction.atomic
def decide(
    row: FilingRestatement, *, grant: bool, decision: str, by: User, at: datetime, today: date, version: int
) -> FilingRestatement:
    """Granted, the figures go into the register with the reason; refused, nothing changes. Never by who asked."""
    permit_check(by)
    if row.by_id == by.pk:
        raise Refused(_("You have asked for this yourself; somebody else decides."))
    decision = required_reason(decision)
    updates = {
        "state": State.GRANTED if grant else State.REFUSED, "decided_by": by, "decided_at": at, "decision": decision,
        "version": version + 1,
    }  # fmt: skip
    if not FilingRestatement.objects.filter(pk=row.pk, version=version, state=State.ASKED).update(**updates):
        raise Conflict(_("This restatement has been decided in the meantime."))
    put(row, updates)
    if grant:
        _apply(row, by=by, at=at, today=today)
    telling.restatement(row, by=by, as_of=today, at=at)
    return row


def _apply(row: FilingRestatement, *, by: User, at: datetime, today: date) -> None:
    filing = row.filing
    figures: dict[str, Any] = standing(filing)
    for each in row.changes:
        if _as_number(each["old"]) != figures[each["field"]]:
            raise Conflict(_("The figures have changed since this was asked for. Please refuse it and ask anew."))
        figures[each["field"]] = _as_number(each["new"])
    if found := _problems(figures, known_of(filing)):
        text = _("This no longer fits what is on record, please refuse it: %(why)s")
        raise Refused(text % {"why": " ".join(words.sentence(each) for each in found)})
    note = _("Restatement of %(month)s: %(reason)s") % {"month": filing.round, "reason": row.reason}
    checked = {} if filing.state == Filing.State.ACCEPTED else {"checked_at": at, "checked_by": by}
    claim(filing, filing.version, **figures, **checked, state=Filing.State.ACCEPTED)
    write(filing, FilingEntry.Verb.RESTATED, row.changes, by=by, at=at, note=f"{row.reason}\n{row.decision}")
    percent = next((filing.physical_percent for e in row.changes if e["field"] == "physical_percent"), None)
    progress = {} if _is_overtaken(filing) else {"physical_percent": percent}
    into_register(filing, progress, note=note, by=by, at=at, today=today, restated=True)


def _as_number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _is_overtaken(filing: Filing) -> bool:
    """Whether a later month has said how far the works are."""
    window = filing.round
    later = Q(round__year__gt=window.year) | Q(round__year=window.year, round__month__gt=window.month)
    rows = Filing.objects.filter(later, project=filing.project_id, state=Filing.State.ACCEPTED)
    return rows.filter(physical_percent__isnull=False).exists()
