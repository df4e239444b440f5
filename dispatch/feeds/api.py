"""A person's own calendar feeds over the API."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api_base import NamedRow, ScopedRelatedField, StrictSerializer
from accounts.api_ops import UNVERSIONED, ActView, edge
from dispatch.feeds import actions
from dispatch.feeds.models import CalendarFeed
from projects.models import Project


class FeedRow(serializers.ModelSerializer):
    """An address one has given to a calendar program; nobody can read it again."""

    project = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = CalendarFeed
        fields = read_only_fields = ("id", "name", "project", "language", "reminds", "created_at", "last_used_at")


class FeedMade(FeedRow):
    """The feed with its address, shown this once."""

    address = serializers.CharField(read_only=True)

    class Meta(FeedRow.Meta):
        fields = read_only_fields = (*FeedRow.Meta.fields, "address")


class FeedInput(StrictSerializer):
    """What waits for oneself, or the dates of one project."""

    project = ScopedRelatedField(Project, required=False, allow_null=True)
    name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    reminds = serializers.BooleanField(required=False)


class Feeds(ActView):
    """Calendar feeds of the person."""

    for_everybody = True

    @extend_schema(
        summary="My calendar feeds", responses=FeedRow(many=True), tags=["calendar-feeds"], operation_id="feeds"
    )
    def get(self, request):
        """Those that are open, with their last use."""
        rows = CalendarFeed.objects.of(request.user).open().select_related("project").order_by("pk")
        return Response(FeedRow(rows, many=True).data)

    @extend_schema(
        summary="Make a calendar feed",
        request=FeedInput,
        responses={201: FeedMade},
        tags=["calendar-feeds"],
        operation_id="feed_make",
    )
    def post(self, request):
        """Answers with the address, this once: it opens what the person may see at the moment of reading."""
        feed, secret = actions.make(**self.read(FeedInput), **edge(self))
        feed.address = request.build_absolute_uri(reverse("dispatch:feed", args=[secret]))
        return Response(FeedMade(feed).data, status=201)


class Feed(ActView):
    """One calendar feed."""

    for_everybody = True

    @extend_schema(
        summary="Withdraw a calendar feed",
        responses={204: OpenApiResponse(description="Done")},
        parameters=[OpenApiParameter("pk", OpenApiTypes.INT, OpenApiParameter.PATH)],
        tags=["calendar-feeds"],
        operation_id="feed_withdraw",
        extensions={UNVERSIONED: True},
    )
    def delete(self, request, pk):
        """Its address opens nothing from now on; by its owner, or who looks after the accounts of the park."""
        reach = Q(user=request.user)
        if request.user.role_id:
            reach |= Q(pk__in=actions.of_park(request.user).values("pk"))
        row = get_object_or_404(CalendarFeed.objects.filter(reach).select_related("user"), pk=pk)
        actions.withdraw(row, **edge(self))
        return Response(status=204)
