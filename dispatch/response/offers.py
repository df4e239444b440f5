"""What the page of a case offers: a form for every answer that this person can give now, the wanted one first."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dispatch.response import actions, answering, ladder
from dispatch.response.forms import ANSWER_FORMS, AnswerForm
from dispatch.response.models import ResponseCase

TITLES = {
    "acknowledge": _("Acknowledge"),
    "plan": _("Hand in a plan"),
    "meeting": _("Record the special meeting"),
    "report": _("Write the weekly report"),
    "note": _("Leave a note"),
}
DONE = {
    "acknowledge": _("Acknowledged."),
    "plan": _("Plan handed in."),
    "meeting": _("Special meeting recorded."),
    "report": _("Report written."),
    "note": _("Noted."),
}
ACTIONS = {
    "acknowledge": actions.acknowledge,
    "plan": actions.hand_in_plan,
    "meeting": actions.record_meeting,
    "report": actions.report,
    "note": actions.note,
}


@dataclass(frozen=True)
class Offer:
    """One answer with its form. ``leads``: it is the one that is asked for next."""

    answer: str
    title: Any
    url: str
    form: AnswerForm
    leads: bool

    @property
    def is_open(self) -> bool:
        return self.leads or self.form.is_bound


def offers(case: ResponseCase, user: User, typed: AnswerForm | None = None) -> list[Offer]:
    """Nothing for people who may not answer. ``typed``: a form that was sent and not accepted keeps its text."""
    if not actions.may_answer(case, user):
        return []
    first = _wanted_first(case)
    codes = answering.takes(case)
    if typed is not None and typed.answer not in codes:
        codes.append(typed.answer)
    made = [_offer(case, user, code, typed, code == first) for code in codes]
    return sorted(made, key=lambda offer: not offer.leads)


def _wanted_first(case: ResponseCase) -> str:
    asked = answering.next_wanted(case)
    act = "meeting" if case.level == 1 else "plan"
    code = asked.code if asked else ""
    return {ladder.ACKNOWLEDGE: "acknowledge", ladder.ACT: act, ladder.REPORT: "report"}.get(code, "")


def _offer(case: ResponseCase, user: User, code: str, typed: AnswerForm | None, leads: bool) -> Offer:
    form = typed if typed is not None and typed.answer == code else ANSWER_FORMS[code](case=case, user=user)
    return Offer(code, TITLES[code], reverse("dispatch:case_answer", args=[case.pk, code]), form, leads)


def perform(form: AnswerForm, case: ResponseCase, *, by, at, on, calendar) -> ResponseCase:
    """The action behind a valid form."""
    extra = {"calendar": calendar} if form.answer == "report" else {}
    return ACTIONS[form.answer](case, **form.arguments(), **extra, by=by, at=at, on=on)
