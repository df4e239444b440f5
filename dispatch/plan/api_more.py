"""More of plans over the API: own tasks, links, levers withdrawn, templates, the park's rules."""

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts import clock
from accounts.api_base import ListMixin, RetrieveMixin, ScopedViewSet
from accounts.api_ops import ActView, creation, edge, filled, operation
from accounts.api_trails import entries, entry_row
from accounts.permissions import Verb
from dispatch.plan import building, policies
from dispatch.plan import changes as plan_changes
from dispatch.plan import serializers_more as shapes
from dispatch.plan import template_actions as templates
from dispatch.plan.actions import editing
from dispatch.plan.actions import levers as lever_actions
from dispatch.plan.api import PlanView, changes
from dispatch.plan.models import PlanEntry, PlanLever, PlanTemplate
from dispatch.plan.rule_forms import RulesForm
from workdays.models import load_calendar

EDIT = (Verb.EDIT_PLAN,)
ENTRY = entry_row(PlanEntry, "verb", "note", "changes", "by", "at")


class Changing(PlanView):
    """Base: one change of the plan, then the schedule as it is."""

    def changed(self, change: plan_changes.Change) -> Response:
        project, when = self.to_change()
        editing.apply(project, change, **when)
        return self.schedule(project)

    def known(self, task: str) -> str:
        """The key of a task of the plan. Raises Http404."""
        plan = building.read_one(self.project(), today=clock.today(), calendar=load_calendar())
        if task not in plan.info:
            raise Http404
        return task


class ScheduleHistory(PlanView):
    """What happened to a project's plan."""

    @extend_schema(
        summary="History of a plan",
        responses=ENTRY(many=True),
        tags=["schedules"],
        operation_id="schedule_history",
    )
    def get(self, request, pk):
        """Every change, oldest first; the plan's version is their number. Not for enterprises."""
        rows = PlanEntry.objects.visible_to(request.user).filter(plan__project=self.project())
        return entries(rows, ENTRY)


class ScheduleTasks(Changing):
    """Tasks of a plan."""

    @changes(summary="Add a task to a plan", request=shapes.NewTaskInput, operation_id="schedule_task_add")
    def post(self, request, pk):
        """A task of the project's own; it gets the next key T…."""
        project, when = self.to_change()
        values = self.read(shapes.NewTaskInput)
        links = {name: tuple(values.pop(name, ())) for name in ("after", "before")}
        editing.add_task(project, values["name"], values["duration_wd"], **links, **when)
        return self.schedule(project)


class ScheduleDrop(Changing):
    """A task of a plan, taken out."""

    @changes(summary="Take a task out of a plan", request=shapes.TaskReasonInput, operation_id="schedule_task_drop")
    def post(self, request, pk, task):
        """An own task or a piece of work, with its own links."""
        self.to_change()
        return self.changed(plan_changes.DropTask(self.known(task), self.read(shapes.TaskReasonInput)["reason"]))


class ScheduleRestore(Changing):
    """A task that was taken out."""

    @changes(summary="Bring a task back", request=None, operation_id="schedule_task_restore")
    def post(self, request, pk, task):
        """What was taken out comes back, without links of its own."""
        return self.changed(plan_changes.RestoreTask(task))


class ScheduleUnlink(Changing):
    """A link of a plan, removed."""

    @changes(summary="Remove a link of a plan", request=shapes.UnlinkInput, operation_id="schedule_unlink")
    def post(self, request, pk):
        """An own link goes; one of the catalogue with a reason; a legal predecessor stays."""
        self.to_change()
        return self.changed(plan_changes.RemoveLink(**self.read(shapes.UnlinkInput)))


class SchedulePull(Changing):
    """Planned starts of a plan, given up."""

    @changes(summary="Pull tasks forward", request=shapes.KeysInput, operation_id="schedule_pull_forward")
    def post(self, request, pk):
        """Tasks with a planned start follow again what they wait for."""
        self.to_change()
        return self.changed(plan_changes.PullForward(tuple(self.read(shapes.KeysInput)["tasks"])))


