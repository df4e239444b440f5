"""What a lever is, and what it costs: one sentence each, with the rule behind it. Every lever has its price.

Source: domain.md 1 (容缺受理 and 告知承诺), 2.3 (limits), 3.5 (先建后验). Local rules are named as such: which of them
binds here is for the park to say (``ApprovalPolicy``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from approvals.models import ApprovalPolicy
from dispatch.plan.possible import Option
from projects.planning.levers import Lever, LeverKind

USUAL_SUPPLEMENT_WD = 5

NAMES: Mapping[LeverKind, Any] = {
    LeverKind.DEFER: pgettext_lazy("lever", "accept with outstanding papers"),
    LeverKind.COMMIT: pgettext_lazy("lever", "decide on a commitment"),
    LeverKind.OVERLAP: pgettext_lazy("lever", "examine in advance, in parallel"),
    LeverKind.BUILD_FIRST: pgettext_lazy("lever", "build first, inspect later"),
    LeverKind.SHORTEN: pgettext_lazy("lever", "a shorter limit"),
    LeverKind.SITE_EARLIER: pgettext_lazy("lever", "prepare the site at once"),
}

SOURCES: Mapping[LeverKind, str] = {
    LeverKind.DEFER: "安阳政务服务条例24条、29条；本区审批规则",
    LeverKind.COMMIT: "安阳政务服务条例25条、26条",
    LeverKind.OVERLAP: "行政许可法42条；预审、提前介入的地方做法",
    LeverKind.BUILD_FIRST: "环境影响评价法25条；水土保持法26条；节约能源法15条；先建后验的地方做法",
    LeverKind.SHORTEN: "行政许可法42条、82条",
    LeverKind.SITE_EARLIER: "“三提前”的地方做法",
}
LOCAL = frozenset({LeverKind.DEFER, LeverKind.COMMIT, LeverKind.OVERLAP, LeverKind.BUILD_FIRST, LeverKind.SITE_EARLIER})

AT_DEADLINE: Mapping[str, Any] = {
    ApprovalPolicy.AtDeadline.WITHDRAWN: gettext_lazy("if they do not come, the case counts as withdrawn"),
    ApprovalPolicy.AtDeadline.REFUSED: gettext_lazy("if they do not come, the case is refused"),
    ApprovalPolicy.AtDeadline.FLAGGED: gettext_lazy("if they do not come, that is flagged"),
}


@dataclass(frozen=True)
class Price:
    """``is_local``: rests on a practice or local rule, so it is to be confirmed for this place."""

    text: str
    source: str
    is_local: bool


def price(option: Option, policy: ApprovalPolicy) -> Price:
    """What this lever costs here."""
    kind = option.lever.kind
    return Price(_PRICES[kind](option, policy), SOURCES[kind], kind in LOCAL)


def what(lever: Lever, before_wd: int = 0) -> str:
    """E.g. "a shorter limit: 7 → 4 working days"."""
    name = str(NAMES[lever.kind])
    if lever.kind is not LeverKind.SHORTEN:
        return name
    if not before_wd:
        return _("%(name)s: %(wd)s working days") % {"name": name, "wd": lever.wd}
    return _("%(name)s: %(before)s → %(wd)s working days") % {"name": name, "before": before_wd, "wd": lever.wd}


def _defer(option: Option, policy: ApprovalPolicy) -> str:
    limit = option.steps[0].committed_limit_wd
    days = policy.supplement_wd
    if days is None:
        days = USUAL_SUPPLEMENT_WD if limit is None else min(limit, USUAL_SUPPLEMENT_WD)
    text = _("A dated debt: %(papers)s within %(days)s working days of acceptance; %(otherwise)s.")
    return text % {
        "papers": "、".join(option.papers) or _("the papers"),
        "days": days,
        "otherwise": AT_DEADLINE[policy.at_deadline],
    }


def _commit(option: Option, policy: ApprovalPolicy) -> str:
    text = _("Checked within %(days)s working days; if the check fails, the certificate is revoked.")
    return _with_condition(text % {"days": option.steps[0].step.commitment_check_days}, option)


def _overlap(option: Option, policy: ApprovalPolicy) -> str:
    if len(option.steps) < 2:
        return _("The work is done again if what it rests on is refused or changed.")
    text = _("The work is done again if %(step)s is refused or changed; the result still waits for it.")
    return text % {"step": option.steps[1].step}


def _build_first(option: Option, policy: ApprovalPolicy) -> str:
    text = _(
        "One written promise for %(count)s steps, checked before acceptance; what fails the check is put right at the "
        "enterprise's own cost, and its certificates can be revoked. Assessments are not promised."
    )
    return _with_condition(text % {"count": len(option.steps)}, option)


def _shorten(option: Option, policy: ApprovalPolicy) -> str:
    if option.is_learned:
        return _("The unit must agree; the park has done it in this time before. The statutory limit stays.")
    return _("The unit must agree and find the people for it. The statutory limit stays.")


def _site_earlier(option: Option, policy: ApprovalPolicy) -> str:
    return _("Money is spent before the land is clear or sold; it is lost if the land goes elsewhere.")


def _with_condition(text: str, option: Option) -> str:
    if not option.condition:
        return text
    return " ".join([text, _("Only where this holds: %(condition)s") % {"condition": option.condition}])


_PRICES: Mapping[LeverKind, Callable[[Option, ApprovalPolicy], str]] = {
    LeverKind.DEFER: _defer,
    LeverKind.COMMIT: _commit,
    LeverKind.OVERLAP: _overlap,
    LeverKind.BUILD_FIRST: _build_first,
    LeverKind.SHORTEN: _shorten,
    LeverKind.SITE_EARLIER: _site_earlier,
}
