"""Pages of supervision. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.files.queries import shelf
from dispatch.ledger.flow import IN_HAND
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.queries import soon
from dispatch.supervision import actions, book, queries
from dispatch.supervision.forms import AnswerForm, InstructionFilter, InstructionForm, ReportForm
from dispatch.supervision.models import Instruction
from dispatch.supervision.origin import page_of
from projects.text import tidy
from workdays.models import load_calendar

PAGE_SIZE = 50
USUAL_WD = 5  # suggested deadline
USUAL_RHYTHM_WD = 5


@require_safe
def instruction_list(request):
    """Who opens it wants to know which instructions wait, and whose report has not come."""
    visible = _visible(request)
    today, calendar = clock.today(), load_calendar()
    form = InstructionFilter(_with_usual(request))
    overdue = queries.overdue_ids(visible, today, calendar)
    rows = _narrow(form, visible, request.user, overdue=overdue, today=today, soon_days=soon(today, calendar))
    page = Paginator(queries.for_list(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": queries.rows_of(page, today, calendar),
        "stats": queries.counts(visible, len(overdue), today, calendar),
        "may_issue": actions.may_issue(request.user),
        "export_url": _export_url(request),
    }
    return render(request, "dispatch/supervision/list.html", context)


@require_safe
def instruction_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    visible, today, calendar = _visible(request), clock.today(), load_calendar()
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    form, overdue = InstructionFilter(_with_usual(request)), queries.overdue_ids(visible, today, calendar)
    rows = _narrow(form, visible, request.user, overdue=overdue, today=today, soon_days=soon(today, calendar))
    return attachment(book.workbook(queries.for_list(rows)), f"instructions-{today:%Y%m%d}.xlsx")


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('dispatch:instruction_export')}?{request.GET.urlencode()}"


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_new(request):
    """Who opens it has read something on a page, and wants it to be dealt with by a day."""
    _visible(request)
    if not actions.may_issue(request.user):
        raise PermissionDenied
    form = InstructionForm(request.POST or None, user=request.user, initial=_first_values(request))
    about = page_of(form["from_page"].value() or "", request.user)
    if request.method == "POST" and form.is_valid():
        who = _edge(request) | {"park": request.user.park, "about": about}
        words = form.values() | {"about_title": form.cleaned_data["from_title"]}
        if row := attempt(form, lambda: actions.issue(**who, **words)):
            messages.success(request, _("Issued as %(number)s.") % {"number": row.number})
            return redirect("dispatch:instruction_detail", row.pk)
    context = {"form": form, "about": about, "about_title": form["from_title"].value()}
    return render(request, "dispatch/supervision/form.html", context, status=status_of(form))


@require_safe
def instruction_detail(request, pk):
    """Who opens it wants to know what has come of it, and to report or to answer."""
    return _detail(request, _instruction(request, pk))


@require_safe
def instruction_print(request, pk):
    """Who opens it wants the sheet (督办单) on paper."""
    return render(request, "dispatch/supervision/sheet.html", _facts(request, _instruction(request, pk)))


@require_POST
def instruction_report(request, pk):
    """Who sends it has done something about the instruction."""
    instruction = _instruction(request, pk)
    if not actions.may_report(instruction, request.user):
        raise PermissionDenied
    form = ReportForm(request.POST, auto_id="id_report_%s")
    if form.is_valid() and attempt(form, lambda: actions.report(instruction, **form.cleaned_data, **_edge(request))):
        messages.success(request, _("Reported."))
        return redirect("dispatch:instruction_detail", pk)
    return _detail(request, _instruction(request, pk), report_form=form, status=status_of(form))


@require_POST
def instruction_answer(request, pk):
    """Who sends it has read the report."""
    instruction = _instruction(request, pk)
    if not actions.may_answer(instruction, request.user):
        raise PermissionDenied
    form = AnswerForm(request.POST, auto_id="id_answer_%s")
    if form.is_valid() and attempt(form, lambda: actions.answer(instruction, **form.cleaned_data, **_edge(request))):
        messages.success(request, _("Answered."))
        return redirect("dispatch:instruction_detail", pk)
    return _detail(request, _instruction(request, pk), answer_form=form, status=status_of(form))


def _visible(request):
    """Instructions inside the user's scope; they do not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return Instruction.objects.visible_to(request.user)


