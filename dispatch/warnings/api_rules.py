"""One warning rule over the API: read, changed as a new version, tried out on the past."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import clock
from accounts.api_ops import UNVERSIONED, ActView, edge, filled
from accounts.api_problems import entity_tag, required_version
from accounts.permissions import Verb
from dispatch.warnings import rule_actions, rule_queries, serializers
from dispatch.warnings.rule_forms import RuleForm
from dispatch.warnings.trial import try_out
from workdays.models import load_calendar

CODE = OpenApiParameter("rule", OpenApiTypes.STR, OpenApiParameter.PATH, description="For example STEP_LATE.")
ABOUT = {"tags": ["warnings"], "parameters": [CODE]}


class RuleView(ActView):
    """Base: one rule of the park; without ``edit_rules`` 403, a rule that is not there 404."""

    verbs = (Verb.EDIT_RULES,)

    def line(self) -> rule_queries.RuleLine:
        line = rule_queries.line_of(self.request.user.park, self.kwargs["rule"])
        if line is None:
            raise Http404
        return line

    def form(self, line: rule_queries.RuleLine, values: dict[str, Any]) -> RuleForm:
        """The page's form with what was sent over what is in force. Raises ValidationError."""
        thresholds = values.pop("thresholds", {})
        initial = RuleForm(code=line.code, today=clock.today()).initial
        data = initial | line.thresholds | {"is_enabled": line.is_enabled, "seen": line.version} | values | thresholds
        if unknown := sorted(set(thresholds) - set(line.thresholds)):
            raise ValidationError({name: [_("There is no such threshold.")] for name in unknown})
        return filled(RuleForm, data, code=line.code, today=clock.today())

    def answer(self) -> Response:
        line = self.line()
        return Response(serializers.RuleRow(line).data, headers={"ETag": entity_tag(line.version)})


class Rule(RuleView):
    """One rule of the park."""

    @extend_schema(summary="One warning rule", responses=serializers.RuleRow, operation_id="warning_rule", **ABOUT)
    def get(self, request, rule):
        """The version in force, as ETag; it is what If-Match names."""
        return self.answer()

    @extend_schema(
        summary="Change a warning rule",
        request=serializers.RuleInput,
        responses=serializers.RuleRow,
        operation_id="warning_rule_change",
        **ABOUT,
    )
    def patch(self, request, rule):
        """Thresholds, or on and off, with a reason: a new version of the park's own."""
        line, seen = self.line(), required_version(request)
        values = self.read(serializers.RuleInput)
        form = self.form(line, values)
        rule_actions.change(
            park=request.user.park, code=rule, params=form.params, is_enabled=form.cleaned_data["is_enabled"],
            note=values["note"], seen=seen, **edge(self),
        )  # fmt: skip
        return self.answer()


class RuleDefault(RuleView):
    """The default of a rule."""

    @extend_schema(
        summary="Back to the default",
        request=serializers.NoteInput,
        responses=serializers.RuleRow,
        operation_id="warning_rule_default",
        **ABOUT,
    )
    def post(self, request, rule):
        """The rule that came with the site counts again, with a reason."""
        self.line()
        seen = required_version(request)
        rule_actions.back_to_default(
            park=request.user.park, code=rule, seen=seen, **self.read(serializers.NoteInput), **edge(self)
        )
        return self.answer()


class RuleTrial(RuleView):
    """A rule played back."""

    @extend_schema(
        summary="Try a warning rule",
        request=serializers.TrialInput,
        responses=serializers.TrialAnswer,
        operation_id="warning_rule_trial",
        extensions={UNVERSIONED: True},
        **ABOUT,
    )
    def post(self, request, rule):
        """How often it would have warned in a past period of at most a year; nothing is saved."""
        line = self.line()
        form = self.form(line, self.read(serializers.TrialInput))
        data = form.cleaned_data
        trial = try_out(
            park=request.user.park, code=rule, params=form.params, is_enabled=data["is_enabled"], first=data["first"],
            last=data["last"], calendar=load_calendar(),
        )  # fmt: skip
        months = [{"month": name, "proposed": then, "in_force": now} for name, then, now in trial.months]
        counts = {"proposed": len(trial.proposed.fired), "in_force": len(trial.in_force.fired)}
        answer = {"first": trial.first, "last": trial.last, "months": months} | counts
        return Response(serializers.TrialAnswer(answer).data)
