"""What is done with personal tokens of the API: make, withdraw, note the use."""

from datetime import datetime, timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import api_scopes, token_secrets
from accounts.errors import Refused
from accounts.models import ApiToken, User
from accounts.permissions import Verb, may

LONGEST_DAYS, USUAL_DAYS, MOST_OPEN = 365, 90, 20
NOTE_USE_EVERY = timedelta(minutes=5)


def make_token(name: str, scopes: list[str], *, days: int, by: User, at: datetime) -> tuple[ApiToken, str]:
    """(the row, the secret): the secret is shown once and not kept. ``days``: 1–365 until it expires.

    Raises Refused when the role has no ``make_token``, for no or unknown scopes, or with 20 tokens open.
    """
    if not may(by, Verb.MAKE_TOKEN):
        raise Refused(_("Your role does not allow this."))
    if not scopes or api_scopes.unknown(scopes):
        raise Refused(_("Choose at least one scope."))
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A token is valid for 1 to %(days)d days.") % {"days": LONGEST_DAYS})
    secret = token_secrets.make()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two at once are counted one after the other
        if ApiToken.objects.of(by).open(at).count() >= MOST_OPEN:
            raise Refused(_("You have %(most)d tokens already. Withdraw one first.") % {"most": MOST_OPEN})
        token = ApiToken.objects.create(
            user=by,
            name=name,
            start=secret[: token_secrets.SHOWN],
            secret_sha256=token_secrets.digest(secret),
            scopes=[scope for scope in api_scopes.SCOPES if scope in scopes],
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    return token, secret


def withdraw(token: ApiToken, *, by: User, at: datetime) -> bool:
    """Ends a token at once; False when it had been withdrawn before. Who ends another person's stands in the log."""
    with transaction.atomic():
        ended = ApiToken.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=at)
        if ended and by.pk != token.user_id:
            LogEntry.objects.log_actions(by.pk, [token], CHANGE, change_message="withdrawn_at", single_object=True)
    return bool(ended)


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Writes when the token was last used, at most every five minutes."""
    if token.last_used_at and at - token.last_used_at < NOTE_USE_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTE_USE_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
