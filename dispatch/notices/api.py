"""Notices over the API: the person's own, their choice, and what who looks after the channels needs."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.response import Response

from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ActView, creation, edge, filled, operation
from accounts.api_problems import entity_tag, required_version
from accounts.errors import Conflict
from accounts.permissions import Verb
from dispatch.notices import actions, alarms, queries, serializers
from dispatch.notices.events import EVENTS
from dispatch.notices.forms import ChoiceForm, RobotForm, TemplateForm
from dispatch.notices.models import Delivery, Notice, PersonalChoice, Robot

MANAGE = (Verb.MANAGE_NOTICES,)


@extend_schema_view(list=extend_schema(summary="List my notices"), retrieve=extend_schema(summary="One of my notices"))
class NoticeViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Notices addressed to the person; nobody sees another's."""

    model = Notice
    filterset_fields = {"event": ["exact"], "read_at": ["isnull"], "project": ["exact"]}
    orderings = ("-id",)
    serializer_class = serializers.NoticeRow

    def get_queryset(self):
        """A notice is its recipient's, whatever the person's role sees."""
        if getattr(self, "swagger_fake_view", False):
            return Notice.objects.none()
        return Notice.objects.addressed_to(self.request.user).select_related("project", "park")

    @operation("Mark a notice as read", is_versioned=False, path="read")
    def mark_read(self, notice):
        """It is not sent out any more either."""
        actions.mark_read(self.request.user, at=edge(self)["at"], pk=notice.pk)

    @creation("Mark notices as read", serializers.ReadInput, answer=serializers.ReadAnswer, path="read-all")
    def read_all(self, event):
        """All, or all of an event."""
        return {"read": actions.mark_read(self.request.user, at=edge(self)["at"], event=event)}


class Managed(ListMixin, RetrieveMixin, ScopedViewSet):
    """Base: for who manages notices alone."""

    model = Robot

    def check_permissions(self, request):
        super().check_permissions(request)
        self.permit(*MANAGE)


@extend_schema_view(list=extend_schema(summary="List robots"), retrieve=extend_schema(summary="One robot"))
class RobotViewSet(Managed):
    """Group robots of chat programs. Needs ``manage_notices``."""

    model = Robot
    filterset_fields = ["kind", "is_enabled"]
    orderings = ("name", "id")
    serializer_class = serializers.RobotRow

    def narrow(self, rows):
        return rows.select_related("organization")

    @creation("Add a robot", serializers.RobotInput, verbs=MANAGE)
    def create(self, **values):
        """With the address the chat program gives; the secret for signatures where there is one."""
        data = {"events": [], "per_minute": 20, "is_enabled": True} | values
        return self._save(None, data)

    @operation("Change a robot", serializers.RobotInput, verbs=MANAGE, is_versioned=False)
    def partial_update(self, robot, **values):
        """What is left out stays, also address and secret."""
        names = ("kind", "name", "organization", "events", "per_minute", "is_enabled")
        self._save(robot, {name: getattr(robot, name) for name in names} | values)

    def _save(self, robot, data) -> Robot:
        unit = data.get("organization")
        form = filled(RobotForm, data | {"organization": unit and unit.pk}, user=self.request.user, robot=robot)
        return actions.save_robot(robot, park=self.request.user.park, values=form.cleaned_data)

    @operation("Send a test message", verbs=MANAGE, is_versioned=False)
    def test(self, robot):
        """Into the queue; the deliveries tell what became of it."""
        actions.try_robot(robot, **edge(self))

    @operation("Delete a robot", verbs=MANAGE, is_versioned=False, shows=False)
    def destroy(self, robot):
        """With its address, its secret and its messages."""
        actions.remove_robot(robot)


