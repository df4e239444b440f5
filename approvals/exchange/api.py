"""Approval platforms push step states here, and look up what became of them."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, ScopedViewSet, StrictSerializer, is_enterprise
from accounts.permissions import Verb
from approvals.exchange import actions, records
from approvals.exchange.tasks import within
from approvals.models import ExchangeMessage, ExchangePlatform

MOST = 500
SECONDS = 8.0
EXAMPLE = {
    "messages": [
        {
            "message_id": "20260302-000017", "project_code": "2026-0017", "case_number": "37160020260302001",
            "item_code": "370000-BA-01", "item_name": "企业投资项目备案", "state": "3",
            "happened_at": "2026-03-02T10:20:00+08:00", "unit": "经济发展局", "handler": "王经办", "remark": "",
        }
    ]
}  # fmt: skip


class PushBody(StrictSerializer):
    """Up to 500 messages: objects with the fields of docs/exchange.md, by their English or Chinese names."""

    messages = serializers.ListField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)), min_length=1, max_length=MOST
    )


class ExchangeAnswer(serializers.Serializer):
    """What became of one message. ``open`` without a reason: kept, and tried within minutes."""

    id = serializers.IntegerField(source="message.pk")
    message_id = serializers.CharField(source="message.message_id")
    result = serializers.ChoiceField(ExchangeMessage.State.choices, source="message.state")
    why = serializers.CharField(source="message.why")
    repeated = serializers.BooleanField(source="is_repeated")


class PushAnswer(serializers.Serializer):
    results = ExchangeAnswer(many=True)


class ExchangeMessageRow(serializers.ModelSerializer):
    result = serializers.ChoiceField(ExchangeMessage.State.choices, source="state", read_only=True)
    step = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    record = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ExchangeMessage
        fields = [
            "id", "message_id", "project_code", "case_number", "item_code", "state_code", "happened_at", "record",
            "step", "result", "why", "received_at", "settled_at",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="List messages of an approval platform"))
class ExchangeMessageViewSet(ListMixin, ScopedViewSet):
    """States of cases told by an approval platform. Needs ``exchange_steps``."""

    model = ExchangeMessage
    area = "exchange"
    filterset_fields = ["project_code", "case_number", "item_code", "message_id"]
    orderings = ("-id",)
    serializer_class = ExchangeMessageRow

    def check_permissions(self, request):
        super().check_permissions(request)
        if is_enterprise(request.user):
            raise Http404
        self.permit(Verb.EXCHANGE_STEPS)

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False):
            return rows
        platform = get_object_or_404(ExchangePlatform.objects.visible_to(self.request.user), code=self._code())
        return rows.filter(platform=platform)

    def _code(self) -> str:
        return self.kwargs.get("platform", "")

    @extend_schema(
        summary="Push step states",
        request=PushBody,
        responses=PushAnswer,
        examples=[OpenApiExample("One acceptance", value=EXAMPLE, request_only=True)],
    )
    def push(self, request, *args, **kwargs):
        """Keeps every message and takes over what the rules of the steps allow; the answer tells each one. The same
        message sent again is answered as it stands and changes nothing."""
        platforms = ExchangePlatform.objects.visible_to(request.user).select_related("park")
        platform = get_object_or_404(platforms, code=self._code())
        found = records.read_messages(self.read(PushBody)["messages"])
        taken = actions.keep(platform, found, by=request.user, at=clock.now())
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.settle([one.message for one in taken], go_on=within(SECONDS), **edge)
        now = ExchangeMessage.objects.in_bulk([one.message.pk for one in taken])
        results = [actions.Taken(now[one.message.pk], one.is_repeated) for one in taken]
        return Response(PushAnswer({"results": results}).data)
