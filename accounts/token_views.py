"""Pages about a person's tokens of the API. The API itself neither makes nor shows tokens."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock, token_actions
from accounts.attempts import attempt, status_of
from accounts.models import ApiToken, User
from accounts.permissions import Verb, administers, may
from accounts.token_forms import TokenForm

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 50


@require_http_methods(FORM_METHODS)
def token_list(request):
    """Came for: make a token for a program of mine, or see and withdraw those I have made."""
    if not may(request.user, Verb.MAKE_TOKEN):
        raise PermissionDenied
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: token_actions.make_token(**form.cleaned_data, by=request.user, at=clock.now()))
        if made:
            return _shown_once(request, *made)
    rows = ApiToken.objects.of(request.user).filter(withdrawn_at=None)
    context = {
        "form": form,
        "rows": [(row, row.expires_at <= clock.now()) for row in rows],
        "may_see_others": bool(request.user.role_id) and administers(request.user),
    }
    return render(request, "accounts/token_list.html", context, status=status_of(form))


def _shown_once(request, token: ApiToken, secret: str):
    response = render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_http_methods(FORM_METHODS)
def token_withdraw(request, pk):
    """Came for: a program is not used any more, or its token may have been seen."""
    reach = Q(user=request.user)
    if administers(request.user):
        reach |= Q(user__in=User.objects.visible_to(request.user))
    token = get_object_or_404(ApiToken.objects.filter(reach).select_related("user"), pk=pk)
    back = reverse("accounts:token_list" if token.user_id == request.user.pk else "accounts:token_all")
    if request.method == "POST":
        token_actions.withdraw(token, by=request.user, at=clock.now())
        messages.success(request, _("The token has been withdrawn."))
        return redirect(back)
    context = {
        "question": _("Withdraw the token %(name)s?") % {"name": token.name},
        "consequences": [_("Programs that use it are refused from now on."), _("It cannot be given back.")],
        "cancel_url": back,
        "danger_text": _("Withdraw the token"),
    }
    return render(request, "components/confirm.html", context)


@require_safe
def token_all(request):
    """Came for: see which programs have a way in, and close it for somebody who has left."""
    if not (request.user.role_id and administers(request.user)):
        raise PermissionDenied
    rows = ApiToken.objects.filter(user__in=User.objects.visible_to(request.user), withdrawn_at=None)
    page = Paginator(rows.select_related("user__organization"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/token_all.html", {"page_obj": page, "now": clock.now()})
