"""The warning rules as data: defaults from domain.md 3.3, versions in WarningRule, the newest version is in force.

A park's own newest version stands before the default. Parks without one share the default's statements.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, Q

from accounts.models import Park
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
LEDGER_RETURNED = "LEDGER_RETURNED"
STALE = "PROJECT_STALE"
PLAN_SHORT = "PLAN_SHORT"
PLAN_RISK = "PLAN_RISK"
HISTORY = "HISTORY"

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
    LEDGER_RETURNED: ("台账事项多次退回", "Ledger item returned again", {"red_from_returns": 2}),
    STALE: ("项目长期未更新", "Project not updated", {"yellow_after_wd": 5, "red_after_wd": 10}),
    # domain.md 3.3 has no row for these: the plan of design.md 4, typical defaults (docs/adr/0031).
    PLAN_SHORT: ("计划推算赶不上目标", "Forecast misses the target", {"yellow_from_wd": 1, "red_above_wd": 20}),
    PLAN_RISK: ("按期完成有风险", "Finish in time at risk", {}),
    # Last: it looks at the warnings of all other rules.
    HISTORY: ("连续多月黄灯", "Yellow for months in a row", {"months": 3}),
}


# Rules about things that may belong to no project.
WITHOUT_PROJECT = {LEDGER_DUE_SOON, LEDGER_LATE, LEDGER_RETURNED}
# Rules that look at the warnings of others, evaluated after them.
DERIVED = {HISTORY}
# Nothing is late yet: no response level, and no month of yellow in a row rests on them.
EARLY = {PLAN_SHORT, PLAN_RISK}
# Until a park switches them on: they need enough finished steps.
OFF_BY_DEFAULT = {PLAN_RISK}
# Counting from nought makes no sense for these.
FROM_ONE = {"red_from_returns", "months", "yellow_from_wd"}
# Every day of "due soon" is a condition of its own in the statement.
MOST = {"months": 12, "red_from_returns": 20, "within_wd": 60}
LARGEST = 100_000


@dataclass(frozen=True)
class Rule:
    """A rule in force. ``params`` has every threshold of the default, overridden by the stored version.

    ``parks``: the only parks it is for; ``all_but``: parks that have their own. Both empty: for every park.
    """

    code: str
    version: int
    enabled: bool
    params: dict[str, Any]
    parks: frozenset[int] = frozenset()
    all_but: frozenset[int] = frozenset()

    def is_for(self, park_id: int) -> bool:
        return park_id in self.parks if self.parks else park_id not in self.all_but

    def where(self, path: str) -> Q:
        """Condition on the park that ``path`` leads to."""
        if self.parks:
            return Q(**{f"{path}__in": sorted(self.parks)})
        return ~Q(**{f"{path}__in": sorted(self.all_but)}) if self.all_but else Q()


def load_rules() -> int:
    """Writes version 1 of every default that has no row yet; returns how many. Stored versions are never touched."""
    known = set(WarningRule.objects.filter(park=None).values_list("code", flat=True))
    missing = [shipped(code) for code in DEFAULTS if code not in known]
    if missing:
        WarningRule.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def rules_in_force(park: Park | None = None) -> list[Rule]:
    """The rules of one park, or the defaults; in the order of DEFAULTS, each for every park."""
    found = {}
    for rule in rule_groups():
        if (rule.is_for(park.pk) if park else not rule.parks) and rule.code not in found:
            found[rule.code] = replace(rule, parks=frozenset(), all_but=frozenset())
    return list(found.values())


def rule_groups() -> list[Rule]:
    """Every rule with the parks it is for, in the order of DEFAULTS; parks with equal versions share one. One query.

    Together the groups of a code name every park exactly once.
    """
    newest: dict[str, dict[int | None, WarningRule]] = defaultdict(dict)
    for row in WarningRule.objects.filter(code__in=DEFAULTS).order_by("version"):
        newest[row.code][row.park_id] = row
    return [rule for code in DEFAULTS for rule in _groups({None: shipped(code)} | newest[code])]


def shipped(code: str) -> WarningRule:
    """Version 1 of the default as it comes with the site, not saved: what counts until ``load_rules`` has run."""
    name_zh, name_en, params = DEFAULTS[code]
    is_enabled = code not in OFF_BY_DEFAULT
    return WarningRule(code=code, version=1, name_zh=name_zh, name_en=name_en, params=params, is_enabled=is_enabled)


def _groups(newest: dict[int | None, WarningRule]) -> list[Rule]:
    default = _rule(newest[None])
    own: dict[tuple, Rule] = {}
    for park_id, row in newest.items():
        if park_id is None or row.follows_default:
            continue
        rule = _rule(row)
        key = (rule.version, rule.enabled, *sorted(rule.params.items()))
        parks = own[key].parks if key in own else frozenset()
        own[key] = replace(rule, parks=parks | {park_id})
    taken = frozenset().union(*(rule.parks for rule in own.values()))
    return [replace(default, all_but=taken), *own.values()]


def _rule(row: WarningRule) -> Rule:
    return Rule(row.code, row.version, row.is_enabled, DEFAULTS[row.code][2] | row.params)


def check_params(code: str, params: Any) -> list[str]:
    """Names of thresholds that the rule does not know, or whose value is not a number from 0 up; empty: all is well."""
    known = DEFAULTS.get(code, ("", "", {}))[2]
    if not isinstance(params, dict):
        return ["{}"]
    return [name for name, value in params.items() if name not in known or not _is_limit(name, value)]


def _is_limit(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (1 if name in FROM_ONE else 0) <= value <= MOST.get(name, LARGEST)


def next_version(code: str, park: Park | None = None) -> int:
    """Number of the next version of the rule: used neither by the default nor in the park (nor, for the default, in
    any park), so a number alone says which version a warning of the park rests on."""
    rows = WarningRule.objects.filter(code=code)
    if park is not None:
        rows = rows.filter(Q(park=None) | Q(park=park))
    return (rows.aggregate(newest=Max("version"))["newest"] or 0) + 1
