"""The wall on paper: A3 sheets, or an A0 poster on which all rows stand as large as they can. Drawn by ourselves.

Why not from HTML: WeasyPrint lays out a row in 25 ms (dispatch.reports.pdf_tables).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.models import Park
from accounts.templatetags.navigator import light_word
from dispatch.reports.pdf_tables import MM, Page, document
from dispatch.reports.pdf_text import Face
from dispatch.wall import layout, pen, present, sums, words
from dispatch.wall.choices import Chosen
from dispatch.wall.layout import Scale, Track
from dispatch.wall.pen import ACCENT, BAND, HAIRLINE, INK, MUTED, RED, Pen
from dispatch.wall.sums import Group, Line
from projects.models import Project

SIZES = {"a3": (420 * MM, 297 * MM), "a0": (1189 * MM, 841 * MM)}
FACTORS = (3.0, 2.6, 2.3, 2.0, 1.8, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.95)  # of a poster, the largest that fits
PANELS = 3  # a poster has at most so many columns of projects side by side
MOST_ON_ONE = 200  # projects; more never stand on one sheet
GUTTER = 9 * MM
COLUMNS = ((15, "light"), (58, "name"), (24, "unit"), (18, "leader"), (19, "investment"))  # mm
SIZE, TITLE, LEAD, LANE, PAD = 7.0, 0.018, 1.25, 11.5, 2.0  # points; title: of the height of the paper
SIDE, TOP, BOTTOM = 11 * MM, 11 * MM, 14 * MM
BATCH = 50
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """A line with its place on paper. ``texts``: lines of each column."""

    line: Line
    tracks: list[Track]
    texts: list[list[str]]
    height: float


def band_height(k: float) -> float:
    return (SIZE * LEAD + 3 * PAD) * k


def made(
    found: Chosen, size: str, *, park: Park, now: datetime, progress: Progress = lambda done, total: None
) -> bytes:
    """The PDF. ``size``: "a3" or "a0"."""
    sheets = Sheets(found, Face(), SIZES[size], 1.0, 1, progress) if size == "a3" else _poster(found, progress)
    return sheets.drawn(_title(found, park), _foot(found, now))


def _poster(found: Chosen, progress: Progress) -> "Sheets":
    """All projects on one A0 sheet, with the largest type that lets them; more sheets where none does."""
    face, best = Face(), None
    for panels in range(1, PANELS + 1) if len(found.lines) <= MOST_ON_ONE else ():
        low, high = 0, len(FACTORS)
        while low < high:
            middle = (low + high) // 2
            sheets = Sheets(found, face, SIZES["a0"], FACTORS[middle], panels, progress)
            if sheets.fits():
                high = middle
                best = sheets if best is None or sheets.k > best.k else best
            else:
                low = middle + 1
    return best or Sheets(found, face, SIZES["a0"], FACTORS[-1], PANELS, progress)


def _title(found: Chosen, park: Park) -> str:
    first, last = found.window.first, found.window.last
    words_ = {"park": localized(park, "name"), "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
    return _("%(park)s: wall of plans, %(first)s to %(last)s") % words_


def _foot(found: Chosen, now: datetime) -> str:
    text = _("As of %(moment)s") % {"moment": f"{localtime(now):%Y-%m-%d %H:%M}"}
    if found.as_of:
        text += " · " + _("forecasts of %(day)s") % {"day": found.as_of.isoformat()}
    return text + " · " + _("%(count)d projects") % {"count": len(found.lines)}


class Sheets:
    """All pages of one paper: ``panels`` columns of projects side by side, every size times the factor ``k``."""

    def __init__(
        self, found: Chosen, face: Face, size: tuple[float, float], k: float, panels: int, progress: Progress
    ) -> None:
        self.found, self.face, self.size, self.k, self.panels, self.progress = found, face, size, k, panels, progress
        self.widths = [width * MM * k for width, _name in COLUMNS]
        self.wide = (size[0] - 2 * SIDE - (panels - 1) * GUTTER) / panels
        self.month = (self.wide - sum(self.widths)) / found.window.count
        self.scale = Scale(self.month, 4.2 * k, SIZE * k, 3 * k)
        self.title_size = size[1] * TITLE
        self.top = size[1] - TOP - self.title_size * 1.5 - SIZE * 2 * k
        self.groups = [(group, [self._measured(line) for line in group.lines]) for group in found.groups]
        self.pages: list[Page] = []
        self.done, self.panel, self.title = 0, 0, ""

    @property
    def side(self) -> float:
        """The left edge of the panel that is being drawn."""
        return SIDE + self.panel * (self.wide + GUTTER)

    @property
    def left(self) -> float:
        """The left edge of its first month."""
        return self.side + sum(self.widths)

    def fits(self) -> bool:
        """Whether everything stands on one page."""
        room = self.top - self._head_height() - BOTTOM
        used, needed, band = self._counts_height(), 1, band_height(self.k)
        for _group, rows in self.groups:
            if used + band + rows[0].height > room:
                used, needed = 0.0, needed + 1
            used += band
            for row in rows:
                if used + row.height > room:
                    used, needed = band, needed + 1
                used += row.height
        return needed <= self.panels and self.month > self.scale.em * 3

    def _measured(self, line: Line) -> Row:
        tracks = present.drawn(self.found, line, self.scale)
        money = "" if line.investment_10k is None else f"{line.investment_10k:,.0f}"
        status = "" if line.is_moving else f"（{Project.Status(line.status).label}）"
        values = [str(light_word(line.light)), line.name + status, line.unit or "—", line.leader or "—", money or "—"]
        room = [width - 2 * PAD * self.k for width in self.widths]
        room[0] -= 8 * self.k
        pairs = zip(values, room, strict=True)
        texts = [self.face.lines(" ".join(text.split()), SIZE * self.k, width) for text, width in pairs]
        high = max(len(lines) for lines in texts) * SIZE * LEAD
        return Row(line, tracks, texts, (max(high, layout.lanes_of(tracks) * LANE) + 2 * PAD) * self.k)

    def drawn(self, title: str, foot: str) -> bytes:
        """The file."""
        self.title = title
        self._page()
        self._counts()
        for group, rows in self.groups:
            self._need(band_height(self.k) + rows[0].height)
            self._band(group, again=False)
            for row in rows:
                if self._need(row.height):
                    self._band(group, again=True)
                self._row(row)
                self._tick()
        if not self.groups:
            self.pen.text(SIDE, self.y - 14 * self.k, _("No project matches these filters."), SIZE * self.k, MUTED)
        self._feet(foot)
        return document(self.pages, self.face.objects())

    def _tick(self) -> None:
        self.done += 1
        if self.done % BATCH == 0:
            self.progress(self.done, len(self.found.lines))

    def _need(self, height: float) -> bool:
        """A new panel or page where there is no more room; whether it was needed."""
        if self.y - height >= BOTTOM:
            return False
        if self.panel + 1 < self.panels:
            self.panel += 1
            self._head()
        else:
            self._page()
        return True

    def _page(self) -> None:
        self.pages.append(Page(self.size))
        self.pen, self.panel = Pen(self.face, self.pages[-1]), 0
        y = self.size[1] - TOP - self.title_size
        room = self.size[0] - 2 * SIDE
        self.pen.text(SIDE, y, self.pen.shortened(self.title, self.title_size, room), self.title_size)
        self._legend(y - self.title_size * 0.5 - SIZE * self.k)
        self._head()

    def _head_height(self) -> float:
        return (SIZE * 2 * LEAD + 4 * PAD) * self.k

    def _counts_height(self) -> float:
        return len(sums.EVENTS) * len(sums.KINDS) * SIZE * 1.35 * self.k + PAD * self.k

    def _head(self) -> None:
        """Names of the columns and months, on top of each panel."""
        k, height = self.k, self._head_height()
        self.y = self.top
        self.pen.box(self.side, self.y - height, self.wide, height, BAND)
        middle = self.y - height / 2 - SIZE * k * 0.35
        x = self.side
        heads = (
            _("Light"),
            _("Project"),
            _("Responsible unit"),
            _("Leader in charge"),
            _("Total investment (10k CNY)"),
        )
        for width, text in zip(self.widths, heads, strict=True):
            self.pen.text(x + PAD * k, middle, self.pen.shortened(text, SIZE * k, width - 2 * PAD * k), SIZE * k)
            x += width
        for at, month in enumerate(present.months_of(self.found)):
            name = f"{month['on']:%Y-%m}" if month["year"] else f"{month['month']:02d}"
            left = self.left + at * self.month + PAD * k
            self.pen.text(left, middle, name, SIZE * k, ACCENT if month["is_now"] else INK)
        self.y -= height
        self._rule(INK, 0.8)

    def _legend(self, y: float) -> None:
        """What the marks mean, in shape and word."""
        k, x = self.k, SIDE
        shown = (("baseline", False), ("forecast", False), ("actual", False), ("overdue", True), ("target", False))
        for kind, late in shown:
            pen.mark(self.pen, kind, x + 4 * k, y + 2.4 * k, 4.2 * k, is_late=late)
            self.pen.text(x + 12 * k, y, str(words.KINDS[kind]), SIZE * k)
            x += (20 * k) + self.face.width(str(words.KINDS[kind]), SIZE * k)
        pen.mark(self.pen, "forecast", x + 4 * k, y + 2.4 * k, 4.2 * k, is_late=True)
        text = _("late (triangle)")
        self.pen.text(x + 12 * k, y, text, SIZE * k)
        x += 20 * k + self.face.width(text, SIZE * k)
        stages = "  ".join(f"{words.short(stage)} {words.name_of(stage)}" for stage in words.SHORT)
        self.pen.text(x, y, self.pen.shortened(stages, SIZE * k, self.size[0] - SIDE - x), SIZE * k, MUTED)

    def _counts(self) -> None:
        """Starts and completions of each month: baseline, forecast, actual."""
        counts = sums.month_counts(self.found.counted, self.found.window, self.found.today)
        k = self.k
        for (stage, kind), months in counts.items():
            self.y -= SIZE * 1.35 * k
            text = f"{words.EVENTS[stage]} · {words.KINDS[kind]} {sum(months)}"
            self.pen.text(self.side + self.widths[0], self.y + 2 * k, text, SIZE * k, MUTED)
            for at, number in enumerate(months):
                if number:
                    self.pen.text(self.left + at * self.month + PAD * k, self.y + 2 * k, str(number), SIZE * k)
        self.y -= PAD * k
        self._rule(INK, 0.8)

    def _band(self, group: Group, *, again: bool) -> None:
        shown, k = present.group_of(self.found, group), self.k
        height = band_height(k)
        self.pen.box(self.side, self.y - height, self.wide, height, BAND)
        parts = [_("%(count)d projects") % {"count": shown["number"]}]
        parts += [f"{light_word(code)} {number}" for code, number in shown["lights"]]
        if shown["short"]:
            parts.append(_("short of target %(count)d") % {"count": shown["short"]})
        for event in shown["events"]:
            parts.append(f"{event['label']} " + " / ".join(f"{word} {number}" for word, number in event["numbers"]))
        y = self.y - height / 2 - SIZE * k * 0.35
        name = f"{shown['name']} {_('(continued)')}" if again else str(shown["name"])
        name = self.pen.shortened(name, SIZE * 1.15 * k, self.wide / 3)
        self.pen.text(self.side + PAD * k, y, name, SIZE * 1.15 * k)
        x = self.side + 4 * PAD * k + self.face.width(name, SIZE * 1.15 * k)
        self.pen.text(x, y, self.pen.shortened(" · ".join(parts), SIZE * k, self.side + self.wide - x), SIZE * k, MUTED)
        self.y -= height

    def _row(self, row: Row) -> None:
        k, top = self.k, self.y
        self.y -= row.height
        self._grid(top)
        x = self.side
        for at, (width, lines) in enumerate(zip(self.widths, row.texts, strict=True)):
            y = top - PAD * k - SIZE * k * 0.95
            if at == 0:
                pen.light(self.pen, row.line.light, x + 5 * k, y + 2.5 * k, 2.6 * k)
            for text in lines:
                if COLUMNS[at][1] == "investment":
                    self.pen.text_end(x + width - 2 * PAD * k, y, text, SIZE * k)
                else:
                    self.pen.text(x + PAD * k + (8 * k if at == 0 else 0), y, text, SIZE * k)
                y -= SIZE * LEAD * k
            x += width
        for track in row.tracks:
            self._track(track, top - (PAD + (track.lane + 0.5) * LANE) * k)

    def _grid(self, top: float) -> None:
        for at in range(self.found.window.count + 1):
            x = self.left + at * self.month
            self.pen.line((x, top, x, self.y))
        window = self.found.window
        if window.holds(self.found.today):
            x = self.left + window.position(self.found.today) * self.month
            self.pen.line((x, top, x, self.y), ACCENT, 0.9 * self.k, "3 2")
        self._rule(HAIRLINE, 0.4)

    def _rule(self, colour: pen.Colour, width: float) -> None:
        self.pen.line((self.side, self.y, self.side + self.wide, self.y), colour, width)

    def _track(self, track: Track, y: float) -> None:
        k, r = self.k, 4.2 * self.k
        colour = RED if track.is_late else MUTED
        if track.line:
            x1, x2 = track.line
            self.pen.line((self.left + x1, y, self.left + x2, y), colour, 1.1 * k, "" if track.is_late else "3 2")
        for found in (track.baseline, track.current):
            if found:
                pen.mark(self.pen, found.kind, self.left + found.x, y, r, is_late=track.is_late)
        put = self.pen.text_end if track.words_end else self.pen.text
        put(self.left + track.words_x, y - SIZE * k * 0.36, track.words, SIZE * k, RED if track.is_late else INK)

    def _feet(self, foot: str) -> None:
        size = SIZE * max(1.0, self.k * 0.8)
        for number, page in enumerate(self.pages, 1):
            hand = Pen(self.face, page)
            text = _("Page %(number)d of %(pages)d") % {"number": number, "pages": len(self.pages)}
            hand.text_end(self.size[0] - SIDE, 7 * MM, text, size, MUTED)
            hand.text(SIDE, 7 * MM, foot, size, MUTED)
        self.progress(len(self.found.lines), len(self.found.lines))
