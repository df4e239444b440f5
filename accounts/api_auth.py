"""Who asks: a session (with CSRF) or the bearer of a personal token. A token gives no more than its person's role."""

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from accounts import clock, token_secrets
from accounts.api_scopes import EVERY_TOKEN, needed
from accounts.models import ApiToken
from accounts.permissions import Verb, may
from accounts.token_actions import note_use

REALM = 'Bearer realm="api"'
OWNER = ("user__organization__park", "user__role")


class TokenRefused(exceptions.AuthenticationFailed):
    """The same sentence for unknown, expired and withdrawn tokens and for people who may not sign in."""

    kind = "token-refused"


class ScopeMissing(exceptions.PermissionDenied):
    """A valid token without the scope that the operation needs."""

    kind = "scope-missing"

    def __init__(self, scope: str):
        self.members = {"scope": scope}
        self.headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'}
        super().__init__(_("This token does not have the scope %(scope)s.") % {"scope": scope or "–"})


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer pn_…``. A view that tells no area (``scope_area``) is closed to tokens."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = find(words[1].decode("latin-1")) if len(words) == 2 else None
        if token is None:
            raise TokenRefused(_("This token is not valid: unknown, expired or withdrawn."))
        self.check_scope(token, request)
        note_use(token, at=clock.now())
        return token.user, token

    def authenticate_header(self, request) -> str:
        return REALM

    def check_scope(self, token: ApiToken, request) -> None:
        """Raises ScopeMissing."""
        tell = getattr(request.parser_context["view"], "scope_area", str)
        area = tell()
        scope = needed(area, request.method) if area else ""
        if area != EVERY_TOKEN and scope not in token.scopes:
            raise ScopeMissing(scope)


def find(text: str) -> ApiToken | None:
    """The open token with this secret whose person may sign in and still holds ``make_token``."""
    if not token_secrets.is_well_formed(text):
        return None
    rows = ApiToken.objects.open(clock.now()).select_related(*OWNER)
    token = rows.filter(secret_sha256=token_secrets.digest(text)).first()
    return token if token and token.user.is_active and may(token.user, Verb.MAKE_TOKEN) else None
