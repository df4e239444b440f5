"""Sign-in, sign-out, own password, own account."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.forms import SignInForm
from accounts.permissions import Verb, may


class SignIn(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth_views.LogoutView):
    """POST only."""


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        response = super().form_valid(form)
        messages.success(self.request, _("Your password has been changed."))
        return response


@require_safe
def profile(request):
    """The person's own account: who they are, what their role lets them do."""
    context = {"account": request.user, "may_make_token": may(request.user, Verb.MAKE_TOKEN)}
    return render(request, "accounts/profile.html", context)
