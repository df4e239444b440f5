"""Certificates, commitments, debts, joint reviews and files of papers over the API."""

import django_filters
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ReasonInput, creation, edge, operation
from accounts.errors import Conflict
from accounts.permissions import Verb
from approvals import actions as steps
from approvals import serializers_acts as acts
from approvals import serializers_lists as shapes
from approvals.api import projects_of
from approvals.api_acts import promise_of, when
from approvals.certificates import actions as certificates
from approvals.certificates import queries
from approvals.joint import actions as joint
from approvals.joint import bundles
from approvals.joint import queries as joint_queries
from approvals.models import (
    Certificate,
    Commitment,
    CommittedStep,
    JointReview,
    JointReviewStep,
    Step,
    StepDocument,
    StepFile,
)
from approvals.papers import downloads
from approvals.promises import actions as promises
from projects.models import Project
from workdays.models import load_calendar


class CertificateFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter("project_step__project", label=_("Project"), queryset=projects_of)
    step = django_filters.CharFilter("project_step__code", label=_("Code of the step"), max_length=10)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Step.Validity.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=Certificate.State.choices)
    ends_within = django_filters.NumberFilter(
        label=_("Ends within so many days"), method="is_ending", min_value=0, max_value=3660
    )
    expired = django_filters.BooleanFilter(label=_("Expired"), method="is_expired")

    class Meta:
        model = Certificate
        fields = ["project", "step", "kind", "state", "ends_within", "expired"]

    def is_ending(self, rows, name, value):
        return queries.ending(rows, clock.today(), int(value))

    def is_expired(self, rows, name, value: bool):
        late = queries.expired(Certificate.objects.all(), clock.today()).values("pk")
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)


@extend_schema_view(list=extend_schema(summary="List certificates"), retrieve=extend_schema(summary="One certificate"))
class CertificateViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Certificates: result documents that end on a day."""

    model = Certificate
    filterset_class = CertificateFilter
    orderings = ("valid_until", "issued_on", "id")
    serializer_class = shapes.CertificateRow

    def narrow(self, rows):
        return queries.with_start(rows)

    def get_serializer_context(self):
        return super().get_serializer_context() | {"today": clock.today()}

    @extend_schema(summary="Record a renewal", request=shapes.RenewInput, responses=shapes.CertificateRow)
    @action(detail=True, methods=["post"])
    def renew(self, request, pk):
        """As often and as far as the step allows, before the certificate has ended."""
        return self._record(shapes.RenewInput, certificates.renew)

    @extend_schema(summary="Record as void", request=shapes.VoidInput, responses=shapes.CertificateRow)
    @action(detail=True, methods=["post"])
    def void(self, request, pk):
        """A person records that a certificate that has ended counts no more; nothing does so by itself."""
        return self._record(shapes.VoidInput, certificates.record_void)

    def _record(self, input_class, change):
        user = self.request.user
        row, version = self.to_change(Verb.DECIDE_STEP, allowed=lambda row: steps.handles(user, row.project_step))
        edge = {"by": user, "at": clock.now(), "today": clock.today(), "version": version}
        change(row, **self.read(input_class), **edge)
        return self.show(shapes.CertificateRow, row.pk)


class CommitmentFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), method="has", choices=CommittedStep.Outcome.choices)

    class Meta:
        model = Commitment
        fields = ["project", "kind", "outcome"]

    def has(self, rows, name, value):
        return rows.filter(pk__in=CommittedStep.objects.filter(outcome=value).values("commitment"))


@extend_schema_view(list=extend_schema(summary="List commitments"), retrieve=extend_schema(summary="One commitment"))
class CommitmentViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Commitments (告知承诺, 先建后验) and what their checks found."""

    model = Commitment
    filterset_class = CommitmentFilter
    orderings = ("check_due_on", "signed_on", "id")
    serializer_class = shapes.CommitmentRow

    def narrow(self, rows):
        parts = CommittedStep.objects.visible_to(self.request.user).select_related("project_step__step")
        return rows.select_related("project").prefetch_related(Prefetch("steps", queryset=parts))

    @creation(
        "Decide several steps on one promise", acts.BuildFirstInput, verbs=(Verb.DECIDE_STEP,), path="build-first"
    )
    def build_first(self, project, **values):
        """The project begins building on one promise; all is checked before acceptance. All steps or none."""
        return promises.build_first(project, promise=promise_of(values), **values, **when(self))


class DebtFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter("project_step__project", label=_("Project"), queryset=projects_of)
    late = django_filters.BooleanFilter(label=_("Late"), method="is_late")

    class Meta:
        model = StepDocument
        fields = ["project", "late"]

    def is_late(self, rows, name, value: bool):
        today = clock.today()
        return rows.filter(due_on__lt=today) if value else rows.exclude(due_on__lt=today)


@extend_schema_view(list=extend_schema(summary="List papers owed"))
class DebtViewSet(ListMixin, ScopedViewSet):
    """Papers owed under 容缺受理; a paper that has been handed in is none any more."""

    model = StepDocument
    filterset_class = DebtFilter
    orderings = ("due_on", "promised_on", "id")
    serializer_class = shapes.DebtRow

    def narrow(self, rows):
        rows = rows.filter(state=StepDocument.State.OUTSTANDING)
        rows = rows.exclude(project_step__project__status=Project.Status.TERMINATED)
        return rows.select_related("requirement", "project_step__step", "project_step__project")

    def get_serializer_context(self):
        return super().get_serializer_context() | {"today": clock.today(), "calendar": load_calendar()}


LEAD = (Verb.OPEN_JOINT_REVIEW,)


def _may_lead(view, review) -> bool:
    return joint_queries.may_lead(view.request.user, review.project)


class JointReviewFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = JointReview
        fields = ["project", "state"]


@extend_schema_view(
    list=extend_schema(summary="List joint reviews"), retrieve=extend_schema(summary="One joint review")
)
class JointReviewViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Joint reviews (联审) with the answer of every department. Nothing of them is for enterprises."""

    model = JointReview
    filterset_class = JointReviewFilter
    orderings = ("opened_at", "issued_at", "id")
    serializer_class = shapes.JointReviewRow

    def narrow(self, rows):
        parts = JointReviewStep.objects.visible_to(self.request.user).select_related("project_step__step", "unit")
        return rows.select_related("project__park", "bundle").prefetch_related(Prefetch("steps", queryset=parts))

    @creation("Open a joint review", acts.OpenReviewInput, verbs=LEAD)
    def create(self, project, bundle, **values):
        """Receives and accepts today every step of the bundle that is not accepted yet; departments can answer."""
        joint.require_joint(self.request.user, project)
        row = get_object_or_404(bundles.bundles_of(project), code=bundle)
        return joint.open_review(project, row, **values, **when(self)).review

    @operation("Answer for a step", acts.ReviewAnswerInput, verbs=(Verb.DECIDE_STEP,), is_versioned=False)
    def answer(self, review, step, answer, seen, **values):
        """A department agrees or objects for its own step, until the review ends; somebody first: 409."""
        named = ("review__bundle", "review__project", "project_step__step", "project_step__unit", "answered_by")
        rows = JointReviewStep.objects.visible_to(self.request.user).select_related(*named)
        row = get_object_or_404(rows, review=review, project_step__code=step)
        if seen != row.answered_at:
            raise Conflict(gettext("Somebody else has just answered for this step. Look at it again."))
        joint.answer(row, answer, **values, **edge(self))

    @operation("Issue all results", verbs=LEAD, allowed=_may_lead)
    def issue(self, review, version):
        """Decides every step of the review today, once all departments have agreed."""
        joint.issue(review, version=version, **when(self))

    @operation("Cancel a joint review", ReasonInput, verbs=LEAD, allowed=_may_lead)
    def cancel(self, review, version, reason):
        """It ends without a result; its steps go on by themselves."""
        joint.cancel(review, reason=reason, version=version, **edge(self))


class FileViewSet(ScopedViewSet):
    """Files of papers."""

    model = StepFile
    related = ("document",)
    serializer_class = shapes.FileAddress

    @extend_schema(summary="One file of a paper")
    def retrieve(self, request, pk):
        """The file with an address that gives its bytes for a few minutes, in this session alone."""
        return Response(self.get_serializer(self.get_object()).data)

    def get_serializer_context(self):
        return super().get_serializer_context() | {"address": self._address}

    def _address(self, row: StepFile) -> str:
        if row.scan != StepFile.Scan.AVAILABLE:
            return ""
        request = self.request
        signature = downloads.sign(row.pk, str(request.user.pk), request.session.session_key)
        return request.build_absolute_uri(reverse("approvals:paper_download", args=[row.pk, signature]))
