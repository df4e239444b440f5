"""Who is asking."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api_base import NamedRow
from accounts.api_platform import ApiView
from accounts.api_scopes import EVERY_TOKEN
from accounts.permissions import Verb


class MeRow(serializers.Serializer):
    """Who is signed in, where, and what the role allows."""

    username = serializers.CharField(read_only=True)
    name = serializers.CharField(source="__str__", read_only=True)
    organization = NamedRow(read_only=True, allow_null=True)
    park = NamedRow(read_only=True, allow_null=True)
    role = serializers.CharField(source="role.code", read_only=True, default=None, allow_null=True)
    scope = serializers.ChoiceField(["park", "unit", "enterprise"], source="role.scope", read_only=True, default=None)
    verbs = serializers.ListField(child=serializers.ChoiceField(Verb.choices), read_only=True)


class Me(ApiView):
    area = EVERY_TOKEN

    @extend_schema(summary="Who am I", responses=MeRow, tags=["me"], operation_id="me")
    def get(self, request):
        """The account that is signed in, its organization and the verbs of its role."""
        return Response(MeRow(request.user).data)
