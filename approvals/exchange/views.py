"""Pages of the connector. Parse, fetch what the user may see, call one action, answer."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from approvals.exchange import actions, files, records
from approvals.exchange.forms import ApplyForm, MessageFilter, PlatformForm, ReasonForm, UploadForm, unmapped
from approvals.exchange.tasks import within
from approvals.models import ExchangeMessage, ExchangePlatform
from projects.access import require
from projects.errors import InvalidFields

PAGE_SIZE = 50
SECONDS = 8.0  # a page tries messages for so long; the sweep tries the rest
FORM_METHODS = ["GET", "HEAD", "POST"]
Status = ExchangeMessage.State


def manager(request) -> None:
    """Raises Http404 for enterprises, PermissionDenied for who does not take over step states."""
    if request.user.role is None or request.user.role.scope == "enterprise":
        raise Http404
    require(request.user, Verb.EXCHANGE_STEPS)


def _edge(request) -> dict:
    return {"by": request.user, "at": clock.now(), "today": clock.today()}


def _message(request, pk) -> ExchangeMessage:
    rows = ExchangeMessage.objects.visible_to(request.user)
    rows = rows.select_related("platform", "step__project", "step__step", "received_by", "settled_by")
    return get_object_or_404(rows, pk=pk)


def _platform(request, pk) -> ExchangePlatform:
    return get_object_or_404(ExchangePlatform.objects.visible_to(request.user).select_related("park"), pk=pk)


@require_safe
def exchange_list(request):
    """Who opens it wants to know what the platforms have told, and what waits for a person."""
    manager(request)
    visible = ExchangeMessage.objects.visible_to(request.user)
    form = MessageFilter(request.GET, user=request.user)
    rows = (
        form.narrow(visible).select_related("platform", "step__project", "step__step").order_by("-received_at", "-pk")
    )
    counts = dict(visible.order_by().values_list("state").annotate(n=Count("pk")))
    here = reverse("approvals:exchange_list")
    stats = [
        {"number": counts.get(state, 0), "label": state.label, "href": f"{here}?state={state}",
         "light": "yellow" if state == Status.OPEN and counts.get(state) else ""}
        for state in Status
    ]  # fmt: skip
    page = Paginator(rows.order_by("-received_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "approvals/exchange/list.html", {"form": form, "page_obj": page, "stats": stats})


@require_safe
def exchange_message(request, pk):
    """Who opens it wants to see what came, what became of it, and why it waits."""
    manager(request)
    message = _message(request, pk)
    titles = {key: f"{title} ({key})" for key, title in records.FIELDS.items()}
    context = {
        "message": message,
        "fields": [(titles.get(name, name), value) for name, value in message.record.items()],
        "is_open": message.state in (Status.OPEN, Status.WAITING),
        "form": ApplyForm(message=message),
    }
    return render(request, "approvals/exchange/message.html", context)


@require_POST
def exchange_apply(request, pk):
    """Who sends it has mended what kept the message open, or gives the reason it lacks."""
    manager(request)
    message = _message(request, pk)
    form = ApplyForm(request.POST, message=message)
    if not form.is_valid():
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect("approvals:exchange_message", pk)
    try:
        is_settled = actions.apply(message, **form.cleaned_data, **_edge(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        tell = messages.success if is_settled else messages.warning
        tell(request, message.why or message.get_state_display())
    return redirect("approvals:exchange_message", pk)


@require_http_methods(FORM_METHODS)
def exchange_dismiss(request, pk):
    """Who opens it knows that this message needs nothing here."""
    manager(request)
    message = _message(request, pk)
    here = reverse("approvals:exchange_message", args=[pk])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.dismiss(message, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(here)
    context = {
        "question": _("Set this message aside?"),
        "consequences": [_("It changes nothing here and leaves the list of what is to be looked at.")],
        "form": form, "cancel_url": here, "danger_text": _("Set aside"), "is_good": True,
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=422 if form.errors else 200)


@require_POST
def exchange_take_up(request, pk):
    """Who sends it has set the message aside by mistake."""
    manager(request)
    try:
        actions.take_up(_message(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("approvals:exchange_message", pk)


@require_safe
def exchange_platforms(request):
    """Who opens it wants to know which platforms tell states here, and which of their items are unknown."""
    manager(request)
    waiting = Count("messages", filter=Q(messages__state=Status.OPEN))
    found = ExchangePlatform.objects.visible_to(request.user).annotate(open=waiting, all=Count("messages"))
    rows = [{"platform": platform, "unknown": len(unmapped(platform))} for platform in found.order_by("name")]
    return render(request, "approvals/exchange/platforms.html", {"rows": rows})


@require_http_methods(FORM_METHODS)
def exchange_platform_new(request):
    """Who opens it has learned that a platform can tell states."""
    manager(request)
    return _platform_form(request, None)


@require_http_methods(FORM_METHODS)
def exchange_platform(request, pk):
    """Who opens it assigns the platform's items to steps."""
    manager(request)
    return _platform_form(request, _platform(request, pk))


