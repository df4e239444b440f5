"""Approval platforms push step states here and look up what became of them; people assign, mend and take over."""

import django_filters
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet, is_enterprise
from accounts.api_ops import UNVERSIONED, creation, edge, filled, operation, result_of, to_act
from accounts.permissions import Verb
from approvals.exchange import actions, files, records, serializers
from approvals.exchange.forms import ApplyForm
from approvals.exchange.tasks import within
from approvals.models import ExchangeMessage, ExchangePlatform

SECONDS = 8.0
PLATFORM_FIELDS = ("code", "name", "is_active", "items", "states")
SHA256 = OpenApiParameter("sha256", {"type": "string", "pattern": "^[0-9a-f]{64}$"}, OpenApiParameter.PATH)
OF_FILE = r"files/(?P<sha256>[0-9a-f]+)"
EXAMPLE = {
    "messages": [
        {
            "message_id": "20260302-000017", "project_code": "2026-0017", "case_number": "37160020260302001",
            "item_code": "370000-BA-01", "item_name": "企业投资项目备案", "state": "3",
            "happened_at": "2026-03-02T10:20:00+08:00", "unit": "经济发展局", "handler": "王经办", "remark": "",
        }
    ]
}  # fmt: skip


def platforms_of(request):
    """Platforms a filter may name."""
    return ExchangePlatform.objects.visible_to(request.user) if request else ExchangePlatform.objects.none()


class Managed(ListMixin, ScopedViewSet):
    """What the connector has is for who takes over step states; for enterprises it is not there."""

    model = ExchangeMessage
    area = "exchange"

    def check_permissions(self, request):
        super().check_permissions(request)
        if is_enterprise(request.user):
            raise Http404
        self.permit(Verb.EXCHANGE_STEPS)


@extend_schema_view(list=extend_schema(summary="List messages of an approval platform"))
class ExchangeMessageViewSet(Managed):
    """States of cases told by an approval platform. Needs ``exchange_steps``."""

    model = ExchangeMessage
    filterset_fields = ["project_code", "case_number", "item_code", "message_id"]
    orderings = ("-id",)
    serializer_class = serializers.ExchangeMessageRow

    def narrow(self, rows):
        if getattr(self, "swagger_fake_view", False):
            return rows
        platform = get_object_or_404(ExchangePlatform.objects.visible_to(self.request.user), code=self._code())
        return rows.filter(platform=platform)

    def _code(self) -> str:
        return self.kwargs.get("platform", "")

    @extend_schema(
        summary="Push step states",
        request=serializers.PushBody,
        responses=serializers.PushAnswer,
        examples=[OpenApiExample("One acceptance", value=EXAMPLE, request_only=True)],
        extensions={UNVERSIONED: True},
    )
    def push(self, request, *args, **kwargs):
        """Keeps every message and takes over what the rules of the steps allow; the answer tells each one. The same
        message sent again is answered as it stands and changes nothing."""
        platforms = ExchangePlatform.objects.visible_to(request.user).select_related("park")
        platform = get_object_or_404(platforms, code=self._code())
        found = records.read_messages(self.read(serializers.PushBody)["messages"])
        taken = actions.keep(platform, found, **edge(self))
        actions.settle([one.message for one in taken], go_on=within(SECONDS), **edge(self, "today"))
        now = ExchangeMessage.objects.in_bulk([one.message.pk for one in taken])
        results = [actions.Taken(now[one.message.pk], one.is_repeated) for one in taken]
        return Response(serializers.PushAnswer({"results": results}).data)


class MessageFilter(django_filters.FilterSet):
    platform = django_filters.ModelChoiceFilter(label=_("Platform"), queryset=platforms_of)
    result = django_filters.ChoiceFilter(
        label=_("What became of it"), field_name="state", choices=ExchangeMessage.State.choices
    )
    file_sha256 = django_filters.CharFilter(label=_("File"))

    class Meta:
        model = ExchangeMessage
        fields = ["platform", "result", "file_sha256", "project_code", "case_number", "item_code", "message_id"]


@extend_schema_view(
    list=extend_schema(summary="List messages of all approval platforms", operation_id="exchange_message_list"),
    retrieve=extend_schema(summary="One message of an approval platform"),
)
class MessageViewSet(RetrieveMixin, Managed):
    """Messages of every approval platform of the park, and what a person decides about one. Needs
    ``exchange_steps``."""

    model = ExchangeMessage
    filterset_class = MessageFilter
    orderings = ("-id", "happened_at")
    search_fields = ("project_code", "case_number", "message_id", "item_code")
    related = ("platform",)
    serializer_class = serializers.ExchangeMessageRow

    @operation("Take a message over", serializers.ApplyInput, is_versioned=False)
    def apply(self, message, **values):
        """What kept it open has been mended, or the body says what it lacked. ``result`` of the answer says whether it
        is taken over, had nothing new, or is still ``open``, and ``why``."""
        form = filled(ApplyForm, values, message=message)
        actions.apply(message, **form.cleaned_data, **edge(self, "today"))

    @operation("Set a message aside", serializers.AsideInput, is_versioned=False, path="set-aside")
    def dismiss(self, message, reason):
        """It needs nothing here and changes nothing."""
        actions.dismiss(message, reason=reason, **edge(self))

    @operation("Take a message up again", is_versioned=False)
    def take_up(self, message):
        """One that was set aside is open again."""
        actions.take_up(message, by=self.request.user)