class ScheduleTemplate(Changing):
    """A template, copied into a plan."""

    @changes(summary="Copy a template into a plan", request=shapes.CopyInput, operation_id="schedule_template")
    def post(self, request, pk):
        """Durations where the project has none, own tasks, links; later edits of it do not reach the plan."""
        project, when = self.to_change()
        editing.copy_template(project, self.read(shapes.CopyInput)["template"], **when)
        return self.schedule(project)


class SchedulePulled(Changing):
    """Levers that are part of a plan."""

    @extend_schema(
        summary="Levers pulled",
        responses=shapes.PulledRow(many=True),
        tags=["schedules"],
        operation_id="schedule_levers_pulled",
    )
    def get(self, request, pk):
        """Those that are part of the plan now."""
        rows = PlanLever.objects.visible_to(request.user).filter(plan__project=self.project(), withdrawn_at=None)
        return Response(shapes.PulledRow(rows.order_by("pk"), many=True).data)

    @changes(summary="Withdraw a lever", request=shapes.LeverOut, operation_id="schedule_lever_withdraw")
    def post(self, request, pk):
        """It leaves the plan with a reason; its ledger item stays and says so."""
        project, when = self.to_change()
        values = self.read(shapes.LeverOut)
        row = get_object_or_404(PlanLever, pk=values["lever"].pk, plan__project=project)
        lever_actions.withdraw(row, reason=values["reason"], **when)
        return self.schedule(project)


@extend_schema_view(list=extend_schema(summary="List templates"), retrieve=extend_schema(summary="One template"))
class TemplateViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Templates of plans of the park. Needs ``edit_plan``."""

    model = PlanTemplate
    filterset_fields = ["nature", "land", "is_active"]
    orderings = ("name", "id")
    search_fields = ("name",)
    serializer_class = shapes.TemplateRow

    def check_permissions(self, request):
        super().check_permissions(request)
        self.permit(*EDIT)

    @creation("Make a template", shapes.TemplateChange, verbs=EDIT)
    def create(self, note="", **values):
        """Durations, own tasks and links; what is not said follows the catalogue."""
        values = {"nature": "", "land": "", "rows": [], "links": []} | values
        return templates.create_template(park=self.request.user.park, values=values, note=note, **edge(self))

    @operation("Change a template", shapes.TemplateChange, verbs=EDIT)
    def partial_update(self, template, version, note="", **values):
        """Its next version; plans made from it stay as they are."""
        templates.edit_template(template, values, version=version, note=note, **edge(self))

    @operation("Offer a template or not", shapes.OfferInput, verbs=EDIT)
    def offer(self, template, version, is_active, note):
        """One that is retired is offered no more; plans made from it stay."""
        templates.set_offered(template, is_active, version=version, note=note, **edge(self))


class Rules(ActView):
    """How the park's plans are worked out."""

    @extend_schema(summary="Rules of plans", responses=shapes.RulesRow, tags=["plan-rules"], operation_id="plan_rules")
    def get(self, request):
        """Durations of the works, whether the usual order binds, what the risk needs."""
        return self.shown()

    @extend_schema(
        summary="Change the rules of plans",
        request=shapes.RulesInput,
        responses={201: shapes.RulesRow},
        tags=["plan-rules"],
        operation_id="plan_rules_save",
    )
    def post(self, request):
        """A new version with a reason. Needs ``edit_rules``."""
        self.permit(Verb.EDIT_RULES)
        values, policy = self.read(shapes.RulesInput), policies.in_force(request.user.park.pk)
        params = values["params"]
        if unknown := sorted(set(params) - set(policy.params)):
            raise ValidationError({"params": unknown})
        works = params.get("works") or {}
        if not isinstance(works, dict) or set(works) - set(policy.works):
            raise ValidationError({"params": ["works"]})
        data = dict(policy.params) | dict(policy.works) | params | works
        form = filled(RulesForm, data | {"seen": values["base_version"], "note": values["note"]}, policy=policy)
        said = {"note": values["note"], "base_version": values["base_version"]}
        policies.save_rules(form.params, **said, **edge(self))
        return self.shown(201)

    def shown(self, status: int = 200) -> Response:
        policy = policies.in_force(self.request.user.park.pk)
        params = dict(policy.params) | {"works": dict(policy.works)}
        return Response(shapes.RulesRow({"version": policy.version, "params": params}).data, status)
