"""Plans over the API: parse, fetch what the user may see, call one action, answer with the schedule as it is then."""

from functools import partial
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, SafeJSONParser, ScopedViewSet, is_enterprise
from accounts.api_platform import ApiView
from accounts.api_problems import entity_tag, required_version
from accounts.permissions import Verb, may
from approvals.api import projects_of
from dispatch.plan import building, possible, serializers
from dispatch.plan.actions import editing
from dispatch.plan.actions import levers as lever_actions
from dispatch.plan.actions.baselines import Basis, save_baseline
from dispatch.plan.actions.shared import version_of
from dispatch.plan.models import PlanBaseline, PlanForecast
from dispatch.plan.values import ProjectPlan
from projects.models import Project
from projects.planning.levers import gains
from projects.planning.schedule import Placed, Schedule
from workdays.models import load_calendar

changes = partial(extend_schema, responses=serializers.ScheduleAnswer, tags=["schedules"])


class PlanView(ApiView):
    """Base: the project from what the person sees; nothing of a plan for enterprises. Errors of rules are problems."""

    permission_classes = [IsAuthenticated]
    parser_classes = [SafeJSONParser]

    def project(self) -> Project:
        """Outside: 404; an enterprise: 403."""
        project = get_object_or_404(Project.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        if is_enterprise(self.request.user):
            self.permission_denied(self.request)
        return project

    def to_change(self) -> tuple[Project, dict[str, Any]]:
        """The project, and what its actions need: who, when, the version named by If-Match."""
        project = self.project()
        if not may(self.request.user, Verb.EDIT_PLAN):
            self.permission_denied(self.request)
        edge = {"by": self.request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}
        return project, edge | {"version": required_version(self.request)}

    def read(self, serializer_class) -> dict[str, Any]:
        """The body, checked. Raises UnsupportedMediaType, ValidationError."""
        if self.request.headers.get("Content-Length", "0") != "0" and "json" not in self.request.content_type:
            raise UnsupportedMediaType(self.request.content_type)
        given = serializer_class(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def schedule(self, project: Project) -> Response:
        """The plan as it is now, its version as ETag."""
        today, calendar = clock.today(), load_calendar()
        plan = building.read_one(project, today=today, calendar=calendar)
        answer = as_data(plan, plan.schedule(today=today, calendar=calendar))
        data = serializers.ScheduleAnswer(answer).data
        return Response(data, headers={"ETag": entity_tag(answer["version"])})


class ProjectSchedule(PlanView):
    """A project's plan."""

    @extend_schema(summary="The plan of a project", responses=serializers.ScheduleAnswer, tags=["schedules"])
    def get(self, request, pk):
        """Forecast and latest dates of every task, floats, the critical chain, conflicts, levers pulled."""
        return self.schedule(self.project())

    @changes(summary="Set goal and target", request=serializers.GoalInput)
    def patch(self, request, pk):
        """The milestone the plan is scheduled back from, and the day it is to be reached."""
        project, edge = self.to_change()
        values = self.read(serializers.GoalInput)
        if "target_on" not in values:
            present = building.read_one(project, today=edge["today"], calendar=edge["calendar"])
            values["target_on"] = present.target_on
        editing.set_goal(project, goal=values.get("goal", ""), target_on=values["target_on"], **edge)
        return self.schedule(project)


class ScheduleTask(PlanView):
    """One task of a project's plan."""

    @changes(summary="Change a task of a plan", request=serializers.TaskInput)
    def patch(self, request, pk, task):
        """Duration, planned start, not-before and confirmed days, person. Facts are entered where they happen."""
        project, edge = self.to_change()
        values = self.read(serializers.TaskInput)
        reason = values.pop("reason", "")
        editing.set_task(project, task, values, reason=reason, **edge)
        return self.schedule(project)


class ScheduleLinks(PlanView):
    """Links of a project's plan."""

    @changes(summary="Set a link of a plan", request=serializers.LinkInput)
    def post(self, request, pk):
        """A link of the project's own, or one of the catalogue changed as far as the law allows."""
        project, edge = self.to_change()
        editing.set_link(project, **self.read(serializers.LinkInput), **edge)
        return self.schedule(project)


class ScheduleLevers(PlanView):
    """Levers of a project's plan."""

    @extend_schema(summary="Levers of a plan", responses=serializers.LeverRow(many=True), tags=["schedules"])
    def get(self, request, pk):
        """Every lever that could be pulled, with the working days it buys alone; the largest first."""
        plan, today, calendar = self._plan()
        options = possible.of(plan)
        codes = [option.lever for option in options.open]
        found = gains(
            plan.plain,
            codes,
            (),
            today=today,
            calendar=calendar,
            goal=plan.goal,
            target_on=plan.target_on,
            with_soft=plan.with_soft,
            pulled=plan.levers,
        )
        rows = [
            {
                "code": gain.lever.code,
                "kind": gain.lever.kind.value,
                "tasks": list(gain.lever.keys),
                "gain_wd": gain.alone_wd,
                "goal_on": gain.goal_on_after,
                "short_wd": gain.short_after_wd,
            }
            for gain in found
        ]
        return Response(serializers.LeverRow(rows, many=True).data)

    @changes(summary="Pull levers", request=serializers.LeversInput)
    def post(self, request, pk):
        """All of them or none; each becomes part of the plan and an item on the ledger."""
        project, edge = self.to_change()
        options = possible.of(building.read_one(project, today=edge["today"], calendar=edge["calendar"]))
        known = {option.lever.code: option.lever for option in options.open}
        asked = self.read(serializers.LeversInput)["levers"]
        if unknown := [code for code in asked if code not in known]:
            text = _("There is no such lever now: %(codes)s.") % {"codes": ", ".join(unknown)}
            raise ValidationError({"levers": [text]})
        lever_actions.pull(project, [known[code] for code in asked], **edge)
        return self.schedule(project)

    def _plan(self):
        today, calendar = clock.today(), load_calendar()
        return building.read_one(self.project(), today=today, calendar=calendar), today, calendar


class ScheduleBaselines(PlanView):
    """Versions of the baseline of a project's plan."""

    @extend_schema(summary="Baselines of a plan", responses=serializers.BaselineRow(many=True), tags=["schedules"])
    def get(self, request, pk):
        """All versions, the newest first, each with its rows, reason and author."""
        rows = PlanBaseline.objects.visible_to(request.user).filter(plan__project=self.project())
        rows = rows.select_related("by").order_by("-number")
        return Response(serializers.BaselineRow(rows, many=True).data)

    @changes(summary="Save a baseline", request=serializers.BaselineInput)
    def post(self, request, pk):
        """The next version; baseline dates of open milestones follow. Latest dates need a target that can be kept."""
        project, edge = self.to_change()
        values = self.read(serializers.BaselineInput)
        basis = Basis.LATEST if values["latest"] else Basis.FORECAST
        save_baseline(project, basis=basis, reason=values["reason"], **edge)
        return self.schedule(project)


class ForecastFilter(django_filters.FilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    short = django_filters.BooleanFilter(label=_("Misses its target"), method="is_short")

    class Meta:
        model = PlanForecast
        fields = ["project", "goal", "short"]

    def is_short(self, rows, name, value: bool):
        return rows.filter(short_wd__gt=0) if value else rows.exclude(short_wd__gt=0)


@extend_schema_view(list=extend_schema(summary="List forecasts"), retrieve=extend_schema(summary="One forecast"))
class ForecastViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """What the morning's forecast says of each project: target, forecast, working days short, p50 and p80."""

    model = PlanForecast
    filterset_class = ForecastFilter
    serializer_class = serializers.ForecastRow

    def narrow(self, rows):
        """Those of a project suspended or ended since the morning say nothing any more."""
        return rows.filter(project__status=Project.Status.ACTIVE).select_related("project").defer("rows")


def as_data(plan: ProjectPlan, found: Schedule) -> dict[str, Any]:
    """The plan as plain values, tasks in the order of the pages."""
    return {
        "project": plan.project.pk,
        "version": version_of(plan.plan),
        "as_of": found.today,
        "goal": plan.goal,
        "target_on": plan.target_on,
        "goal_on": found.goal_on,
        "short_wd": found.short_wd,
        "spare_wd": found.spare_wd,
        "is_provisional": found.is_provisional,
        "chain": found.chain,
        "levers": [lever.code for lever in plan.levers],
        "tasks": [_task(plan, found, found[key]) for key in plan.info if key in found.tasks],
        "conflicts": [
            {"problem": c.problem.value, "key": c.key, "other": c.other, "days": c.days, "on": c.on}
            for c in found.conflicts
        ],
    }


_DATES = ("start", "finish", "latest_start", "latest_finish", "total_float_wd", "free_float_wd", "is_provisional")
_INFO = (
    "key", "kind", "name", "line", "unit_name", "person", "duration_wd", "baseline_start", "baseline_finish",
)  # fmt: skip


def _task(plan: ProjectPlan, found: Schedule, here: Placed) -> dict[str, Any]:
    info = plan.info[here.key]
    return {
        **{name: getattr(info, name) for name in _INFO},
        **{name: getattr(here, name) for name in _DATES},
        "unit": info.unit_id,
        "duration_from": info.duration_from.value,
        "standing": here.standing.value,
        "driver": here.driver.value,
        "driven_by": here.driven_by,
        "is_critical": here.key in found.critical,
    }
