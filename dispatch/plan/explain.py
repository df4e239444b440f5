"""Why a task is where it is, and what each conflict means: one sentence for each, for pages, chart and API. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dispatch.plan.knock_on import Kept, KnockOn, Why
from dispatch.plan.values import TaskInfo
from projects.planning.network import CycleFound, Link, LinkKind, Task
from projects.planning.schedule import Conflict, Driver, Placed, Problem, Standing

Infos = Mapping[str, TaskInfo]
LINK_WORDS = {
    LinkKind.FS: gettext_lazy("starts after it has finished"),
    LinkKind.FF: gettext_lazy("finishes after it (worked in parallel)"),
    LinkKind.SS: gettext_lazy("starts after it has started"),
}


def named(key: str, info: Infos) -> str:
    """E.g. "S12 Construction planning permit"."""
    about = info.get(key)
    return f"{key} {about.name}" if about and about.name else key


def why_there(here: Placed, task: Task, info: Infos) -> str:
    """Why the task is not earlier. ``here`` and ``task`` belong together."""
    if here.standing is Standing.SKIPPED:
        return str(_("It does not apply to this project."))
    return _REASONS[here.driver](here, task, info)


def _fact(here: Placed, task: Task, info: Infos) -> str:
    if here.finish is None:
        return str(_("It is done; nobody recorded the day."))
    return str(_("It happened on %(day)s.") % {"day": _day(here.finish)})


def _clock(here: Placed, task: Task, info: Infos) -> str:
    text = _("It runs: %(used)s of %(limit)s working days used.")
    return str(text % {"used": task.used_wd, "limit": task.duration_wd})


def _today(here: Placed, task: Task, info: Infos) -> str:
    return str(_("Nothing holds it; it can begin today."))


def _link(here: Placed, task: Task, info: Infos) -> str:
    if here.standing is Standing.RUNNING:
        return str(_("It runs, but its result waits for %(task)s.") % {"task": named(here.driven_by, info)})
    return str(_("It waits for %(task)s.") % {"task": named(here.driven_by, info)})


def _not_before(here: Placed, task: Task, info: Infos) -> str:
    about = info.get(here.key)
    if about and about.reported_on and about.reported_on == task.not_before:
        return str(_("Reported for %(day)s.") % {"day": _day(task.not_before)})
    text = _("Not before %(day)s: %(reason)s.") if about and about.not_before_reason else _("Not before %(day)s.")
    return str(text % {"day": _day(task.not_before), "reason": about.not_before_reason if about else ""})


def _planned(here: Placed, task: Task, info: Infos) -> str:
    return str(_("Its start is planned for %(day)s.") % {"day": _day(task.planned_on)})


def _fixed(here: Placed, task: Task, info: Infos) -> str:
    about = info.get(here.key)
    text = _("Confirmed for %(day)s: %(reason)s.") if about and about.fixed_reason else _("Confirmed for %(day)s.")
    return str(text % {"day": _day(task.fixed_on), "reason": about.fixed_reason if about else ""})


_REASONS: Mapping[Driver, Callable[[Placed, Task, Infos], str]] = {
    Driver.FACT: _fact,
    Driver.CLOCK: _clock,
    Driver.TODAY: _today,
    Driver.LINK: _link,
    Driver.NOT_BEFORE: _not_before,
    Driver.PLANNED: _planned,
    Driver.FIXED: _fixed,
}


def why_kept(kept: Kept, info: Infos) -> str:
    """Why a task stays although one it waits for moves."""
    words = {
        Why.FACT: _("it has happened"),
        Why.RUNNING: _("it runs already; its own working days end later"),
        Why.FIXED: _("confirmed for %(day)s"),
        Why.PLANNED: _("planned for %(day)s; a planned start never moves backwards by itself"),
        Why.NOT_BEFORE: _("not before %(day)s"),
        Why.OTHER: _("held by %(task)s") if kept.by else _("there is room between them"),
    }
    return str(words[kept.why] % {"day": _day(kept.on), "task": named(kept.by, info)})


def summary(effect: KnockOn, info: Infos) -> Iterator[str]:
    """A knock-on in a few sentences: how many tasks move, what becomes of the goal."""
    if not effect.moved:
        yield str(_("No date moves."))
    else:
        text = ngettext("%(number)s task moves.", "%(number)s tasks move.", len(effect.moved))
        yield str(text % {"number": len(effect.moved)})
    if effect.goal_days:
        later = ngettext(
            "%(goal)s: %(days)s working day later.", "%(goal)s: %(days)s working days later.", size(effect)
        )
        sooner = ngettext(
            "%(goal)s: %(days)s working day earlier.", "%(goal)s: %(days)s working days earlier.", size(effect)
        )
        named_goal = {"goal": named(effect.goal, info), "days": size(effect)}
        yield str((later if effect.goal_days > 0 else sooner) % named_goal)


def size(effect: KnockOn) -> int:
    return abs(effect.goal_days)


def what_is_wrong(conflict: Conflict, info: Infos) -> str:
    """One sentence about a conflict, with its size in working days."""
    said = {"task": named(conflict.key, info), "other": named(conflict.other, info), "days": conflict.days}
    return str(_PROBLEMS[conflict.problem](conflict) % (said | {"on": _day(conflict.on)}))


def _fixed_too_early(conflict: Conflict) -> Any:
    if not conflict.other:
        return ngettext(
            "%(task)s is confirmed for %(on)s, %(days)s working day before it is possible.",
            "%(task)s is confirmed for %(on)s, %(days)s working days before it is possible.",
            conflict.days,
        )
    return ngettext(
        "%(task)s is confirmed for %(on)s, %(days)s working day before %(other)s lets it.",
        "%(task)s is confirmed for %(on)s, %(days)s working days before %(other)s lets it.",
        conflict.days,
    )


_PROBLEMS: Mapping[Problem, Callable[[Conflict], Any]] = {
    Problem.OUT_OF_ORDER: lambda c: _(
        "%(task)s finished on %(on)s, before %(other)s, which it should have waited for."
    ),
    Problem.FACT_IN_FUTURE: lambda c: _("%(task)s has a recorded day that lies in the future: %(on)s."),
    Problem.FIXED_TOO_EARLY: _fixed_too_early,
    Problem.FIXED_PASSED: lambda c: _("The confirmed day of %(task)s, %(on)s, is over."),
    Problem.NOT_BEFORE_TOO_LATE: lambda c: ngettext(
        "%(task)s may begin on %(on)s only, %(days)s working day after its latest start.",
        "%(task)s may begin on %(on)s only, %(days)s working days after its latest start.",
        c.days,
    ),
    Problem.TARGET_PASSED: lambda c: _("The target day of %(task)s, %(on)s, is over."),
    Problem.TARGET_SHORT: lambda c: ngettext(
        "%(task)s misses its target %(on)s by %(days)s working day.",
        "%(task)s misses its target %(on)s by %(days)s working days.",
        c.days,
    ),
    Problem.USUAL_ORDER: lambda c: _("Hint: %(task)s begins before %(other)s, which usually comes first."),
}


def circle(found: CycleFound, info: Infos) -> str:
    """The tasks that would wait for each other, e.g. "S12 … → S13 … → T1 … → S12 …"."""
    names = " → ".join(named(key, info) for key in found.keys)
    return str(_("These would wait for each other: %(circle)s.") % {"circle": names})


def how_linked(link: Link) -> str:
    """E.g. "starts after it has finished, 3 working days later"."""
    text = str(LINK_WORDS[link.kind])
    if not link.lag_wd:
        return text
    size = abs(link.lag_wd)
    later = ngettext("%(days)s working day later", "%(days)s working days later", size)
    earlier = ngettext("%(days)s working day earlier", "%(days)s working days earlier", size)
    return f"{text}, {(later if link.lag_wd > 0 else earlier) % {'days': size}}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"
