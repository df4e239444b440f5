"""Certificates as pages show them: what each is today, how long it still lasts, what can be done. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Verb, may
from approvals.actions.records import handles
from approvals.certificates.issuing import started_on
from approvals.certificates.rules import LIGHTS, Facts, Fate, fate, latest_renewal
from approvals.hooks import step_url
from approvals.models import Certificate, Step
from projects.models import Milestone
from projects.stages import Stage

FATES = {
    Fate.VALID: gettext_lazy("valid"),
    Fate.ENDING: gettext_lazy("ends soon"),
    Fate.EXPIRED: gettext_lazy("expired"),
    Fate.FULFILLED: gettext_lazy("construction started in time"),
    Fate.LAPSED: gettext_lazy("had lapsed before the start of construction"),
    Fate.VOID: gettext_lazy("void"),
}


@dataclass
class Row:
    """One certificate on one day. Needs ``project_step__step`` and ``started`` (see ``with_start``)."""

    certificate: Certificate
    today: date

    @property
    def step(self):
        return self.certificate.project_step

    @property
    def fate(self) -> Fate:
        row = self.certificate
        start_by = row.kind == Step.Validity.START_BY
        facts = Facts(row.state, row.valid_until, start_by, self.step.step.validity_remind_days, row.started)
        return fate(facts, self.today)

    @property
    def light(self) -> str:
        return LIGHTS[self.fate]

    @property
    def text(self) -> str:
        return str(FATES[self.fate])

    @property
    def days(self) -> int | None:
        """Calendar days left, negative after the end; None once the end no longer matters."""
        if self.fate in (Fate.VALID, Fate.ENDING, Fate.EXPIRED):
            return (self.certificate.valid_until - self.today).days
        return None

    @property
    def url(self) -> str:
        return step_url(self.step)

    @property
    def renewals_left(self) -> int:
        life = self.step.step
        return max(0, life.validity_renewals - self.certificate.renewals) if life.validity_renewal_months else 0

    @property
    def latest(self) -> date:
        """How far one more renewal may reach."""
        return latest_renewal(self.certificate.valid_until, self.step.step.validity_renewal_months or 0)

    @property
    def condition(self) -> str:
        """What has to happen by the last day."""
        if self.certificate.kind == Step.Validity.START_BY:
            return _("construction must start by then")
        return _("has to be renewed or applied for anew")

    def actions_for(self, user) -> dict[str, str]:
        """Addresses of what this person may record: {"renew": …, "void": …}, "" for what is not possible."""
        row = self.certificate
        allowed = row.state == Certificate.State.VALID and may(user, Verb.DECIDE_STEP) and handles(user, self.step)
        renewable = allowed and self.renewals_left and self.fate in (Fate.VALID, Fate.ENDING, Fate.EXPIRED)
        voidable = allowed and row.valid_until < self.today
        return {
            "renew": reverse("approvals:certificate_renew", args=[row.pk]) if renewable else "",
            "void": reverse("approvals:certificate_void", args=[row.pk]) if voidable else "",
        }


def with_start(rows: QuerySet) -> QuerySet:
    """The rows with their step and, as ``started``, the day construction started."""
    rows = rows.select_related("project_step__step", "project_step__project__park", "project_step__unit", "by")
    return rows.annotate(started=Subquery(started_on("project_step__project")))


def rows_of(rows: Iterable[Certificate], today: date) -> list[Row]:
    return [Row(row, today) for row in rows]


def not_started() -> Q:
    """Certificates whose end still matters: construction has not started, or that was not the condition."""
    begun = Milestone.objects.filter(stage=Stage.STARTED, project=OuterRef("project_step__project"))
    begun = begun.filter(Q(actual_on__isnull=False) | Q(is_done=True))
    return ~Q(kind=Step.Validity.START_BY) | ~Exists(begun)


def ending(rows: QuerySet, today: date, days: int) -> QuerySet:
    """Running certificates whose last day is one of the next ``days``, today included."""
    return running(rows).filter(valid_until__gte=today, valid_until__lte=today + timedelta(days=days))


def expired(rows: QuerySet, today: date) -> QuerySet:
    """Certificates that have ended without renewal, and without the start of construction they were waiting for."""
    return running(rows).filter(valid_until__lt=today)


def running(rows: QuerySet) -> QuerySet:
    """Those whose end still matters."""
    return rows.filter(not_started(), state=Certificate.State.VALID)


def of_step(view, user) -> list[Row]:
    """The certificates of one step for this person, newest first; none without a query where a step makes none."""
    if not view.row.step.validity_kind and not view.row.decided_on:
        return []
    rows = Certificate.objects.visible_to(user).filter(project_step=view.row.pk)
    return rows_of(with_start(rows).order_by("-issued_on", "-pk"), view.today)


def counts(rows: QuerySet, today: date) -> list[dict]:
    """How many are expired and end within 30, 60 and 90 days, each with a link to exactly these rows."""
    here = reverse("approvals:certificate_list")
    numbers = [
        {"label": _("expired"), "number": expired(rows, today).count(), "href": f"{here}?when=expired", "light": "red"}
    ]
    for days in (30, 60, 90):
        label = _("end within %(days)d days") % {"days": days}
        number = ending(rows, today, days).count()
        light = "yellow" if days == 30 else "blue"
        numbers.append({"label": label, "number": number, "href": f"{here}?when={days}", "light": light})
    return numbers
