"""Changes of one project's plan: what each asks for, when it is refused, and the rows it leads to. Pure.

The same value is previewed and saved: ``change.on(ground)`` gives the plan's rows after it. Raises InvalidFields
(values that cannot be stored), Refused (a rule is broken). Source: issue "The plan", 3; domain.md 1: a hard
predecessor is law.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext as _

from accounts.errors import Refused
from dispatch.plan import checks
from dispatch.plan.drafts import Draft, LinkRow, Pair, TaskRow
from dispatch.plan.skeleton import GOALS, is_law, own_key
from dispatch.plan.values import ProjectPlan, TaskInfo
from projects.errors import InvalidFields
from projects.planning.network import Link, LinkKind, Task

STEP, MILESTONE, WORKS_KIND, OWN = "step", "milestone", "works", "own"
FACTS = ("started_on", "finished_on")
PLANS = (
    "planned_on",
    "not_before_on",
    "not_before_reason",
    "fixed_on",
    "fixed_reason",
    "duration_wd",
    "preparation_wd",
)
WORDS_OF_ALL = ("person_name", *PLANS)
EDITABLE: Mapping[str, tuple[str, ...]] = {
    STEP: WORDS_OF_ALL,
    MILESTONE: ("person_name", "unit_id", *PLANS[:5]),
    WORKS_KIND: (*WORDS_OF_ALL, "unit_id", *FACTS),
    OWN: (*WORDS_OF_ALL, "unit_id", "name", *FACTS),
}


@dataclass(frozen=True)
class Ground:
    """What a change stands on. ``base``: links of catalogue and skeleton before the project changed any.

    ``pre_review``: codes of steps whose papers may be examined beside the step before (预审).
    """

    plan: ProjectPlan
    draft: Draft
    base: Mapping[Pair, Link]
    pre_review: frozenset[str]
    today: date

    def info(self, key: str) -> TaskInfo:
        """Raises InvalidFields for a task the plan does not have."""
        if key not in self.plan.info or key not in self.plan.network.tasks:
            raise InvalidFields({"key": [_("The plan has no task %(key)s.") % {"key": checks.shown(key)}]})
        return self.plan.info[key]

    def task(self, key: str) -> Task:
        self.info(key)
        return self.plan.network.tasks[key]

    def row(self, key: str) -> TaskRow:
        return self.draft.tasks.get(key) or TaskRow(key, self.info(key).kind)

    def is_law(self, pair: Pair) -> bool:
        """A hard predecessor of the catalogue or a gate; links of pieces of work are only typical."""
        link = self.base.get(pair)
        return link is not None and is_law(link)


class Change(Protocol):
    """One change; ``verb`` names it in the history."""

    verb: str

    def on(self, ground: Ground) -> Draft: ...


@dataclass(frozen=True)
class SetGoal:
    """Goal and target; what is not given stays. ``target_on`` None takes the target away when ``with_target``."""

    goal: str = ""
    target_on: date | None = None
    with_target: bool = True
    verb = "goal"

    def on(self, ground: Ground) -> Draft:
        goal = self.goal or ground.draft.goal
        if goal not in GOALS:
            raise InvalidFields({"goal": [_("This is not a goal of a plan.")]})
        if goal != ground.draft.goal and ground.task(goal).is_done:
            raise InvalidFields({"goal": [_("This milestone has been reached already.")]})
        target = checks.day("target_on", self.target_on) if self.with_target else ground.draft.target_on
        return replace(ground.draft, goal=goal, target_on=target)


@dataclass(frozen=True)
class SetTask:
    """Columns of one task (EDITABLE by its kind); those not given stay.

    Changing a confirmed day or a known fact needs ``reason``. Facts of steps and milestones are entered elsewhere.
    """

    key: str
    values: Mapping[str, Any]
    reason: str = ""
    verb = "task"

    def on(self, ground: Ground) -> Draft:
        row, task = ground.row(self.key), ground.task(self.key)
        checks.refuse_columns(self.key, row.kind, self.values, EDITABLE[row.kind])
        given = checks.cleaned(self.values, ground.today)
        new = _without_idle_reasons(replace(row, **given))
        if new == row:
            return ground.draft
        changed = {name for name in EDITABLE[row.kind] if getattr(new, name) != getattr(row, name)}
        _refuse_past(task, row, changed)
        _refuse_unreasoned(row, changed, self.reason)
        checks.fit_together(new)
        return ground.draft.with_task(new)


def _without_idle_reasons(row: TaskRow) -> TaskRow:
    idle: dict[str, Any] = {why: "" for day, why in checks.REASONED.items() if getattr(row, day) is None}
    return replace(row, **idle)


def _refuse_past(task: Task, row: TaskRow, changed: set[str]) -> None:
    if task.is_skipped:
        raise Refused(_("This step does not apply to the project; it has no dates."))
    planned = changed & set(PLANS)
    if task.is_done and planned:
        raise Refused(_("This has happened; its dates no longer move."))
    if task.is_running and changed & {"planned_on", "not_before_on", "preparation_wd"}:
        raise Refused(_("This runs already; its start no longer moves."))


def _refuse_unreasoned(row: TaskRow, changed: set[str], reason: str) -> None:
    known = [name for name in ("fixed_on", *FACTS) if name in changed and getattr(row, name) is not None]
    if known and not reason.strip():
        text = _("Please say why this confirmed day or fact changes.")
        raise InvalidFields({"reason": [text]})


@dataclass(frozen=True)
class AddTask:
    """A task of the project's own, T1…, between ``after`` (it waits for them) and ``before`` (they wait for it)."""

    name: str
    duration_wd: int
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    verb = "task_added"

    def on(self, ground: Ground) -> Draft:
        key = next_key(ground.draft)
        values = {**self.values, "name": self.name, "duration_wd": self.duration_wd}
        checks.refuse_columns(key, OWN, values, EDITABLE[OWN])
        row = replace(TaskRow(key, OWN, seq=int(key[1:])), **checks.cleaned(values, ground.today))
        if row.duration_wd is None:
            raise InvalidFields({"duration_wd": [_("Please give the duration.")]})
        checks.fit_together(row)
        links = [LinkRow(first, key) for first in dict.fromkeys(self.after)]
        links += [LinkRow(key, then) for then in dict.fromkeys(self.before)]
        for link in links:
            ground.info(link.after if link.before == key else link.before)
        return ground.draft.with_task(row).with_links(*links)


