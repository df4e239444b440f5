"""Services on behalf, signed links, ratings, urgings and requests for help over the API."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet, is_enterprise
from accounts.api_ops import ReasonInput, creation, edge, filled, operation
from accounts.permissions import Verb
from approvals import serializers_acts as shapes
from approvals import serializers_portal as own
from approvals.agency import actions as agency
from approvals.api import projects_of
from approvals.models import (
    AccessLink,
    AccessUse,
    AgentAction,
    ApprovalPolicy,
    CorrectionNotice,
    HelpRequest,
    PaperTemplate,
    Rating,
    Urge,
)
from approvals.portal import actions as portal
from approvals.portal import links, queries
from approvals.portal.applicant import of_account
from approvals.portal.forms import HelpForm


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


class ServiceFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    since = django_filters.DateFilter(label=_("Since"), field_name="on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("Up to"), field_name="on", lookup_expr="lte")

    class Meta:
        model = AgentAction
        fields = ["project", "agent", "since", "until"]


def _may_cancel(view, row) -> bool:
    user = view.request.user
    own = row.agent_id == user.pk and agency.is_agent(user, row.project)
    return own or agency.records_for_any(user, row.project)


@extend_schema_view(list=extend_schema(summary="List services"), retrieve=extend_schema(summary="One service"))
class ServiceViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Services done on enterprises' behalf (帮办代办)."""

    model = AgentAction
    filterset_class = ServiceFilter
    orderings = ("-on", "id")
    search_fields = ("what", "on_behalf_of")
    serializer_class = shapes.ServiceRow

    def narrow(self, rows):
        if is_enterprise(self.request.user):
            return rows.none()
        return rows.select_related("project__park", "agent", "project_step__step")

    @creation("Record a service", shapes.ServiceInput)
    def create(self, project, **values):
        """Staff for any agent of the park; the project's own agent for themselves."""
        _require(agency.may_record(self.request.user, project))
        return agency.record(project, **values, **edge(self, "today"))

    @operation("Cancel a service", ReasonInput, allowed=_may_cancel, is_versioned=False)
    def cancel(self, row, reason):
        """A mistake: it stays on the list and counts no more."""
        agency.cancel(row, reason=reason, **edge(self))


class ProjectFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)


class StepFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter("project_step__project", label=_("Project"), queryset=projects_of)


class UseFilter(django_filters.FilterSet):
    link = django_filters.NumberFilter("link", label=_("signed link"), min_value=1, max_value=2**62)
    project = django_filters.ModelChoiceFilter("link__project", label=_("Project"), queryset=projects_of)


class TemplateFilter(django_filters.FilterSet):
    paper = django_filters.CharFilter("paper_code", label=_("code of the paper"), max_length=16)


@extend_schema_view(list=extend_schema(summary="List signed links"), retrieve=extend_schema(summary="One signed link"))
class LinkViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Signed links to projects. Needs ``hand_out_link``."""

    model = AccessLink
    related = ("project",)
    filterset_class = ProjectFilter
    orderings = ("-id",)
    serializer_class = shapes.LinkRow

    def check_permissions(self, request):
        super().check_permissions(request)
        self.permit(Verb.HAND_OUT_LINK)

    @creation("Hand out a link", shapes.SignedLinkInput, verbs=(Verb.HAND_OUT_LINK,), answer=shapes.LinkMade)
    def create(self, project, days, **values):
        """Answers with the address, this once; valid no longer than the park's policy allows."""
        _require(links.may_hand_out(self.request.user, project))
        days = min(days, ApprovalPolicy.of(project.park_id).link_days)
        link, secret = links.hand_out(project, days=days, **values, **edge(self))
        link.address = self.request.build_absolute_uri(reverse("approvals:link_open", args=[secret]))
        return link

    @operation(
        "Withdraw a link",
        allowed=lambda view, row: links.may_hand_out(view.request.user, row.project),
        is_versioned=False,
    )
    def withdraw(self, link):
        """From now on it opens nothing, also for who is visiting."""
        links.withdraw(link, **edge(self))


