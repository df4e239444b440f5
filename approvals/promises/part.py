"""The part of a step's page about papers that follow later and promises made."""

from typing import Any

from django.urls import reverse

from accounts.permissions import Verb, may
from approvals import actions, flow
from approvals.flow import State
from approvals.models import CommittedStep, StepDocument
from approvals.promises import gates, queries, rules
from approvals.step_parts import Part

DECIDABLE = flow.RUNNING | {State.RECEIVED}


def source(view, user) -> Part | None:
    """None where nothing is owed, promised or possible."""
    is_staff = bool(user.role_id) and user.role.scope != "enterprise"
    can_decide = is_staff and may(user, Verb.DECIDE_STEP) and actions.handles(user, view.row)
    context = {
        "debts": _debts(view),
        "late": _late_supplies(view),
        "checks": _checks(view),
        "waiting": queries.waiting_at(view.row) if not view.is_done and view.applies else {},
        "can_renew": can_decide,
        "can_check": can_decide,
        "commit_url": _commit_url(view) if can_decide else "",
    }
    if not any([*_lists(context), context["commit_url"]]):
        return None
    return Part("approvals/parts/_promises.html", context)


def _lists(context: dict[str, Any]):
    yield from (context["debts"], context["late"], context["checks"])
    yield from context["waiting"].values()


def _debts(view) -> list[queries.Debt]:
    owed = _outstanding(view)
    for paper in owed:
        paper.project_step = view.row
    return queries.debts(owed, view.today, view.calendar)


def _outstanding(view) -> list[StepDocument]:
    return [paper for paper in view.row.documents.all() if paper.state == StepDocument.State.OUTSTANDING]


def _late_supplies(view) -> list[StepDocument]:
    return [
        paper
        for paper in view.row.documents.all()
        if paper.promised_on and rules.is_late_supply(paper.supplied_on, paper.due_on)
    ]


def _checks(view) -> list[queries.Check]:
    rows = CommittedStep.objects.filter(project_step=view.row.pk, round=view.row.round)
    rows = list(rows.select_related("commitment", "checked_by"))
    for row in rows:
        row.project_step = view.row
    return queries.checks(rows if view.is_done else [], view.today, view.calendar)


def _commit_url(view) -> str:
    """Where the step is decided on a promise, while that is possible."""
    possible = view.state in DECIDABLE and view.applies and not gates.commitment_bar(view.row.step)
    if not possible or _outstanding(view):
        return ""
    return reverse("approvals:commitment_decide", args=[view.row.project_id, view.row.code])
