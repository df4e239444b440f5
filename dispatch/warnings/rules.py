"""The warning rules as data: defaults from domain.md 3.3, versions in WarningRule, the newest version is in force."""

from dataclasses import dataclass
from typing import Any

from dispatch.warnings.models import WarningRule

STEP_DUE_SOON = "STEP_DUE_SOON"
STEP_LATE = "STEP_LATE"
STEP_STATUTORY = "STEP_STATUTORY"
MILESTONE_DUE_SOON = "MILESTONE_DUE_SOON"
MILESTONE_LATE = "MILESTONE_LATE"
LEDGER_DUE_SOON = "LEDGER_DUE_SOON"
LEDGER_LATE = "LEDGER_LATE"
INVESTMENT_BEHIND = "INVESTMENT_BEHIND"
ENROLMENT_LATE = "ENROLMENT_LATE"
PAPER_OWED_SOON = "PAPER_OWED_SOON"
PAPER_OWED_LATE = "PAPER_OWED_LATE"
COMMITMENT_CHECK_SOON = "COMMITMENT_CHECK_SOON"
COMMITMENT_CHECK_LATE = "COMMITMENT_CHECK_LATE"
CERTIFICATE_ENDING = "CERTIFICATE_ENDING"

# code → Chinese name, English name, thresholds: _wd workdays, _days calendar days, _pp percentage points, _10k 万元
DEFAULTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    STEP_DUE_SOON: ("审批环节即将到期", "Step due soon", {"within_wd": 3}),
    STEP_LATE: ("审批环节超承诺时限", "Step past its committed limit", {"red_after_wd": 10}),
    STEP_STATUTORY: ("审批环节超法定时限", "Step past its statutory limit", {}),
    MILESTONE_DUE_SOON: ("里程碑即将到期", "Milestone due soon", {"within_wd": 3}),
    MILESTONE_LATE: ("里程碑逾期", "Milestone late", {"red_after_days": 30, "start_red_after_days": 90}),
    LEDGER_DUE_SOON: ("台账事项即将到期", "Ledger item due soon", {"within_wd": 3}),
    LEDGER_LATE: ("台账事项逾期", "Ledger item late", {"red_after_wd": 5}),
    INVESTMENT_BEHIND: (
        "投资落后序时进度",
        "Investment behind the calendar",
        {"yellow_from_pp": 10, "red_above_pp": 30},
    ),
    ENROLMENT_LATE: (
        "开工后未入库纳统",
        "Started but not enrolled",
        {"yellow_after_days": 30, "red_after_days": 60, "from_investment_10k": 500},
    ),
    # domain.md 3.3 has no row for these: limits as for ledger items, typical defaults. A paper owed colours the project
    # and is the enterprise's: no response level and no figure of a department counts it.
    PAPER_OWED_SOON: ("容缺材料即将到期（企业补交）", "Outstanding paper of the enterprise due soon", {"within_wd": 3}),
    PAPER_OWED_LATE: (
        "容缺材料逾期未补（企业补交）",
        "Outstanding paper of the enterprise late",
        {"red_after_wd": 5},
    ),
    COMMITMENT_CHECK_SOON: ("承诺核查即将到期", "Check of a commitment due soon", {"within_wd": 3}),
    COMMITMENT_CHECK_LATE: ("承诺核查逾期", "Check of a commitment overdue", {"red_after_wd": 5}),
    # Blue from the days of notice of the step itself (Step.validity_remind_days).
    CERTIFICATE_ENDING: ("证照即将到期或已过期", "Certificate near its end or expired", {"yellow_within_days": 30}),
}


# Rules about things that may belong to no project.
WITHOUT_PROJECT = {LEDGER_DUE_SOON, LEDGER_LATE}


@dataclass(frozen=True)
class Rule:
    """A rule in force. ``params`` has every threshold of the default, overridden by the stored version."""

    code: str
    version: int
    enabled: bool
    params: dict[str, Any]


def load_rules() -> int:
    """Writes version 1 of every rule that has no row yet; returns how many. Stored versions are never touched."""
    known = set(WarningRule.objects.values_list("code", flat=True))
    missing = [
        WarningRule(code=code, version=1, name_zh=name_zh, name_en=name_en, params=params)
        for code, (name_zh, name_en, params) in DEFAULTS.items()
        if code not in known
    ]
    if missing:
        WarningRule.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def rules_in_force() -> list[Rule]:
    """The newest version of every rule, in the order of DEFAULTS."""
    newest: dict[str, WarningRule] = {}
    for row in WarningRule.objects.filter(code__in=DEFAULTS).order_by("code", "version"):
        newest[row.code] = row
    return [
        Rule(code, newest[code].version, newest[code].is_enabled, default[2] | newest[code].params)
        for code, default in DEFAULTS.items()
        if code in newest
    ]


def check_params(code: str, params: Any) -> list[str]:
    """Names of thresholds that the rule does not know, or whose value is not a number from 0 up; empty: all is well."""
    known = DEFAULTS.get(code, ("", "", {}))[2]
    if not isinstance(params, dict):
        return ["{}"]
    return [
        name
        for name, value in params.items()
        if name not in known or isinstance(value, bool) or not isinstance(value, int | float) or value < 0
    ]


def next_version(code: str) -> int:
    """Number of the next version of the rule."""
    newest = WarningRule.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
    return (newest or 0) + 1
