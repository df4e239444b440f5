"""The map ready for a template: of a catalogue (the zone's guide) or of a project's steps (its live map)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.i18n import localized
from approvals.models import Catalogue, StepDependency
from approvals.navmap import look
from approvals.navmap.layout import layout
from approvals.navmap.look import Face, Sheet
from approvals.navmap.text import short_name
from approvals.navmap.values import Bundle, Edge, Gate, Named, Plan, Stop
from approvals.queries import StepView

UrlOf = Callable[[str], str]


@dataclass(frozen=True)
class Drawing:
    """What ``approvals/navmap/_map.html`` shows: both orientations, the legend, whether it is a project's."""

    sheets: list[Sheet]
    legend: look.Legend
    plan: Plan
    faces: Mapping[str, Face]
    is_live: bool

    def with_labels(self, width: float) -> Sheet:
        """The horizontal map with labels of this width in pixels."""
        return Sheet(layout(self.plan, "horizontal", width), self.faces, self.plan)


def of_catalogue(catalogue: Catalogue, url_of: UrlOf) -> Drawing:
    """The guide's map. ``url_of``: code of a step → address. Eight queries, however many steps."""
    steps = list(catalogue.steps.select_related("phase", "line"))
    pairs = StepDependency.objects.filter(step__catalogue=catalogue)
    edges = [Edge(*row) for row in pairs.values_list("predecessor__code", "step__code", "is_hard")]
    faces = {step.code: look.guide_face(step, url_of(step.code)) for step in steps}
    plan = _plan(catalogue, [_stop(step, faces[step.code]) for step in steps], edges)
    return _drawing(plan, faces, is_live=False)


def of_project(views: Sequence[StepView], url_of: UrlOf | None = None) -> Drawing:
    """A project's live map; without ``url_of`` a stop leads to the page of its step. Six queries of its own."""
    faces = {view.row.code: look.live_face(view, url_of(view.row.code) if url_of else view.url) for view in views}
    edges = [
        Edge(earlier.row.code, view.row.code, is_hard)
        for view in views
        for is_hard, before in ((True, view.waits_for), (False, view.usually_after))
        for earlier in before
    ]
    if not views:
        return _drawing(Plan((), (), ()), {}, is_live=True)
    stops = [_stop(view.row.step, faces[view.row.code]) for view in views]
    return _drawing(_plan(views[0].row.step.catalogue, stops, edges), faces, is_live=True)


def _stop(step, face: Face) -> Stop:
    """``step.phase`` and ``step.line`` are loaded."""
    return Stop(step.code, short_name(step.name), step.phase.code, step.line.code, step.seq, face.head, face.notes)


def _plan(catalogue: Catalogue, stops: Iterable[Stop], edges: Iterable[Edge]) -> Plan:
    return Plan(
        phases=tuple(Named(phase.code, localized(phase, "name")) for phase in catalogue.phases.order_by("seq")),
        lines=tuple(Named(line.code, localized(line, "name")) for line in catalogue.lines.order_by("seq")),
        stops=tuple(stops),
        edges=tuple(edges),
        bundles=tuple(
            Bundle(bundle.code, localized(bundle, "name"), tuple(sorted(step.code for step in bundle.steps.all())))
            for bundle in catalogue.bundles.order_by("pk").prefetch_related("steps")
        ),
        gates=tuple(
            Gate(gate.code, gate.name_zh, tuple(sorted(step.code for step in gate.steps.all())))
            for gate in catalogue.gates.order_by("pk").prefetch_related("steps")
        ),
    )


def _drawing(plan: Plan, faces: dict[str, Face], *, is_live: bool) -> Drawing:
    sheets = [Sheet(layout(plan, kind), faces, plan) for kind in ("horizontal", "vertical")] if plan.stops else []
    has_back = any(path.link.is_back for sheet in sheets[:1] for path in sheet.layout.paths)
    return Drawing(sheets, look.Legend(plan, is_live, has_back), plan, faces, is_live)
