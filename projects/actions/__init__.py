"""Every write on a project that matters. Pages, API, import and seeding call these: ``actions.enter_stage(…)``."""

from projects.actions.create import NewProject, create, create_many, enterprises_named
from projects.actions.edit import CONDITION_FIELDS, EDITABLE, PROGRESS_FIELDS, edit, report_progress, set_team
from projects.actions.gates import missing_for_stage
from projects.actions.lifecycle import (
    cancel_enrolment,
    enrol,
    enrolment_missing,
    enter_stage,
    resume,
    suspend,
    terminate,
)
from projects.actions.lights import record_lights
from projects.actions.plan import report_investment, set_annual_plan, set_milestone
from projects.actions.shared import may_report

__all__ = [
    "CONDITION_FIELDS",
    "EDITABLE",
    "PROGRESS_FIELDS",
    "NewProject",
    "cancel_enrolment",
    "create",
    "create_many",
    "edit",
    "enrol",
    "enrolment_missing",
    "enter_stage",
    "enterprises_named",
    "may_report",
    "missing_for_stage",
    "record_lights",
    "report_investment",
    "report_progress",
    "resume",
    "set_annual_plan",
    "set_milestone",
    "set_team",
    "suspend",
    "terminate",
]
