"""Filings over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.decorators import action

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet, is_enterprise
from accounts.api_bulk import BULK_ANSWERS, BulkMixin, bulk_of
from accounts.api_ops import ReasonInput, creation, edge, operation, result_of
from accounts.permissions import Verb
from approvals.api import projects_of
from dispatch.filing import actions, restating, rounds, scope, serializers
from dispatch.filing.models import Filing, FilingRestatement, FilingRound

CHECK = (Verb.CHECK_FILING,)


class FilingFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("Year"), field_name="round__year")
    month = django_filters.NumberFilter(label=_("Month"), field_name="round__month")
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)

    class Meta:
        model = Filing
        fields = ["year", "month", "project", "state"]


@extend_schema_view(list=extend_schema(summary="List filings"), retrieve=extend_schema(summary="One filing"))
class FilingViewSet(BulkMixin, ListMixin, RetrieveMixin, ScopedViewSet):
    """Monthly filings of investment and physical progress (月度填报)."""

    model = Filing
    filterset_class = FilingFilter
    orderings = ("-id",)
    search_fields = ("project__name", "project__code")
    serializer_class = serializers.FilingDetail
    list_serializer = serializers.FilingRow

    def narrow(self, rows):
        named = ("round__park", "project__filing_duty", "submitted_by", "checked_by")
        return rows.with_filer().select_related(*named)

    @extend_schema(summary="Save a filing", request=serializers.FilingInput, responses=serializers.FilingDetail)
    def partial_update(self, request, pk):
        """Keeps figures and texts without handing them in. A locked month refuses with 409."""
        filing, version = self._to_file()
        values = self.read(serializers.FilingInput, partial=True)
        actions.save(filing, values, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Hand in a filing", request=None, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk):
        """Hands in what is kept. Unusual figures: 409 with ``warnings``, then save a reason in ``acknowledged``."""
        filing, version = self._to_file()
        actions.submit(filing, by=request.user, at=clock.now(), version=version)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Accept a filing", request=None, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """Writes the figures to the project; never by who has handed them in."""
        filing, version = self._to_check()
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.accept(filing, version=version, **edge)
        return self.show(serializers.FilingDetail, filing.pk)

    @extend_schema(summary="Accept many filings", request=bulk_of(serializers.AcceptItem), responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk-accept", pagination_class=None, filter_backends=[])
    def bulk_accept(self, request):
        """Accepts those handed in by others: all or none, or each by itself."""
        return self.change_many(serializers.AcceptItem, self._accept, *CHECK)

    def _accept(self, filing, values, version):
        actions.accept(filing, version=version, **edge(self, "today"))

    @extend_schema(summary="Return a filing", request=ReasonInput, responses=serializers.FilingDetail)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk):
        """Returns it to who files, with a reason."""
        filing, version = self._to_check()
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.send_back(filing, reason=self.read(ReasonInput)["reason"], version=version, **edge)
        return self.show(serializers.FilingDetail, filing.pk)

    @operation(
        "Ask for a restatement",
        serializers.OtherFiguresInput,
        verbs=(Verb.FILE_PROGRESS, Verb.CHECK_FILING),
        allowed=lambda view, row: scope.may_file(row, view.request.user) or scope.may_check(view.request.user),
    )
    def restate(self, filing, version, reason, **values):
        """Other figures after the lock, with the reason; somebody else decides. Those left out or null stay."""
        given = {name: value for name, value in values.items() if value is not None}
        restating.ask(filing, given, reason=reason, version=version, **edge(self, "today"))

    @creation("Say who files", serializers.FilerInput, verbs=CHECK, answer=serializers.FilerAnswer)
    def filer(self, project, organization):
        """An organization that files for the project from now on, or its responsible unit again."""
        user = self.request.user
        if organization is not None and not scope.filers_for(project, user).filter(pk=organization.pk).exists():
            raise exceptions.ValidationError({"organization": [gettext("This organization cannot file for it.")]})
        actions.set_filer(project, organization, **edge(self))
        return {"project": project, "organization": organization}

    def _to_file(self):
        return self.to_change(Verb.FILE_PROGRESS, allowed=lambda row: scope.may_file(row, self.request.user))

    def _to_check(self):
        return self.to_change(Verb.CHECK_FILING, allowed=lambda row: scope.may_check(self.request.user))


@extend_schema_view(list=extend_schema(summary="List months of filing"), retrieve=extend_schema(summary="One month"))
class RoundViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Months of filing: when they open, close and are locked."""

    model = FilingRound
    related = ("park",)
    filterset_fields = ["year", "month", "state"]
    orderings = ("-opens_on", "id")
    serializer_class = serializers.RoundRow

    @operation("Lock a month", verbs=CHECK)
    def lock(self, window, version):
        """From now on figures change only by a restatement, decided by somebody else."""
        rounds.lock(window, version=version, **edge(self, "today"))

    @result_of("Remind who owes", answer=serializers.Reminded, verbs=CHECK)
    def remind(self, window):
        """Everybody who still owes a filing of the month, at most once a day."""
        return {"reminded": rounds.remind(window, **edge(self, "today"))}

    @result_of("Put a project on the list", serializers.IncludeInput, answer=serializers.Included, verbs=CHECK)
    def include(self, window, project):
        """Puts a project on the month's list that would not be on it."""
        return {"filing": rounds.include(window, project, **edge(self)).pk}


@extend_schema_view(list=extend_schema(summary="List restatements"), retrieve=extend_schema(summary="One restatement"))
class RestatementViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Corrections of locked months, asked for and decided."""

    model = FilingRestatement
    filterset_fields = ["filing", "state"]
    orderings = ("-id",)
    serializer_class = serializers.RestatementRow

    def narrow(self, rows):
        if is_enterprise(self.request.user):
            return rows.none()
        named = ("round__park", "project__filing_duty", "project__responsible_unit")
        return rows.select_related("by", "decided_by", *(f"filing__{name}" for name in named))

    @operation("Decide a restatement", serializers.GrantInput, verbs=CHECK)
    def decide(self, row, version, grant, decision):
        """Granted, the figures go into the register with the reason; never by who asked."""
        restating.decide(row, grant=grant, decision=decision, version=version, **edge(self, "today"))
