"""Which events webhooks tell of: name, version, words, the schema of the data, and the door that guards it.

A version grows when a field changes its meaning or goes; new fields may come without. Documented in docs/webhooks.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb, may
from approvals.models import ProjectStep
from dispatch.reports.models import Bulletin
from dispatch.warnings.models import Warning
from projects.models import Project

PING = "webhook.ping"
TEXT, WHOLE, DAY = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date"}
MAYBE_DAY, MAYBE_WHOLE = {"type": ["string", "null"], "format": "date"}, {"type": ["integer", "null"]}
PROJECT = {
    "type": ["object", "null"],
    "required": ["id", "code", "name"],
    "properties": {"id": WHOLE, "code": TEXT, "name": TEXT},
}


@dataclass(frozen=True)
class WebhookEventKind:
    """``may_see(user, data)``: whether the person a webhook sees as may know of this event now."""

    code: str
    label: str | Promise
    properties: Mapping[str, Any]
    may_see: Callable[[Any, Mapping[str, Any]], bool]
    example: Mapping[str, Any]
    version: int = 1

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of ``data``."""
        return {"type": "object", "required": sorted(self.properties), "properties": dict(self.properties)}


def _project(user, data) -> bool:
    return Project.objects.visible_to(user).filter(pk=data["project"]["id"]).exists()


def _step(user, data) -> bool:
    return ProjectStep.objects.visible_to(user).filter(pk=data["step"]["id"]).exists()


def _warning(user, data) -> bool:
    return Warning.objects.visible_to(user).filter(pk=data["warning"]["id"]).exists()


def _bulletin(user, data) -> bool:
    found = Bulletin.objects.visible_to(user).filter(pk=data["bulletin"]["id"]).exists()
    return found and may(user, Verb.VIEW_BULLETIN)


_EXAMPLE_PROJECT = {"id": 17, "code": "2026-0017", "name": "年产 5 万吨特种钢丝项目"}
_KINDS = (
    WebhookEventKind(
        "project.stage_changed",
        _("a project enters another stage"),
        {"project": PROJECT, "before": TEXT, "after": TEXT, "entered_on": DAY, "url": TEXT},
        _project,
        {
            "project": _EXAMPLE_PROJECT, "before": "L07", "after": "L08", "entered_on": "2026-03-02",
            "url": "https://navigator.example.com/projects/17/",
        },
    ),
    WebhookEventKind(
        "step.decided",
        _("an approval step is decided, or its decision falls"),
        {
            "project": PROJECT,
            "step": {
                "type": "object",
                "required": ["id", "code", "name"],
                "properties": {"id": WHOLE, "code": TEXT, "name": TEXT},
            },
            "decision": {"enum": ["approved", "approved_outstanding", "refused", "revoked", "undone"]},
            "before": WHOLE, "after": WHOLE, "decided_on": MAYBE_DAY, "result_number": TEXT, "url": TEXT,
        },
        _step,
        {
            "project": _EXAMPLE_PROJECT,
            "step": {"id": 361, "code": "S01", "name": "企业投资项目备案"},
            "decision": "approved", "before": 8, "after": 11, "decided_on": "2026-03-02",
            "result_number": "2603-000001-04-01-000001",
            "url": "https://navigator.example.com/projects/17/steps/S01/",
        },
    ),
    WebhookEventKind(
        "warning.raised",
        _("a warning is raised"),
        {
            "project": PROJECT,
            "warning": {
                "type": "object",
                "required": ["id", "rule", "about", "label"],
                "properties": {"id": WHOLE, "rule": TEXT, "about": TEXT, "label": TEXT},
            },
            "level": {"enum": ["blue", "yellow", "red"]}, "due_on": DAY, "as_of": DAY, "unit": TEXT, "url": TEXT,
        },
        _warning,
        {
            "project": _EXAMPLE_PROJECT,
            "warning": {"id": 94, "rule": "STEP_LATE", "about": "step", "label": "S12"},
            "level": "red", "due_on": "2026-02-24", "as_of": "2026-03-02", "unit": "经开区经济发展局",
            "url": "https://navigator.example.com/projects/17/",
        },
    ),
    WebhookEventKind(
        "bulletin.issued",
        _("a bulletin is issued"),
        {
            "project": PROJECT,
            "bulletin": {
                "type": "object",
                "required": ["id", "year", "month", "revision", "number"],
                "properties": {"id": WHOLE, "year": WHOLE, "month": WHOLE, "revision": WHOLE, "number": MAYBE_WHOLE},
            },
            "as_of": DAY, "url": TEXT,
        },
        _bulletin,
        {
            "project": None,
            "bulletin": {"id": 5, "year": 2026, "month": 2, "revision": 0, "number": 2},
            "as_of": "2026-02-28", "url": "https://navigator.example.com/bulletins/5/",
        },
    ),
)  # fmt: skip
EVENTS: dict[str, WebhookEventKind] = {kind.code: kind for kind in _KINDS}


def version_of(code: str) -> int:
    return EVENTS[code].version if code in EVENTS else 1


def may_see(code: str, user, data: Mapping[str, Any]) -> bool:
    """Whether the person may know of the event; a test message is for everybody, an unknown event for nobody."""
    if code == PING:
        return True
    kind = EVENTS.get(code)
    return kind is not None and kind.may_see(user, data)
