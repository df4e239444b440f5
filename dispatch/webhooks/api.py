"""Webhooks over the API: the same rows and actions as the pages."""

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, NamedRow, RetrieveMixin, ScopedViewSet, StrictSerializer, is_enterprise
from accounts.permissions import Verb
from dispatch.webhooks import actions, sending
from dispatch.webhooks.events import EVENTS
from dispatch.webhooks.models import Webhook, WebhookDelivery


class WebhookRow(serializers.ModelSerializer):
    events = serializers.ListField(child=serializers.ChoiceField(list(EVENTS)))
    sees_as = NamedRow(read_only=True)
    is_on = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = [
            "id", "name", "url", "events", "sees_as", "is_on", "switched_off_at", "switched_off_reason",
            "failures_in_a_row", "created_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_on(self, webhook) -> bool:
        return webhook.switched_off_at is None


class NewWebhookRow(WebhookRow):
    """With the secret that signs; it is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookRow.Meta):
        fields = [*WebhookRow.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookBody(StrictSerializer):
    """``sees_as``: key of a person of the park or its units; you, when it is left out."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(list(EVENTS)), min_length=1, max_length=20)
    sees_as = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class SwitchBody(StrictSerializer):
    on = serializers.BooleanField()


class SinceBody(StrictSerializer):
    since = serializers.DateTimeField()


class WebhookDeliveryRow(serializers.ModelSerializer):
    number = serializers.SerializerMethodField()
    event = serializers.CharField(source="event.kind", read_only=True)
    happened_at = serializers.DateTimeField(source="event.happened_at", read_only=True)
    data = serializers.DictField(source="event.data", read_only=True)
    delivery_state = serializers.ChoiceField(WebhookDelivery.State.choices, source="state", read_only=True)
    replay_of = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = WebhookDelivery
        fields = [
            "id", "number", "webhook", "event", "happened_at", "data", "delivery_state", "attempts", "next_at",
            "status", "said", "sent_at", "replay_of",
        ]  # fmt: skip
        read_only_fields = fields

    def get_number(self, delivery) -> str:
        return sending.number_of(delivery)


class Replayed(serializers.Serializer):
    replayed = serializers.IntegerField(read_only=True)


class _Managed(ListMixin, RetrieveMixin, ScopedViewSet):
    model = Webhook
    area = "webhooks"

    def check_permissions(self, request):
        super().check_permissions(request)
        if is_enterprise(request.user):
            raise Http404
        self.permit(Verb.MANAGE_WEBHOOKS)

    def edge(self) -> dict:
        return {"by": self.request.user, "at": clock.now()}


@extend_schema_view(list=extend_schema(summary="List webhooks"), retrieve=extend_schema(summary="One webhook"))
class WebhookViewSet(_Managed):
    """Addresses of other systems that are told what happens. Needs ``manage_webhooks``."""

    model = Webhook
    orderings = ("name", "id")
    serializer_class = WebhookRow

    def narrow(self, rows):
        return rows.select_related("park", "sees_as")

    def _values(self) -> dict:
        values = self.read(WebhookBody)
        wanted, me = values.pop("sees_as", None), self.request.user
        person = actions.receivers(me.park).filter(pk=wanted or me.pk).first()
        if person is None:
            raise serializers.ValidationError({"sees_as": [_("Choose a person of the park or of its units.")]})
        return values | {"sees_as": person}

    @extend_schema(summary="Make a webhook", request=WebhookBody, responses={201: NewWebhookRow})
    def create(self, request):
        """The answer holds the secret; it is shown this once."""
        made = actions.make(request.user.park, self._values(), **self.edge())
        return self.show(NewWebhookRow, made.pk, status=201)

    @extend_schema(summary="Change a webhook", request=WebhookBody, responses=WebhookRow)
    def update(self, request, pk):
        """Name, address, events and the person it sees as, all of them."""
        row, version = self.to_change(Verb.MANAGE_WEBHOOKS)
        actions.change(row, self._values(), by=request.user, version=version)
        return self.show(WebhookRow, row.pk)

    @extend_schema(summary="Delete a webhook", responses={204: None})
    def destroy(self, request, pk):
        """With the list of what was sent to it."""
        row, _seen = self.to_change(Verb.MANAGE_WEBHOOKS)
        actions.remove(row, by=request.user)
        return Response(status=204)

    @extend_schema(summary="Make a new secret", request=None, responses=NewWebhookRow)
    @action(detail=True, methods=["post"])
    def rotate(self, request, pk):
        """The new secret is in the answer, once. The old one signs too until it is dropped."""
        row, version = self.to_change(Verb.MANAGE_WEBHOOKS)
        actions.rotate(row, by=request.user, version=version)
        return self.show(NewWebhookRow, row.pk)

    @extend_schema(summary="Drop the old secret", request=None, responses=WebhookRow)
    @action(detail=True, methods=["post"], url_path="drop-old-secret")
    def drop_old_secret(self, request, pk):
        """Only the newest secret signs from now on."""
        row, version = self.to_change(Verb.MANAGE_WEBHOOKS)
        actions.forget_old(row, by=request.user, version=version)
        return self.show(WebhookRow, row.pk)

    @extend_schema(summary="Switch a webhook on or off", request=SwitchBody, responses=WebhookRow)
    @action(detail=True, methods=["post"])
    def switch(self, request, pk):
        """What waits goes on waiting while it is off."""
        row, version = self.to_change(Verb.MANAGE_WEBHOOKS)
        actions.switch(row, self.read(SwitchBody)["on"], version=version, **self.edge())
        return self.show(WebhookRow, row.pk)

    @extend_schema(summary="Send a test message", request=None, responses=WebhookDeliveryRow)
    @action(detail=True, methods=["post"])
    def ping(self, request, pk):
        """Event ``webhook.ping``; the worker sends it within a minute."""
        row, _seen = self.to_change(Verb.MANAGE_WEBHOOKS)
        return Response(WebhookDeliveryRow(actions.ping(row, **self.edge())).data)

    @extend_schema(summary="Replay what was given up", request=SinceBody, responses=Replayed)
    @action(detail=True, methods=["post"])
    def replay(self, request, pk):
        """Every event since a moment that was given up and not delivered since, at most 2000 at once."""
        row, _seen = self.to_change(Verb.MANAGE_WEBHOOKS)
        told = actions.replay_failed(row, since=self.read(SinceBody)["since"], **self.edge())
        return Response({"replayed": told})


@extend_schema_view(
    list=extend_schema(summary="List deliveries of webhooks"), retrieve=extend_schema(summary="One delivery")
)
class WebhookDeliveryViewSet(_Managed):
    """What was told to whom, and what the other side answered. Needs ``manage_webhooks``."""

    model = WebhookDelivery
    filterset_fields = ["webhook", "event__kind"]
    orderings = ("-id", "id")
    serializer_class = WebhookDeliveryRow

    def narrow(self, rows):
        return rows.select_related("event", "webhook__park")
