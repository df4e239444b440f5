"""The rules of a park as its pages and the API show them. Reads only."""

from dataclasses import dataclass
from typing import Any

from accounts.i18n import localized
from accounts.models import Park
from dispatch.warnings import rules
from dispatch.warnings.models import WarningRule
from dispatch.warnings.rule_words import ABOUT, sentences


@dataclass(frozen=True)
class RuleLine:
    """A rule in force in the park. ``row``: the stored version; ``is_own``: it is the park's."""

    code: str
    name: str
    about: Any
    row: WarningRule
    is_own: bool

    @property
    def version(self) -> int:
        return self.row.version

    @property
    def is_enabled(self) -> bool:
        return self.row.is_enabled

    @property
    def thresholds(self) -> dict[str, Any]:
        default = rules.DEFAULTS[self.code][2]
        return {name: self.row.params.get(name, value) for name, value in default.items()}

    @property
    def in_words(self) -> list[str]:
        return sentences(self.code, self.row.params)


def lines_of(park: Park) -> list[RuleLine]:
    """Every rule of the park in the order of DEFAULTS; one query."""
    own: dict[str, WarningRule] = {}
    default: dict[str, WarningRule] = {}
    rows = WarningRule.objects.filter(code__in=rules.DEFAULTS, park__in=[park.pk]) | WarningRule.objects.filter(
        code__in=rules.DEFAULTS, park__isnull=True
    )
    for row in rows.select_related("by").order_by("version"):
        (default if row.park_id is None else own)[row.code] = row
    return [_line(code, default.get(code) or rules.shipped(code), own.get(code)) for code in rules.DEFAULTS]


def line_of(park: Park, code: str) -> RuleLine | None:
    return next((line for line in lines_of(park) if line.code == code), None)


def _line(code: str, default: WarningRule, own: WarningRule | None) -> RuleLine:
    is_own = own is not None and not own.follows_default
    row = own if is_own else default
    return RuleLine(code, localized(row, "name"), ABOUT[code], row, is_own)


def versions(park: Park, code: str) -> list[WarningRule]:
    """Every version that has been in force in the park, newest first: its own and the defaults."""
    rows = WarningRule.objects.filter(code=code, park=park) | WarningRule.objects.filter(code=code, park__isnull=True)
    return list(rows.select_related("by").order_by("-version"))