def _instruction(request, pk) -> Instruction:
    named = ("item__unit", "item__project", "leader__organization", "recorded_by", "project", "park")
    return get_object_or_404(_visible(request).with_last_report().select_related(*named), pk=pk)


def _facts(request, instruction) -> dict:
    links = list(instruction.feedback.select_related("by", "organization").order_by("-pk"))
    about = page_of(instruction.about_url, request.user)
    return {
        "instruction": instruction,
        "item": instruction.item,
        "row": queries.row_of(instruction, clock.today(), load_calendar()),
        "links": links,
        "chain": queries.chain(links, instruction),
        "verdict": queries.verdict(links),
        "cooperating": list(instruction.item.cooperating_units.all()),
        "about_url": about.url,
    }


def _detail(request, instruction, *, report_form=None, answer_form=None, status=200):
    """The page; a form that was not accepted stands in the place of the empty one, on the present version."""
    is_open = instruction.item.state != LedgerItem.State.CLOSED
    context = _facts(request, instruction)
    fresh = {"version": instruction.version}
    for form in (report_form, answer_form):
        if form is not None:
            form.data = form.data.copy()
            form.data["version"] = str(instruction.version)
    if actions.may_report(instruction, request.user) and (instruction.item.state in IN_HAND or report_form):
        context["report_form"] = report_form or ReportForm(initial=fresh, auto_id="id_report_%s")
    if actions.may_answer(instruction, request.user):
        usual = fresh | {"kind": "read" if context["links"] else "addition"}
        context["answer_form"] = answer_form or AnswerForm(initial=usual, auto_id="id_answer_%s", may_go_on=is_open)
    context["files"] = shelf(instruction, request.user)
    return render(request, "dispatch/supervision/detail.html", context, status=status)


def _first_values(request) -> dict:
    today, calendar = clock.today(), load_calendar()
    about = page_of(request.GET.get("from", ""), request.user)
    title = tidy(request.GET.get("title", ""))[:200]
    return {
        "from_page": about.url,
        "from_title": (title if title.isprintable() else "") or (str(about.thing)[:200] if about.thing else ""),
        "project": about.project,
        "due_on": calendar.add(today, USUAL_WD),
        "feedback_every_wd": USUAL_RHYTHM_WD,
        "category": LedgerItem.Category.OTHER,
        "urgency": Instruction.Urgency.NORMAL,
    }


def _with_usual(request) -> dict:
    """The filters; leaders start with their own, a unit's people with their unit's, the centre with all."""
    values = request.GET.dict()
    if "whose" not in values and not actions.is_leader(request.user):
        values["whose"] = "unit" if request.user.role.scope == "unit" else "all"
    return values


def _narrow(form, rows, user, *, overdue, today, soon_days):
    values = form.cleaned_data if form.is_valid() else {"whose": "all"}
    match values.get("whose"):
        case "":
            rows = rows.filter(leader=user)
        case "unit":
            rows = rows.filter(item__unit__in=user.organization.branch_ids())
    match values.get("state"):
        case "overdue":
            rows = rows.filter(pk__in=overdue)
        case "late":
            rows = rows.open().filter(item__due_on__lt=today)
        case "soon":
            rows = rows.open().filter(item__due_on__range=soon_days)
        case "closed":
            rows = rows.filter(item__state=LedgerItem.State.CLOSED)
        case "all":
            pass
        case _:
            rows = rows.open()
    return rows.search(values.get("q", ""))


def _edge(request) -> dict:
    return {"by": request.user, "at": clock.now(), "on": clock.today()}
