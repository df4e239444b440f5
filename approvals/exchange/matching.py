"""Which step of which project a message is about, and what is on record there. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.actions.records import FLOW_VERBS, UNDO
from approvals.exchange import records, rules
from approvals.flow import State, Verb
from approvals.models import ExchangeMessage, ProjectStep
from projects.models import Project

ZONE = ZoneInfo("Asia/Shanghai")
SAID_AS = {
    Verb.NOTIFY_CORRECTION.value: State.CORRECTION_STARTED,
    Verb.RESUBMIT.value: State.CORRECTION_ENDED,
}


@dataclass(frozen=True)
class Matched:
    """A message that can be read, with its step. ``code``: of the standard."""

    record: records.Record
    step: ProjectStep
    code: int
    happened_at: datetime

    @property
    def on(self):
        return self.happened_at.astimezone(ZONE).date()


def match(message: ExchangeMessage, *, by, at: datetime, is_forced: bool = False) -> Matched | str:
    """The step, or in words why a person has to look. ``is_forced``: a person has looked at the case number."""
    record = records.record_of(message.record, "")
    if record.errors:
        names = "、".join(records.FIELDS[name] for name in record.errors)
        return _("Missing or unreadable: %(fields)s") % {"fields": names}
    code = rules.code_of(record.state, message.platform.states)
    if code is None or record.happened_at is None:
        return _("The state “%(state)s” is not one of the codes 1 to 15.") % {"state": record.state}
    if record.happened_at > at:
        return _("The moment lies in the future.")
    found = _step_of(message, record, by)
    if isinstance(found, str):
        return found
    if not is_forced and _is_other_case(message, found, code):
        return _("Another case number is under way at this step.")
    return Matched(record, found, code, record.happened_at)


def _step_of(message: ExchangeMessage, record: records.Record, by) -> ProjectStep | str:
    projects = Project.objects.visible_to(by).filter(park=message.park_id, code=record.project_code)
    project = projects.first()
    if project is None:
        return _("No project has the code %(code)s.") % {"code": record.project_code}
    code = message.platform.items.get(record.item_code)
    if not code:
        return _("The item %(item)s is assigned to no step.") % {"item": record.item_code}
    step = ProjectStep.objects.select_related("step", "project").filter(project=project, code=code).first()
    if step is None:
        return _("The project has no step %(code)s.") % {"code": code}
    if not step.applies:
        return _("Step %(code)s is marked as not applicable here.") % {"code": code}
    return step


def _is_other_case(message: ExchangeMessage, step: ProjectStep, code: int) -> bool:
    if not message.case_number or code == State.RECEIVED:
        return False
    applied = ExchangeMessage.objects.filter(step=step, state=ExchangeMessage.State.APPLIED).exclude(case_number="")
    last = applied.order_by("-happened_at", "-pk").first()
    return last is not None and last.case_number != message.case_number


def past_of(step: ProjectStep) -> list[rules.Past]:
    """The step's records as the exchange would tell them; what was undone is left out."""
    rows = list(step.history.order_by("at", "pk"))
    undone = {row.data.get("undone") for row in rows if row.verb == UNDO}
    found = []
    for row in rows:
        if row.pk in undone or row.verb == UNDO:
            continue
        if row.verb in SAID_AS and row.from_state == row.to_state:
            found.append(rules.Past(SAID_AS[row.verb], row.on))
        elif row.from_state != row.to_state or (row.verb in FLOW_VERBS and row.verb not in SAID_AS):
            found.append(rules.Past(State(row.to_state), row.on))
    return found


def planned(matched: Matched, *, pause_kind: str = "") -> rules.Plan:
    step = matched.step
    open_pause = step.pauses.filter(ended_on=None).exists()
    return rules.plan(
        matched.code, State(step.state), matched.on, past=past_of(step), open_pause=open_pause,
        remark=matched.record.remark, pause_kind=pause_kind,
    )  # fmt: skip


def words(plan: rules.Plan) -> str:
    """Why a person has to look, in words."""
    params = {
        name: localized(value, "label") if isinstance(value, State) else value
        for name, value in (plan.params or {}).items()
    }
    return _(plan.why) % params
