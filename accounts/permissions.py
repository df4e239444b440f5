"""Verbs that a role may hold. Roles are rows (accounts.Role) that an administrator edits; the verbs are code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verb(TextChoices):
    """What a person may do inside the rows that ``visible_to`` shows."""

    VIEW_DASHBOARD = "view_dashboard", _("See the leaders' dashboard")
    CREATE_PROJECT = "create_project", _("Register projects")
    EDIT_PROJECT = "edit_project", _("Edit projects, plans and teams")
    ADVANCE_STAGE = "advance_stage", _("Enter stages and milestones")
    OVERRIDE_GATE = "override_gate", _("Pass a stage gate with a reason")
    SUSPEND_PROJECT = "suspend_project", _("Suspend, resume and terminate projects")
    REPORT_INVESTMENT = "report_investment", _("Report monthly investment")
    IMPORT_LEDGER = "import_ledger", _("Import project ledgers")
    EXPORT_LEDGER = "export_ledger", _("Export lists")
    WORK_STEP = "work_step", _("Record progress on approval steps")
    DECIDE_STEP = "decide_step", _("Decide approval steps")
    REVOKE_STEP = "revoke_step", _("Revoke decisions and undo records")
    SET_APPLICABILITY = "set_applicability", _("Decide whether a step applies")
    OPEN_JOINT_REVIEW = "open_joint_review", _("Open and issue joint reviews")
    HAND_OUT_LINK = "hand_out_link", _("Hand out and withdraw signed links")
    RECORD_AGENCY = "record_agency", _("Record services done on an enterprise's behalf")
    VIEW_FIGURES = "view_figures", _("See the figures of steps and departments")
    REGISTER_LEDGER_ITEM = "register_ledger_item", _("Register and assign ledger items")
    WORK_LEDGER_ITEM = "work_ledger_item", _("Sign for, work on and ask to close ledger items")
    VERIFY_LEDGER_ITEM = "verify_ledger_item", _("Verify and close ledger items")
    PUBLISH_MEASURE = "publish_measure", _("Publish and withdraw measures")
    ANSWER_RESPONSE = "answer_response", _("Acknowledge and answer response cases")
    EDIT_RULES = "edit_rules", _("Edit warning rules and the response ladder")
    HOLD_MEETING = "hold_meeting", _("Plan, record and close meetings")
    RECORD_VISIT = "record_visit", _("Record visits")
    PLAN_VISITS = "plan_visits", _("Plan visits and grids")
    ISSUE_INSTRUCTION = "issue_instruction", _("Issue leaders' instructions")
    MANAGE_NOTICES = "manage_notices", _("Manage robots, templates and deliveries of notices")
    VIEW_JOBS = "view_jobs", _("See the state of the periodic jobs")
    VIEW_BULLETIN = "view_bulletin", _("Read bulletins")
    MAKE_BULLETIN = "make_bulletin", _("Draft bulletins")
    CHECK_BULLETIN = "check_bulletin", _("Check bulletins")
    ISSUE_BULLETIN = "issue_bulletin", _("Issue bulletins")
    VIEW_BRIEF = "view_brief", _("Read weekly briefs")
    MAKE_BRIEF = "make_brief", _("Freeze, publish and restate weekly briefs")
    VIEW_RANKING = "view_ranking", _("Read rankings of the units")
    MAKE_RANKING = "make_ranking", _("Freeze, publish and restate rankings")
    APPEAL_RANKING = "appeal_ranking", _("Appeal against a ranking")
    EDIT_FIGURES = "edit_figures", _("Choose how rates and scores are counted")
    FILE_PROGRESS = "file_progress", _("File investment and physical progress")
    CHECK_FILING = "check_filing", _("Check, return and lock filings")
    EDIT_PROGRAMME = "edit_programme", _("Edit yearly plans and the rolling programme")
    VIEW_ELEMENTS = "view_elements", _("See elements, funds and figures per mu")
    EDIT_ELEMENTS = "edit_elements", _("Edit elements, funds and land acquisition")
    MAKE_REPORT = "make_report", _("Make own reports")
    EDIT_PLAN = "edit_plan", _("Edit project plans, templates and group starts")
    MAKE_TOKEN = "make_token", _("Make personal tokens for the API")
    MANAGE_WEBHOOKS = "manage_webhooks", _("Manage webhooks")
    EXCHANGE_STEPS = "exchange_steps", _("Take over step states from approval platforms")


ROLE_SEED = {
    "staff": {
        "name_zh": "项目中心人员",
        "name_en": "Project centre staff",
        "scope": "park",
        "verbs": [v for v in Verb if v not in (Verb.ISSUE_INSTRUCTION,)],
    },
    "unit": {
        "name_zh": "责任单位",
        "name_en": "Responsible unit",
        "scope": "unit",
        "verbs": [
            Verb.REPORT_INVESTMENT,
            Verb.WORK_STEP,
            Verb.DECIDE_STEP,
            Verb.VIEW_FIGURES,
            Verb.WORK_LEDGER_ITEM,
            Verb.ANSWER_RESPONSE,
            Verb.RECORD_VISIT,
            Verb.EXPORT_LEDGER,
            Verb.VIEW_BULLETIN,
            Verb.VIEW_RANKING,
            Verb.APPEAL_RANKING,
            Verb.FILE_PROGRESS,
            Verb.VIEW_ELEMENTS,
            Verb.EDIT_ELEMENTS,
            Verb.MAKE_REPORT,
            Verb.MAKE_TOKEN,
        ],
    },
    "enterprise": {"name_zh": "企业", "name_en": "Enterprise", "scope": "enterprise", "verbs": [Verb.FILE_PROGRESS]},
    "leader": {
        "name_zh": "领导",
        "name_en": "Leader",
        "scope": "park",
        "verbs": [
            Verb.VIEW_DASHBOARD,
            Verb.VIEW_FIGURES,
            Verb.VIEW_BULLETIN,
            Verb.EXPORT_LEDGER,
            Verb.REGISTER_LEDGER_ITEM,
            Verb.ANSWER_RESPONSE,
            Verb.RECORD_VISIT,
            Verb.ISSUE_INSTRUCTION,
            Verb.VIEW_BRIEF,
            Verb.VIEW_RANKING,
            Verb.VIEW_ELEMENTS,
            Verb.MAKE_REPORT,
            Verb.MAKE_TOKEN,
        ],
    },
    "admin": {"name_zh": "系统管理员", "name_en": "Administrator", "scope": "park", "verbs": list(Verb)},
}


def may(user, verb: Verb) -> bool:
    """Whether the user's role holds the verb. An unknown verb is a programming error and raises ValueError."""
    return Verb(verb) in user.verbs if user.is_authenticated else not Verb(verb)


def administers(user) -> bool:
    """Whether the administration is open: superusers, and staff accounts with the administrators' role."""
    if not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or (user.role_id is not None and user.role.code == "admin")
