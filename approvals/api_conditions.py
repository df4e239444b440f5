"""The questionnaire of a project over the API: read it, see what other answers would change, save what was seen."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts.api_base import is_enterprise
from accounts.api_ops import UNVERSIONED, ActView, edge, filled
from accounts.api_problems import entity_tag, required_version
from accounts.errors import Conflict
from accounts.permissions import Verb
from approvals import serializers_portal as shapes
from approvals.conditions import VariableType
from approvals.questions import words
from approvals.questions.actions import answer
from approvals.questions.forms import AnswersForm
from approvals.questions.preview import Preview, fields_of, preview
from projects.models import Project

KINDS = {VariableType.BOOL: "yes_no", VariableType.ENUM: "choice", VariableType.NUMBER: "number"}


class Conditions(ActView):
    """Which approval steps a project needs, and by which answers."""

    for_everybody = True

    @extend_schema(
        summary="Conditions of a project",
        responses=shapes.ConditionsRow,
        tags=["projects"],
        operation_id="project_conditions",
    )
    def get(self, request, pk):
        """Every question with its answer and the steps it decides about; ETag is the project's version."""
        project = self.project()
        return self.shown(project, preview(project, {}))

    @extend_schema(
        summary="Save answers",
        request=shapes.ConditionsSave,
        responses=shapes.ConditionsRow,
        tags=["projects"],
        operation_id="project_conditions_save",
    )
    def patch(self, request, pk):
        """Saves answers that were previewed and judges the steps anew; 409 when that would do something else than was
        shown. Needs ``edit_project``."""
        project = self.project(Verb.EDIT_PROJECT)
        version = required_version(request)
        if version != project.version:
            raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again."))
        given = self.read(shapes.ConditionsSave)
        values = self.values(project, given["answers"])
        answer(project, values, previewed=given["previewed"], version=version, **edge(self))
        project = self.project()
        return self.shown(project, preview(project, {}))

    def project(self, *verbs: Verb) -> Project:
        """Raises Http404 for a project that is not seen, PermissionDenied for enterprises and without the verb."""
        rows = Project.objects.visible_to(self.request.user).select_related("park", "enterprise", "responsible_unit")
        project = get_object_or_404(rows, pk=self.kwargs["pk"])
        if is_enterprise(self.request.user):
            raise PermissionDenied(_("This page is for the park; please tell it your answers."))
        self.permit(*verbs)
        return project

    def values(self, project: Project, answers: dict[str, Any]) -> dict[str, Any]:
        """Columns with all answers, those left out as saved, checked as on the page. Raises ValidationError."""
        variables = preview(project, {}).variables
        if unknown := set(answers) - set(fields_of(variables).values()):
            text = _("This field is not known here or cannot be written.")
            raise exceptions.ValidationError({name: [text] for name in sorted(unknown)})
        start = AnswersForm(project=project, variables=variables)
        return filled(AnswersForm, start.sent(answers), project=project, variables=variables).values()

    def shown(self, project: Project, found: Preview) -> Response:
        answer = shapes.ConditionsRow(_facts(project, found)).data
        return Response(answer, headers={"ETag": entity_tag(project.version)})


class ConditionsPreview(Conditions):
    """What other answers would change."""

    http_method_names = ["post"]

    @extend_schema(
        summary="Preview answers",
        request=shapes.ConditionsInput,
        responses=shapes.ConditionsRow,
        tags=["projects"],
        operation_id="project_conditions_preview",
        extensions={UNVERSIONED: True},
    )
    def post(self, request, pk):
        """Saves nothing: the steps as these answers would leave them, and ``previewed`` for saving. Needs
        ``edit_project``."""
        project = self.project(Verb.EDIT_PROJECT)
        values = self.values(project, self.read(shapes.ConditionsInput)["answers"])
        return self.shown(project, preview(project, values))


def _facts(project: Project, found: Preview) -> dict[str, Any]:
    told = words.changes_in_words(found)
    changes = [change | {"happens": name == "happens"} for name, group in told.items() for change in group]
    return {
        "project": project,
        "version": project.version,
        "questions": _questions(project, found),
        "steps": words.outcome(found),
        "differs": found.differs,
        "changes": changes,
        "previewed": found.digest,
    }


def _questions(project: Project, found: Preview) -> list[dict[str, Any]]:
    """As the page groups them, with the saved answers."""
    form = AnswersForm(project=project, variables=found.variables)
    return [
        {
            "field": field.name,
            "group": str(title),
            "question": str(field.label),
            "kind": KINDS[VariableType(found.variables[name]["type"])],
            "choices": [{"key": key, "name": str(label)} for key, label in getattr(field.field, "choices", ())],
            "answer": str(form.initial[field.name]) or None,
            "decides": words.decided_by(found.copies, name),
        }
        for title, fields in form.groups()
        for name, field in fields
    ]
