"""From what happened to the data of an event: ids, codes, names, before and after, the page. Called by seams and by the
actions of this app, inside their transactions."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.i18n import localized
from approvals.actions.records import UNDO
from approvals.flow import DECIDED, State
from dispatch.notices.compose import absolute
from dispatch.warnings.models import Warning
from dispatch.webhooks.outbox import Happening, happened

DECISIONS = {
    State.APPROVED: "approved",
    State.APPROVED_OUTSTANDING: "approved_outstanding",
    State.REFUSED: "refused",
    State.REVOKED: "revoked",
}


def stages_entered(entries: Collection, *, by, at: datetime) -> None:
    """``entries``: StageEntry rows just written, with their projects; the first stage of a new project is no change."""
    moved = [entry for entry in entries if entry.from_stage]

    def make() -> Iterable[Happening]:
        for entry in moved:
            data = {
                "project": _project(entry.project),
                "before": entry.from_stage,
                "after": str(entry.stage),
                "entered_on": _day(entry.entered_on),
                "url": _page(entry.project),
            }
            yield Happening(entry.project.park_id, str(entry.pk), data, entry.project_id)

    if moved:
        happened("project.stage_changed", make, at=at, park_ids={entry.project.park_id for entry in moved})


def step_recorded(step, transition, *, by, at: datetime) -> None:
    """A decision, its revocation, or a decision taken back by an undo; other records are no event."""
    decision = _decision(transition)
    if decision:
        happened(
            "step.decided",
            lambda: [_decided(step, transition, decision)],
            at=at,
            park_ids=[step.project.park_id],
        )


def _decision(transition) -> str:
    before, after = State(transition.from_state), State(transition.to_state)
    if before == after:
        return ""
    if transition.verb == UNDO:
        return "undone" if before in DECISIONS else ""
    return DECISIONS.get(after, "")


def _decided(step, transition, decision: str) -> Happening:
    kept = State(transition.to_state) in DECIDED
    data = {
        "project": _project(step.project),
        "step": {"id": step.pk, "code": step.code, "name": localized(step.step, "name")},
        "decision": decision,
        "before": int(transition.from_state),
        "after": int(transition.to_state),
        "decided_on": _day(step.decided_on if kept else transition.on),
        "result_number": step.result_number if kept else "",
        "url": absolute(reverse("approvals:step", args=[step.project_id, step.code])),
    }
    return Happening(step.project.park_id, str(transition.pk), data, step.project_id)


def warnings_raised(rows: QuerySet[Warning], *, as_of: date, at: datetime) -> None:
    """``rows``: warnings raised, or raised again, on this day; read only when somebody wants to know."""

    def make() -> Iterable[Happening]:
        for row in rows.select_related("project", "unit").order_by("pk").iterator(chunk_size=500):
            data = {
                "project": _project(row.project),
                "warning": {"id": row.pk, "rule": row.rule, "about": row.object_type, "label": row.label},
                "level": row.level,
                "due_on": _day(row.due_on),
                "as_of": _day(as_of),
                "unit": row.unit.name if row.unit else "",
                "url": _page(row.project) or absolute(reverse("dispatch:warning_list")),
            }
            yield Happening(row.park_id, f"{row.pk}/{as_of.isoformat()}", data, row.project_id)

    happened("warning.raised", make, at=at)


def bulletin_issued(bulletin, *, at: datetime) -> None:
    data = {
        "project": None,
        "bulletin": {name: getattr(bulletin, name) for name in ("year", "month", "revision", "number")}
        | {"id": bulletin.pk},
        "as_of": _day(bulletin.as_of),
        "url": absolute(reverse("dispatch:bulletin_detail", args=[bulletin.pk])),
    }
    told = Happening(bulletin.park_id, str(bulletin.pk), data)
    happened("bulletin.issued", lambda: [told], at=at, park_ids=[bulletin.park_id])


def _project(project) -> dict[str, Any] | None:
    return {"id": project.pk, "code": project.code, "name": project.name} if project else None


def _page(project) -> str:
    return absolute(reverse("projects:detail", args=[project.pk])) if project else ""


def _day(day) -> str | None:
    return day.isoformat() if day else None
