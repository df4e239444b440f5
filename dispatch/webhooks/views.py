"""Pages of webhooks. A secret is shown once, on the answer to the request that made it, and never again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from dispatch.notices.views import PAGE_SIZE
from dispatch.webhooks import actions, sending
from dispatch.webhooks.forms import DeliveryFilter, ReplayForm, VersionForm, WebhookForm
from dispatch.webhooks.models import Webhook, WebhookDelivery
from projects.access import require

FORM_METHODS = ["GET", "HEAD", "POST"]


def manager(request) -> None:
    """Raises Http404 for enterprises, PermissionDenied for who does not manage webhooks."""
    if request.user.role is None or request.user.role.scope == "enterprise":
        raise Http404
    require(request.user, Verb.MANAGE_WEBHOOKS)


def _webhook(request, pk) -> Webhook:
    rows = Webhook.objects.visible_to(request.user).select_related("park", "sees_as__organization")
    return get_object_or_404(rows, pk=pk)


def _delivery(request, pk) -> WebhookDelivery:
    rows = WebhookDelivery.objects.visible_to(request.user).select_related("webhook__park", "event", "replay_of")
    return get_object_or_404(rows, pk=pk)


@require_safe
def webhook_list(request):
    """Who opens it wants to know which systems are told what, and whether it works."""
    manager(request)
    failed = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.FAILED))
    waiting = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.WAITING))
    rows = Webhook.objects.visible_to(request.user).select_related("sees_as__organization").order_by("name")
    rows = rows.annotate(failed=failed, waiting=waiting, last_sent_at=Max("deliveries__sent_at"))
    return render(request, "dispatch/webhooks/list.html", {"rows": rows})


@never_cache
@require_http_methods(FORM_METHODS)
def webhook_new(request):
    """Who opens it has a system that is to be told."""
    manager(request)
    form = WebhookForm(request.POST or None, park=request.user.park, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make(request.user.park, form.cleaned_data, by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "dispatch/webhooks/secret.html", {"webhook": made, "secret": made.secret})
    context = {"form": form, "webhook": None}
    return render(request, "dispatch/webhooks/form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM_METHODS)
def webhook_edit(request, pk):
    """Who opens it wants the system to be told other things, or elsewhere."""
    manager(request)
    webhook = _webhook(request, pk)
    form = WebhookForm(request.POST or None, park=webhook.park, webhook=webhook)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            actions.change(webhook, form.cleaned_data, by=request.user, version=version)
        except (Refused, Conflict) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Send a test message to see whether it arrives."))
            return redirect("dispatch:webhook_detail", pk)
    context = {"form": form, "webhook": webhook}
    return render(request, "dispatch/webhooks/form.html", context, status=422 if form.errors else 200)


@require_safe
def webhook_detail(request, pk):
    """Who opens it wants to know what was told, what did not get through, and what the other side said."""
    manager(request)
    webhook = _webhook(request, pk)
    form = DeliveryFilter(request.GET)
    rows = form.narrow(webhook.deliveries.select_related("event").order_by("-pk"))
    context = {
        "webhook": webhook,
        "form": form,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "failed": webhook.deliveries.filter(state=WebhookDelivery.State.FAILED).count(),
    }
    return render(request, "dispatch/webhooks/detail.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def webhook_rotate(request, pk):
    """Who opens it fears that the secret is known to others, or changes it as a rule."""
    manager(request)
    webhook = _webhook(request, pk)
    if request.method == "POST":
        form = VersionForm(request.POST)
        if not form.is_valid():
            return _confirm_rotate(request, webhook, status=422)
        secret = actions.rotate(webhook, by=request.user, version=form.cleaned_data["version"])
        return render(request, "dispatch/webhooks/secret.html", {"webhook": webhook, "secret": secret})
    return _confirm_rotate(request, webhook)


def _confirm_rotate(request, webhook, status=200):
    context = {
        "question": _("Make a new secret for %(name)s?") % {"name": webhook},
        "consequences": [
            _("The new secret is shown once."),
            _("Until you drop the old one, every message carries the signatures of both."),
        ],
        "form": VersionForm(initial={"version": webhook.version}),
        "cancel_url": reverse("dispatch:webhook_detail", args=[webhook.pk]),
        "danger_text": _("Make a new secret"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context, status=status)


@require_POST
def webhook_act(request, pk, act):
    """Switching on and off, dropping the old secret, a test message: one button each."""
    manager(request)
    webhook = _webhook(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Somebody else has changed this in the meantime. Please look at it again."))
        return redirect("dispatch:webhook_detail", pk)
    version, edge = form.cleaned_data["version"], {"by": request.user, "at": clock.now()}
    try:
        match act:
            case "on" | "off":
                actions.switch(webhook, act == "on", version=version, **edge)
            case "drop-old-secret":
                actions.forget_old(webhook, by=request.user, version=version)
            case "test":
                actions.ping(webhook, **edge)
            case _:
                raise Http404
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done. What is sent appears in the list below within a minute or two."))
    return redirect("dispatch:webhook_detail", pk)


@require_http_methods(FORM_METHODS)
def webhook_delete(request, pk):
    """Who opens it has switched the other system off for good."""
    manager(request)
    webhook = _webhook(request, pk)
    if request.method == "POST":
        actions.remove(webhook, by=request.user)
        messages.success(request, _("Deleted."))
        return redirect("dispatch:webhook_list")
    context = {
        "question": _("Delete the webhook %(name)s?") % {"name": webhook},
        "consequences": [
            _("Its address and secret are forgotten, and the list of what was sent to it."),
            _("To pause it only, switch it off instead."),
        ],
        "cancel_url": reverse("dispatch:webhook_detail", args=[webhook.pk]),
        "danger_text": _("Delete"),
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(FORM_METHODS)
def webhook_replay(request, pk):
    """Who opens it knows that the other system was down, and wants it to hear of what it has missed."""
    manager(request)
    webhook = _webhook(request, pk)
    form = ReplayForm(request.POST or None, today=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.replay_failed(webhook, since=form.moment(), by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Messages put in the queue again: %(n)d.") % {"n": told})
            return redirect("dispatch:webhook_detail", pk)
    context = {
        "question": _("Send again what was given up?"),
        "consequences": [_("Every event since this day that was given up and not delivered since is sent once more.")],
        "form": form,
        "cancel_url": reverse("dispatch:webhook_detail", args=[pk]),
        "danger_text": _("Send again"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context, status=422 if form.errors else 200)


@require_safe
def webhook_delivery(request, pk):
    """Who opens it wants to see exactly what was sent and what the other side answered."""
    manager(request)
    delivery = _delivery(request, pk)
    body = sending.body_of(delivery)
    context = {"delivery": delivery, "number": sending.number_of(delivery), "body": body.decode()}
    return render(request, "dispatch/webhooks/delivery.html", context)


@require_POST
def webhook_again(request, pk):
    """Who sends it has mended the other system and wants this one event to arrive."""
    manager(request)
    delivery = _delivery(request, pk)
    try:
        made = actions.replay(delivery, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("dispatch:webhook_delivery", pk)
    messages.success(request, _("In the queue again; the sender takes it within a minute or two."))
    return redirect("dispatch:webhook_delivery", made.pk)
