"""What happened at a project since the enterprise last looked, from the rows an enterprise may see. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals import flow, seams
from approvals.models import CorrectionNotice, HelpRequest, JointReview, NoticePreference, StepDocument, Urge
from approvals.portal import rules
from approvals.portal.applicant import Applicant
from approvals.portal.events import Event
from approvals.queries import StepView

WITHOUT_A_LAST_VISIT = timedelta(days=14)
MOST_SHOWN = 20


@dataclass(frozen=True)
class News:
    """One thing that happened on a day; ``step`` is the code of the step it is about, "" without one."""

    event: Event
    on: date
    text: str
    step: str = ""


@dataclass(frozen=True)
class Since:
    """The moment up to which the news have been read."""

    at: datetime

    @property
    def day(self) -> date:
        return localtime(self.at).date()

    def is_new(self, on: date | None, written_at: datetime | None = None) -> bool:
        """Whether something of a day came after; on the very day only what was written later is new."""
        if on is None or on < self.day:
            return False
        return on > self.day or (written_at is not None and written_at > self.at)


def preference_of(applicant: Applicant) -> NoticePreference | None:
    rows = NoticePreference.objects.visible_to(applicant.principal)
    return rows.filter(project=applicant.project, **applicant.own()).first()


def wishes_of(preference: NoticePreference | None) -> dict[str, Any]:
    """What this account or link wants to be told, and where; everything and nowhere else until it has chosen."""
    if preference is None:
        return {"events": list(Event.values), "email": "", "phone": ""}
    return {"events": preference.events, "email": preference.email, "phone": preference.phone}


def news_of(
    applicant: Applicant,
    views: Sequence[StepView],
    preference: NoticePreference | None,
    *,
    urges: Iterable[Urge],
    requests: Iterable[HelpRequest],
    notices: Iterable[CorrectionNotice],
    now: datetime,
) -> list[News]:
    """The wanted events since the news were last marked as read (else: of two weeks), newest first."""
    seen_at = preference.seen_at if preference else None
    since = Since(seen_at or now - WITHOUT_A_LAST_VISIT)
    wanted = set(preference.events) if preference else set(Event.values)
    found = [
        *_returned(notices, since),
        *_of_steps(views, since),
        *_answers(urges, requests, since),
        *(_joint(applicant, since) if Event.JOINT in wanted else ()),
    ]
    shown = [item for item in found if item.event in wanted]
    return sorted(shown, key=lambda item: item.on, reverse=True)[:MOST_SHOWN]


def _returned(notices: Iterable[CorrectionNotice], since: Since) -> Iterable[News]:
    for notice in notices:
        if notice.at > since.at:
            text = _("%(step)s: papers returned for correction") % {"step": notice.project_step}
            yield News(Event.RETURNED, notice.issued_on, text, notice.project_step.code)


def _of_steps(views: Sequence[StepView], since: Since) -> Iterable[News]:
    for view in views:
        row, code = view.row, view.row.code
        if flow.State(row.state) in flow.DECIDED and since.is_new(row.decided_on, row.updated_at):
            words = {"step": row, "state": view.label}
            yield News(Event.DECIDED, row.decided_on, _("%(step)s: %(state)s") % words, code)
        due = view.running_due_on
        if due and due < view.today and since.is_new(due + timedelta(days=1)):
            text = _("%(step)s has passed its promised day %(day)s") % {"step": row, "day": due}
            yield News(Event.LATE, due + timedelta(days=1), text, code)
        for paper in view.owed:
            if paper.state == StepDocument.State.OUTSTANDING and paper.due_on:
                soon_on = rules.soon_since(paper.due_on, view.calendar)
                if soon_on <= view.today and since.is_new(soon_on):
                    words = {"paper": paper.requirement.name, "day": paper.due_on}
                    yield News(Event.DUE_SOON, soon_on, _("%(paper)s is due on %(day)s") % words, code)


def _answers(urges: Iterable[Urge], requests: Iterable[HelpRequest], since: Since) -> Iterable[News]:
    for urge in urges:
        if urge.answered_at and urge.answered_at > since.at:
            text = _("%(step)s: your urging was answered") % {"step": urge.project_step}
            yield News(Event.ANSWER, localtime(urge.answered_at).date(), text, urge.project_step.code)
    requests = list(requests)
    states = seams.states_of(requests)
    for request in requests:
        state = states.get(request.item_id)
        if state and state.is_closed and since.is_new(state.closed_on):
            text = _("Your request %(number)s is closed") % {"number": request.item_number}
            yield News(Event.ANSWER, state.closed_on, text)


def _joint(applicant: Applicant, since: Since) -> Iterable[News]:
    """Only that a review was opened or issued; what the departments say in it is theirs."""
    rows: Any = JointReview.objects.filter(project=applicant.project).exclude(state=JointReview.State.CANCELLED)
    for review in rows.select_related("bundle"):
        words = {"bundle": localized(review.bundle, "name")}
        if review.issued_at and review.issued_at > since.at:
            text = _("Joint review “%(bundle)s”: the results were issued together") % words
            yield News(Event.JOINT, localtime(review.issued_at).date(), text)
        elif review.opened_at > since.at:
            text = _("Joint review “%(bundle)s” was opened") % words
            yield News(Event.JOINT, localtime(review.opened_at).date(), text)
