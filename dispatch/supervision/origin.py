"""The page an instruction is about: ``?from=`` of the link that is on every page. Anything but a page of ours that the
person may see counts as none."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db.models import Model
from django.urls import Resolver404, resolve

from accounts.models import User
from approvals.models import Certificate, JointReview, ProjectStep
from dispatch.ledger.models import LedgerItem
from dispatch.measures.models import Measure
from dispatch.meetings.models import Meeting
from dispatch.reports.models import Bulletin
from dispatch.response.models import ResponseCase
from dispatch.supervision.models import Instruction
from dispatch.visits.models import Visit
from projects.models import Project

LONGEST = 300
FOREIGN = frozenset({"admin", "api", "accounts"})
WRITTEN_HERE = "dispatch:instruction_new"
# First words of a route's name → what its ``pk`` is a key of, and the way from there to the project; longest first.
THINGS: tuple[tuple[str, type[Model], str], ...] = (
    ("approvals:certificate_", Certificate, "project_step.project"),
    ("approvals:joint_project", Project, ""),
    ("approvals:joint_open", Project, ""),
    ("approvals:joint_", JointReview, "project"),
    ("approvals:step", Project, ""),
    ("approvals:", Project, ""),
    ("dispatch:bulletin_", Bulletin, "-"),
    ("dispatch:case_", ResponseCase, "project"),
    ("dispatch:instruction_", Instruction, "project"),
    ("dispatch:ledger_", LedgerItem, "project"),
    ("dispatch:measure_", Measure, "-"),
    ("dispatch:meeting_", Meeting, "-"),
    ("dispatch:visit_", Visit, "project"),
    ("projects:", Project, ""),
)
# Routes whose key is of something else than their name's first words say.
OTHERS = (
    "approvals:agency_", "approvals:guide", "approvals:paper_", "approvals:step_file", "projects:import",
    "dispatch:ledger_comment_back", "dispatch:measure_publish", "dispatch:measure_take", "dispatch:meeting_decision_",
    "dispatch:meeting_point_", "dispatch:meeting_seat_", "dispatch:visit_grid_", "dispatch:visit_plan_",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page of this site: its address, what it shows, and the project that this belongs to."""

    url: str
    thing: Any = None
    project: Project | None = None


NOWHERE = Page("")


def page_of(raw: str, user: User) -> Page:
    """The page at this address, or NOWHERE."""
    url = own_path(raw)
    if not url:
        return NOWHERE
    try:
        match = resolve(unquote(urlsplit(url).path))
    except Resolver404:
        return NOWHERE
    name = match.view_name
    if not match.url_name or name == WRITTEN_HERE or FOREIGN & set(match.namespaces):
        return NOWHERE
    if not match.kwargs:
        return Page(url)
    return _about(url, name, match.kwargs, user)


def own_path(raw: str) -> str:
    """The address as it was given when it is a path of this site and nothing else, "" otherwise."""
    if not raw.startswith("/") or len(raw) > LONGEST:
        return ""
    for text in (raw, unquote(raw)):
        if text.startswith("//") or "\\" in text or not text.isprintable() or " " in text:
            return ""
    try:
        parts = urlsplit(raw)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else raw.partition("#")[0]


def _about(url: str, name: str, kwargs: dict[str, Any], user: User) -> Page:
    found = [(model, way) for start, model, way in THINGS if name.startswith(start)]
    if not found or "pk" not in kwargs or name.startswith(OTHERS):
        return NOWHERE
    model, way = found[0]
    row = model._default_manager.visible_to(user).filter(pk=kwargs["pk"]).first()
    if row is None:
        return NOWHERE
    if "code" in kwargs and model is Project and not _has_step(row, kwargs["code"], user):
        return NOWHERE
    return Page(url, row, _project(row, way, user))


def _has_step(project: Project, code: str, user: User) -> bool:
    return ProjectStep.objects.visible_to(user).filter(project=project, step__code=code).exists()


def _project(row: Any, way: str, user: User) -> Project | None:
    if way == "-":
        return None
    for name in filter(None, way.split(".")):
        row = getattr(row, name)
    return row if row is not None and Project.objects.visible_to(user).filter(pk=row.pk).exists() else None
