"""Signed links: hand out, withdraw, recognise, and log every use. Only a hash of the secret is kept."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals.models import AccessLink, AccessUse, ApprovalPolicy, LinkGuess
from approvals.portal import rules
from projects.models import Project

LONGEST = 200
SAME_VIEW = timedelta(minutes=30)


def may_hand_out(user, project: Project) -> bool:
    """Whether the user may hand out links to a project: holds the verb and may edit it."""
    if not (may(user, Verb.HAND_OUT_LINK) and may(user, Verb.EDIT_PROJECT)):
        return False
    return Project.objects.visible_to(user).filter(pk=project.pk).exists() and user.role.scope != "enterprise"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def hand_out(
    project: Project, *, holder_name: str, days: int, may_upload: bool, may_ask: bool, by, at: datetime
) -> tuple[AccessLink, str]:
    """A new link and its secret, which nobody can read again. Raises PermissionDenied, Refused."""
    if not may_hand_out(by, project):
        raise PermissionDenied
    longest = ApprovalPolicy.of(project.park_id).link_days
    if not 1 <= days <= longest:
        raise Refused(_("A link is valid for 1 to %(n)d days.") % {"n": longest})
    secret = secrets.token_urlsafe(rules.SECRET_BYTES)
    link = AccessLink.objects.create(
        project=project,
        holder_name=holder_name,
        secret_sha256=digest(secret),
        may_upload=may_upload,
        may_ask=may_ask,
        created_by=by,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return link, secret


@transaction.atomic
def withdraw(link: AccessLink, *, by, at: datetime) -> None:
    """From now on the link opens nothing, also for who is visiting. Raises PermissionDenied, Conflict."""
    if not may_hand_out(by, link.project):
        raise PermissionDenied
    if not AccessLink.objects.filter(pk=link.pk, withdrawn_at=None).update(withdrawn_by=by, withdrawn_at=at):
        raise Conflict(_("This link has been withdrawn already."))
    link.withdrawn_by, link.withdrawn_at = by, at


def find(secret: str) -> AccessLink | None:
    """The link with this secret, open or not; compared in constant time."""
    if len(secret) > LONGEST:
        return None
    wanted = digest(secret)
    link = AccessLink.objects.select_related("project__park").filter(secret_sha256=wanted).first()
    return link if link and hmac.compare_digest(link.secret_sha256, wanted) else None


def note_use(link: AccessLink, what: str, *, ip: str | None, at: datetime) -> AccessUse:
    return AccessUse.objects.create(link=link, what=what, ip=ip, at=at)


def note_view(link: AccessLink, what: str, *, ip: str | None, at: datetime) -> None:
    """A page was read; the same page within half an hour counts once."""
    if not link.uses.filter(what=what, at__gt=at - SAME_VIEW).exists():
        note_use(link, what, ip=ip, at=at)


def address_of(request) -> str | None:
    """The client's address, past the proxies that the installation has; None when there is none."""
    known = request.META.get("REMOTE_ADDR", "")
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.AXES_IPWARE_PROXY_COUNT or 0
    if proxies and len(passed) >= proxies:
        known = passed[-proxies]
    try:
        return str(ip_address(known))
    except ValueError:
        return None


def too_many_guesses(ip: str | None, *, at: datetime) -> bool:
    """Whether this address has tried too many secrets that no link has."""
    tried = LinkGuess.objects.filter(ip=ip or "0.0.0.0", at__gt=rules.guesses_since(at))  # noqa: S104 - "unknown"
    return tried.count() >= rules.GUESSES_ALLOWED


def note_guess(ip: str | None, *, at: datetime) -> None:
    """Count a wrong secret; what does not count any more is removed."""
    LinkGuess.objects.filter(at__lte=rules.guesses_since(at)).delete()
    LinkGuess.objects.create(ip=ip or "0.0.0.0", at=at)  # noqa: S104 - stands for "unknown"
