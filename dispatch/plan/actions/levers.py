"""Pulling levers and withdrawing them. A pulled lever is part of the plan, and of somebody's ledger from then on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization
from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.plan import building, duties, forecasting, possible
from dispatch.plan.actions.shared import claim, entry, open_plan
from dispatch.plan.models import Plan, PlanLever
from dispatch.plan.possible import Option, Options
from dispatch.plan.prices import what
from dispatch.plan.values import ProjectPlan
from projects.models import Project
from projects.planning.engine import workdays_between
from projects.planning.levers import Lever, LeverKind, apply, fits
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar

PULLED, WITHDRAWN = "pull_levers", "withdraw_lever"
REASON_LIMIT = 200


@transaction.atomic
def pull(
    project: Project,
    levers: Iterable[Lever],
    *,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar,
    version: int | None,
    details: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[PlanLever]:
    """Makes the levers part of the plan, each with its ledger item (assigned where there is a unit) and its gain.

    ``details``: {lever.name: any of ``duties.EDITABLE``}; what it does not name is as proposed. Raises PermissionDenied
    (EDIT_PLAN, REGISTER_LEDGER_ITEM), Conflict, Refused (none chosen, one twice, barred, no longer possible).
    """
    levers = list(levers)
    if not may(by, Verb.REGISTER_LEDGER_ITEM):
        raise PermissionDenied
    plan = open_plan(project, by=by, at=at)
    claim(plan, version, by=by, at=at)
    read = building.read_one(project, today=today, calendar=calendar)
    options = possible.of(read)
    chosen = [_possible(read, options, lever) for lever in _each_once(levers)]
    gains, after = _gains(read, [option.lever for option in chosen], today, calendar)
    rows, leader = [], duties.leader_of(project)
    for option, gain_wd in zip(chosen, gains, strict=True):
        proposed = duties.duty(
            option, read, after, options.policy, gain_wd=gain_wd, today=today, calendar=calendar, leader=leader
        )
        item = _register(project, option, proposed, (details or {}).get(option.lever.name, {}), by, at, today)
        rows.append(_row(plan, option.lever, gain_wd, item, by, at))
    entry(plan, PULLED, [_change(row.kind, row.keys, row.wd, row.gain_wd) for row in rows], by=by, at=at)
    forecasting.refresh_one(project, today=today, at=at, calendar=calendar)
    return rows


@transaction.atomic
def withdraw(
    row: PlanLever, *, reason: str, by, at: datetime, today: date, calendar: WorkCalendar, version: int | None
) -> PlanLever:
    """Takes the lever out of the plan. Its ledger item stays, open, and says so in a comment: whoever is in charge
    closes it by the ledger's own rules. Raises PermissionDenied, Conflict, Refused (no reason, withdrawn before)."""
    project = row.plan.project
    plan = open_plan(project, by=by, at=at)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Please say why."))
    if len(reason) > REASON_LIMIT:
        raise Refused(_("Please say it in at most %(limit)s characters.") % {"limit": REASON_LIMIT})
    claim(plan, version, by=by, at=at)
    told = {"withdrawn_by": by, "withdrawn_at": at, "withdrawn_reason": reason}
    if not PlanLever.objects.filter(pk=row.pk, withdrawn_at=None).update(**told):
        raise Refused(_("This lever has been withdrawn already."))
    row.refresh_from_db()
    gone = [{"field": _lever(row).code, "old": row.gain_wd, "new": None}]
    entry(plan, WITHDRAWN, gone, by=by, at=at, note=reason)
    _tell_item(row, reason, by, at, today)
    forecasting.refresh_one(project, today=today, at=at, calendar=calendar)
    return row


def _each_once(levers: Sequence[Lever]) -> Sequence[Lever]:
    if not levers:
        raise Refused(_("Please choose at least one lever."))
    if len({lever.name for lever in levers}) < len(levers):
        raise Refused(_("A lever has been chosen twice."))
    return levers


def _possible(read: ProjectPlan, options: Options, lever: Lever) -> Option:
    """The option with the working days asked for. Raises Conflict when somebody pulled it, Refused when it is barred
    no longer possible, or no shorter limit."""
    text = {"lever": what(lever), "step": lever.step}
    if any(lever.name == pulled.name for pulled in read.levers):
        raise Conflict(_("%(step)s, %(lever)s: somebody else has pulled it already.") % text)
    option = options.find(lever)
    if option is None or not fits(read.plain, lever):
        bars = [barred.bar for barred in options.barred if barred.lever.name == lever.name]
        raise Refused(next(iter(bars), _("%(step)s, %(lever)s: this is not possible (any more).") % text))
    asked = possible.with_wd(option, lever.wd)
    if not possible.is_shorter(asked):
        raise Refused(
            _("%(step)s: a shorter limit is between 1 and %(most)s working days.")
            % {"step": lever.step, "most": option.before_wd - 1}
        )
    return asked


def _gains(
    read: ProjectPlan, levers: Sequence[Lever], today: date, calendar: WorkCalendar
) -> tuple[list[int], Schedule]:
    """(what each buys on top of those before it, the schedule with all)."""
    found: list[int] = []
    before = read.schedule(today=today, calendar=calendar)
    for count in range(1, len(levers) + 1):
        network = apply(read.plain, [*read.levers, *levers[:count]])
        after = read.schedule(today=today, calendar=calendar, network=network)
        both = before.goal_on and after.goal_on
        found.append(workdays_between(after.goal_on, before.goal_on, calendar) if both else 0)  # type: ignore[arg-type]
        before = after
    return found, before


def _register(
    project: Project,
    option: Option,
    proposed: duties.Duty,
    said: Mapping[str, Any],
    by,
    at: datetime,
    today: date,
) -> LedgerItem:
    if unknown := set(said) - set(duties.EDITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    fields = {name: getattr(proposed, name) for name in duties.EDITABLE if name != "unit"} | dict(said)
    if "unit" not in fields:
        fields["unit"] = Organization.objects.filter(pk=proposed.unit_id).first()
    return ledger.register(
        park=project.park,
        by=by,
        at=at,
        on=today,
        source=LedgerItem.Source.PLAN,
        kind=LedgerItem.Kind.TASK,
        category=proposed.category,
        title=proposed.title,
        description=proposed.description,
        project=project,
        project_step=option.steps[0],
        starts_on=today,
        **fields,
    )


def _row(plan: Plan, lever: Lever, gain_wd: int, item: LedgerItem, by, at: datetime) -> PlanLever:
    return PlanLever.objects.create(
        plan=plan, kind=lever.kind.value, keys=list(lever.keys), wd=lever.wd, gain_wd=gain_wd, item=item, by=by, at=at
    )


def _lever(row: PlanLever) -> Lever:
    return Lever(LeverKind(row.kind), tuple(row.keys), row.wd)


def _change(kind: str, keys: Collection[str], wd: int, gain_wd: int) -> dict[str, Any]:
    """As history keeps it: the lever's code, and the working days it bought."""
    return {"field": Lever(LeverKind(kind), tuple(keys), wd).code, "old": None, "new": gain_wd}


def _tell_item(row: PlanLever, reason: str, by, at: datetime, today: date) -> None:
    item = row.item
    if item is None or item.state == LedgerItem.State.CLOSED:
        return
    text = _("The lever of the plan that this follows from has been withdrawn: %(reason)s") % {"reason": reason}
    ledger.comment(item, text=text, by=by, at=at, on=today)
