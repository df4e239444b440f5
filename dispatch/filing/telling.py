"""Who is told about filings, in the transaction of the cause: the people who file, of the organization that files."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.filing import scope
from dispatch.filing.models import Filing, FilingRestatement, FilingRound
from dispatch.filing.windows import Reminder
from dispatch.notices.outbox import About, Message, settle, tell, tell_many

ROUND, FILING = "filing_round", "filing"


def due(window: FilingRound, owed: Counter[int], kind: str, *, as_of: date, at: datetime) -> int:
    """One notice a person with the number of projects; ``owed``: organization → projects. Saying it again tells nobody
    twice. Returns how many people."""
    with translation.override(settings.LANGUAGE_CODE):
        words = str(REMINDERS.get(kind, REMINDERS[Reminder.SOON])())
    about = About(ROUND, window.pk, reverse("dispatch:filing_mine"))
    entries = []
    for organization, people in _people(owed).items():
        facts = {
            "month": str(window), "count": owed[organization], "closes_on": window.closes_on.isoformat(),
            "locks_on": window.locks_on.isoformat(), "words": words,
        }  # fmt: skip
        message = Message(window.park, "filing_due", f"filing/{window.pk}/{kind}", about, facts)
        entries.append((message, people, organization))
    return tell_many(entries, as_of=as_of, at=at)


REMINDERS = {
    Reminder.OPENED: lambda: _("The window is open."),
    Reminder.SOON: lambda: _("Please hand in soon."),
    Reminder.LAST: lambda: _("Today is the last day."),
    Reminder.LATE: lambda: _("The window has closed; what is missing may still be handed in until the lock."),
}


def _people(organizations: Iterable[int]) -> dict[int, list[User]]:
    rows = User.objects.filter(organization__in=list(organizations), is_active=True, role__isnull=False)
    found: dict[int, list[User]] = {}
    for person in rows.select_related("role", "organization").order_by("pk"):
        if may(person, Verb.FILE_PROGRESS):
            found.setdefault(person.organization_id, []).append(person)
    return found


def settled(window: FilingRound, *, at: datetime) -> None:
    """The month is locked: no reminder leaves any more."""
    settle(ROUND, [window.pk], at=at)


def returned(filing: Filing, *, by: User, as_of: date, at: datetime) -> None:
    facts = _facts(filing) | {"reason": filing.return_reason, "by": str(by)}
    _tell(filing, "filing_returned", f"returned/{filing.version}", facts, by=by, as_of=as_of, at=at)


def accepted(filing: Filing, *, by: User, as_of: date, at: datetime) -> None:
    settle(FILING, [filing.pk], at=at)
    _tell(filing, "filing_accepted", f"accepted/{filing.version}", _facts(filing), by=by, as_of=as_of, at=at)


def restatement(row: FilingRestatement, *, by: User, as_of: date, at: datetime) -> None:
    """Asked for: the centre; decided: who asked and who files."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = _facts(row.filing) | {"outcome": str(row.get_state_display()), "reason": row.decision or row.reason}
    asked = row.state == FilingRestatement.State.ASKED
    people = _checkers(row.filing) if asked else [person for person in [row.by] if person]
    key = f"restated/{row.pk}/{row.state}"
    _tell(row.filing, "filing_restated", key, facts, by=by, as_of=as_of, at=at, more=people, filers=not asked)


def _checkers(filing: Filing) -> list[User]:
    rows = User.objects.filter(organization__park=filing.round.park_id, is_active=True, role__scope="park")
    return [person for person in rows.select_related("role", "organization") if may(person, Verb.CHECK_FILING)]


def _tell(filing, event, key, facts, *, by, as_of, at, more: Iterable[User] = (), filers: bool = True) -> None:
    people = list(more)
    filer = scope.filer_of(filing)
    if filers:
        people += _people([filer]).get(filer, []) if filer else []
        people += [filing.submitted_by] if filing.submitted_by else []
    about = About(FILING, filing.pk, reverse("dispatch:filing_detail", args=[filing.pk]), filing.project)
    message = Message(filing.round.park, event, f"filing/{filing.pk}/{key}", about, facts)
    tell(message, [person for person in people if person.pk != by.pk], as_of=as_of, at=at)


def _facts(filing: Filing) -> dict[str, str]:
    return {"project": filing.project.name, "month": str(filing.round)}
