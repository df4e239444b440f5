"""Sign-in and password forms: Django's own, with our words."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("Account name or password is wrong. Capital and small letters differ."),
        "inactive": _("This account has been closed. Please ask your administrator."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Account name")
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})


# Django's Chinese lacks this sentence of its password rules; ours has it once it is named here.
DJANGO_SENTENCES = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
