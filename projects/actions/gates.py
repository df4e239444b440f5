"""What stands between a project and its next stage (domain.md 3.1; gates of the catalogue through the seam)."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.permissions import Verb, may
from projects import seams
from projects.actions.shared import checked_text
from projects.errors import GateClosed
from projects.models import Project
from projects.seams import Missing
from projects.stages import GATES, STAGES, Stage, position


def gate_missing(project: Project, stage: Stage | str, on: date) -> list[Missing]:
    """What the catalogue's gate of this stage finds missing; empty for a stage without a gate."""
    gate = GATES.get(Stage(stage))
    return seams.missing_for(project, gate, on) if gate else []


def evidence_missing(stage: Stage | str, evidence: str) -> list[Missing]:
    """Entering a stage names its evidence (domain.md 3.1)."""
    if evidence.strip():
        return []
    wanted = localized(STAGES[Stage(stage)], "evidence")
    return [Missing("evidence", _("Evidence is not named: %(wanted)s") % {"wanted": wanted})]


def missing_for_stage(project: Project, stage: Stage | str, on: date, evidence: str = "") -> list[Missing]:
    """Everything a reason could override when ``project`` goes on to ``stage`` on the day ``on``."""
    if position(stage) < position(project.stage):
        return []
    return evidence_missing(stage, evidence) + gate_missing(project, stage, on)


def date_problems(on: date, today: date, not_before: date | None = None) -> list[Missing]:
    """Dates that cannot be right, whatever the reason."""
    found = []
    if on > today:
        found.append(Missing("date_future", _("The date %(on)s is in the future.") % {"on": on.isoformat()}))
    if not_before and on < not_before:
        text = _("The date %(on)s is before the project entered its present stage (%(since)s).")
        found.append(Missing("date_before", text % {"on": on.isoformat(), "since": not_before.isoformat()}))
    return found


def pass_gate(missing: list[Missing], fatal: list[Missing], override_reason: str, by) -> str:
    """The reason to be stored when a closed gate is passed; empty when it was open.

    Raises GateClosed; PermissionDenied when a reason is given by somebody who may not override.
    """
    if fatal or (missing and not override_reason.strip()):
        raise GateClosed(missing, fatal)
    if not missing:
        return ""
    if by is not None and not may(by, Verb.OVERRIDE_GATE):
        raise PermissionDenied
    return checked_text("override_reason", override_reason)


def as_stored(missing: list[Missing]) -> list[dict[str, str]]:
    """JSON form of what was missing when the gate was passed all the same."""
    return [{"code": item.code, "text": str(item.text)} for item in missing]
