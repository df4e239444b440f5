"""The response in words: levels, reasons, offices and faults of a policy. Reads nothing."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dispatch.response import ladder, policy

ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ"}
OFFICE_NAMES = {
    policy.HANDLER: gettext_lazy("handler"),
    policy.WINDOW_HEAD: gettext_lazy("head of the window"),
    policy.SPECIALIST: gettext_lazy("service specialist"),
    policy.UNIT_HEAD: gettext_lazy("head of the department"),
    policy.CENTRE_HEAD: gettext_lazy("head of the project centre"),
    policy.DEPUTY_LEADER: gettext_lazy("deputy leader in charge"),
    policy.PROJECT_LEADER: gettext_lazy("leader in charge of the project"),
    policy.CHIEF_LEADER: gettext_lazy("chief leader"),
}
KIND_NAMES = {
    policy.STEP: gettext_lazy("Step past its committed limit (working days)"),
    policy.STATUTORY: gettext_lazy("Step past its statutory limit (days)"),
    policy.MILESTONE: gettext_lazy("Milestone late (days)"),
    policy.START: gettext_lazy("Start of construction late (days)"),
    policy.INVESTMENT: gettext_lazy("Investment behind the calendar (percentage points)"),
    policy.ENROLMENT: gettext_lazy("Not enrolled, past the limit of the rule (days)"),
    policy.ISSUE: gettext_lazy("Ledger item late (working days)"),
    policy.RETURNED: gettext_lazy("Ledger item returned again (days since then)"),
    policy.COMMITMENT: gettext_lazy("Check of a commitment late (working days)"),
    policy.STALE: gettext_lazy("Project not updated (working days since the last record)"),
    policy.CERTIFICATE: gettext_lazy("Certificate expired (days)"),
}
MISSED_NAMES = {
    ladder.ACKNOWLEDGE: gettext_lazy("acknowledgement"),
    ladder.ACT: gettext_lazy("plan or meeting"),
    ladder.REPORT: gettext_lazy("weekly report"),
    ladder.CLEAR: gettext_lazy("clearing of the cause"),
}


def how_far(kind: str, value: Any) -> str:
    """ "4 working days late", "12.5 percentage points behind" or "" without a measurement."""
    if value is None or not kind:
        return ""
    if kind in policy.POINTS:
        return _("%(value)s percentage points behind the calendar") % {"value": value}
    if kind == policy.RETURNED:
        return _("returned again, %(value)s days ago") % {"value": value}
    if kind == policy.STALE:
        return ngettext("not updated for %(n)s working day", "not updated for %(n)s working days", int(value)) % {
            "n": value
        }
    if kind in policy.WORKDAYS:
        return _("%(value)s working days past the limit") % {"value": value}
    return _("%(value)s days past the limit") % {"value": value}


def reason(kind: str, code: str, facts: dict[str, Any], *, to_level: int | None, from_level: int | None) -> str:
    """Why the evaluation did it, as a sentence."""
    far = how_far(facts.get("kind", ""), facts.get("value"))
    words = {"far": far, "level": ROMAN.get(to_level or 0, ""), "before": ROMAN.get(from_level or 0, "")}
    asked = facts.get("trigger")
    words["asked"] = ROMAN.get(asked or 0, "")
    match kind, code:
        case "opened", _code:
            if asked is not None and to_level is not None and asked < to_level:
                return _("%(far)s: asks for level %(asked)s, opened at level %(level)s, one level a day.") % words
            return _("%(far)s: opened at level %(level)s.") % words
        case "raised", ladder.BY_TRIGGER:
            return _("%(far)s: asks for level %(asked)s, raised by one level.") % words
        case "closed", _code:
            return _("The cause is gone in two evaluations.")
        case "lowered", _code:
            return _("The cause asked for less in two evaluations: from level %(before)s to level %(level)s.") % words
        case "held", ladder.SUSPENDED:
            return _("The project is suspended: nothing escalates.")
        case "held", ladder.PAUSED:
            return _("The clock of the step is paused: nothing escalates.")
        case "held", _code:
            return _("The response is switched off: nothing escalates.")
        case "released", _code:
            return _("No longer held: the deadlines start again.")
    return _late(code) % words


def _late(code: str) -> str:
    sentences = {
        "acknowledge_missed": _("Not acknowledged in time at level %(before)s."),
        "act_missed": _("No plan or special meeting in time at level %(before)s."),
        "report_missed": _("No weekly report in time at level %(before)s."),
        "clear_missed": _("Not cleared in time at level %(before)s."),
    }
    return sentences.get(code, "")


def fault(one: policy.Fault) -> str:
    """What is wrong with a setting, as a sentence."""
    sentences = {
        policy.UNKNOWN: _("%(where)s: there is no such setting."),
        policy.NUMBER: _("%(where)s: a whole number is wanted."),
        policy.RANGE: _("%(where)s: the number is too small or too large."),
        policy.ORDER: _(
            "%(where)s: a severer level must ask for more than a milder one, and answers fall due in order."
        ),
        policy.OFFICE: _("%(where)s: nobody holds an office of that name."),
    }
    return sentences[one.code] % {"where": one.where}


TIER_NAMES = {
    1: gettext_lazy("Tier 1: project team"),
    2: gettext_lazy("Tier 2: project centre"),
    3: gettext_lazy("Tier 3: joint meeting"),
    4: gettext_lazy("Tier 4: chief leader"),
}
TAKES = {
    1: gettext_lazy("Cases of level Ⅲ, and ledger items that were moved up to it."),
    2: gettext_lazy("Cases of level Ⅱ, and ledger items that were moved up to it."),
    3: gettext_lazy("Cases of level Ⅱ that a session of tier 2 has left open, cases of level Ⅰ, and ledger items."),
    4: gettext_lazy("Cases of level Ⅰ that tier 3 has left open or whose answer is overdue, and ledger items."),
}
WEEKDAYS = {
    1: gettext_lazy("Monday"),
    2: gettext_lazy("Tuesday"),
    3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"),
}


def rhythm(tier: int, when: policy.Rhythm) -> str:
    """When a tier meets, as a sentence."""
    if tier == 1:
        return _("Every week on %(day)s; the next workday if that is a day off.") % {"day": WEEKDAYS[when.weekly_on]}
    if tier == 2:
        text = _("On day %(day)s of the month, the workday before if that is a day off, and on the last workday.")
        return text % {"day": when.half_day}
    if tier == 3:
        return _("Every month on workday %(number)s.") % {"number": when.monthly_wd}
    return _("Every quarter on workday %(number)s, and on demand.") % {"number": when.quarterly_wd}


def level_facts(current: policy.Policy, level: int) -> dict[str, Any]:
    """A level of a policy for its page: deadlines and who is told in addition."""
    days = current.deadlines.get(level)
    return {
        "name": ROMAN.get(level, _("reminder")),
        "days": days,
        "act": _("special meeting") if level == policy.ONE else _("plan"),
        "told": "、".join(str(OFFICE_NAMES[office]) for office in current.told[level]),
    }


def trigger_rows(current: policy.Policy) -> list[dict[str, Any]]:
    """The triggers of a policy for its page: from which number on a level is asked for."""
    return [
        {
            "label": KIND_NAMES[kind],
            "ours": kind in policy.OURS,
            "bounds": [_bound(kind, level, current.triggers[kind][level]) for level in policy.LEVELS],
        }
        for kind in policy.TRIGGERS
    ]


def _bound(kind: str, level: int, bound: Any) -> str:
    if bound is None:
        return "—"
    sign = "≥" if kind == policy.INVESTMENT and level == policy.THREE else ">"
    return f"{sign} {bound.normalize():f}"
