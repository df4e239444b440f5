"""Why projects have the light they have on a day: the same conditions as the daily job, only read.

Both take ``dispatch.warnings.candidates.sources``, so the lights of a bulletin are those the job sets on that day when
the facts are the same.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Park
from dispatch.reports.response import BAD, response_level
from dispatch.reports.words import plain
from dispatch.response import policies
from dispatch.response.policy import DEFAULT, Policy
from dispatch.warnings import rules
from dispatch.warnings.candidates import COLUMNS, sources
from dispatch.warnings.levels import light
from dispatch.warnings.rules import Rule
from projects.investment import ahead_of_calendar, round_half_up
from projects.stages import STAGES, Stage
from workdays.arithmetic import WorkCalendar

UNITS_ZH = {
    rules.STEP_LATE: "个工作日",
    rules.STEP_STATUTORY: "个工作日",
    rules.LEDGER_LATE: "个工作日",
    rules.MILESTONE_LATE: "天",
    rules.ENROLMENT_LATE: "天",
    rules.INVESTMENT_BEHIND: "个百分点",
    rules.PAPER_OWED_LATE: "个工作日",
    rules.COMMITMENT_CHECK_LATE: "个工作日",
    rules.CERTIFICATE_ENDING: "天",
    rules.STALE: "个工作日",
}
PHRASES = {
    rules.STEP_LATE: "{subject}超承诺时限{late}",
    rules.STEP_STATUTORY: "{subject}超法定时限{late}",
    rules.MILESTONE_LATE: "{subject}逾期{late}",
    rules.ENROLMENT_LATE: "开工后应入库未入库，逾期{late}",
    rules.INVESTMENT_BEHIND: "投资低于序时进度{late}",
    rules.LEDGER_LATE: "问题{subject}超期{late}",
    rules.PAPER_OWED_LATE: "{subject}容缺材料逾期未补{late}（企业）",
    rules.COMMITMENT_CHECK_LATE: "{subject}承诺核查逾期{late}",
    rules.CERTIFICATE_ENDING: "{subject}批准文件已过期{late}",
    rules.STALE: "项目信息{late}未更新",
}
# Rules that measure nothing: the fact is the phrase.
PLAIN_PHRASES = {
    rules.LEDGER_RETURNED: "问题{subject}多次退回",
    rules.HISTORY: "连续多月亮灯",
    rules.PLAN_SHORT: "按现计划推算赶不上目标日期",
    rules.PLAN_RISK: "按期完成有风险",
}
IN_WORKDAYS = {rule for rule, unit in UNITS_ZH.items() if unit == "个工作日"}


@dataclass(frozen=True)
class Cause:
    """One thing that is late or due soon on the day. ``late_by`` in the unit of the rule (UNITS_ZH), None for blue."""

    rule: str
    project_id: int | None
    object_type: str
    object_id: int
    label: str
    due_on: date
    level: str
    since_on: date
    late_by: Decimal | None = None
    policy: Policy = DEFAULT

    @property
    def is_bad(self) -> bool:
        return self.level in BAD

    @property
    def response(self) -> str:
        if not self.is_bad or self.late_by is None:
            return ""
        return response_level(self.rule, self.late_by, label=self.label, policy=self.policy)


def causes(park: Park, *, in_force: list[Rule], as_of: date, calendar: WorkCalendar) -> list[Cause]:
    """Everything the rules hold for in the park on the day; as many queries as the rules have sources."""
    found, policy = [], policies.in_force(park.pk)
    for rule in in_force:
        for source in sources(rule, as_of, calendar):
            rows = source.rows.filter(w_park=park.pk).values_list(*COLUMNS)
            for _park, project, _unit, pk, label, due, level, since in rows:
                late = _late_by(rule.code, due, as_of, calendar)
                found.append(Cause(rule.code, project, source.object_type, pk, label, due, level, since, late, policy))
    return found


def _late_by(rule: str, due: date, as_of: date, calendar: WorkCalendar) -> Decimal | None:
    if rule in IN_WORKDAYS:
        return Decimal(calendar.count(due, as_of))
    if rule in (rules.MILESTONE_LATE, rules.ENROLMENT_LATE):
        return Decimal((as_of - due).days)
    if rule == rules.CERTIFICATE_ENDING and due < as_of:
        return Decimal((as_of - due).days)
    return None


def behind_by(ytd_10k: Decimal | None, plan_10k: Decimal | None, closed: date) -> Decimal | None:
    """Percentage points behind the calendar at the end of the closed month, positive, unrounded."""
    ahead = ahead_of_calendar(ytd_10k, plan_10k, closed.month)
    return None if ahead is None else -ahead


def light_of(project_causes: list[Cause], *, active: bool) -> str:
    return light((cause.level for cause in project_causes), active=active)


def late_zh(cause: Cause) -> str:
    """How late, with its unit; what has not ended yet says so."""
    if cause.rule in PLAIN_PHRASES:
        return "—"
    if cause.late_by is None:
        return f"{cause.due_on:%m月%d日}到期"
    return f"{plain(cause.late_by, 1)}{UNITS_ZH[cause.rule]}"


def reason_zh(cause: Cause, subject: str) -> str:
    """One trigger as a Chinese phrase, e.g. 施工许可证超承诺时限12个工作日. ``subject``: name of the step or item."""
    if cause.rule in PLAIN_PHRASES:
        return PLAIN_PHRASES[cause.rule].format(subject=subject)
    late = "" if cause.late_by is None else f"{round_half_up(cause.late_by)}".removesuffix(".0")
    late = f"{late}{UNITS_ZH.get(cause.rule, '')}" if late else ""
    if cause.rule == rules.MILESTONE_LATE:
        subject = STAGES[Stage(cause.label)].name_zh
    known = cause.rule in PHRASES and (cause.late_by is not None or cause.rule != rules.CERTIFICATE_ENDING)
    phrase = PHRASES[cause.rule] if known else "{subject}将于{due:%m月%d日}到期"
    return phrase.format(subject=subject, late=late, due=cause.due_on)
