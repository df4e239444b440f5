"""Every working day between the receipt of an application and its decision belongs to exactly one party.

Pure. Source: domain.md 2.5 (owner) and WD-04, WD-07; the priority of overlapping pauses is ``clocks.PARTY_PRIORITY``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from approvals.clocks import Party, PauseSpan, Piece, pieces
from workdays.arithmetic import WorkCalendar

ACCEPTANCE_CHECK, EXAMINATION = "acceptance_check", "examination"


@dataclass(frozen=True)
class Segment:
    """The days (after, upto], all of one party for one reason.

    why: ACCEPTANCE_CHECK before and EXAMINATION after acceptance, or the kind of the pause.
    """

    after: date
    upto: date
    party: Party
    why: str
    workdays: int
    calendar_days: int


@dataclass(frozen=True)
class DaysSpent:
    """The segments in order without gaps, and their sums; every party is a key of both mappings."""

    segments: tuple[Segment, ...]
    workdays: Mapping[Party, int]
    calendar_days: Mapping[Party, int]
    provisional: bool

    @property
    def total(self) -> int:
        """Working days of the whole interval."""
        return sum(self.workdays.values())


def days_spent(
    *,
    received: date | None,
    accepted: date | None,
    decided: date | None,
    pauses: Iterable[PauseSpan],
    holder: Party,
    today: date,
    calendar: WorkCalendar,
) -> DaysSpent:
    """Share out the days in (received, decided or today]; without a day of receipt they begin with the acceptance.

    ``decided`` is the day the case ended, however it ended. Days outside every pause are the holder's.
    """
    start, end = received or accepted, decided or today
    segments: list[Segment] = []
    for piece in pieces(start, end, pauses, accepted):
        party = piece.pause.party if piece.pause else holder
        why = _why(piece, accepted)
        if segments and (segments[-1].party, segments[-1].why) == (party, why):
            piece = Piece(segments.pop().after, piece.upto, piece.pause)
        segments.append(_segment(piece, party, why, calendar))
    return DaysSpent(
        tuple(segments),
        {party: sum(one.workdays for one in segments if one.party is party) for party in Party},
        {party: sum(one.calendar_days for one in segments if one.party is party) for party in Party},
        start is not None and calendar.provisional_between(start, end),
    )


def _why(piece: Piece, accepted: date | None) -> str:
    if piece.pause:
        return piece.pause.kind
    return ACCEPTANCE_CHECK if accepted is None or piece.upto <= accepted else EXAMINATION


def _segment(piece: Piece, party: Party, why: str, calendar: WorkCalendar) -> Segment:
    workdays = calendar.count(piece.after, piece.upto)
    return Segment(piece.after, piece.upto, party, why, workdays, (piece.upto - piece.after).days)


def added(spent: Iterable[DaysSpent]) -> dict[Party, int]:
    """Working days of several steps by party; days on which steps ran side by side count for each of them."""
    sums = dict.fromkeys(Party, 0)
    for one in spent:
        for party, days in one.workdays.items():
            sums[party] += days
    return sums