def _platform_form(request, platform):
    form = PlatformForm(request.POST or None, platform=platform)
    if request.method == "POST" and form.is_valid():
        park, version = request.user.park, form.cleaned_data["version"]
        try:
            saved = actions.save_platform(platform, form.values(), park=park, by=request.user, version=version)
        except (Refused, Conflict) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Open messages can be tried again now."))
            return redirect("approvals:exchange_platform", saved.pk)
    context = {"form": form, "platform": platform}
    if platform:
        context["open"] = platform.messages.filter(state=Status.OPEN).count()
    return render(request, "approvals/exchange/platform.html", context, status=422 if form.errors else 200)


@require_POST
def exchange_rerun(request, pk):
    """Who sends it has assigned items and wants the open messages tried again."""
    manager(request)
    done = actions.rerun(_platform(request, pk), go_on=within(SECONDS), **_edge(request))
    messages.success(request, _("Settled now: %(n)d. What is left is tried within a minute.") % {"n": done})
    return redirect("approvals:exchange_platform", pk)


@require_http_methods(FORM_METHODS)
def exchange_upload(request):
    """Who opens it has a file of states from the platform."""
    manager(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        platform, edge = form.cleaned_data["platform"], {"by": request.user, "at": clock.now()}
        try:
            sha, _taken = files.hand_in(platform, form.cleaned_data["file"], **edge)
        except InvalidFields as refusal:
            form.add_error(None, refusal.errors)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("approvals:exchange_file", platform.pk, sha)
    return render(request, "approvals/exchange/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(FORM_METHODS)
def exchange_file(request, pk, sha):
    """Who opens it has uploaded a file and wants to see what it would change (``answer=preview``, which tries it and
    takes it back), before it does (``confirm``, ``set-aside``)."""
    manager(request)
    platform = _platform(request, pk)
    rows, waiting = files.messages_of(platform, sha), files.waiting_of(platform, sha)
    answer = request.POST.get("answer") or request.GET.get("answer")
    if request.method != "POST":
        ask = answer == "set-aside"
        return _ask_to_set_aside(request, len(waiting)) if ask else _file(request, platform, rows, sha)
    if answer == "preview":
        told = actions.preview(waiting, go_on=within(SECONDS), **_edge(request))
        return _file(request, platform, rows, sha, told)
    if answer == "set-aside":
        files.set_aside(waiting, by=request.user, at=clock.now())
    else:
        actions.settle(waiting, go_on=within(SECONDS), **_edge(request))
    return redirect("approvals:exchange_file", pk, sha)


def _ask_to_set_aside(request, n: int):
    told = ngettext(
        "%(n)s message is not taken over; it can be taken up again.",
        "%(n)s messages are not taken over; each can be taken up again.",
        n,
    )
    context = {
        "question": _("Set the whole file aside?"),
        "consequences": [told % {"n": n}],
        "action": f"{request.path}?answer=set-aside", "cancel_url": request.path, "danger_text": _("Set aside"),
    }  # fmt: skip
    return render(request, "components/confirm.html", context)


def _file(request, platform, rows, sha, told=None):
    """``told``: what a preview has found; None before it."""
    page = Paginator(rows, 200).get_page(request.GET.get("page"))
    lines = [{"message": row, "forecast": _forecast(row, told or {})} for row in page]
    numbers = Counter(state for state, _why in (told or {}).values())
    waiting = rows.filter(state=Status.WAITING).count()
    context = {
        "platform": platform, "page_obj": page, "lines": lines, "waiting": waiting, "is_tried": told is not None,
        "applied": numbers[Status.APPLIED], "known": numbers[Status.KNOWN], "open": numbers[Status.OPEN],
        "untried": waiting - len(told or {}), "first": rows.first(), "sha": sha,
    }  # fmt: skip
    return render(request, "approvals/exchange/file.html", context)


def _forecast(row: ExchangeMessage, told) -> dict:
    state, why = told.get(row.pk, (row.state, row.why))
    return {"state": state, "label": Status(state).label, "why": why, "is_tried": row.pk in told}
