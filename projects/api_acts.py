"""Acts on projects beside those that move them: plan of a year, team, enrolment."""

from rest_framework import serializers

from accounts.api_base import ScopedRelatedField, StrictSerializer
from accounts.api_ops import ReasonInput, edge, operation
from accounts.models import Organization, User
from accounts.permissions import Verb
from projects import actions
from projects.models import Precision, TeamMember

EDIT, ADVANCE = (Verb.EDIT_PROJECT,), (Verb.ADVANCE_STAGE,)


class YearPlanInput(StrictSerializer):
    """Investment planned for a year, 万元."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    planned_10k = serializers.DecimalField(16, 4, min_value=0)


class TeamInput(StrictSerializer):
    """Who holds a role; what is left out stays, all empty leaves it vacant."""

    role = serializers.ChoiceField(TeamMember.Role.choices)
    person_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=60, required=False, allow_blank=True)
    organization = ScopedRelatedField(Organization, required=False, allow_null=True)
    user = ScopedRelatedField(User, required=False, allow_null=True)


class EnrolInput(StrictSerializer):
    """Since when it counts in statistics; what is missing is passed with a reason alone."""

    on = serializers.DateField()
    override_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    precision = serializers.ChoiceField(Precision.choices, default=Precision.DAY)


class ProjectActs:
    """Part of the viewset of projects."""

    @operation("Set the plan of a year", YearPlanInput, verbs=EDIT, path="year-plan")
    def year_plan(self, project, version, year, planned_10k):
        """Investment planned for a year, 10,000 CNY."""
        actions.set_annual_plan(project, year, planned_10k, version=version, **edge(self))

    @operation("Say who holds a role", TeamInput, verbs=EDIT)
    def team(self, project, version, role, **values):
        """Leader and department in charge, street, specialist, agent."""
        actions.set_team(project, role, values, version=version, **edge(self))

    @operation("Enrol in statistics", EnrolInput, verbs=ADVANCE)
    def enrol(self, project, version, **values):
        """Marks the project as enrolled. Something missing: 409 with ``missing``, unless passed with a reason."""
        actions.enrol(project, version=version, **values, **edge(self, "today"))

    @operation("Take an enrolment back", ReasonInput, verbs=ADVANCE, path="cancel-enrolment")
    def cancel_enrolment(self, project, version, reason):
        """It does not count as enrolled any more."""
        actions.cancel_enrolment(project, reason=reason, version=version, **edge(self))