@extend_schema_view(list=extend_schema(summary="List ratings"))
class RatingViewSet(ListMixin, ScopedViewSet):
    """How satisfied enterprises are with finished steps."""

    model = Rating
    related = ("project_step__step", "project_step__project")
    filterset_class = StepFilter
    orderings = ("-id",)
    serializer_class = shapes.RatingRow


@extend_schema_view(list=extend_schema(summary="List urgings"))
class UrgeViewSet(ListMixin, ScopedViewSet):
    """What enterprises ask to be hurried."""

    model = Urge
    related = ("project_step__step", "project_step__project")
    filterset_class = StepFilter
    orderings = ("-id",)
    serializer_class = shapes.UrgeRow


@extend_schema_view(list=extend_schema(summary="List requests for help"))
class HelpViewSet(ListMixin, ScopedViewSet):
    """Requests for help of enterprises."""

    model = HelpRequest
    related = ("project", "project_step__step")
    filterset_class = ProjectFilter
    orderings = ("-id",)
    serializer_class = shapes.HelpRow

    def paginate_queryset(self, queryset):
        return shapes.with_standing(super().paginate_queryset(queryset))

    @creation("Ask for help", shapes.HelpInput, allowed=lambda view: is_enterprise(view.request.user))
    def create(self, project, text, step=None):
        """The enterprise is stuck; it becomes an item of the ledger. The same text within a day is one request."""
        applicant = of_account(self.request.user, project)
        steps = queries.steps_to_ask_about(project, applicant.principal)
        if step is not None and step.project_id != project.pk:
            raise ValidationError({"step": [_("This step belongs to another project.")]})
        sent = filled(HelpForm, {"step": step.code if step else "", "text": text}, steps=steps.values()).cleaned_data
        about, by = steps.get(sent["step"]), {"by": applicant}
        return portal.ask_for_help(project, text=sent["text"], step=about, **edge(self) | by)


class CorrectionFilter(StepFilter):
    step = django_filters.CharFilter("project_step__code", label=_("Code of the step"), max_length=10)
    answered = django_filters.BooleanFilter("answered_on", label=_("answered"), lookup_expr="isnull", exclude=True)


@extend_schema_view(list=extend_schema(summary="List correction notices"))
class CorrectionViewSet(ListMixin, ScopedViewSet):
    """Correction notices (一次性告知) with every paper they name."""

    model = CorrectionNotice
    related = ("project_step__step", "project_step__project", "by")
    filterset_class = CorrectionFilter
    orderings = ("-id", "issued_on")
    serializer_class = own.CorrectionNoticeRow


@extend_schema_view(list=extend_schema(summary="List uses of signed links"))
class LinkUseViewSet(ListMixin, ScopedViewSet):
    """What was done with signed links, and from which address. Needs ``hand_out_link``."""

    model = AccessUse
    related = ("link__project",)
    filterset_class = UseFilter
    orderings = ("-id",)
    serializer_class = own.LinkUseRow

    def check_permissions(self, request):
        super().check_permissions(request)
        self.permit(Verb.HAND_OUT_LINK)


@extend_schema_view(list=extend_schema(summary="List forms of papers"))
class PaperTemplateViewSet(ListMixin, ScopedViewSet):
    """Forms to fill in for papers, as the guide offers them."""

    model = PaperTemplate
    filterset_class = TemplateFilter
    orderings = ("paper_code", "id")
    search_fields = ("title",)
    serializer_class = own.PaperTemplateRow

    def narrow(self, rows):
        return rows.filter(is_active=True).select_related("park")

    def get_serializer_context(self):
        return super().get_serializer_context() | {"address": self._address}

    def _address(self, row: PaperTemplate) -> str:
        address = reverse("approvals:guide_template", args=[row.park.code, row.pk])
        return self.request.build_absolute_uri(address)
