"""Plots to be acquired and cleared (征迁): what there is, how far it is, and clear land confirmed (净地确认)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Park, User
from dispatch.elements import access
from dispatch.elements.actions import shared
from dispatch.elements.models import AcquisitionPlot
from dispatch.elements.states import Plot, beyond, fallen
from projects.actions.shared import checked_text, required_reason
from projects.errors import InvalidFields

FIELDS = ("name", "project", "area_mu", "households", "plants", "cost_10k", "unit", "due_on")
PROGRESS = ("acquired_mu", "households_moved", "plants_moved")
MEASURED = ("area_mu", "households", "plants")


@transaction.atomic
def create_plot(*, park: Park, fields: Mapping[str, Any], by: User | None, at: datetime) -> AcquisitionPlot:
    """A new plot; ``fields``: any of FIELDS, name and area_mu at least."""
    access.require(access.edits_park(by, park.pk))
    row = AcquisitionPlot(park=park)
    values = _checked(row, fields, FIELDS)
    for name, value in values.items():
        setattr(row, name, value)
    _check_whole(row, {})
    return shared.create(row, "plot", values, taken=_taken(), by=by, at=at)


@transaction.atomic
def edit_plot(
    plot: AcquisitionPlot, *, fields: Mapping[str, Any], by: User | None, at: datetime, version: int
) -> AcquisitionPlot:
    """Changes any of FIELDS; once clear land is confirmed, no longer what was measured."""
    access.require(access.edits_park(by, plot.park_id))
    values = _checked(plot, fields, FIELDS)
    measured = any(name in values and values[name] != getattr(plot, name) for name in MEASURED)
    if plot.cleared_on and measured:
        raise Refused(_("Clear land is confirmed. Take the confirmation back before changing the plot."))
    _check_whole(plot, values)
    return shared.write(plot, "plot", values, version=version, by=by, at=at, taken=_taken())


@transaction.atomic
def report_plot(
    plot: AcquisitionPlot, *, fields: Mapping[str, Any], by: User | None, at: datetime, version: int, reason: str = ""
) -> AcquisitionPlot:
    """Progress, any of PROGRESS as totals to date. A figure that falls needs a ``reason``."""
    access.require(access.reports_plot(by, plot))
    if plot.cleared_on:
        raise Refused(_("Clear land is confirmed; there is nothing more to report."))
    values = _checked(plot, fields, PROGRESS)
    _check_whole(plot, values)
    after = facts_of(plot, values)
    if fallen(facts_of(plot), after) and not reason.strip():
        raise InvalidFields({"reason": [_("A figure has become smaller. Please say why.")]})
    note = checked_text("reason", reason)
    return shared.write(plot, "plot", values, version=version, by=by, at=at, note=note)


@transaction.atomic
def confirm_clear(
    plot: AcquisitionPlot, *, on: date, evidence: str, by: User | None, at: datetime, today: date, version: int
) -> AcquisitionPlot:
    """Clear land is confirmed on the day ``on``; only once everything is acquired and everybody has moved.

    ``evidence``: the papers it rests on. Decides nothing on step S08.
    """
    access.require(access.reports_plot(by, plot))
    if plot.cleared_on:
        raise Refused(_("Clear land has been confirmed already."))
    if not facts_of(plot).is_complete:
        raise Refused(_("Not everything is acquired, or not everybody has moved yet."))
    shared.check_past("on", on, today)
    note = checked_text("evidence", evidence)
    if not note:
        raise InvalidFields({"evidence": [_("Please name the papers that prove it.")]})
    return shared.write(plot, "plot", {"cleared_on": on}, version=version, by=by, at=at, note=note)


@transaction.atomic
def reopen_plot(plot: AcquisitionPlot, *, reason: str, by: User | None, at: datetime, version: int) -> AcquisitionPlot:
    """Takes a confirmation back, with a reason; the centre's to do."""
    access.require(access.edits_park(by, plot.park_id))
    if not plot.cleared_on:
        raise Refused(_("Clear land has not been confirmed."))
    note = required_reason(reason)
    return shared.write(plot, "plot", {"cleared_on": None}, version=version, by=by, at=at, note=note)


def facts_of(plot: AcquisitionPlot, values: Mapping[str, Any] | None = None) -> Plot:
    """The plot's figures for the rules, with ``values`` in place of its own."""
    return Plot(**{name: (values or {}).get(name, getattr(plot, name)) for name in (*MEASURED, *PROGRESS)})


def _checked(plot: AcquisitionPlot, fields: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    if unknown := set(fields) - set(known):
        raise TypeError(f"not part of this: {sorted(unknown)}")
    values = shared.checked(AcquisitionPlot, fields, plot.park_id)
    project = values.get("project")
    if project is not None and project.park_id != plot.park_id:
        raise InvalidFields({"project": [_("This belongs to another park.")]})
    return values


def _check_whole(plot: AcquisitionPlot, values: Mapping[str, Any]) -> None:
    """Area more than nothing, and nowhere more done than there is."""
    facts = facts_of(plot, values)
    if not facts.area_mu:
        raise InvalidFields({"area_mu": [_("This must be more than nothing.")]})
    if not values.get("name", plot.name):
        raise InvalidFields({"name": [_("Please give a name.")]})
    if wrong := beyond(facts):
        sentence = _("This is more than the plot has.")
        names = [name if name in values else MEASURED[PROGRESS.index(name)] for name in wrong]
        raise InvalidFields({name: [sentence] for name in names})


def _taken() -> str:
    return _("There is a plot of this name already.")
