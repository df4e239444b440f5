"""What people record on a certificate: that it was renewed, or that it has become void.

That a certificate is over has legal effect, so no job ever records it: the daily evaluation flags, a person decides.
Raises: PermissionDenied, Refused (nothing changed), Conflict.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from approvals.actions.records import plain, require, snapshot, write
from approvals.certificates.issuing import change, kept_of
from approvals.certificates.rules import latest_renewal
from approvals.models import Certificate, StepTransition

RENEW, VOID = "renew_certificate", "void_certificate"


@transaction.atomic
def renew(
    certificate: Certificate,
    *,
    on: date,
    reason: str,
    by,
    at: datetime,
    today: date,
    until: date | None = None,
    version: int | None = None,
) -> StepTransition:
    """Record that the certificate was renewed on the day ``on``, to ``until`` or as far as one renewal reaches.

    As often as the step allows and each time no further than its months, counted from the end before (施工许可证:
    twice, three months each, 建筑法 art. 9). A certificate that had ended by ``on`` cannot be renewed any more.
    """
    step = _claim(certificate, by, version)
    life = step.step
    text = _needs_reason(reason)
    if certificate.renewals >= life.validity_renewals or not life.validity_renewal_months:
        raise Refused(_("No further renewal is possible: %(most)d allowed.") % {"most": life.validity_renewals})
    if not certificate.issued_on <= on <= today:
        raise Refused(_("The day of renewal must lie between the issue and today."))
    if on > certificate.valid_until:
        raise Refused(_("It ended on %(until)s: it can no longer be renewed.") % {"until": certificate.valid_until})
    latest = latest_renewal(certificate.valid_until, life.validity_renewal_months)
    new = until or latest
    if not certificate.valid_until < new <= latest:
        words = {"until": certificate.valid_until, "latest": latest}
        raise Refused(_("The new end must lie after %(until)s and not after %(latest)s.") % words)
    line = {"on": plain(on), "until": plain(new), "reason": text, "by": str(by or "")}
    values = {
        "valid_until": new,
        "renewals": certificate.renewals + 1,
        "history": [*certificate.history, line | {"before": plain(certificate.valid_until)}],
    }
    return _record(step, certificate, values, RENEW, on=on, by=by, at=at, note=text, until=new)


@transaction.atomic
def record_void(
    certificate: Certificate, *, on: date, reason: str, by, at: datetime, today: date, version: int | None = None
) -> StepTransition:
    """Record that a certificate that has ended counts no more, as of the day ``on``; the step's decision stays.

    What is still valid is revoked as a decision instead (verb ``revoke``), which makes its certificate void as well.
    """
    step = _claim(certificate, by, version)
    text = _needs_reason(reason)
    if not certificate.valid_until < on <= today:
        raise Refused(_("The day must lie after %(until)s and not after today.") % {"until": certificate.valid_until})
    values = {"state": Certificate.State.VOID, "state_on": on}
    return _record(step, certificate, values, VOID, on=on, by=by, at=at, note=text)


def _claim(certificate: Certificate, by, version: int | None):
    """The certificate's step; checks the permission, the version the person saw, and that the certificate is valid."""
    step = certificate.project_step
    require(by, Verb.DECIDE_STEP, step)
    if version is not None and version != certificate.version:
        raise Conflict(_("Somebody else has just changed this certificate. Look at it again."))
    if certificate.state != Certificate.State.VALID:
        raise Refused(
            _("This certificate is no longer running: %(state)s.") % {"state": certificate.get_state_display()}
        )
    return step


def _needs_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    return reason.strip()


def _record(step, certificate, values, verb, *, on, by, at, note, **data) -> StepTransition:
    kept = kept_of(certificate)
    change(certificate, values)
    data = {"certificate": kept} | data
    return write(step, {}, verb=verb, on=on, by=by, at=at, before=snapshot(step), note=note, **data)
