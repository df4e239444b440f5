"""The dry run of a rule: the version somebody is thinking of beside the one in force, over a past period."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from accounts.models import Park
from dispatch.response import policies
from dispatch.warnings import rules
from dispatch.warnings.dryrun import Ladder, Outcome, outcome
from dispatch.warnings.replay_facts import Facts, Period
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class Trial:
    """``months``: [(month, counts of the trial, counts of the rule in force)] of both."""

    first: date
    last: date
    proposed: Outcome
    in_force: Outcome

    @property
    def months(self) -> list[tuple[str, dict, dict]]:
        names = sorted(self.proposed.by_month.keys() | self.in_force.by_month.keys())
        return [(name, self.proposed.by_month.get(name, {}), self.in_force.by_month.get(name, {})) for name in names]


def try_out(
    *, park: Park, code: str, params: dict[str, Any], is_enabled: bool, first: date, last: date, calendar: WorkCalendar
) -> Trial:
    """Plays both versions back over [first, last]; reads the facts once."""
    standing = rules.rules_in_force(park)
    current = next(rule for rule in standing if rule.code == code)
    wanted = replace(current, enabled=is_enabled, params=rules.DEFAULTS[code][2] | params)
    facts = Facts(park, Period(first, last), calendar)
    ladder = Ladder(code, first, last, policies.in_force(park.pk), calendar)
    found = [outcome(facts.cases(rule, standing), first=first, last=last, ladder=ladder) for rule in (wanted, current)]
    return Trial(first, last, *found)
