"""Answers of a group start in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from dispatch.group_start.readiness import Outcome, Readiness, Ready

READY_NAMES = {
    Ready.YES: pgettext_lazy("can start that day", "yes"),
    Ready.TIGHT: pgettext_lazy("can start that day", "tight"),
    Ready.NO: pgettext_lazy("can start that day", "no"),
    Ready.UNKNOWN: pgettext_lazy("can start that day", "not known"),
}
LIGHTS = {Ready.YES: "green", Ready.TIGHT: "yellow", Ready.NO: "red", Ready.UNKNOWN: "grey"}
OUTCOME_NAMES = {
    Outcome.ON_THE_DAY: pgettext_lazy("group start", "started on the day"),
    Outcome.EARLIER: pgettext_lazy("group start", "started earlier"),
    Outcome.LATER: pgettext_lazy("group start", "started later"),
    Outcome.DAY_UNKNOWN: pgettext_lazy("group start", "started, day not known"),
    Outcome.NOT_STARTED: pgettext_lazy("group start", "not started"),
}


def margin(found: Readiness) -> str:
    """ "12 working days to spare", "short by 5 working days", "" when not known."""
    if found.ready is Ready.UNKNOWN:
        return ""
    if found.ready is Ready.NO:
        return ngettext("short by %(n)d working day", "short by %(n)d working days", found.days) % {"n": found.days}
    return ngettext("%(n)d working day to spare", "%(n)d working days to spare", found.days) % {"n": found.days}


def answer(found: Readiness) -> str:
    """The whole answer in one line."""
    marked = _("(provisional)") if found.is_provisional else ""
    return " · ".join(filter(None, [str(READY_NAMES[found.ready]), margin(found), marked]))
