"""Pages of who looks after the channels: what was sent to whom, what did not get through."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.permissions import Verb
from dispatch.notices import actions, channels, queries
from dispatch.notices.forms import DeliveryFilter
from dispatch.notices.models import Delivery
from dispatch.notices.views import PAGE_SIZE, inside
from projects.access import require


@require_safe
def delivery_list(request):
    """Who opens it wants to know whether messages get through, and which did not."""
    manager(request)
    form = DeliveryFilter(request.GET)
    form.is_valid()
    wanted = {name: form.cleaned_data.get(name, "") for name in ("channel", "state", "q")}
    rows = queries.matching(queries.deliveries(request.user), **wanted)
    counts = queries.delivery_counts(request.user)
    context = {
        "form": form,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "stats": [_stat(state, number) for state, number in counts.items()],
        "channels": queries.channel_states(channels.set_up()),
    }
    return render(request, "dispatch/notices/delivery_list.html", context)


def _stat(state: str, number: int) -> dict:
    red = state == Delivery.State.DEAD and number
    href = f"{reverse('dispatch:delivery_list')}?state={state}"
    return {"number": number, "label": Delivery.State(state).label, "href": href, "light": "red" if red else ""}


@require_safe
def delivery_detail(request, pk):
    """Who opens it wants to know what was in the message and why it did not get through."""
    manager(request)
    delivery = get_object_or_404(queries.deliveries(request.user), pk=pk)
    notices = list(delivery.notices.order_by("pk"))
    context = {
        "delivery": delivery,
        "rows": queries.rows_of(notices, request.user.park),
        "is_dead": delivery.state == Delivery.State.DEAD,
    }
    return render(request, "dispatch/notices/delivery_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_resend(request, pk):
    """Who sends it has mended the cause and wants the message to leave after all."""
    manager(request)
    delivery = get_object_or_404(queries.deliveries(request.user), pk=pk)
    here = reverse("dispatch:delivery_detail", args=[delivery.pk])
    if request.method == "POST":
        actions.send_again(delivery, at=clock.now())
        messages.success(request, _("In the queue again; the sender takes it within a minute or two."))
        return redirect(here)
    context = {
        "question": _("Send this message again?"),
        "consequences": [
            _("It goes to %(address)s under the same reference.") % {"address": delivery.address},
            _("Notices that are settled by now are left out."),
        ],
        "cancel_url": here,
        "danger_text": _("Send again"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context)


def manager(request) -> None:
    """Raises Http404 for enterprises, PermissionDenied for who does not manage notices."""
    inside(request)
    require(request.user, Verb.MANAGE_NOTICES)
