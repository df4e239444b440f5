"""Pages that change a project: each shows one form and calls one action."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.i18n import localized
from accounts.permissions import Verb
from projects import access, actions, forms, queries
from projects.conflicts import merge
from projects.errors import GateClosed, InvalidFields, NeedsAcknowledgement
from projects.models import Project, TeamMember
from projects.stages import MILESTONE_STAGES, STAGES, Stage
from projects.text import similar_name


class ChangeProject(View):
    """Base: find the project, check the verb, show the form, call its action, say what stands in the way."""

    verbs: tuple[Verb, ...] = (Verb.EDIT_PROJECT,)
    form_class: type[forms.ActionForm] = forms.EditForm
    template = "projects/form.html"
    heading = gettext_lazy("Edit project")
    submit = gettext_lazy("Save")
    done = gettext_lazy("Saved.")
    tab = ""

    def dispatch(self, request, *args, **kwargs):
        self.project = self.find(request)
        self.check(request.user)
        return super().dispatch(request, *args, **kwargs)

    def find(self, request) -> Project:
        return access.project_or_404(request, self.kwargs["pk"])

    def check(self, user) -> None:
        access.require(user, *self.verbs)

    def options(self) -> dict:
        """Further arguments of the form."""
        return {}

    def form(self, data=None, **options):
        return self.form_class(
            data, project=self.project, user=self.request.user, today=clock.today(), **self.options(), **options
        )

    def get(self, request, *args, **kwargs):
        return self.show(self.form())

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            result = form.run(by=request.user, at=clock.now(), today=clock.today())
        except Refused as error:
            return self.refused(form, error)
        messages.success(request, str(self.done))
        return redirect(self.address(result))

    def refused(self, form, error: Refused):
        """The form again with everything typed and the reason; nothing has been changed."""
        self.project = fresh = self.again()
        context, status = {}, 409
        match error:
            case Conflict():
                form, context["conflict"] = merge(form, fresh)
            case GateClosed():
                context["gate"] = error
            case NeedsAcknowledgement():
                form.demand_acknowledgement()
                context["warnings"] = error.warnings
            case InvalidFields():
                status = 422
                for name, sentences in error.errors.items():
                    form.add_error(name if name in form.fields else None, sentences)
            case _:
                form.add_error(None, str(error))
        return self.show(form, status=status, **context)

    def again(self) -> Project:
        return self.find(self.request)

    def address(self, result) -> str:
        page = reverse("projects:detail", args=[self.project.pk])
        return f"{page}?tab={self.tab}" if self.tab else page

    def show(self, form, status=200, **context):
        common = {
            "form": form,
            "project": self.project,
            "heading": self.heading,
            "submit": self.submit,
            "cancel_url": self.address(None),
        }
        return render(self.request, self.template, common | self.more(form) | context, status=status)

    def more(self, form) -> dict:
        return {}


class Edit(ChangeProject):
    """Came for: correct what is known about the project."""


class Create(ChangeProject):
    """Came for: register a project in a minute, without registering it twice."""

    verbs = (Verb.CREATE_PROJECT,)
    form_class = forms.CreateForm
    heading = gettext_lazy("Register a project")
    submit = gettext_lazy("Register")
    done = gettext_lazy("The project has been registered.")

    def find(self, request):
        access.require(request.user, *self.verbs)
        return Project(park=request.user.park)

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if form.is_valid() and not form.cleaned_data["different"] and (alike := self.alike(form.cleaned_data["name"])):
            form.fields["different"].widget = forms.forms.CheckboxInput()
            return self.show(form, status=409, similar=alike)
        return super().post(request, *args, **kwargs)

    def alike(self, name: str) -> list[Project]:
        return list(queries.similar(Project.objects.visible_to(self.request.user), similar_name(name)))

    def address(self, result):
        return reverse("projects:detail", args=[result.pk]) if result else reverse("projects:list")


class Reporting(ChangeProject):
    """Base of what the responsible units may do too."""

    verbs = (Verb.REPORT_INVESTMENT,)

    def check(self, user):
        if not actions.may_report(user, self.project):
            raise PermissionDenied


class Quick(Reporting):
    """Came for: write down what is new, on site, in 30 seconds."""

    form_class = forms.QuickForm
    heading = gettext_lazy("Quick update")


class Investment(Reporting):
    """Came for: report a month's investment."""

    form_class = forms.InvestmentForm
    heading = gettext_lazy("Report investment")
    submit = gettext_lazy("Report")
    tab = "investment"


