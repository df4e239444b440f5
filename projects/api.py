"""Projects and their milestones over the API: parse, fetch what the user may see, call one action, answer."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet, is_enterprise
from accounts.permissions import Verb, may
from projects import actions, serializers
from projects.api_acts import ProjectActs
from projects.filters import ProjectFilter
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from projects.stages import MILESTONE_STAGES

STAGE = OpenApiParameter(
    "stage", str, OpenApiParameter.PATH, enum=[stage.value for stage in MILESTONE_STAGES], description="L01–L15"
)
INTERNAL_FILTERS = ("light", "stale")


class ProjectApiFilter(ProjectFilter):
    """As on the page; an enterprise cannot ask about what it is not shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.request is not None and is_enterprise(self.request.user):
            for name in INTERNAL_FILTERS:
                del self.filters[name]

    def in_pool(self, rows, name, value: str):
        return super().in_pool(rows, name, value)


@extend_schema_view(list=extend_schema(summary="List projects"), retrieve=extend_schema(summary="One project"))
class ProjectViewSet(ProjectActs, ListMixin, RetrieveMixin, ScopedViewSet):
    """Projects: what they are, where they stand, and what is done to them."""

    model = Project
    filterset_class = ProjectApiFilter
    orderings = ("-updated_at", "name_key", "total_investment_10k", "stage", "id")
    search_fields = ("search_text",)
    serializer_class = serializers.ProjectDetail
    list_serializer = serializers.ProjectRow

    def narrow(self, rows):
        rows = rows.select_related("enterprise", "responsible_unit")
        if self.action == "list":
            return rows
        user = self.request.user
        parts = ((part, model.objects.visible_to(user)) for part, model in PARTS.items())
        return rows.prefetch_related(*(Prefetch(part, queryset=queryset) for part, queryset in parts))

    @extend_schema(
        summary="Register a project", request=serializers.ProjectInput, responses={201: serializers.ProjectDetail}
    )
    def create(self, request):
        """Registers a project with its steps. Needs ``create_project``."""
        self.permit(Verb.CREATE_PROJECT)
        values = self.read(serializers.ProjectInput)
        project = actions.create(request.user.park, values, by=request.user, at=clock.now())
        return self.show(serializers.ProjectDetail, project.pk, status=201)

    @extend_schema(summary="Change a project", request=serializers.ProjectInput, responses=serializers.ProjectDetail)
    def partial_update(self, request, pk):
        """Changes the fields given. Who only reports for the project may change its progress alone."""
        editor = may(request.user, Verb.EDIT_PROJECT)
        project, version = self.to_change(allowed=lambda row: editor or actions.may_report(request.user, row))
        values = self.read(serializers.ProjectInput, partial=True)
        if not editor and set(values) - set(actions.PROGRESS_FIELDS):
            raise PermissionDenied
        change = actions.edit if editor else actions.report_progress
        change(project, values, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.ProjectDetail, project.pk)

    @extend_schema(summary="Enter a stage", request=serializers.StageInput, responses=serializers.ProjectDetail)
    @action(detail=True, methods=["post"], url_path="enter-stage")
    def enter_stage(self, request, pk):
        """Moves the project to a stage. Behind a closed gate: 409 with ``missing``, unless overridden with a reason."""
        return self._act(Verb.ADVANCE_STAGE, serializers.StageInput, actions.enter_stage)

    @extend_schema(summary="Suspend", request=serializers.StatusInput, responses=serializers.ProjectDetail)
    @action(detail=True, methods=["post"])
    def suspend(self, request, pk):
        """Stops an active project for the time being."""
        return self._act(Verb.SUSPEND_PROJECT, serializers.StatusInput, actions.suspend)

    @extend_schema(summary="Resume", request=serializers.StatusInput, responses=serializers.ProjectDetail)
    @action(detail=True, methods=["post"])
    def resume(self, request, pk):
        """Makes a suspended or terminated project active again."""
        return self._act(Verb.SUSPEND_PROJECT, serializers.StatusInput, actions.resume)

    @extend_schema(summary="Terminate", request=serializers.StatusInput, responses=serializers.ProjectDetail)
    @action(detail=True, methods=["post"])
    def terminate(self, request, pk):
        """Ends a project that will not be built."""
        return self._act(Verb.SUSPEND_PROJECT, serializers.StatusInput, actions.terminate)

    @extend_schema(
        summary="Report a month's investment",
        request=serializers.InvestmentInput,
        responses=serializers.ProjectDetail,
    )
    @action(detail=True, methods=["post"], url_path="report-investment")
    def report_investment(self, request, pk):
        """Amount and cumulative figure of one month. Unusual figures: 409 with ``warnings``, then ``acknowledged``."""
        return self._act(
            Verb.REPORT_INVESTMENT,
            serializers.InvestmentInput,
            actions.report_investment,
            allowed=lambda row: actions.may_report(request.user, row),
        )

    @extend_schema(summary="List milestones", responses=serializers.MilestoneRow(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def milestones(self, request, pk):
        """All milestones of the project in the order of its stages; ETag is the project's version."""
        project = self.get_object()
        rows = Milestone.objects.visible_to(request.user).filter(project=project).order_by("stage")
        answer = serializers.MilestoneRow(rows, many=True, context=self.get_serializer_context())
        return Response(answer.data, headers={"ETag": f'"{project.version}"'})

    @extend_schema(
        summary="Set a milestone",
        request=serializers.MilestoneInput,
        responses=serializers.MilestoneRow,
        parameters=[STAGE],
    )
    @action(detail=True, methods=["patch"], url_path=r"milestones/(?P<stage>[^/.]+)", url_name="milestone")
    def milestone(self, request, pk, stage):
        """Sets dates of the milestone of a stage; If-Match names the version of the project."""
        project, version = self.to_change(Verb.ADVANCE_STAGE)
        values = self.read(serializers.MilestoneInput, partial=True)
        words = {name: values.pop(name) for name in ("reason", "override_reason") if name in values}
        row = actions.set_milestone(project, stage, values, **words, version=version, **self._edge())
        row.refresh_from_db()
        answer = serializers.MilestoneRow(row, context=self.get_serializer_context())
        return Response(answer.data, headers={"ETag": f'"{project.version}"'})

    def _act(self, verb, input_class, change, allowed=None):
        project, version = self.to_change(verb, allowed=allowed)
        change(project, **self.read(input_class), version=version, **self._edge())
        return self.show(serializers.ProjectDetail, project.pk)

    def _edge(self):
        return {"by": self.request.user, "at": clock.now(), "today": clock.today()}


PARTS = {"annual_plans": AnnualPlan, "investments": MonthlyInvestment}
