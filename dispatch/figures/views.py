"""Pages of the five rates: the table, and what is behind each of its numbers."""

from datetime import date

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import XLSX
from accounts.permissions import Verb, may
from dispatch.figures import groups, labels, links, policies, reading, sheets, table
from dispatch.figures.access import park_of
from dispatch.figures.behind import Question
from dispatch.figures.forms import EARLIEST, RatesForm
from dispatch.figures.groups import By
from dispatch.figures.listing import Listing, listing
from dispatch.figures.rates import RateKey, as_json
from dispatch.warnings.levels import closed_month

PAGE_SIZE = 50


@require_safe
def rates(request):
    """Who opens it wants to know how far the park and its parts have got, and against when."""
    park = park_of(request)
    form = RatesForm(request.GET or None, today=clock.today())
    chosen = form.chosen()
    shown = table.table(park, as_of=chosen["on"], by=chosen["by"], sort=chosen["sort"])
    query = {"by": chosen["by"].value, "against": chosen["against"], "on": chosen["on"].isoformat()}
    context = {
        "form": RatesForm(query | {"sort": chosen["sort"]}, today=clock.today()),
        "table": shown,
        "rows": [_row(line, chosen["against"]) for line in (*shown.lines, shown.whole)],
        "tiles": [{"cell": cell, "changes": _changes(cell)} for cell in shown.whole.cells],
        "against_name": table.AGAINST[chosen["against"]],
        "heading_by": labels.BY_NAMES[shown.by],
        "columns": [(key.value, labels.RATE_NAMES[key]) for key in RateKey],
        "sort": chosen["sort"],
        "is_past": chosen["on"] < clock.today(),
        "export_url": f"{reverse('dispatch:rates_export')}?{urlencode(query | {'sort': chosen['sort']})}",
        "may_edit": may(request.user, Verb.EDIT_FIGURES),
    }
    return render(request, "dispatch/figures/rates.html", context)


def _row(line: table.Line, against: str) -> dict:
    return {"line": line, "cells": [{"cell": cell, "change": cell.changes[against]} for cell in line.cells]}


def _changes(cell: table.Cell) -> list[tuple]:
    return [(name, cell.changes[against]) for against, name in table.AGAINST.items()]


@require_safe
def rates_export(request):
    """The same table as a workbook."""
    park = park_of(request)
    chosen = RatesForm(request.GET or None, today=clock.today()).chosen()
    shown = table.table(park, as_of=chosen["on"], by=chosen["by"], sort=chosen["sort"])
    return _download(sheets.rates(shown), _("Five rates"), chosen["on"])


@require_safe
def rate_projects(request):
    """Who opens it has clicked on a number and wants to see exactly what it counts."""
    park = park_of(request)
    question, policy = _question(request), policies.in_force(park.pk)
    found = listing(park, question, policy, request.user)
    page = Paginator(found.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    address = {"by": question.by, "group": groups.token(question.key), "on": question.on}
    context = {
        "question": question,
        "listing": found,
        "page_obj": page,
        "lines": found.lines(page.object_list),
        "hidden": found.total - page.paginator.count,
        "tabs": _tabs(question, address),
        **_about(park, question, policy),
        "export_url": links.rate_url(question.rate, question.part, **address, name="rate_projects_export"),
        "back_url": links.rates_url(by=question.by, on=question.on),
    }
    return render(request, "dispatch/figures/projects.html", context)


@require_safe
def rate_projects_export(request):
    """The same list as a workbook, of what the person may see."""
    park = park_of(request)
    question, policy = _question(request), policies.in_force(park.pk)
    found = listing(park, question, policy, request.user)
    about = _about(park, question, policy)
    notes = [about["definition"], *_hidden(found)]
    title = f"{about['rate_name']} · {about['group_name']}"
    file = sheets.behind(found, title=title, about=f"{labels.PART_NAMES[question.part]} · {question.on}", notes=notes)
    return _download(file, str(about["rate_name"]), question.on)


def _hidden(found: Listing) -> list[str]:
    hidden = found.total - found.rows.count()
    return [_("%(n)d more are in projects of others.") % {"n": hidden}] if hidden else []


def _question(request) -> Question:
    """What the address asks for; 404 for what no number of ours asks."""
    given, today = request.GET, clock.today()
    try:
        by = By(given.get("by", By.PARK))
        on = date.fromisoformat(given["on"]) if given.get("on") else today
        key = groups.key_from(by, given.get("group", ""))
        rate = RateKey(given.get("rate", RateKey.INVESTMENT))
    except ValueError:
        raise Http404 from None
    part = given.get("part", "denominator")
    if part not in links.PARTS or not EARLIEST <= on <= today:
        raise Http404
    return Question(rate, part, by, key, on, closed_month(on))


def _about(park, question: Question, policy) -> dict:
    """The number itself and its words."""
    rows = reading.read(park, as_of=question.on, by=question.by, policy=policy, month=question.month)
    group = next((row for row in rows if row.key == question.key), None)
    rate = group.rates[question.rate] if group else None
    return {
        "rate_name": labels.RATE_NAMES[question.rate],
        "group_name": (group.name if group else "") or str(table.NOT_NAMED),
        "rate": as_json(rate) if rate else None,
        "definition": labels.definition_text(rate.definition) if rate else "",
    }


def _tabs(question: Question, address: dict) -> list[dict]:
    return [
        {
            "label": labels.PART_NAMES[part],
            "href": links.rate_url(question.rate, part, **address),
            "active": part == question.part,
            "count": None,
        }
        for part in links.PARTS
    ]


def _download(file, title: str, on: date) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=f"{title}-{on:%Y%m%d}.xlsx", content_type=XLSX)
