"""Freezing, publishing and restating rankings, and the figures that are entered for a contest.

A snapshot is made once. What was wrong is set right in the facts, or by an appeal that was upheld, and then counted
again as the next revision with a reason; the earlier one stays as it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, Park, User
from accounts.permissions import Verb, may
from dispatch.figures import policies
from dispatch.figures.canonical import digest
from dispatch.ranking import facts, rules, telling
from dispatch.ranking.formula import ENTRY, Formula, formula_from
from dispatch.ranking.models import ContestEntry, Ranking
from dispatch.ranking.periods import CONTEST, Period, freezes_on
from dispatch.ranking.snapshot import compose, same_figures
from workdays.arithmetic import WorkCalendar

State = Ranking.State
MOST_VALUE = Decimal(10) ** 11


def may_make(user: User, park_id: int) -> bool:
    return may(user, Verb.MAKE_RANKING) and user.organization is not None and user.organization.park_id == park_id


def period_of(ranking: Ranking) -> Period:
    return Period(ranking.year, ranking.number, ranking.kind)


def newest(park: Park, period: Period) -> Ranking | None:
    """The latest revision of a period."""
    rows = Ranking.objects.filter(park=park, kind=period.kind, year=period.year, number=period.number)
    return rows.order_by("-revision").first()


def freeze(
    *, park: Park, period: Period, by: User | None, at: datetime, calendar: WorkCalendar, today: date
) -> tuple[Ranking, bool]:
    """(the period's first ranking, whether this call has made it). ``by`` None: the job.

    Raises PermissionDenied; Refused before the day of the freeze.
    """
    if by is not None and not may_make(by, park.pk):
        raise PermissionDenied
    if freezes_on(period, calendar) > today:
        raise Refused(_("This period has not come to its day yet."))
    first = Ranking.objects.filter(park=park, kind=period.kind, year=period.year, number=period.number, revision=0)
    if (present := first.first()) is not None:
        return present, False
    policy = policies.in_force(park.pk)
    snapshot = _counted(park, period, policy, rules.formula_of(policy, period.kind), calendar)
    try:
        with transaction.atomic():
            return _keep(park, period, snapshot, by=by, at=at), True
    except IntegrityError:  # somebody else was as fast; theirs is the one
        return first.get(), False


def publish(ranking: Ranking, *, by: User, at: datetime, on: date, version: int) -> Ranking:
    """Every unit can read it from now on and is told its place. Raises PermissionDenied, Refused, Conflict."""
    if not may_make(by, ranking.park_id):
        raise PermissionDenied
    if ranking.state == State.PUBLISHED:
        raise Refused(_("This ranking has been published already."))
    if newest(ranking.park, period_of(ranking)).pk != ranking.pk:
        raise Refused(_("There is a newer revision of this ranking."))
    with transaction.atomic():
        rows = Ranking.objects.filter(pk=ranking.pk, version=version, state=State.FROZEN)
        if not rows.update(state=State.PUBLISHED, published_at=at, published_by=by, version=version + 1):
            raise _overtaken()
        ranking.refresh_from_db()
        telling.published(ranking, by=by, at=at, on=on)
    return ranking


@transaction.atomic
def restate(
    ranking: Ranking, *, reason: str, by: User, at: datetime, calendar: WorkCalendar, version: int,
    with_present_rules: bool = False,
) -> Ranking:  # fmt: skip
    """The next revision, counted again from the facts as they are now, by formula and variants it was frozen with.

    ``with_present_rules``: by the park's present ones instead. Raises PermissionDenied; Refused without a reason,
    for a revision that is not the newest, or when nothing is counted differently; Conflict.
    """
    if not may_make(by, ranking.park_id):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Please say why."))
    period = period_of(ranking)
    if newest(ranking.park, period).pk != ranking.pk:
        raise Refused(_("There is a newer revision of this ranking."))
    if not Ranking.objects.filter(pk=ranking.pk, version=version).update(version=version + 1):
        raise _overtaken()
    policy = policies.in_force(ranking.park_id)
    if with_present_rules:
        formula = rules.formula_of(policy, period.kind)
    else:
        formula = formula_from(ranking.snapshot["formula"])
        policy = replace(policy, **ranking.snapshot["head"].get("variants", {}))
    snapshot = _counted(ranking.park, period, policy, formula, calendar, revision=ranking.revision + 1)
    if same_figures(snapshot, ranking.snapshot):
        raise Refused(_("Nothing is counted differently, so there is nothing to restate."))
    return _keep(ranking.park, period, snapshot, by=by, at=at, reason=reason.strip())


def _counted(
    park: Park, period: Period, policy: Any, formula: Formula, calendar: WorkCalendar, *, revision: int = 0
) -> dict[str, Any]:
    head = facts.head(park, period, facts.span_of(period, calendar), policy, revision=revision)
    units = facts.read(park, period=period, policy=policy, calendar=calendar)
    return compose(head=head, formula=formula, units=units, before=facts.before(park, period))


def _keep(park: Park, period: Period, snapshot: dict[str, Any], **more: Any) -> Ranking:
    by, at = more.pop("by"), more.pop("at")
    head = snapshot["head"]
    return Ranking.objects.create(
        park=park, kind=period.kind, year=period.year, number=period.number, revision=head["revision"],
        starts_on=date.fromisoformat(head["starts_on"]), as_of=date.fromisoformat(head["as_of"]), snapshot=snapshot,
        sha256=digest(snapshot), frozen_at=at, frozen_by=by, **more,
    )  # fmt: skip


def counters(park_id: int) -> list[tuple[str, str]]:
    """(code, name) of the contest's figures that are entered by hand."""
    formula = rules.formula_of(policies.in_force(park_id), CONTEST)
    return [(item.code, item.name_zh) for item in formula.items if item.source == ENTRY]


def add_contest_entries(
    *, park: Park, year: int, quarter: int, values: Mapping[tuple[Organization, str], Decimal], source: str, by: User,
    at: datetime, seen: int | None = None,
) -> list[ContestEntry]:  # fmt: skip
    """Appends the figures of (unit, counter) that differ from the newest ones, all from one source.

    ``seen``: key of the quarter's newest entry that the person knew, 0 for none; None: not asked.

    Raises PermissionDenied; Refused for an unknown unit or counter, a figure below 0 or too large, no source, or when
    nothing is new; Conflict when there are newer entries than those seen.
    """
    if not may_make(by, park.pk):
        raise PermissionDenied
    if not source.strip():
        raise Refused(_("Please say where these figures come from."))
    known = {code for code, _name in counters(park.pk)}
    for (unit, counter), number in values.items():
        if unit.park_id != park.pk or unit.kind != Organization.Kind.UNIT or counter not in known:
            raise Refused(_("There is no such unit or figure."))
        if not (number.is_finite() and 0 <= number < MOST_VALUE):
            raise Refused(_("A figure must be a number from 0 up."))
    with transaction.atomic():
        Park.objects.select_for_update().get(pk=park.pk)
        present = newest_entries(park, year, quarter)
        if seen is not None and newest_key(present) > seen:
            raise Conflict(_("Somebody else has entered figures in the meantime. Please look at them again."))
        fresh = {key: n for key, n in values.items() if _differs(present.get((key[0].pk, key[1])), n)}
        if not fresh:
            raise Refused(_("These figures are known already."))
        same = {"park": park, "year": year, "quarter": quarter, "source": source.strip()[:200], "by": by, "at": at}
        return ContestEntry.objects.bulk_create(
            ContestEntry(unit=unit, counter=counter, value=number, **same) for (unit, counter), number in fresh.items()
        )


def newest_entries(park: Park, year: int, quarter: int) -> dict[tuple[int, str], ContestEntry]:
    """(unit, counter) → the entry that counts. One query."""
    rows = ContestEntry.objects.filter(park=park, year=year, quarter=quarter).select_related("by")
    return {(row.unit_id, row.counter): row for row in rows.order_by("at", "pk")}


def newest_key(entries: Mapping[tuple[int, str], ContestEntry]) -> int:
    """Of what ``newest_entries`` found: the key entered last; 0 without any."""
    return max((entry.pk for entry in entries.values()), default=0)


def _differs(present: ContestEntry | None, number: Decimal) -> bool:
    return present is None or present.value != number


def _overtaken() -> Conflict:
    return Conflict(_("Somebody else has changed this ranking in the meantime. Please look at it again."))