def next_key(draft: Draft) -> str:
    """The next T…; a number once given is not given again."""
    numbers = [int(key[1:]) for key, row in draft.tasks.items() if row.kind == OWN]
    if len(numbers) >= checks.MOST_OWN_TASKS:
        raise Refused(_("A plan holds at most %(number)s tasks of its own.") % {"number": checks.MOST_OWN_TASKS})
    return own_key(max(numbers, default=0) + 1)


@dataclass(frozen=True)
class DropTask:
    """An own task or a piece of work leaves the plan, and with it the links the project gave it."""

    key: str
    reason: str
    verb = "task_dropped"

    def on(self, ground: Ground) -> Draft:
        row = ground.row(self.key)
        if row.kind not in (OWN, WORKS_KIND):
            text = _("Steps and milestones cannot be taken out. Whether a step applies is decided on its own page.")
            raise Refused(text)
        if ground.task(self.key).started_on or ground.task(self.key).is_done:
            raise Refused(_("This has begun already and cannot be taken out."))
        checks.reason(self.reason)
        theirs = [pair for pair in ground.draft.links if self.key in pair]
        return ground.draft.with_task(replace(row, is_dropped=True)).without_links(*theirs)


@dataclass(frozen=True)
class RestoreTask:
    """What was taken out comes back, without links of its own."""

    key: str
    verb = "task_restored"

    def on(self, ground: Ground) -> Draft:
        row = ground.draft.tasks.get(self.key)
        if row is None or not row.is_dropped:
            raise InvalidFields({"key": [_("The plan has no task %(key)s.") % {"key": checks.shown(self.key)}]})
        return ground.draft.with_task(replace(row, is_dropped=False))


@dataclass(frozen=True)
class SetLink:
    """A new link of the project's own, or one of the catalogue changed as far as the law allows."""

    before: str
    after: str
    kind: str = LinkKind.FS.value
    lag_wd: int = 0
    is_hard: bool = True
    verb = "link"

    def on(self, ground: Ground) -> Draft:
        ground.info(self.before), ground.info(self.after)
        if self.before == self.after:
            raise InvalidFields({"after": [_("A task cannot wait for itself.")]})
        if self.kind not in set(LinkKind):
            raise InvalidFields({"kind": [_("This is not a kind of link.")]})
        row = LinkRow(self.before, self.after, str(self.kind), checks.lag(self.lag_wd), bool(self.is_hard))
        pair = (self.before, self.after)
        if ground.is_law(pair):
            _refuse_lawless(ground, row)
        if same_link(ground.base.get(pair), row):
            return ground.draft.without_links(pair)
        return ground.draft.with_links(row)


def same_link(link: Link | None, row: LinkRow) -> bool:
    """Whether the row says nothing but what the catalogue says."""
    return link is not None and (link.kind.value, link.lag_wd, link.is_hard) == (row.kind, row.lag_wd, row.is_hard)


def _refuse_lawless(ground: Ground, row: LinkRow) -> None:
    text = _("%(after)s needs the result of %(before)s by law; this link cannot be softened.")
    names = {"before": ground.info(row.before).name, "after": ground.info(row.after).name}
    if not row.is_hard or row.lag_wd < 0 or row.kind == LinkKind.SS:
        raise Refused(text % names)
    if row.kind == LinkKind.FF and (row.after not in ground.pre_review or ground.info(row.before).kind != STEP):
        text = _("%(after)s cannot be examined beside %(before)s: the catalogue does not allow a pre-review here.")
        raise Refused(text % names)


