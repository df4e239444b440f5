"""Plans to measure the engine on: the 22 steps, works and milestones, every project somewhere else on its way."""

from collections.abc import Iterator
from datetime import date, timedelta

from projects.planning.network import Link, LinkKind, Network, Task

# (code, working days, waits for, usually after): as domain.md 1 has them
STEPS = (
    ("S01", 1, "", ""),
    ("S02", 7, "S01", ""),
    ("S03", 10, "S01", ""),
    ("S04", 20, "S01", "S07"),
    ("S05", 5, "S01", ""),
    ("S06", 60, "", "S01"),
    ("S07", 5, "", "S01"),
    ("S08", 30, "", "S06"),
    ("S09", 22, "S06 S07 S08", "S01"),
    ("S10", 3, "S01 S09", ""),
    ("S11", 3, "S09", "S10"),
    ("S12", 7, "S01 S07", "S09"),
    ("S13", 4, "S10 S11 S12", ""),
    ("S14", 7, "S12", "S13"),
    ("S15", 10, "S01", "S09 S12"),
    ("S16", 1, "S14", "S13"),
    ("S17", 3, "S08 S13 S14 S16", "S02 S03 S04 S05"),
    ("S18", 7, "W2 S13 S17", "S15"),
    ("S19", 7, "W2 S14 S17", "S18"),
    ("S20", 10, "W2 S02 S17", "S18"),
    ("S21", 10, "S18 S19", "S15 S20"),
    ("S22", 3, "S11 S18 S21", "S20"),
    ("L04", 0, "", ""),
    ("L06", 0, "S09", ""),
    ("L08", 0, "S02 S03 S04 S05 S17", ""),
    ("W1", 120, "L08", ""),
    ("L09", 0, "W1", ""),
    ("W2", 60, "L09", ""),
    ("L10", 0, "S21", ""),
    ("L12", 0, "S19 S20", "L10"),
)
OVERLAPPED = {"S13", "S14", "S17"}


def links() -> Iterator[Link]:
    for code, _days, hard, soft in STEPS:
        for before in hard.split():
            kind = LinkKind.FF if code in OVERLAPPED else LinkKind.FS
            yield Link(before, code, kind)
        for before in soft.split():
            yield Link(before, code, is_hard=False)


LINKS = tuple(links())


def tasks(number: int, today: date) -> Iterator[Task]:
    """Of project ``number``: its first steps are done, the next one runs, one in nine of the others is planned."""
    done = number % 17
    for position, (code, days, _hard, _soft) in enumerate(STEPS):
        wd = days + (number + position) % 4 * (days > 0)
        if position < done:
            yield Task(code, wd, finished_on=today - timedelta(days=3 * (done - position)))
        elif position == done:
            yield Task(code, wd, started_on=today - timedelta(days=4), used_wd=2)
        else:
            planned = today + timedelta(days=number % 90) if (number + position) % 9 == 0 else None
            yield Task(code, wd, planned_on=planned, is_skipped=code in {"S03", "S04", "S05"} and number % 3 > 0)


def networks(projects: int, today: date) -> Iterator[Network]:
    for number in range(projects):
        yield Network.of(tasks(number, today), LINKS)
