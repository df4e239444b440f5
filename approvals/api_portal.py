"""The enterprise's own page over the API: what it wants to be told, and its news. For its people, on its projects."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import is_enterprise
from accounts.api_ops import UNVERSIONED, ActView, Nothing, edge, filled
from approvals import serializers_portal as shapes
from approvals.portal import actions, pages
from approvals.portal.applicant import Applicant, of_account
from approvals.portal.forms import NoticeForm
from approvals.portal.news import preference_of, wishes_of
from approvals.queries import StepView
from projects.models import Project
from workdays.models import load_calendar

UNNAMED = {UNVERSIONED: True}


def step_for(applicant: Applicant, code: str) -> StepView:
    """The step as the enterprise sees it today. Raises Http404."""
    return pages.view_of(pages.views_of(applicant, clock.today(), load_calendar()), code)


class PortalView(ActView):
    """Base: an account of an enterprise at one of its projects."""

    for_everybody = True

    def applicant(self) -> Applicant:
        """Raises PermissionDenied, Http404."""
        if not is_enterprise(self.request.user):
            raise PermissionDenied(_("This page is for enterprises."))
        rows = Project.objects.visible_to(self.request.user).select_related("park", "enterprise")
        return of_account(self.request.user, get_object_or_404(rows, pk=self.kwargs["pk"]))


class Wishes(PortalView):
    """What the enterprise's account wants to be told of a project."""

    @extend_schema(
        summary="My notices of a project",
        responses=shapes.WishesRow,
        tags=["projects"],
        operation_id="project_notices",
    )
    def get(self, request, pk):
        """Events, e-mail and phone of this account; every event until it has chosen. For enterprises."""
        return self.shown(self.applicant())

    @extend_schema(
        summary="Change my notices of a project",
        request=shapes.WishesInput,
        responses=shapes.WishesRow,
        tags=["projects"],
        operation_id="project_notices_change",
        extensions=UNNAMED,
    )
    def patch(self, request, pk):
        """What is left out stays; no event is told that is not named. For enterprises."""
        applicant = self.applicant()
        wanted = wishes_of(preference_of(applicant)) | self.read(shapes.WishesInput, partial=True)
        form = filled(NoticeForm, wanted)
        actions.set_notices(applicant.project, **form.cleaned_data, **self._edge(applicant))
        return self.shown(applicant)

    def _edge(self, applicant: Applicant) -> dict:
        return edge(self) | {"by": applicant}

    def shown(self, applicant: Applicant) -> Response:
        return Response(shapes.WishesRow(wishes_of(preference_of(applicant))).data)


class AllNews(PortalView):
    """News of a project for its enterprise."""

    @extend_schema(
        summary="News of a project", responses=shapes.AllNewsRow, tags=["projects"], operation_id="project_news"
    )
    def get(self, request, pk):
        """What happened since the news were last marked as read, of the events wanted. For enterprises."""
        return self.shown(self.applicant())

    def shown(self, applicant: Applicant) -> Response:
        known = preference_of(applicant)
        news = pages.news(applicant, today=clock.today(), now=clock.now(), calendar=load_calendar())
        return Response(shapes.AllNewsRow({"seen_at": known.seen_at if known else None, "news": news}).data)


class NewsRead(AllNews):
    """That they have been read."""

    http_method_names = ["post"]

    @extend_schema(
        summary="Mark the news as read",
        request=None,
        responses=shapes.AllNewsRow,
        tags=["projects"],
        operation_id="project_news_read",
        extensions=UNNAMED,
    )
    def post(self, request, pk):
        """From now on only newer ones are shown to this account. Answers with what is left. For enterprises."""
        applicant = self.applicant()
        self.read(Nothing)
        actions.mark_read(applicant.project, by=applicant, at=clock.now())
        return self.shown(applicant)