@dataclass(frozen=True)
class RemoveLink:
    """An own link goes; one of the catalogue is marked, with a reason. A legal predecessor stays."""

    before: str
    after: str
    reason: str = ""
    verb = "link_removed"

    def on(self, ground: Ground) -> Draft:
        pair = (self.before, self.after)
        base, own = ground.base.get(pair), ground.draft.links.get(pair)
        if (base is None and own is None) or (own is not None and own.is_removed):
            raise InvalidFields({"before": [_("There is no such link.")]})
        if ground.is_law(pair):
            names = {"before": ground.info(self.before).name, "after": ground.info(self.after).name}
            text = _(
                "%(after)s needs the result of %(before)s by law; this link stays. Where a pre-review is possible the "
                "two may be worked in parallel."
            )
            raise Refused(text % names)
        if base is None:
            return ground.draft.without_links(pair)
        checks.reason(self.reason)
        marked = LinkRow(*pair, base.kind.value, base.lag_wd, base.is_hard, is_removed=True)
        return ground.draft.with_links(marked)


@dataclass(frozen=True)
class PullForward:
    """Planned starts given up: these tasks follow what they wait for again. The user does it, never the engine."""

    keys: tuple[str, ...]
    verb = "pulled_forward"

    def on(self, ground: Ground) -> Draft:
        draft = ground.draft
        for key in self.keys:
            ground.info(key)
            row = draft.tasks.get(key)
            if row is None or row.planned_on is None:
                raise InvalidFields({"keys": [_("%(task)s has no planned start.") % {"task": checks.shown(key)}]})
            draft = draft.with_task(replace(row, planned_on=None))
        return draft


@dataclass(frozen=True)
class CopyTemplate:
    """A park's template copied in: durations where the project has none of its own, its own tasks, its links.

    What came from the template copied before is replaced; what was typed stays. ``old_rows``: that template's rows.
    """

    template_id: int
    template_version: int
    rows: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...] = ()
    old_rows: tuple[Mapping[str, Any], ...] = ()
    verb = "template"

    def on(self, ground: Ground) -> Draft:
        draft = replace(ground.draft, template_id=self.template_id, template_version=self.template_version)
        if draft == ground.draft:
            return draft
        draft, named = self._with_rows(ground, self._without_old(ground, draft))
        for given in self.links:
            draft = self._with_link(ground, draft, given, named)
        return draft

    def _without_old(self, ground: Ground, draft: Draft) -> Draft:
        for given in self.old_rows:
            row = draft.tasks.get(given["key"])
            task = ground.plan.network.tasks.get(given["key"])
            if row is None or task is None or task.is_done or row.is_dropped:
                continue
            emptied: dict[str, Any] = {
                n: None for n in DURATIONS if getattr(row, n) is not None and getattr(row, n) == given.get(n)
            }
            draft = draft.with_task(replace(row, **emptied)) if emptied and row.kind != OWN else draft
        return draft

    def _with_rows(self, ground: Ground, draft: Draft) -> tuple[Draft, dict[str, str]]:
        """The draft with the template's durations, and {key in the template: key here}."""
        named = dict[str, str]()
        mine = {row.name: row.key for row in draft.tasks.values() if row.kind == OWN and not row.is_dropped}
        for given in self.rows:
            key, values = given["key"], {n: given.get(n) for n in DURATIONS if given.get(n) is not None}
            if key in ground.plan.network.tasks and not key.startswith("T"):
                named[key] = key
                draft = self._with_durations(ground, draft, key, values)
            elif key.startswith("T"):
                named[key] = mine.get(given.get("name", "")) or next_key(draft)
                if named[key] not in draft.tasks:
                    row = TaskRow(named[key], OWN, given.get("name", ""), int(named[key][1:]))
                    draft = draft.with_task(replace(row, **checks.cleaned({"duration_wd": 0} | values, ground.today)))
        return draft, named

    def _with_durations(self, ground: Ground, draft: Draft, key: str, values: Mapping[str, Any]) -> Draft:
        row, task = draft.tasks.get(key) or TaskRow(key, ground.info(key).kind), ground.task(key)
        allowed = EDITABLE[row.kind]
        free = {n: v for n, v in values.items() if n in allowed and getattr(row, n) is None}
        if task.is_running:
            free.pop("preparation_wd", None)
        if not free or task.is_done or task.is_skipped:
            return draft
        return draft.with_task(replace(row, **checks.cleaned(free, ground.today)))

    def _with_link(self, ground: Ground, draft: Draft, given: Mapping[str, Any], named: Mapping[str, str]) -> Draft:
        """The template's link, unless the project has its own or the law has one."""
        pair = (named.get(given["before"], given["before"]), named.get(given["after"], given["after"]))
        known = {*ground.plan.network.tasks, *draft.tasks}
        if pair[0] == pair[1] or not set(pair) <= known or pair in draft.links or ground.is_law(pair):
            return draft
        lag = checks.lag(given.get("lag_wd", 0))
        row = LinkRow(*pair, given.get("kind", LinkKind.FS.value), lag, given.get("is_hard", True))
        return draft if same_link(ground.base.get(pair), row) else draft.with_links(row)


DURATIONS = ("duration_wd", "preparation_wd")
