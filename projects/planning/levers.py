"""Levers that buy working days back, as changes of a network; each with its gain, alone and on top of others. Pure.

Source: design.md 4 "Plan"; domain.md 1 (pre-review, 容缺受理 and 告知承诺 are different), 3.5 (先建后验).
"""

from dataclasses import dataclass
from enum import StrEnum


class LeverKind(StrEnum):
    """What is done differently. ``keys`` of the lever in brackets."""

    DEFER = "defer"  # 容缺受理: (step, predecessor) accepted while that paper is outstanding; the result waits for it
    COMMIT = "commit"  # 告知承诺: (step,) decided at once on a promise, checked later
    OVERLAP = "overlap"  # 预审、并联: (step, predecessor) worked beside it; the result waits for it
    BUILD_FIRST = "build_first"  # 先建后验: (step, …) decided on one promise before building
    SHORTEN = "shorten"  # a shorter committed limit: (step,), ``wd`` is the new duration
    SITE_EARLIER = "site_earlier"  # site preparation begins at once, whatever was planned: (step,)


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever; the same values name the same lever on page, in history and in the plan."""

    kind: LeverKind
    keys: tuple[str, ...]
    wd: int = 0

    @property
    def code(self) -> str:
        """E.g. ``overlap:S13:S12`` or ``shorten:S14:5``; what forms and addresses carry."""
        return ":".join([self.kind.value, *self.keys, *([str(self.wd)] if self.kind is LeverKind.SHORTEN else [])])
