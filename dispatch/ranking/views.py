"""Pages of rankings: the list, one ranking, a unit's own sheet, comparison, files; freezing, publishing, restating."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import PDF, attachment
from accounts.permissions import Verb, may
from dispatch.figures.groups import By
from dispatch.figures.links import rate_url
from dispatch.ranking import actions, papers, queries, telling
from dispatch.ranking.appeals import is_replaced, may_appeal, subjects
from dispatch.ranking.forms import ReasonForm
from dispatch.ranking.models import Appeal, Ranking
from dispatch.ranking.periods import CONTEST, HALF_MONTH, latest
from projects.text import number_in
from workdays.models import load_calendar

PAGE_SIZE = 24


@require_safe
def ranking_list(request):
    """Who opens it wants the latest ranking, and the ones before."""
    rows = queries.rankings(request.user)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Ranking.Kind.values else Ranking.Kind.HALF_MONTH
    shown = rows.filter(kind=kind).defer("snapshot").annotate(places=F("snapshot__ranking"))
    context = {
        "page_obj": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "own": queries.own_units(request.user),
        "kind": kind,
        "tabs": _kind_tabs(kind),
        "may_make": may(request.user, Verb.MAKE_RANKING),
        "to_freeze": _to_freeze(request, kind),
        "open_appeals": queries.appeals(request.user).filter(state=Appeal.State.OPEN).count(),
    }
    return render(request, "dispatch/ranking/list.html", context)


def _kind_tabs(kind):
    here = reverse("dispatch:ranking_list")
    return [{"label": label, "href": f"{here}?kind={value}", "active": value == kind} for value, label in _kinds()]


def _kinds():
    return [(HALF_MONTH, _("Half-months")), (CONTEST, _("Quarterly contest"))]


def _to_freeze(request, kind):
    """The latest period whose day has come and that is not frozen; None when the job was there."""
    if not may(request.user, Verb.MAKE_RANKING):
        return None
    period = latest(kind, clock.today(), load_calendar())
    return None if actions.newest(request.user.park, period) else period


@require_POST
def ranking_freeze(request):
    """Freezes the latest period of a kind, where the job has not done so."""
    queries.check_reader(request.user)
    kind = request.POST.get("kind", "")
    if not may(request.user, Verb.MAKE_RANKING):
        raise PermissionDenied
    if kind not in Ranking.Kind.values:
        raise Http404
    calendar, today = load_calendar(), clock.today()
    ranking, _is_new = actions.freeze(
        park=request.user.park, period=latest(kind, today, calendar), by=request.user, at=clock.now(),
        calendar=calendar, today=today,
    )  # fmt: skip
    return redirect("dispatch:ranking_detail", pk=ranking.pk)


@require_safe
def ranking_detail(request, pk):
    """Who opens it wants to see where every unit stands, and what is owed."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    return render(request, "dispatch/ranking/detail.html", _context(request, ranking))


@require_safe
def ranking_print(request, pk):
    """The same on paper."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    return render(request, "dispatch/ranking/print.html", _context(request, ranking))


def _context(request, ranking):
    own = queries.own_units(request.user)
    snapshot = queries.readable(ranking, request.user)
    may_make = actions.may_make(request.user, ranking.park_id)
    is_newest = actions.newest(ranking.park, actions.period_of(ranking)).pk == ranking.pk
    return {
        "ranking": ranking,
        "snapshot": snapshot,
        "title": telling.title_of(ranking),
        "lines": queries.lines(snapshot, own),
        "owed": queries.owed(snapshot),
        "is_newest": is_newest,
        "may_publish": may_make and is_newest and ranking.state == Ranking.State.FROZEN,
        "may_restate": may_make and is_newest,
        "others": _others(request.user, ranking),
        "appeals": queries.appeals(request.user).filter(ranking=ranking),
    }


def _others(user, ranking):
    """What it can be compared with."""
    return queries.rankings(user).filter(kind=ranking.kind).exclude(pk=ranking.pk).defer("snapshot")[:12]


@require_safe
def ranking_unit(request, pk, unit):
    """Who opens it wants to know how this unit's score came about; people of another unit do not."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    own = queries.own_units(request.user)
    row = queries.row_of(ranking.snapshot, unit)
    if row is None or (own is not None and unit not in own):
        raise Http404
    facts = queries.unit_of(ranking.snapshot, unit)
    context = {
        "ranking": ranking,
        "snapshot": ranking.snapshot,
        "title": telling.title_of(ranking),
        "row": row,
        "moved": None if row["rank_before"] is None else row["rank_before"] - row["rank"],
        "facts": facts,
        "items": _with_links(queries.items_of(ranking.snapshot, row), unit, ranking),
        "has_rates": any(queries.behind(item) == "rate" for item in ranking.snapshot["formula"]["items"]),
        "not_counted": [task for task in facts["tasks"] if task["not_counted"] or task["excused"]],
        "units": len(ranking.snapshot["ranking"]),
        "appeals": queries.appeals(request.user).filter(ranking=ranking, unit=unit),
        "may_appeal": may_appeal(ranking, unit, request.user) and not is_replaced(ranking),
        "appealable": subjects(ranking, unit),
    }
    return render(request, "dispatch/ranking/unit.html", context)


