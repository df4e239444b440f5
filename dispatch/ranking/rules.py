"""Which formula a park scores by: its own version of the figure rules, or the default of the product."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from accounts.models import User
from dispatch.figures import policies
from dispatch.figures.models import FigureRules
from dispatch.figures.policy import FigurePolicy
from dispatch.ranking.formula import DEFAULTS, Formula, check, formula_from
from dispatch.ranking.periods import CONTEST, HALF_MONTH


def formula_of(policy: FigurePolicy, kind: str) -> Formula:
    """The formula of a kind of ranking in these rules; what cannot be used counts as not chosen."""
    chosen = policy.extra.get(kind)
    if chosen is None or _CHECKS[kind](chosen):
        return DEFAULTS[kind]
    return formula_from(chosen, policy.version)


def save(kind: str, value: Mapping[str, Any], *, note: str, base_version: int, by: User, at: datetime) -> FigureRules:
    """The next version of the park's rules with this formula. Raises as ``policies.save_rules``."""
    return policies.save_rules(part=kind, value=value, note=note, base_version=base_version, by=by, at=at)


_CHECKS = {HALF_MONTH: partial(check, entries=False), CONTEST: partial(check, entries=True)}


def register() -> None:
    policies.CHECKS.update(_CHECKS)
