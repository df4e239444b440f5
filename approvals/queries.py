"""Steps of a project as pages show them: state, light, due day, whose turn, open questions. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals import clocks, flow
from approvals.actions.clockwork import holder_of, notice_of, step_clock
from approvals.flow import State
from approvals.hooks import step_url
from approvals.judging import Applicability, StepRule, answers_of, rules_of, variables_of
from approvals.lights import step_light
from approvals.models import DayUnit, Line, Phase, ProjectStep, Step, StepDependency, StepDocument, StepPause
from workdays.arithmetic import WorkCalendar

ENTERPRISE = clocks.Party.ENTERPRISE
APPLY_AGAIN = flow.ENDED - flow.DONE - {State.NOT_ACCEPTED}
OWED = (StepDocument.State.OUTSTANDING, StepDocument.State.RETURNED)


@dataclass
class StepView:
    """One step of a project on one day, as pages show it. Needs ``row.step``, its pauses and papers loaded."""

    row: ProjectStep
    today: date
    calendar: WorkCalendar
    waits_for: list["StepView"] = field(default_factory=list)
    usually_after: list["StepView"] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return State(self.row.state)

    @property
    def label(self) -> str:
        return localized(self.state, "label")

    @property
    def meaning(self) -> str:
        return localized(self.state.info, "meaning")

    @property
    def name(self) -> str:
        return self.row.step.name

    @property
    def url(self) -> str:
        return step_url(self.row)

    @property
    def applies(self) -> bool:
        return self.row.applies

    @property
    def is_undetermined(self) -> bool:
        return self.row.applicability == Applicability.UNDETERMINED

    @property
    def is_done(self) -> bool:
        return flow.is_done(self.state)

    @property
    def is_satisfied(self) -> bool:
        """Done, or not needed: holds nothing up."""
        return self.is_done or not self.applies

    @property
    def why_not(self) -> str:
        """Why the step does not apply: the person's reason, or the condition in the reader's language."""
        row = self.row
        if row.not_applicable_by_id or not row.step.condition_zh:
            return row.not_applicable_reason
        return localized(row.step, "condition")

    @cached_property
    def pauses(self) -> list[StepPause]:
        return list(self.row.pauses.all())

    @cached_property
    def open_pause(self) -> StepPause | None:
        return next((pause for pause in self.pauses if pause.ended_on is None), None)

    @property
    def pause_name(self) -> str:
        return pause_name(self.open_pause.kind) if self.open_pause else ""

    @cached_property
    def reading(self) -> clocks.Reading:
        return self.clock.read(self.today, self.calendar)

    @cached_property
    def clock(self) -> clocks.StepClock:
        return step_clock(self.row, self.pauses, self.row.documents.all(), self.holder)

    @property
    def holder(self) -> clocks.Party:
        """Whose the case is while nobody else has to act: the department, or the park for its own steps."""
        return holder_of(self.row)

    @cached_property
    def notice(self) -> clocks.Notice | None:
        """The notice of corrections while the application lies at the window, else None."""
        return notice_of(self.row, self.pauses, self.calendar, self.today)

    @property
    def deemed_due_on(self) -> date | None:
        """When the decision is due if the application counts as accepted since its receipt; else None."""
        if self.notice is None or self.notice.deemed_on is None:
            return None
        due = replace(self.clock, day0=self.notice.deemed_on).read(self.today, self.calendar).effective
        return due.on if due else None

    @property
    def is_paused(self) -> bool:
        return flow.is_open(self.state) and self.row.due_on is not None and self.running_due_on is None

    @property
    def shows_provisional(self) -> bool:
        """The due day still ahead rests on a calendar that is not official yet."""
        return self.row.is_provisional and flow.is_open(self.state)

    @property
    def running_due_on(self) -> date | None:
        """The earlier due day of the clocks that run now."""
        return min(filter(None, self._running), default=None)

    @property
    def _running(self) -> tuple[date | None, date | None]:
        row = self.row
        return (
            row.committed_due_on if row.committed_runs else None,
            row.statutory_due_on if row.statutory_runs else None,
        )

    @property
    def light(self) -> str:
        committed, statutory = self._running
        return step_light(committed, statutory, today=self.today, calendar=self.calendar)

    @property
    def days(self) -> int | None:
        """Working days left; negative: late (a weekend alone counts as one). None without a running clock."""
        due = self.running_due_on
        if due is None:
            return None
        late = clocks.lateness(due, self.today, self.calendar)
        return -max(late.workdays, 1) if late.is_late else clocks.remaining(self.today, due, self.calendar)

    @cached_property
    def owed(self) -> list[StepDocument]:
        """Papers the enterprise still has to hand in, because they were promised or sent back."""
        return [paper for paper in self.row.documents.all() if paper.state in OWED]

    @property
    def can_start(self) -> bool:
        """Nothing received yet, and everything that must come first is done."""
        return self._is_ahead and not self.unmet

    @property
    def can_prepare(self) -> bool:
        """Pre-review: may be worked on already, because all that must come first is at least under way."""
        under_way = bool(self.unmet) and all(flow.is_open(step.state) for step in self.unmet)
        return self._is_ahead and self.row.step.pre_review and under_way

    @property
    def _is_ahead(self) -> bool:
        return self.state is State.NOT_STARTED and self.applies and not self.is_undetermined

    @property
    def turn(self) -> str:
        """Whose turn it is: a party of ``clocks.Party``, or "" when nobody has anything to do."""
        if not self.applies or self.is_undetermined:
            return ""
        if self.state is State.NOT_STARTED:
            return self.row.step.initiated_by if self.can_start else ""
        if self.is_done:
            return ENTERPRISE if self.owed else ""
        if self.state in flow.ENDED:
            return ENTERPRISE if self.state in APPLY_AGAIN else ""
        return self.open_pause.party if self.open_pause else self.holder

    @property
    def turn_text(self) -> str:
        return StepPause.Party(self.turn).label if self.turn else ""

    @property
    def limit_text(self) -> str:
        """How long it takes once it runs: the committed limit in words."""
        return limit_words(self.row.committed_limit_wd, DayUnit.WORKING, self.row.extension_wd)

    @property
    def unmet(self) -> list["StepView"]:
        return [step for step in self.waits_for if not step.is_satisfied]


def pause_name(code: str) -> str:
    """Name of a kind of pause; free text stays as it is."""
    kind = clocks.PAUSE_KINDS.get(code)
    return localized(kind, "name") if kind else code


def limit_words(value: int | None, unit: str, extension: int) -> str:
    if value is None:
        return _("no limit set")
    if value == 0:
        return _("on the spot")
    words = _("%(n)d working days") if unit == DayUnit.WORKING else _("%(n)d calendar days")
    text = words % {"n": value}
    return f"{text} + {extension}" if extension else text


def steps_of(project, user, *, today: date, calendar: WorkCalendar, prefetch: Collection[str] = ()) -> list[StepView]:
    """The project's steps that the user may see, linked to their predecessors; a fixed number of queries.

    prefetch: further relations of ProjectStep that the page goes through for every step.
    """
    return views_of([project], user, today=today, calendar=calendar, prefetch=prefetch)[project.pk]


def views_of(
    projects: Collection[Any], user, *, today: date, calendar: WorkCalendar, prefetch: Collection[str] = ()
) -> dict[int, list[StepView]]:
    """``steps_of`` for several projects at once."""
    by_id = {project.pk: project for project in projects}
    rows = (
        ProjectStep.objects.visible_to(user)
        .filter(project__in=by_id)
        .select_related("step__phase", "step__line", "step__catalogue", "unit")
        .prefetch_related("pauses", "documents__requirement", *prefetch)
        .order_by("project", "seq")
    )
    found: dict[int, list[StepView]] = {pk: [] for pk in by_id}
    for row in rows:
        row.project = by_id[row.project_id]
        found[row.project_id].append(StepView(row, today, calendar))
    everything = [view for views in found.values() for view in views]
    _link(found, everything)
    _ask(everything)
    return found


def _link(found: dict[int, list[StepView]], everything: Iterable[StepView]) -> None:
    steps = {view.row.step_id for view in everything}
    edges = StepDependency.objects.filter(step__in=steps).values_list("step", "predecessor", "is_hard")
    before: dict[int, list[tuple[int, bool]]] = {}
    for step, predecessor, is_hard in edges:
        before.setdefault(step, []).append((predecessor, is_hard))
    for views in found.values():
        own = {view.row.step_id: view for view in views}
        for view in views:
            for predecessor, is_hard in before.get(view.row.step_id, []):
                if predecessor in own:
                    (view.waits_for if is_hard else view.usually_after).append(own[predecessor])


def _ask(views: Iterable[StepView]) -> None:
    """The questions that keep undetermined steps open, in the reader's language."""
    open_views = [view for view in views if view.is_undetermined]
    rules: dict[int, tuple[StepRule, dict]] = {}
    for view in open_views:
        step: Step = view.row.step
        if step.pk not in rules:
            step._prefetched_objects_cache = {"variants": []}
            variables = variables_of(step.catalogue.variables)
            rules[step.pk] = rules_of([step], variables)[0], variables
        rule, variables = rules[step.pk]
        missing = rule.questions(answers_of(view.row.project, variables))
        view.questions = [localized(_Words(variables[name]), "name") for name in missing]


@dataclass
class _Words:
    """A condition variable's words under the names ``localized`` looks for."""

    variable: Any

    @property
    def name_zh(self) -> str:
        return self.variable.zh

    @property
    def name_en(self) -> str:
        return self.variable.en


@dataclass
class Group:
    """Steps under one heading, with how many of them are done."""

    heading: Phase | Line
    views: list[StepView]
    lines: list["Group"] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(view.is_done for view in self.views if view.applies)

    @property
    def total(self) -> int:
        return sum(view.applies for view in self.views)

    @property
    def text(self) -> str:
        return _("%(done)d of %(total)d done") % {"done": self.done, "total": self.total}


def by_phase(views: Iterable[StepView]) -> list[Group]:
    """Steps grouped by phase and, inside, by line; each group stands where its first step stands."""
    phases = _group(views, lambda view: view.row.step.phase)
    for phase in phases:
        phase.lines = _group(phase.views, lambda view: view.row.step.line)
    return phases


def _group(views: Iterable[StepView], heading) -> list[Group]:
    groups: dict[int, Group] = {}
    for view in views:
        part = heading(view)
        groups.setdefault(part.pk, Group(part, [])).views.append(view)
    return list(groups.values())
