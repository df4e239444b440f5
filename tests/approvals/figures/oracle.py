"""The figures counted again, slowly: day by day, row by row, nothing shared with the code under test."""

from collections import Counter
from datetime import date, timedelta

from approvals.models import CommittedStep, ProjectStep, Rating

DECIDED = (11, 12, 13, 15)


def days_after(start: date, end: date):
    day = start + timedelta(days=1)
    while day <= end:
        yield day
        day += timedelta(days=1)


def is_others(row: ProjectStep, day: date) -> bool:
    """Whether a pause of somebody else, or a paper owed, holds the file on that day."""
    for pause in row.pauses.all():
        ended = pause.ended_on or date.max
        if pause.party != "department" and pause.started_on < day <= ended:
            return True
    for paper in row.documents.all():
        if paper.promised_on:
            until = date.max if paper.state == "outstanding" else paper.supplied_on
            if paper.promised_on < day <= until:
                return True
    return False


def figures(park, first: date, last: date, *, group, units=None) -> dict:
    """group(row) → Counter of what ``Tally`` names; Monday to Friday is worked."""
    found: dict = {}
    for row in ProjectStep.objects.filter(project__park=park).select_related("step"):
        if row.applicability == "not_applicable" or (units is not None and row.unit_id not in units):
            continue
        sums = Counter()
        if row.accepted_on and first <= row.accepted_on <= last:
            sums["accepted"] += 1
            sums["deferred"] += any(paper.promised_on == row.accepted_on for paper in row.documents.all())
        if row.decided_on and first <= row.decided_on <= last and row.state in DECIDED:
            sums.update(decided(row))
        if sums:
            found[group(row)] = found.get(group(row), Counter()) + sums
    return found


def decided(row: ProjectStep) -> Counter:
    day0 = row.received_on if row.clock_start == "received" else row.accepted_on
    if day0 is None:
        return Counter(adopted=1)
    days = list(days_after(day0, row.decided_on))
    own = [day for day in days if not is_others(row, day)]
    gross_wd, own_wd = (sum(day.weekday() < 5 for day in some) for some in (days, own))
    sums = Counter(handled=1, gross_wd=gross_wd, own_wd=own_wd)
    if row.committed_limit_wd is not None:
        sums.update(limited=1, limit_wd=row.committed_limit_wd, limited_own_wd=own_wd)
    due = [day for day in (row.committed_due_on, row.statutory_value and row.statutory_due_on) if day]
    if due:
        sums.update(with_due=1, on_time=int(row.decided_on <= min(due)))
    if row.statutory_value and row.statutory_unit == "wd":
        sums.update(with_wd=1, statutory_wd=row.statutory_value, statutory_own_wd=own_wd)
    if row.statutory_value and row.statutory_unit == "cd":
        sums.update(with_cd=1, statutory_cd=row.statutory_value, statutory_own_cd=len(own))
    sums["committed"] = CommittedStep.objects.filter(project_step=row, round=row.round).count()
    sums["returned"] = int(any(p.kind == "correction" and p.round == row.round for p in row.pauses.all()))
    for rating in Rating.objects.filter(project_step=row, round=row.round):
        sums.update(rated=1, score=rating.score)
    return sums
