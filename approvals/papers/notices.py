"""What a notice of corrections names, and whether each of its points has been answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SUPPLIED = ("supplied", "accepted")
RETURNED = "returned"
PENDING = "pending"


@dataclass(frozen=True)
class Paper:
    """A paper asked for at a step, as it stands. Empty strings: nothing handed in, no file, no review.

    ``state``: of the paper (supplied, accepted, returned, outstanding); ``review``: of its newest file; ``changed_at``:
    when the paper was last recorded; ``filed_at``: when the newest file came.
    """

    code: str
    name: str
    core: bool = True
    shared: bool = False
    elsewhere: bool = False
    state: str = ""
    review: str = ""
    reason: str = ""
    changed_at: datetime | None = None
    filed_at: datetime | None = None

    @property
    def is_returned(self) -> bool:
        """Sent back with a reason, and nothing new since."""
        return self.review == RETURNED or (self.state == RETURNED and self.review != PENDING)

    @property
    def is_missing(self) -> bool:
        """A core paper that the enterprise must hand in itself and has not."""
        return self.core and not (self.shared or self.elsewhere or self.state)

    @property
    def waits(self) -> bool:
        """Handed in and not reviewed yet."""
        return self.review == PENDING and self.state in SUPPLIED


Point = dict[str, str | bool]


def points_of(papers: Iterable[Paper], *, missing: Iterable[str] | None = None) -> list[Point]:
    """Everything wrong at once (行政许可法 art. 32): returned papers with reasons, then the missing core papers.

    missing: codes of the missing papers to name; None: all of them.
    """
    known = list(papers)
    wanted = None if missing is None else set(missing)
    points = [_point(paper, paper.reason, missing=False) for paper in known if paper.is_returned]
    absent = [paper for paper in known if paper.is_missing and (wanted is None or paper.code in wanted)]
    return points + [_point(paper, "", missing=True) for paper in absent]


def _point(paper: Paper, reason: str, *, missing: bool) -> Point:
    return {"code": paper.code, "paper": paper.name, "reason": reason, "missing": missing}


def unanswered(points: Iterable[Mapping[str, str | bool]], papers: Iterable[Paper], since: datetime) -> list[str]:
    """Codes of the points for which nothing has come since the notice."""
    by_code = {paper.code: paper for paper in papers}
    return [str(point["code"]) for point in points if not _is_answered(by_code.get(str(point["code"])), since)]


def _is_answered(paper: Paper | None, since: datetime) -> bool:
    if paper is None:
        return True
    if paper.state not in SUPPLIED or paper.review == RETURNED:
        return False
    return max(filter(None, (paper.changed_at, paper.filed_at)), default=since) > since
