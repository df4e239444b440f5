"""How the parts of the map look: marks, colours, words. Everything is text ready for an attribute of SVG."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals import flow
from approvals.models import DayUnit, Step
from approvals.navmap.layout import NARROW, RADIUS, WIDE
from approvals.navmap.text import text_width
from approvals.navmap.values import Box, Label, Layout, Link, Path, Plan, Point
from approvals.queries import StepView, limit_words

LINE_COLOURS = ("#c26a14", "#4d8a2f", "#7d4f9e", "#1a6a9c", "#0f8a84", "#a8456f", "#7a5a3c", "#51616c")
INK, QUIET, PAPER = "#16232c", "#586771", "#ffffff"
RED, AMBER, BLUE, GREEN = "#bb2421", "#8f5f00", "#1f63b5", "#1c7a45"
TONES = {"muted": QUIET, "info": BLUE, "wait": AMBER, "good": GREEN, "bad": RED}
BUNDLES = (("#f6e3a4", "#a98a26"), ("#fbf3d9", "#c9b26a"), ("#fdf8ea", "#d8c894"))
TRANSFER = "#6d7a83"


@dataclass(frozen=True)
class Face:
    """What one stop shows and says. ``mark`` names a drawing of the template; ``alert``: note that is set in red."""

    code: str
    url: str
    says: str
    title: str
    head: str
    notes: tuple[str, ...] = ()
    mark: str = "station"
    tone: str = INK
    alert: str = ""
    is_off: bool = False

    @property
    def alert_part(self) -> str:
        """The part of the label that is set in red; "" when nothing is late."""
        return f"note-{self.notes.index(self.alert) + 1}" if self.alert else ""


def guide_face(step: Step, url: str) -> Face:
    """A step of the catalogue: its limit below the name."""
    limit = limit_words(step.committed_limit_wd, DayUnit.WORKING, 0)
    said = [f"{step.code} {step.name}", localized(step.line, "name"), localized(step, "department_lead")]
    if step.committed_limit_wd is None:
        return Face(step.code, url, _join(said), f"{step.code} {step.name}", step.code)
    said.append(_("committed limit %(limit)s") % {"limit": limit})
    return Face(step.code, url, _join(said), f"{step.code} {step.name}", step.code, (limit,), tone=QUIET)


def live_face(view: StepView, url: str) -> Face:
    """A step of a project: state, days left or late, whose turn."""
    code, title = view.row.code, f"{view.row.code} {view.name}"
    if not view.applies:
        word = _("not applicable")
        return Face(code, url, _join([title, word]), title, code, (word,), "off", QUIET, is_off=True)
    if view.is_undetermined:
        word = _("undetermined")
        return Face(code, url, _join([title, word]), title, code, (word,), "question", AMBER)
    alert, notes = _time_notes(view)
    turn = _("turn: %(party)s") % {"party": view.turn_text} if view.turn else ""
    words = [note for note in (view.label, *notes, turn) if note]
    return Face(
        code, url, _join([title, *words]), title, code, tuple(words), view.state.info.shape,
        TONES[view.state.info.tone], alert,
    )  # fmt: skip


def _time_notes(view: StepView) -> tuple[str, list[str]]:
    """(the red one, all): days left, or late by how many, and whether the clock stands."""
    notes, alert = [], ""
    if view.is_paused:
        notes.append(_("clock stopped"))
    if view.days is not None and view.days < 0:
        alert = _("%(n)d days late") % {"n": -view.days}
        notes.append(alert)
    elif view.days is not None:
        notes.append(_("%(n)d days left") % {"n": view.days})
    return alert, notes


def _join(parts: list[str]) -> str:
    return _(", ").join(part for part in parts if part)


def number(value: float) -> str:
    """A length as SVG wants it, whatever the language."""
    return f"{round(value, 1):g}"


def path_of(points: tuple[Point, ...]) -> str:
    return "M" + " L".join(f"{number(x)} {number(y)}" for x, y in points)


@dataclass(frozen=True)
class Rect:
    box: Box

    @property
    def attributes(self) -> dict[str, str]:
        return {name: number(getattr(self.box, name)) for name in ("x", "y", "width", "height")}

    @property
    def round(self) -> str:
        return number(min(self.box.width, self.box.height) / 2)


class Legend:
    """What the lines, colours and marks mean, of those that the map has."""

    def __init__(self, plan: Plan, is_live: bool, has_back: bool):
        self.plan, self.is_live, self.has_back = plan, is_live, has_back

    def entries(self) -> list[dict[str, str]]:
        """In order: kind, name, and what the sample needs."""
        used = {stop.line for stop in self.plan.stops}
        found = [
            {"kind": "line", "name": line.name, "colour": colour_of(self.plan, line.code)}
            for line in self.plan.lines
            if line.code in used
        ]
        found += [{"kind": "hard", "name": _("must come first")}, {"kind": "soft", "name": _("usually comes first")}]
        found += [{"kind": "back", "name": _("usually waits for a later phase")}] if self.has_back else []
        for rank, bundle in enumerate(self.plan.bundles):
            fill, stroke = BUNDLES[min(rank, 2)]
            found.append({"kind": "bundle", "name": bundle.name, "fill": fill, "stroke": stroke})
        return found + (_mark_entries() if self.is_live else [])


def _mark_entries() -> list[dict[str, str]]:
    named = [
        ("ring", QUIET, localized(flow.State.NOT_STARTED, "label")),
        ("dot", BLUE, _("under way")),
        ("bars", AMBER, _("waiting")),
        ("check", GREEN, _("done")),
        ("cross", RED, _("refused or revoked")),
        ("dash", QUIET, _("taken back")),
        ("question", AMBER, _("undetermined")),
        ("off", QUIET, _("not applicable")),
    ]
    marks = [{"kind": "mark", "mark": mark, "tone": tone, "name": name} for mark, tone, name in named]
    return [*marks, {"kind": "late", "name": _("late")}]


def colour_of(plan: Plan, line: str) -> str:
    """Colours by the order of the lines; grey for what belongs to no line."""
    order = [named.code for named in plan.lines]
    return LINE_COLOURS[order.index(line) % len(LINE_COLOURS)] if line in order else TRANSFER


class Sheet:
    """One orientation of the map, as the template draws it."""

    def __init__(self, drawn: Layout, faces: Mapping[str, Face], plan: Plan):
        self.layout, self.faces, self.plan = drawn, faces, plan
        self.orientation = drawn.orientation
        self.is_narrow = drawn.orientation == "vertical"
        self.width, self.height = number(drawn.width), number(drawn.height)

    @property
    def fits(self) -> bool:
        """Whether the whole width can be shown on an ordinary screen with letters of at least 11 px."""
        return self.layout.width <= 1300

    def colour(self, line: str) -> str:
        return colour_of(self.plan, line)

    @cached_property
    def bands(self) -> list[dict]:
        return [
            {
                **Rect(band.box).attributes,
                "is_odd": place % 2,
                "number": place + 1,
                "title": self.text(band.title),
                "badge": badge_of(band.title),
            }
            for place, band in enumerate(self.layout.bands)
        ]

    @cached_property
    def paths(self) -> list[dict]:
        """Transfers first, so that the tracks lie over them."""
        drawn = [
            {"d": path_of(path.points), "arrow": arrow_of(path), **self._stroke(path.link)}
            for path in self.layout.paths
        ]
        return sorted(drawn, key=lambda path: path["order"])

    def _stroke(self, link: Link) -> dict:
        if link.is_back:
            return {"order": 4, "kind": "back", "colour": INK, "width": "1.8", "dash": "1.6 3.2"}
        dash = "" if link.is_hard else "7 4"
        if not link.line:
            return {"order": 1, "kind": "transfer", "colour": TRANSFER, "width": "2.4", "dash": dash}
        if link.is_track:
            return {"order": 3, "kind": "track", "colour": self.colour(link.line), "width": "6", "dash": ""}
        width = "6" if link.is_hard else "4"
        return {"order": 2, "kind": "feeder", "colour": self.colour(link.line), "width": width, "dash": dash}

    @cached_property
    def interchanges(self) -> list[dict]:
        return [
            {
                "capsules": [{**Rect(box).attributes, "r": Rect(box).round} for box in interchange.capsules],
                "corridors": [path_of(points) for points in interchange.corridors],
                "fill": BUNDLES[min(interchange.rank, 2)][0],
                "stroke": BUNDLES[min(interchange.rank, 2)][1],
                "outer": number(14 + 5 * interchange.rank),
                "inner": number(11.6 + 5 * interchange.rank),
                "name": interchange.name,
            }
            for interchange in self.layout.interchanges
        ]

    @cached_property
    def gates(self) -> list[dict]:
        return [
            {
                **Rect(gate.bar).attributes,
                "r": Rect(gate.bar).round,
                "rule": path_of(gate.rule),
                "title": self.text(gate.title),
                "flag": self.plate(gate.title.box, 6),
                "name": gate.name,
            }
            for gate in self.layout.gates
        ]

    @cached_property
    def tags(self) -> list[dict]:
        return [
            {
                "kind": tag.kind,
                "plate": self.plate(tag.label.box, 4),
                "fill": self.colour(tag.code) if tag.kind == "line" else PAPER,
                "text": self.text(tag.label),
            }
            for tag in self.layout.tags
        ]

    @cached_property
    def stops(self) -> list[dict]:
        """In the order of reading, which is the order of the tab key."""
        return [
            {
                "face": self.faces[stop.code],
                "x": number(stop.x),
                "y": number(stop.y),
                "colour": self.colour(stop.line),
                "text": self.text(stop.label),
                "alerts": self.alerts(stop.label, self.faces[stop.code]),
                "focus": Rect(around(stop.x, stop.y, stop.label.box)).attributes,
            }
            for stop in self.layout.stops
        ]

    def plate(self, box: Box, pad: float) -> dict[str, str]:
        return Rect(Box(box.x - pad, box.y, box.width + 2 * pad, box.height)).attributes

    def alerts(self, label: Label, face: Face) -> list[dict[str, str]]:
        """Red plates behind the lines of the alert."""
        lines = [line for line in label.lines if line.part == face.alert_part]
        size = NARROW.note if self.is_narrow else WIDE.note
        found = []
        for line in lines:
            width = text_width(line.text, size) + 6
            left = label.x - width / 2 if label.anchor == "middle" else label.x - 3
            found.append(Rect(Box(left, line.y - size, width, size * 1.3)).attributes)
        return found

    def text(self, label: Label) -> dict:
        return {
            "x": number(label.x),
            "anchor": label.anchor,
            "lines": [{"text": line.text, "y": number(line.y), "part": line.part} for line in label.lines],
        }


def badge_of(title: Label) -> dict[str, str]:
    """Where the number of a phase stands: left of its name."""
    x, y = title.box.x - 15, title.lines[0].y - 5 if title.lines else title.box.y
    return {"x": number(x), "y": number(y), "baseline": number(y + 4.2)}


def arrow_of(path: Path) -> dict[str, str] | None:
    """The head of an arrow just before the stop that a link back leads to."""
    if not path.link.is_back:
        return None
    (x1, y1), (x2, y2) = path.points[-2:]
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    back = RADIUS + 3
    x, y = x2 - back * math.cos(math.radians(angle)), y2 - back * math.sin(math.radians(angle))
    return {"x": number(x), "y": number(y), "turn": number(angle)}


def around(x: float, y: float, label: Box) -> Box:
    """The box that holds a stop and its label."""
    left, top = min(x - RADIUS - 3, label.x - 3), min(y - RADIUS - 3, label.y - 2)
    right, bottom = max(x + RADIUS + 3, label.right + 3), max(y + RADIUS + 3, label.bottom + 2)
    return Box(left, top, right - left, bottom - top)
