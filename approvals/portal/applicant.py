"""Who stands at the enterprise's page: an account of the enterprise, or the holder of a signed link. One for both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visitors import ProjectVisitor
from approvals.models import AccessLink
from projects.models import Project


@dataclass(frozen=True)
class Applicant:
    """Exactly one of ``user`` and ``link`` is set. ``project`` is the one on the page, None without any."""

    projects: tuple[Project, ...]
    project: Project | None
    user: User | None = None
    link: AccessLink | None = None

    @property
    def principal(self) -> User | ProjectVisitor:
        """What ``visible_to`` takes."""
        if self.link is None:
            return self.user
        return ProjectVisitor(project_id=self.link.project_id, link_id=self.link.pk, name=self.link.holder_name)

    @property
    def name(self) -> str:
        return self.link.holder_name if self.link else str(self.user)

    @property
    def is_visitor(self) -> bool:
        return self.link is not None

    @property
    def may_upload(self) -> bool:
        return self.link is None or self.link.may_upload

    @property
    def may_ask(self) -> bool:
        return self.link is None or self.link.may_ask

    def columns(self) -> dict[str, Any]:
        """by, link and by_name of a row that this person writes."""
        return {"by": self.user, "link": self.link, "by_name": self.name}

    def own(self) -> dict[str, Any]:
        """Filter for rows that this account or this link has written."""
        return {"link": self.link} if self.link else {"by": self.user}

    def url(self, name: str, *args: Any) -> str:
        """Address of a page of the portal; ``name`` as in urls.py without its prefix."""
        if self.link:
            return reverse(f"approvals:my_{name}", args=args)
        if name == "home":
            home = reverse("approvals:enterprise_home")
            return f"{home}?{urlencode({'project': self.project.pk})}" if len(self.projects) > 1 else home
        return reverse(f"approvals:enterprise_{name}", args=[self.project.pk, *args])


def of_link(link: AccessLink) -> Applicant:
    return Applicant(projects=(link.project,), project=link.project, link=link)


def of_account(user: User, project: Project) -> Applicant:
    """``user`` of an enterprise at one of the projects it sees; which it sees is for the caller to ask."""
    return Applicant(projects=(project,), project=project, user=user)


def require(applicant: Applicant, project_id: int, *, at: datetime, upload: bool = False) -> None:
    """Raises PermissionDenied unless this person may, now, write to this project: ask, or with ``upload`` hand in.

    The link is read again, so that a withdrawal counts from the moment it is made.
    """
    if applicant.link is None:
        user = applicant.user
        is_enterprise = user.role_id is not None and user.role.scope == "enterprise"
        allowed = is_enterprise and Project.objects.visible_to(user).filter(pk=project_id).exists()
    else:
        link = AccessLink.objects.get(pk=applicant.link.pk)
        right = link.may_upload if upload else link.may_ask
        allowed = right and link.is_open(at) and link.project_id == project_id
    if not allowed:
        raise PermissionDenied(_("Your link does not allow this. Please ask who gave it to you."))
