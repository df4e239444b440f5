"""The chance of a plan in one sentence: by when, how much after the target, and what that rests on. Reads nothing."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.plan.policy import PlanPolicy
from dispatch.plan.risks import Basis
from projects.planning.engine import workdays_between
from workdays.arithmetic import WorkCalendar


def sentence(
    basis: Basis,
    p50_on: date | None,
    p80_on: date | None,
    target_on: date | None,
    policy: PlanPolicy,
    calendar: WorkCalendar,
) -> str:
    """Half by …, four of five by …, how that lies to the target, and what it rests on; or why nothing can be said."""
    if p50_on is None or p80_on is None:
        return too_little(basis, policy)
    dates = {"p50": p50_on.isoformat(), "p80": p80_on.isoformat()}
    course = _("Half of comparable courses finish by %(p50)s, four of five by %(p80)s") % dates
    parts = {"course": course, "against": _against(p80_on, target_on, calendar), "basis": rests_on(basis)}
    return _("%(course)s: %(against)s; %(basis)s") % parts


def too_little(basis: Basis, policy: PlanPolicy) -> str:
    """Why there are no dates: switched off, or too few finished steps."""
    if not policy.risk_on:
        return _("The chance of a finish is not worked out: the park has not switched it on.")
    counts = {"drawn": len(basis.drawn), "steps": len(basis.steps), "n": policy.minimum_sample}
    return (
        _(
            "Not enough data for the chance of a finish: %(drawn)s of %(steps)s durations still to go have at least"
            " %(n)s finished examples in the park."
        )
        % counts
    )


def rests_on(basis: Basis) -> str:
    counts = {"drawn": len(basis.drawn), "steps": len(basis.steps), "examples": basis.examples}
    if len(basis.drawn) == len(basis.steps):
        return _("all %(steps)s durations come from the park's own %(examples)s finished steps.") % counts
    return (
        _(
            "%(drawn)s of %(steps)s durations come from the park's own %(examples)s finished steps, the rest from the"
            " plan."
        )
        % counts
    )


def _against(p80_on: date, target_on: date | None, calendar: WorkCalendar) -> str:
    if target_on is None:
        return _("no target day has been set")
    days = workdays_between(target_on, p80_on, calendar)
    if days > 0:
        return ngettext("%(n)s working day after the target", "%(n)s working days after the target", days) % {"n": days}
    if days == 0:
        return _("just in time for the target")
    return ngettext("%(n)s working day before the target", "%(n)s working days before the target", -days) % {"n": -days}
