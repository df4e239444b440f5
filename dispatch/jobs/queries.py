"""What the page and the health check of the jobs say. Reads the database only: the web path never asks the broker."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from dispatch.jobs import health, words
from dispatch.jobs.actions import before_first_day
from dispatch.jobs.alarms import kind_of
from dispatch.jobs.health import Verdict
from dispatch.jobs.models import Heartbeat, JobRestart, JobRun
from dispatch.jobs.registry import JOBS, STARTS_AT, ZONE, Job, Period, last_day
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

State = JobRun.State
HORIZONS = (1, 7, 35, 100, 365)  # days ahead in which the next period is looked for
RECENT = 20
ERROR_LENGTH = 1000
RESTARTS = Prefetch("restarts", JobRestart.objects.select_related("by"))


class Judged:
    """A line with a verdict: its light and its words."""

    verdict: Verdict

    @property
    def light(self) -> str:
        return "yellow" if self.verdict.state == health.WAITING else self.verdict.state

    @property
    def says(self) -> str:
        return words.verdict_in_words(self.verdict.state, self.verdict.reason)


@dataclass(frozen=True)
class PartLine(Judged):
    """A part of the machinery. ``at``: its last sign of life; ``note``: what it reported, e.g. "plan: ValueError"."""

    part: str
    label: str
    at: datetime | None
    note: str
    verdict: Verdict


@dataclass(frozen=True)
class RunLine:
    """One run. ``error`` is what the reader may see of it."""

    row: JobRun
    label: str
    counts: str
    duration: str
    error: str
    may_restart: bool = False
    is_made_good: bool = False

    @property
    def restarts(self) -> list:
        return list(self.row.restarts.all())


@dataclass(frozen=True)
class JobLine(Judged):
    """One periodic job: its heartbeat is ``last``, the latest period that was done."""

    name: str
    label: str
    rhythm: str
    last: RunLine | None
    next: Period | None
    next_at: datetime | None
    missed: int
    verdict: Verdict


@dataclass(frozen=True)
class Overview:
    """Everything the page shows; ``state`` is RED or GREEN."""

    parts: list[PartLine]
    jobs: list[JobLine]
    open: list[RunLine]
    dead: list[RunLine]

    @property
    def state(self) -> str:
        return health.worst([line.verdict for line in (*self.parts, *self.jobs)])


def overview(now: datetime, *, full_errors: bool = False) -> Overview:
    """How everything stands at ``now``; as many queries whatever the number of runs."""
    newest = _newest_done()
    unfinished = list(
        JobRun.objects.exclude(state=State.DONE)
        .annotate(later=Exists(_later()))
        .prefetch_related(RESTARTS)
        .order_by("as_of", "pk")
    )
    dead = [_run_line(row, full_errors) for row in unfinished if row.state == State.DEAD]
    open_ones = [_run_line(row, full_errors) for row in unfinished if row.state != State.DEAD]
    calendar, fresh = load_calendar(), before_first_day(now)
    jobs = [
        _job_line(name, job, newest.get(name), open_ones, dead, (now, calendar, fresh), full_errors)
        for name, job in JOBS.items()
    ]
    return Overview(_parts(now), jobs, open_ones, list(reversed(dead))[:RECENT])


def recent(*, full_errors: bool = False) -> list[RunLine]:
    """The latest runs that were done, newest first."""
    rows = JobRun.objects.filter(state=State.DONE).order_by("-finished_at", "-pk").prefetch_related(RESTARTS)
    return [_run_line(row, full_errors) for row in rows[:RECENT]]


def _newest_done() -> dict[str, JobRun]:
    rows = JobRun.objects.filter(~Exists(_later()), state=State.DONE, job__in=JOBS)
    return {row.job: row for row in rows}


def _later() -> QuerySet:
    return JobRun.objects.filter(job=OuterRef("job"), as_of__gt=OuterRef("as_of"), state=State.DONE)


def _run_line(row: JobRun, full_errors: bool) -> RunLine:
    job = JOBS.get(row.job)
    took = row.finished_at - row.started_at if row.finished_at and row.started_at else None
    made_good = getattr(row, "later", False) and job is not None and not job.standalone
    return RunLine(
        row=row,
        label=words.job_label(row.job),
        counts=words.counts_in_words(row.counts) if row.state == State.DONE else "",
        duration=words.duration_in_words(took),
        error=row.error.strip()[-ERROR_LENGTH:] if full_errors else kind_of(row.error),
        may_restart=row.state == State.DEAD and job is not None and not made_good,
        is_made_good=made_good,
    )


def _job_line(
    name: str, job: Job, newest: JobRun | None, open_ones: list[RunLine], dead: list[RunLine],
    moment: tuple[datetime, WorkCalendar, object], full_errors: bool,
) -> JobLine:  # fmt: skip
    now, calendar, fresh = moment
    since = newest.as_of if newest else fresh
    missed = sum(1 for _period in job.periods(since, now, calendar))
    waiting = [line.row.created_at for line in open_ones if line.row.job == name]
    given_up = [line for line in dead if line.row.job == name and not line.is_made_good]
    verdict = health.of_job(missed=missed, dead=len(given_up), oldest_open=min(waiting, default=None), now=now)
    upcoming = next_period(job, now, calendar)
    return JobLine(
        name=name,
        label=words.job_label(name),
        rhythm=words.rhythm(name),
        last=_run_line(newest, full_errors) if newest else None,
        next=upcoming,
        next_at=datetime.combine(upcoming.as_of, STARTS_AT, ZONE) if upcoming else None,
        missed=missed,
        verdict=verdict,
    )


def next_period(job: Job, now: datetime, calendar: WorkCalendar) -> Period | None:
    """The first period that is not due yet; None when there is none within a year."""
    for days in HORIZONS:
        if found := next(job.periods(last_day(now), now + timedelta(days=days), calendar), None):
            return found
    return None


def _parts(now: datetime) -> list[PartLine]:
    rows = {row.part: row for row in Heartbeat.objects.all()}
    alone = "embedded" in rows and not {"tick", "worker"} & set(rows)
    expected = ["embedded"] if alone else ["tick", "worker", *(["sender"] if "sender" in rows else [])]
    lines = [_part(part, rows.get(part), now) for part in expected]
    tick = rows.get("tick")
    if tick and "broker" in tick.facts:
        fault = tick.facts["broker"]
        verdict = Verdict(health.RED, "broken") if fault else Verdict(health.GREEN)
        lines.append(PartLine("broker", str(words.PARTS["broker"]), tick.at, fault, verdict))
    return lines


def _part(part: str, row: Heartbeat | None, now: datetime) -> PartLine:
    errors = row.facts.get("errors", {}) if row else {}
    verdict = health.of_part(health.PART_PERIODS[part], row.at if row else None, now, broken=bool(errors))
    note = "; ".join(f"{name}: {error}" for name, error in errors.items())
    return PartLine(part, str(words.PARTS[part]), row.at if row else None, note, verdict)
