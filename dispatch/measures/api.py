"""Measures over the API: parse, fetch what the user may see, call one action, answer."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ReasonInput, creation, edge, operation
from accounts.api_trails import trail
from accounts.permissions import Verb
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb
from dispatch.measures import actions, serializers
from dispatch.measures.models import Measure, MeasureChange
from projects.filters import SearchFilter

PUBLISH = (Verb.PUBLISH_MEASURE,)


class MeasureFilter(django_filters.FilterSet):
    q = SearchFilter(label=_("Search"), method="words")
    in_use = django_filters.BooleanFilter(label=_("in use"), field_name="withdrawn_at", lookup_expr="isnull")

    class Meta:
        model = Measure
        fields = ["q", "in_use", "category"]

    def words(self, rows, name, value: str):
        return rows.search(value)


@extend_schema_view(list=extend_schema(summary="List measures"), retrieve=extend_schema(summary="One measure"))
class MeasureViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Measures: how problems were solved, to be found the next time."""

    model = Measure
    related = ("published_by", "withdrawn_by", "item")
    filterset_class = MeasureFilter
    orderings = ("-published_at", "title", "id")
    search_fields = ("title", "problem", "solution")
    serializer_class = serializers.MeasureDetail
    list_serializer = serializers.MeasureLine
    history = trail("History of a measure", MeasureChange, "measure", "verb", "note", "changes", "by", "at")

    @creation("Publish a measure", serializers.PublishInput, verbs=PUBLISH)
    def create(self, item, **fields):
        """Makes a measure of a closed item; it is suggested for similar items from then on."""
        return actions.publish(item=item, fields={"conditions": ""} | fields, **edge(self))

    @operation("Change a measure", serializers.MeasureInput, verbs=PUBLISH)
    def partial_update(self, measure, version, **fields):
        """Makes it clearer while it is in use; what is left out stays."""
        actions.edit(measure, fields=fields, version=version, **edge(self))

    @operation("Withdraw a measure", ReasonInput, verbs=PUBLISH)
    def withdraw(self, measure, version, reason):
        """It is not suggested any more; items that took it over keep their words."""
        actions.withdraw(measure, reason=reason, version=version, **edge(self))

    @operation("Take a measure over", serializers.TakeInput, is_versioned=False)
    def take_over(self, measure, item, item_version):
        """Adds its words to an open item's own measures and remembers where they came from."""
        if not ledger.may_do(item, ItemVerb.EDIT, self.request.user):
            raise PermissionDenied
        actions.take_over(item, measure, version=item_version, **edge(self, "on"))
