"""What the jobs are called and what their counts say, in words. A code that nobody has named stands for itself."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dispatch.jobs.registry import JOBS

LABELS = {
    "debts": gettext_lazy("Settle papers owed"),
    "warnings": gettext_lazy("Derive the warnings of the day"),
    "bulletin": gettext_lazy("Draft the bulletin of the month"),
    "papers": gettext_lazy("Clear up stored papers"),
    "response": gettext_lazy("Move response cases up and down"),
    "notices": gettext_lazy("Prepare notices"),
    "search_words": gettext_lazy("Keep the search for similar items up to date"),
    "instruction_reports": gettext_lazy("Remind of reports due on instructions"),
}
RHYTHMS = {
    "daily": gettext_lazy("every day from 06:00"),
    "from_now_on": gettext_lazy("every day from 06:00"),
    "weekly": gettext_lazy("every week from 06:00"),
    "monthly": gettext_lazy("last working day of the month from 06:00"),
    "quarterly": gettext_lazy("every quarter from 06:00"),
}
PARTS = {
    "tick": gettext_lazy("Tick (plans every minute)"),
    "worker": gettext_lazy("Worker"),
    "sender": gettext_lazy("Sender of notices"),
    "embedded": gettext_lazy("Worker without a broker"),
    "broker": gettext_lazy("Broker, as the last tick found it"),
}
REASONS = {
    "never": gettext_lazy("never heard of"),
    "silent": gettext_lazy("silent for more than two periods"),
    "broken": gettext_lazy("reports errors"),
    "dead": gettext_lazy("a run was given up"),
    "stuck": gettext_lazy("a run has been waiting for more than a day"),
    "open": gettext_lazy("a run is under way or waiting"),
}
STATES = {
    "green": gettext_lazy("well"),
    "waiting": gettext_lazy("waiting"),
    "red": gettext_lazy("needs attention"),
}
COUNTS = {
    "raised": pgettext_lazy("counts of a job", "raised"),
    "reopened": pgettext_lazy("counts of a job", "reopened"),
    "level": pgettext_lazy("counts of a job", "level changed"),
    "moved": pgettext_lazy("counts of a job", "moved"),
    "cleared": pgettext_lazy("counts of a job", "cleared"),
    "lights": pgettext_lazy("counts of a job", "lights changed"),
    "forecasts": pgettext_lazy("counts of a job", "forecasts"),
    "too_late": pgettext_lazy("counts of a job", "day is over, not made up"),
    "kept": pgettext_lazy("counts of a job", "kept"),
    "dues": pgettext_lazy("counts of a job", "due days counted anew"),
    "certificates": pgettext_lazy("counts of a job", "certificates made"),
    "drafted": pgettext_lazy("counts of a job", "drafted"),
    "already_issued": pgettext_lazy("counts of a job", "already issued"),
    "opened": pgettext_lazy("counts of a job", "opened"),
    "lowered": pgettext_lazy("counts of a job", "lowered"),
    "closed": pgettext_lazy("counts of a job", "closed"),
    "notices": pgettext_lazy("counts of a job", "notices"),
}


def job_label(name: str) -> str:
    """The job's name for people."""
    job = JOBS.get(name)
    return str((job and job.label) or LABELS.get(name, name))


def rhythm(name: str) -> str:
    """How often the job is due; "" for a job that is gone."""
    job = JOBS.get(name)
    return str(RHYTHMS.get(getattr(job.periods, "__name__", ""), "")) if job else ""


def verdict_in_words(state: str, reason: str) -> str:
    """E.g. "needs attention: a run was given up"."""
    if not reason:
        return str(STATES[state])
    return _("%(state)s: %(reason)s") % {"state": STATES[state], "reason": REASONS.get(reason, reason)}


def counts_in_words(counts: Mapping[str, Any]) -> str:
    """Sums over all rules, e.g. "raised 3, cleared 1, lights changed 2". Zeros are left out; nothing at all says so."""
    sums: dict[str, int] = {}
    for name, number in _numbers(counts):
        sums[name] = sums.get(name, 0) + number
    parts = [f"{COUNTS.get(name, name)} {number}" for name, number in sums.items() if number]
    return "; ".join(parts) if parts else _("nothing to do")


def _numbers(counts: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, value in counts.items():
        if isinstance(value, Mapping):
            yield from _numbers(value)
        elif isinstance(value, int):
            yield name, value


def duration_in_words(duration: timedelta | None) -> str:
    """Seconds with one decimal below a minute, else minutes and seconds; "" without one."""
    if duration is None:
        return ""
    seconds = max(duration.total_seconds(), 0.0)
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": int(seconds // 60), "seconds": int(seconds % 60)}
