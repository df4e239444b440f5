"""The plan of a project as a file to keep: on A3 paper, and as 项目推进计划表. Reads only."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import override
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import PDF, attachment
from accounts.pdf import from_html
from dispatch.doors import require_exporter, require_reader
from dispatch.plan import gantt_words, panel, workbook
from dispatch.plan.gantt_axis import Scale
from projects.models import Project

PAPER_WIDTH, PAPER_HEIGHT, NAMES_WIDTH = 1490, 830, 250  # pixels of the drawing
LINE_MOST, LINE_LEAST = 26, 17


@require_safe
def plan_print(request, pk):
    """Who opens it wants to hang the plan on the wall or lay it on the table: A3 across."""
    reading = _reading(request, pk)
    return attachment(paper(reading, request.GET, clock.now()), f"{reading.project.name}推进计划.pdf", PDF)


def paper(reading, query, at) -> bytes:
    """The plan on A3, as the address asks for it; ``at``: the moment it says it was made.

    Raises Refused where PDF files cannot be made.
    """
    most = sum(1 for one in reading.plan.info) + len(gantt_words.GROUP_NAMES)
    row = min(LINE_MOST, max(LINE_LEAST, PAPER_HEIGHT // max(most, 1)))
    wide = PAPER_WIDTH * max(1.0, most * row / PAPER_HEIGHT)
    shown = panel.shown(reading, query, width=wide - NAMES_WIDTH, row=row, scale=Scale.AUTO)
    told = gantt_words.conflict_lines(reading.schedule, reading.plan)
    context = {
        "shown": shown,
        "chart": shown.chart,
        "reading": reading,
        "schedule": reading.schedule,
        "plan": reading.plan,
        "goal": reading.plan.info.get(reading.plan.goal),
        "chain": gantt_words.chain_of(reading.schedule, reading.plan),
        "conflicts": [text for is_hint, text in told if not is_hint],
        "at": at,
        "names_width": NAMES_WIDTH,
        "paper_width": round(NAMES_WIDTH + shown.chart.width, 2),
    }
    return from_html(render_to_string("dispatch/plan/print/schedule_pdf.html", context))


@require_safe
def plan_xlsx(request, pk):
    """Who opens it wants the plan as a table to work on: 项目推进计划表."""
    require_exporter(request)
    with override(workbook.LANGUAGE):
        reading = _reading(request, pk)
    return attachment(workbook.render(reading, clock.now()), f"{reading.project.name}推进计划表.xlsx")


def _reading(request, pk):
    require_reader(request)
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("enterprise", "park"), pk=pk)
    reading = panel.read(project, request.user, clock.today())
    if not reading.plan.info:
        raise Http404
    return reading