class Plan(ChangeProject):
    """Came for: set a year's planned investment."""

    form_class = forms.PlanForm
    heading = gettext_lazy("Annual plan")
    tab = "investment"


class EnterStage(ChangeProject):
    """Came for: move the project on, knowing beforehand what is still missing."""

    verbs = (Verb.ADVANCE_STAGE,)
    form_class = forms.StageForm
    template = "projects/stage.html"
    heading = gettext_lazy("Enter a stage")
    submit = gettext_lazy("Enter the stage")
    done = gettext_lazy("The project has entered the stage.")

    def get(self, request, *args, **kwargs):
        chosen = request.GET.get("stage", "")
        return self.show(self.form(initial={"stage": chosen} if chosen in STAGES else {}))

    def more(self, form):
        target = Stage(form.target)
        missing = actions.missing_for_stage(self.project, target, clock.today(), evidence=" ")
        missing = [item for item in missing if item.code != "evidence"]
        back = list(STAGES).index(target) < list(STAGES).index(Stage(self.project.stage))
        return {"target": STAGES[target], "missing": missing, "goes_back": back}


class Enrol(ChangeProject):
    """Came for: mark the project as enrolled in statistics."""

    verbs = (Verb.ADVANCE_STAGE,)
    form_class = forms.EnrolForm
    heading = gettext_lazy("Enrol in statistics")
    submit = gettext_lazy("Enrol")

    def more(self, form):
        return {"missing": actions.enrolment_missing(self.project, clock.today())}


class SetMilestone(ChangeProject):
    """Came for: plan, forecast or record one milestone."""

    verbs = (Verb.ADVANCE_STAGE,)
    form_class = forms.MilestoneForm
    tab = "plan"

    def options(self):
        return {"stage": self.kwargs["stage"]}

    def find(self, request):
        project = super().find(request)
        if self.kwargs["stage"] not in MILESTONE_STAGES:
            raise Http404
        return project

    @property
    def heading(self):
        name = localized(STAGES[Stage(self.kwargs["stage"])], "name")
        return _("Milestone: %(name)s") % {"name": name}


class SetTeam(ChangeProject):
    """Came for: say who stands behind the project."""

    form_class = forms.TeamForm

    def find(self, request):
        project = super().find(request)
        if self.kwargs["role"] not in TeamMember.Role.values:
            raise Http404
        return project

    def options(self):
        return {"role": self.kwargs["role"]}

    @property
    def heading(self):
        return TeamMember.Role(self.kwargs["role"]).label


class ChangeStatus(ChangeProject):
    """Came for: suspend, resume or terminate the project, with the reason on record."""

    verbs = (Verb.SUSPEND_PROJECT,)
    form_class = forms.StatusForm
    template = "components/confirm.html"

    def show(self, form, status=200, **context):
        """The dialog shows the form only, so what stands in the way is said in the form."""
        if "gate" in context:
            form.add_error("on", str(context["gate"]))
        if "conflict" in context and form.errors is not None:
            form.add_error(None, _("Somebody else has changed this project in the meantime. Please look at it again."))
        return super().show(form, status, **context)

    TEXTS = {
        "suspend": (
            gettext_lazy("Suspend this project?"),
            gettext_lazy("Suspend"),
            (
                gettext_lazy("Its light turns grey; it is not counted as late while it is suspended."),
                gettext_lazy("It cannot enter another stage until it is resumed."),
            ),
        ),
        "resume": (
            gettext_lazy("Resume this project?"),
            gettext_lazy("Resume"),
            (gettext_lazy("Its dates count again; what is late shows as late."),),
        ),
        "terminate": (
            gettext_lazy("Terminate this project?"),
            gettext_lazy("Terminate"),
            (
                gettext_lazy("It leaves the active projects and is no longer dispatched."),
                gettext_lazy("Nothing is deleted; it can be resumed."),
            ),
        ),
    }

    def options(self):
        return {"change": self.kwargs["change"]}

    def more(self, form):
        question, button, consequences = self.TEXTS[self.kwargs["change"]]
        question = f"{question} {self.project.name}"
        return {"question": question, "danger_text": button, "consequences": consequences, "action": self.request.path}
