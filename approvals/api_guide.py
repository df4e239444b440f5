"""The approval catalogue in force in the park, and what its guide says about a step. Reads only."""

from dataclasses import asdict

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api_platform import ApiView
from accounts.i18n import localized
from approvals.guide import queries
from approvals.guide.contacts import contacts_of
from approvals.models import Catalogue


class LocalName(serializers.CharField):
    """A text of the row, or of the row it names, in the reader's language."""

    def __init__(self, field: str = "name", *, of: str = ""):
        self.column, self.of = field, of
        super().__init__(source="*", read_only=True)

    def to_representation(self, row) -> str:
        return localized(getattr(row, self.of) if self.of else row, self.column)


class CatalogueStep(serializers.Serializer):
    """A step of the catalogue. Limits in days of ``statutory_unit``; committed limits in working days."""

    code = serializers.CharField()
    name = LocalName()
    phase = LocalName(of="phase")
    line = LocalName(of="line")
    initiated_by = serializers.CharField(help_text="enterprise or park")
    department = LocalName("department_lead")
    statutory_value = serializers.IntegerField(allow_null=True)
    statutory_unit = serializers.CharField()
    clock_start = serializers.CharField()
    committed_limit_wd = serializers.IntegerField(allow_null=True)
    result = LocalName("result")
    commitment = serializers.CharField()
    allows_deferral = serializers.BooleanField()
    conditional = serializers.BooleanField()


class CataloguePaper(serializers.Serializer):
    """A paper asked for at a step."""

    code = serializers.CharField()
    name = LocalName()
    deferrable = serializers.BooleanField()
    shared = serializers.BooleanField()
    due_before = serializers.CharField()


class CatalogueContact(serializers.Serializer):
    """Where to go and whom to call; "" is unknown."""

    window = serializers.CharField()
    address = serializers.CharField()
    hours = serializers.CharField()
    person = serializers.CharField()
    phone = serializers.CharField()
    online_url = serializers.CharField()
    note = serializers.CharField()


class CatalogueGuide(CatalogueStep):
    """Everything the guide says about a step. ``after``: codes of steps that come before it."""

    guide = LocalName("guide")
    validity = serializers.CharField(source="life")
    documents = CataloguePaper(many=True)
    contact = CatalogueContact()
    after = serializers.ListField(child=serializers.CharField())
    unsure = serializers.DictField(child=serializers.CharField(), help_text="Facts that have not been confirmed.")


class CatalogueAnswer(serializers.Serializer):
    """A version of the catalogue and its steps in order."""

    version = serializers.IntegerField()
    title = serializers.CharField(source="title_zh")
    as_of = serializers.DateField()
    steps = CatalogueStep(many=True)


class CatalogueView(ApiView):
    """The catalogue in force in the park."""

    @extend_schema(
        summary="The approval catalogue", responses=CatalogueAnswer, tags=["catalogue"], operation_id="catalogue"
    )
    def get(self, request):
        """The version in force in the park: its own one, else the common one. Projects keep the one they began with."""
        catalogue = in_force(request.user.park)
        steps = catalogue.steps.select_related("phase", "line").order_by("seq")
        about = {name: getattr(catalogue, name) for name in ("version", "title_zh", "as_of")}
        return Response(CatalogueAnswer(about | {"steps": list(steps)}).data)


class CatalogueStepView(ApiView):
    """A step of the catalogue in force."""

    @extend_schema(
        summary="The guide of a step",
        responses=CatalogueGuide,
        tags=["catalogue"],
        operation_id="catalogue_step",
        parameters=[OpenApiParameter("code", OpenApiTypes.STR, OpenApiParameter.PATH)],
    )
    def get(self, request, code):
        """What to do, where, with which papers, how long, and which steps come before it."""
        park = request.user.park
        step = queries.steps_with_parts(in_force(park)).filter(code=code).first()
        if step is None:
            raise Http404
        facts = queries.facts_of(step, park, contacts_of(park))
        step.life, step.unsure, step.contact = facts.life, dict(facts.unsure), asdict(facts.contact)
        before = step.dependencies.order_by("predecessor__seq")
        step.after = list(before.values_list("predecessor__code", flat=True))
        return Response(CatalogueGuide(step).data)


def in_force(park) -> Catalogue:
    """Raises Http404 before any version has been loaded."""
    try:
        return Catalogue.objects.in_force(park)
    except Catalogue.DoesNotExist:
        raise Http404 from None
