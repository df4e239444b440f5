"""The wall as a workbook: one row a project, one column a month, the marks as text."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.templatetags.navigator import light_word
from dispatch.wall import words
from dispatch.wall.choices import Chosen
from dispatch.wall.layout import Kind, expected, slip_of
from dispatch.wall.sums import Line
from projects.ledger.lists import Keyed, ListSheet, list_workbook
from projects.models import Project


def made(found: Chosen, progress: Callable[[int, int], None] = lambda done, total: None) -> bytes:
    """The .xlsx with the chosen projects in their groups and order."""
    titles = [
        words.GROUPS[found.by], _("Project"), _("Light"), _("Status"), _("Responsible unit"), _("Leader in charge"),
        _("Total investment (10k CNY)"), _("Target"), _("Working days short"),
    ]  # fmt: skip
    months = [f"{month:%Y-%m}" for month in found.window.months]
    rows, done = [], 0
    for group in found.groups:
        heading = words.heading(found.by, group.key)
        rows += [
            Keyed([heading, *_facts(line), *cells_of(found, line)], f"projects.project:{line.pk}", None)
            for line in group.lines
        ]
        done += len(group.lines)
        progress(done, len(found.lines))
    widths = [16, 32, 8, 8, 16, 12, 14, 12, 10] + [18] * len(months)
    return list_workbook(ListSheet(_("Wall of plans"), [*titles, *months], widths, rows))


def _facts(line: Line) -> list:
    aim = line.aim
    return [
        line.name, str(light_word(line.light)), str(Project.Status(line.status).label), line.unit, line.leader,
        line.investment_10k, aim.on if aim else None, aim.short_wd if aim else None,
    ]  # fmt: skip


def cells_of(found: Chosen, line: Line) -> list[str]:
    """The marks of each month as lines of text, e.g. "开 计划 03-31" and "开 预计 04-12 迟12天"."""
    cells: list[list[str]] = [[] for _month in range(found.window.count)]

    def put(day, text: str) -> None:
        if found.window.holds(day):
            cells[found.window.index(day)].append(text)

    for stop in line.stops:
        name = words.short(stop.stage)
        if stop.baseline_on:
            put(stop.baseline_on, f"{name} {words.KINDS[Kind.BASELINE]} {stop.baseline_on:%m-%d}")
        if now := expected(stop, found.today, moving=line.is_moving):
            slip = slip_of(stop, found.today, moving=line.is_moving)
            late = words.label(stop.stage, slip, now[0]).removeprefix(name)
            put(now[1], f"{name} {words.KINDS[now[0]]} {now[1]:%m-%d}{late}")
    if line.aim:
        put(line.aim.on, f"{words.aim_label(line.aim)} {line.aim.on:%m-%d}")
    return ["\n".join(cell) for cell in cells]
