"""Approval steps of projects over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet, is_enterprise
from accounts.api_trails import trail
from accounts.models import Organization
from accounts.permissions import Verb, may
from approvals import actions, flow, serializers
from approvals.api_acts import StepActs
from approvals.models import STATE_CHOICES, DocumentRequirement, ProjectStep, StepDocument, StepPause, StepTransition
from approvals.papers import actions as papers
from projects.models import Project
from workdays.models import load_calendar

REQUIREMENT = OpenApiParameter("requirement", int, OpenApiParameter.PATH, description="Key of the paper asked for")


def projects_of(request):
    return Project.objects.visible_to(request.user) if request else Project.objects.none()


def units_of(request):
    return Organization.objects.visible_to(request.user).units() if request else Organization.objects.none()


class StepFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    unit = django_filters.ModelChoiceFilter(label=_("Handling unit"), queryset=units_of)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=STATE_CHOICES)
    applicability = django_filters.ChoiceFilter(label=_("Applicability"), choices=ProjectStep.Applicability.choices)
    code = django_filters.CharFilter(label=_("Code"), max_length=10)
    late = django_filters.BooleanFilter(label=_("Late"), method="is_late")

    class Meta:
        model = ProjectStep
        fields = ["project", "unit", "state", "applicability", "code", "late"]

    def is_late(self, rows, name, value: bool):
        today = clock.today()
        late = Q(committed_runs=True, committed_due_on__lt=today) | Q(statutory_runs=True, statutory_due_on__lt=today)
        return rows.filter(late) if value else rows.exclude(late)


@extend_schema_view(list=extend_schema(summary="List steps"), retrieve=extend_schema(summary="One step of a project"))
class StepViewSet(StepActs, ListMixin, RetrieveMixin, ScopedViewSet):
    """Approval steps: each project's own copy of the 22 steps."""

    model = ProjectStep
    filterset_class = StepFilter
    orderings = ("id", "committed_due_on", "statutory_due_on", "decided_on")
    serializer_class = serializers.StepDetail
    list_serializer = serializers.StepRow
    history = trail(
        "History of a step", StepTransition, "project_step", "verb", "from_state", "to_state", "on", "note", "by", "at"
    )

    def narrow(self, rows):
        rows = rows.select_related("project__park", "step", "unit")
        if self.action == "list":
            return rows
        return rows.prefetch_related(Prefetch("pauses", queryset=StepPause.objects.visible_to(self.request.user)))

    def get_serializer_context(self):
        return super().get_serializer_context() | {"today": clock.today(), "calendar": self._calendar()}

    def _calendar(self):
        if not hasattr(self, "_loaded"):
            self._loaded = load_calendar()
        return self._loaded

    @extend_schema(
        summary="Record one change of state", request=serializers.MoveInput, responses=serializers.StepDetail
    )
    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        """Receives, accepts, pauses, decides … on a day. Unacknowledged warnings: 409 with ``codes``."""
        step, version = self._to_change(Verb.WORK_STEP, Verb.DECIDE_STEP, Verb.REVOKE_STEP)
        values = self.read(serializers.MoveInput)
        verb = flow.Verb(values.pop("verb"))
        actions.require(request.user, flow.VERB_PERMISSIONS[verb], step)
        actions.move(step, verb, version=version, **values, **self._edge())
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(summary="List papers", responses=serializers.PaperRow(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def documents(self, request, pk):
        """Every paper asked for at the step with what is known of it."""
        step = self.get_object()
        known = StepDocument.objects.visible_to(request.user).filter(project_step=step).prefetch_related("files")
        given = {row.requirement_id: row for row in known}
        papers = [{"asked": asked, "given": given.get(asked.pk)} for asked in step.step.documents.all()]
        return Response(serializers.PaperRow(papers, many=True, context=self.get_serializer_context()).data)

    @extend_schema(
        summary="Record a paper",
        request=serializers.PaperInput,
        responses=serializers.StepDetail,
        parameters=[REQUIREMENT],
    )
    @action(detail=True, methods=["post"], url_path=r"documents/(?P<requirement>\d{1,12})", url_name="document")
    def document(self, request, pk, requirement):
        """Records that a paper was handed in, accepted, returned or is owed."""
        step, version = self._to_change(Verb.WORK_STEP)
        paper = get_object_or_404(DocumentRequirement.objects.filter(step=step.step_id), pk=requirement)
        values = self.read(serializers.PaperInput)
        actions.record_document(step, paper, version=version, **values, **self._edge())
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(summary="Undo the last record", request=serializers.UndoInput, responses=serializers.StepDetail)
    @action(detail=True, methods=["post"])
    def undo(self, request, pk):
        """Puts the step back to what it was before its last record; both stay in the history."""
        step, version = self._to_change(Verb.WORK_STEP, Verb.DECIDE_STEP, Verb.REVOKE_STEP)
        actions.undo_last(step, version=version, **self.read(serializers.UndoInput), **self._edge())
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(summary="Extend the limits", request=serializers.ExtendInput, responses=serializers.StepDetail)
    @action(detail=True, methods=["post"])
    def extend(self, request, pk):
        """Once, by at most ten working days, with a reason, while on time."""
        step, version = self._to_change(Verb.DECIDE_STEP)
        actions.extend(step, version=version, **self.read(serializers.ExtendInput), **self._edge())
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(summary="Record the delivery", request=serializers.DeliveryInput, responses=serializers.StepDetail)
    @action(detail=True, methods=["post"])
    def delivery(self, request, pk):
        """The day the result was handed to the applicant."""
        step, version = self._to_change(Verb.WORK_STEP)
        values = self.read(serializers.DeliveryInput)
        actions.record_delivery(step, version=version, **values, **self._edge(calendar=False))
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(summary="Name who handles it", request=serializers.UnitInput, responses=serializers.StepDetail)
    @action(detail=True, methods=["post"])
    def unit(self, request, pk):
        """The unit (null: nobody), the person and the phone."""
        step, version = self._to_change(Verb.EDIT_PROJECT)
        values = self.read(serializers.UnitInput)
        actions.assign_unit(step, version=version, **values, by=request.user, at=clock.now())
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(
        summary="Say whether the step applies", request=serializers.ApplicabilityInput, responses=serializers.StepDetail
    )
    @action(detail=True, methods=["post"])
    def applicability(self, request, pk):
        """Decides by hand that the project needs the step, or, with a reason, that it does not."""
        step, version = self._to_change(Verb.SET_APPLICABILITY)
        values = self.read(serializers.ApplicabilityInput)
        edge = {"by": request.user, "at": clock.now(), "version": version}
        if values["applicability"] == ProjectStep.Applicability.APPLIES:
            actions.set_applies(step, note=values.get("reason", ""), **edge)
        else:
            actions.set_not_applicable(step, reason=values.get("reason", ""), **edge)
        return self.show(serializers.StepDetail, step.pk)

    @extend_schema(
        summary="Hand in a file",
        request={"multipart/form-data": serializers.FileInput},
        responses={201: serializers.FileRow},
        parameters=[REQUIREMENT],
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"documents/(?P<requirement>\d{1,12})/files",
        url_name="files",
        parser_classes=[MultiPartParser],
    )
    def files(self, request, pk, requirement):
        """The file (multipart/form-data) as the next version of a paper; also for the enterprise of the project."""
        step, version = self.to_change(allowed=self._may_hand_in)
        paper = get_object_or_404(DocumentRequirement.objects.filter(step=step.step_id), pk=requirement)
        form = serializers.FileInput(data=request.data)
        form.is_valid(raise_exception=True)
        edge = {"by": request.user, "at": clock.now(), "today": clock.today(), "version": version}
        row = papers.add_file(step, paper, form.validated_data["file"], **edge)
        return Response(serializers.FileRow(row, context=self.get_serializer_context()).data, status=201)

    def _may_hand_in(self, step) -> bool:
        user = self.request.user
        return is_enterprise(user) or (may(user, Verb.WORK_STEP) and actions.handles(user, step))

    def _to_change(self, *verbs):
        return self.to_change(*verbs, allowed=lambda step: actions.handles(self.request.user, step))

    def _edge(self, *, calendar: bool = True):
        edge = {"by": self.request.user, "at": clock.now(), "today": clock.today()}
        return edge | ({"calendar": self._calendar()} if calendar else {})
