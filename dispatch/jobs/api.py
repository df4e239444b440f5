"""The state of the periodic jobs over the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts import clock
from accounts.api_ops import UNVERSIONED, ActView, edge
from accounts.permissions import Verb
from dispatch.jobs import actions, queries
from dispatch.jobs.models import JobRun
from dispatch.jobs.views import details


class JobsAnswer(serializers.Serializer):
    """green, yellow or red, and why, of each part of the machinery and each job."""

    state = serializers.CharField()
    parts = serializers.DictField()
    jobs = serializers.DictField()
    open = serializers.IntegerField()
    given_up = serializers.IntegerField()


class RunRow(serializers.ModelSerializer):
    """One run of a job."""

    state = serializers.CharField(read_only=True)

    class Meta:
        model = JobRun
        fields = read_only_fields = ("id", "job", "period_key", "as_of", "state", "attempts", "finished_at")


class Jobs(ActView):
    """The periodic jobs. Needs ``view_jobs``."""

    verbs = (Verb.VIEW_JOBS,)

    @extend_schema(summary="State of the jobs", responses=JobsAnswer, tags=["jobs"], operation_id="jobs")
    def get(self, request):
        """Whether the machinery runs, which run was done last, how many were given up."""
        found = queries.overview(clock.now())
        return Response(JobsAnswer({"state": found.state} | details(found)).data)


class JobAgain(ActView):
    """A run that was given up. Needs ``view_jobs``."""

    verbs = (Verb.VIEW_JOBS,)

    @extend_schema(
        summary="Run again",
        request=None,
        responses=RunRow,
        tags=["jobs"],
        parameters=[OpenApiParameter("pk", OpenApiTypes.INT, OpenApiParameter.PATH)],
        operation_id="job_again",
        extensions={UNVERSIONED: True},
    )
    def post(self, request, pk):
        """It gets three new attempts with the next tick; what is known of it is kept."""
        run = get_object_or_404(JobRun, pk=pk)
        actions.restart(run, **edge(self))
        run.refresh_from_db()
        return Response(RunRow(run).data)