@extend_schema_view(list=extend_schema(summary="List deliveries"), retrieve=extend_schema(summary="One delivery"))
class DeliveryViewSet(Managed):
    """Messages on their way out, and what became of them. Needs ``manage_notices``."""

    model = Delivery
    filterset_fields = ["channel", "state"]
    orderings = ("-id",)
    search_fields = ("subject", "reference")
    serializer_class = serializers.DeliveryRow

    def narrow(self, rows):
        seen = queries.deliveries(self.request.user).values("pk")
        return rows.filter(pk__in=seen).select_related("recipient")

    @operation("Send a message again", verbs=MANAGE, is_versioned=False)
    def resend(self, delivery):
        """One that was given up goes back into the queue with all its attempts."""
        actions.send_again(delivery, at=edge(self)["at"])


PLACE = {
    "tags": ["notice-words"],
    "parameters": [
        OpenApiParameter("event", OpenApiTypes.STR, OpenApiParameter.PATH),
        OpenApiParameter("language", OpenApiTypes.STR, OpenApiParameter.PATH),
    ],
}


class Words(ActView):
    """What a notice says."""

    verbs = MANAGE

    @extend_schema(summary="Words of a notice", responses=serializers.WordsRow, operation_id="notice_words", **PLACE)
    def get(self, request, event, language):
        """The park's own words, the placeholders they may hold, and their version as ETag."""
        return self.shown(event, language)

    @extend_schema(
        summary="Change the words of a notice",
        request=serializers.WordsInput,
        responses=serializers.WordsRow,
        operation_id="notice_words_change",
        **PLACE,
    )
    def patch(self, request, event, language):
        """The next version; empty words are the default again."""
        self._newest(event, language)
        version, values = required_version(request), self.read(serializers.WordsInput)
        template = self._newest(event, language)
        if version != (template.version if template else 0):
            raise Conflict(gettext("Somebody else has changed this in the meantime. Please look at it again."))
        filled(TemplateForm, values | {"version": version}, event=event, language=language, template=template)
        actions.save_template(request.user.park, event, language, version=version, **values, **edge(self))
        return self.shown(event, language)

    def _newest(self, event, language):
        if event not in EVENTS or language not in dict(settings.LANGUAGES):
            raise Http404
        return queries.versions_of(self.request.user.park, event, language).first()

    def shown(self, event, language) -> Response:
        row = self._newest(event, language)
        head = {"event": event, "language": language, "version": row.version if row else 0}
        words = {"subject": row.subject if row else "", "text": row.text if row else ""}
        answer = head | words | {"placeholders": sorted(actions.placeholders_of(event))}
        return Response(serializers.WordsRow(answer).data, headers={"ETag": entity_tag(head["version"])})


class Choice(ActView):
    """What the person wants to be told."""

    @extend_schema(
        summary="My choice of notices",
        responses=serializers.ChoiceRow,
        tags=["notice-choice"],
        operation_id="notice_choice",
    )
    def get(self, request):
        """Channels by event, the daily digest, quiet hours, language."""
        return self.shown()

    @extend_schema(
        summary="Change my choice of notices",
        request=serializers.ChoiceInput,
        responses=serializers.ChoiceRow,
        tags=["notice-choice"],
        operation_id="notice_choice_change",
    )
    def patch(self, request):
        """What is left out stays; what must be told cannot be switched off."""
        values, present = self.read(serializers.ChoiceInput), self._present()
        wanted = present | values
        channels = present["channels"] | wanted.pop("channels")
        watches = bool(alarms.WATCHERS & request.user.verbs)
        form = ChoiceForm(user=request.user, choice=self._row(), watches=watches)
        boxes = {
            f"{one.code}-{code}": code in channels.get(one.code, one.channels)
            for one in form.events for code in form.ready
        }  # fmt: skip
        done = filled(ChoiceForm, wanted | boxes, user=request.user, choice=self._row(), watches=watches)
        actions.choose(request.user, **done.values())
        return self.shown()

    def _row(self) -> PersonalChoice | None:
        return PersonalChoice.objects.filter(user=self.request.user).first()

    def _present(self) -> dict:
        row = self._row() or PersonalChoice(user=self.request.user, version=0)
        names = ("version", "channels", "digest_at", "quiet_from", "quiet_until", "language")
        return {name: getattr(row, name) for name in names}

    def shown(self) -> Response:
        return Response(serializers.ChoiceRow(self._present()).data)