def _with_links(items, unit, ranking):
    """Where each number leads: the projects behind a rate, or the list on this page."""
    for item in items:
        item["links"] = ("", "")
        if item["behind"] == "rate":
            where = {"by": By.UNIT, "group": str(unit), "on": ranking.as_of}
            item["links"] = tuple(
                rate_url(item["item"]["source"], part, **where) for part in ("numerator", "denominator")
            )
        elif item["behind"] != "entry":
            item["links"] = (f"#{item['behind']}", f"#{item['behind']}")
    return items


@require_safe
def ranking_compare(request, pk):
    """Who opens it wants to see what has changed since an earlier period."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    others = queries.rankings(request.user).filter(kind=ranking.kind).exclude(pk=pk)
    chosen = number_in(request.GET.get("with", ""))
    other = others.filter(pk=chosen).first() if chosen else others.filter(as_of__lte=ranking.as_of).first()
    both = [ranking.snapshot, other.snapshot] if other else []
    context = {
        "ranking": ranking,
        "title": telling.title_of(ranking),
        "other": other,
        "other_title": telling.title_of(other) if other else "",
        "others": others.defer("snapshot")[:24],
        "names": queries.item_names(*both),
        "rows": queries.changes(*both) if other else [],
    }
    return render(request, "dispatch/ranking/compare.html", context)


@require_safe
def ranking_download(request, pk):
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    snapshot = queries.readable(ranking, request.user)
    return attachment(papers.workbook(snapshot), papers.file_name(snapshot, "xlsx"))


@require_safe
def ranking_pdf(request, pk):
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    snapshot = queries.readable(ranking, request.user)
    return attachment(papers.pdf(snapshot), papers.file_name(snapshot, "pdf"), PDF)


@require_http_methods(["GET", "HEAD", "POST"])
def ranking_publish(request, pk):
    """Asks first; then every unit reads it and is told its place."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    if not actions.may_make(request.user, ranking.park_id):
        raise PermissionDenied
    here = reverse("dispatch:ranking_detail", args=[pk])
    if request.method == "POST":
        version = number_in(request.GET.get("version", "")) or ranking.version
        actions.publish(ranking, by=request.user, at=clock.now(), on=clock.today(), version=version)
        messages.success(request, _("Published. Every unit is told its place."))
        return redirect(here)
    context = {
        "question": _("Publish %(title)s?") % {"title": telling.title_of(ranking)},
        "consequences": [
            _("Every unit can read all scores and the tasks of its own."),
            _("Units and leaders are told; it can be restated, but not taken back."),
        ],
        "action": f"{request.path}?version={ranking.version}",
        "cancel_url": here,
        "danger_text": _("Publish"),
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ranking_restate(request, pk):
    """Counts the period again, with a reason; the earlier revision stays."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    if not actions.may_make(request.user, ranking.park_id):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"version": ranking.version})
    if form.is_valid():
        again = attempt(form, lambda: actions.restate(
            ranking, **form.cleaned_data, by=request.user, at=clock.now(), calendar=load_calendar()
        ))  # fmt: skip
        if again:
            messages.success(request, _("Counted again. Publish it when it is right."))
            return redirect("dispatch:ranking_detail", pk=again.pk)
    upheld = queries.appeals(request.user).filter(ranking=ranking, state=Appeal.State.UPHELD)
    context = {"ranking": ranking, "title": telling.title_of(ranking), "form": form, "upheld": upheld}
    return render(request, "dispatch/ranking/restate.html", context, status=status_of(form))