@extend_schema_view(
    list=extend_schema(summary="List approval platforms"), retrieve=extend_schema(summary="One approval platform")
)
class PlatformViewSet(RetrieveMixin, Managed):
    """Platforms that tell step states, which steps their items mean, and files from them. Needs ``exchange_steps``."""

    model = ExchangePlatform
    filterset_fields = ["is_active"]
    orderings = ("name", "id")
    search_fields = ("code", "name")
    serializer_class = serializers.PlatformDetail
    list_serializer = serializers.PlatformRow

    def narrow(self, rows):
        is_open = Q(messages__state=ExchangeMessage.State.OPEN)
        return rows.select_related("park").annotate(open_messages=Count("messages", filter=is_open))

    @creation("Make an approval platform", serializers.PlatformInput)
    def create(self, **values):
        """It can push, and files from it can be handed in, from now on."""
        return actions.save_platform(None, values, park=self.request.user.park, by=self.request.user)

    @operation("Change an approval platform", serializers.PlatformInput)
    def partial_update(self, platform, version, **values):
        """``items`` and ``states`` are sent as a whole. Open messages are tried again only when asked to."""
        values = {name: getattr(platform, name) for name in PLATFORM_FIELDS} | values
        return actions.save_platform(platform, values, park=platform.park, by=self.request.user, version=version)

    @result_of("Try open messages again", answer=serializers.Rerun)
    def rerun(self, platform):
        """Every open message of the platform, for eight seconds at most."""
        return {"settled": actions.rerun(platform, go_on=within(SECONDS), **edge(self, "today"))}

    @extend_schema(
        summary="Hand in a file of step states",
        request={"multipart/form-data": serializers.FileBody},
        responses={201: serializers.FileAnswer},
        extensions={UNVERSIONED: True},
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser], pagination_class=None, filter_backends=[])
    def files(self, request, pk):
        """Every message is kept, each once, and waits: nothing changes before the file is confirmed. The answer tells
        each one, in the order of the file."""
        platform = to_act(self)
        given = serializers.FileBody(data=request.data)
        given.is_valid(raise_exception=True)
        sha256, taken = files.hand_in(platform, given.validated_data["file"], **edge(self))
        return Response(serializers.FileAnswer({"sha256": sha256, "results": taken}).data, status=201)

    @extend_schema(parameters=[SHA256])
    @result_of("Preview a file", answer=serializers.FilePreview, path=f"{OF_FILE}/preview", name="preview")
    def preview(self, platform):
        """What confirming it would make of each message that waits, tried and taken back; nothing is changed."""
        waiting = self._waiting(platform)
        told = actions.preview(waiting, go_on=within(SECONDS), **edge(self, "today"))
        results = [
            {"id": row.pk, "message_id": row.message_id, "state": told[row.pk][0], "why": told[row.pk][1]}
            for row in waiting
            if row.pk in told
        ]
        return {"results": results, "untried": len(waiting) - len(results)}

    @extend_schema(parameters=[SHA256])
    @result_of("Confirm a file", answer=serializers.FileOutcome, path=f"{OF_FILE}/confirm", name="confirm")
    def confirm(self, platform):
        """Takes over what the rules of the steps allow. What there was no time for is open without a reason and tried
        within a minute."""
        waiting = self._waiting(platform)
        actions.settle(waiting, go_on=within(SECONDS), **edge(self, "today"))
        return self._now(waiting)

    @extend_schema(parameters=[SHA256])
    @result_of("Set a file aside", answer=serializers.FileOutcome, path=f"{OF_FILE}/set-aside", name="set-aside")
    def set_aside(self, platform):
        """None of its waiting messages is taken over; each can be taken up again."""
        waiting = self._waiting(platform)
        files.set_aside(waiting, **edge(self))
        return self._now(waiting)

    def _waiting(self, platform) -> list[ExchangeMessage]:
        """Raises Http404 for a file that nobody has handed in."""
        if not files.messages_of(platform, self.kwargs["sha256"]).exists():
            raise Http404
        return files.waiting_of(platform, self.kwargs["sha256"])

    def _now(self, waiting) -> dict[str, list[ExchangeMessage]]:
        now = ExchangeMessage.objects.in_bulk([row.pk for row in waiting])
        return {"results": [now[row.pk] for row in waiting]}
