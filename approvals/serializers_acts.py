"""What the acts on steps, reviews, promises, services and links take and answer."""

from rest_framework import serializers

from accounts.api_base import NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import User
from approvals.models import (
    AccessLink,
    AgentAction,
    CommittedStep,
    HelpRequest,
    JointReviewStep,
    ProjectStep,
    Rating,
    StepFile,
    Urge,
)
from approvals.portal.forms import LONGEST
from approvals.portal.queries import requests_in_words
from approvals.promises.actions import Then
from approvals.serializers_lists import StepKey
from projects.models import Project


def codes(**options) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=16), max_length=100, **options)


class PromiseInput(StrictSerializer):
    """What the enterprise has signed."""

    text = serializers.CharField(max_length=4000)
    signed_by_name = serializers.CharField(max_length=60)
    signed_on = serializers.DateField()


class CommitmentInput(PromiseInput):
    """A decision on a promise. ``condition_confirmed``: the catalogue's condition for it is met."""

    on = serializers.DateField()
    condition_confirmed = serializers.BooleanField(required=False)
    result_number = serializers.CharField(max_length=100, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CheckInput(StrictSerializer):
    """What the check found; of a broken promise what follows (``then``)."""

    outcome = serializers.ChoiceField([CommittedStep.Outcome.KEPT.value, CommittedStep.Outcome.BROKEN.value])
    on = serializers.DateField()
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    then = serializers.ChoiceField([one.value for one in Then], default=Then.LATER.value)
    check_due_on = serializers.DateField(required=False, allow_null=True)


class BuildFirstInput(PromiseInput):
    """Several steps decided on one promise (先建后验). ``versions``: of each step, by its code."""

    project = ScopedRelatedField(Project)
    codes = codes(allow_empty=False)
    check_before = serializers.CharField(max_length=16, help_text="Code of the step before which all is checked.")
    on = serializers.DateField()
    versions = serializers.DictField(child=serializers.IntegerField(min_value=1), required=False)
    condition_confirmed = serializers.BooleanField(required=False)


class AnswerUrgesInput(StrictSerializer):
    """The answer to all open urgings up to the newest one seen (its key)."""

    text = serializers.CharField(max_length=2000)
    upto = serializers.IntegerField(min_value=1)


class Answered(serializers.Serializer):
    """How many."""

    answered = serializers.IntegerField()


class FileDecision(StrictSerializer):
    """A file: accepted, or returned with a reason."""

    file = ScopedRelatedField(StepFile)
    outcome = serializers.ChoiceField([StepFile.Review.ACCEPTED.value, StepFile.Review.RETURNED.value])
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ReviewInput(StrictSerializer):
    """One pass over the files of a step; all of them or none."""

    files = FileDecision(many=True, allow_empty=False, max_length=200)


class NoticeInput(StrictSerializer):
    """Remarks, and codes of the papers that are missing; without them every missing core paper."""

    remarks = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    missing = codes(required=False)


class UseFileInput(StrictSerializer):
    """A file handed in at another step of the project, and the paper (its key) it counts for here."""

    requirement = serializers.IntegerField(min_value=1)
    file = ScopedRelatedField(StepFile)


class OpenReviewInput(StrictSerializer):
    """A bundle of the catalogue by its code. ``present``: keys of requirements whose papers are there."""

    project = ScopedRelatedField(Project)
    bundle = serializers.CharField(max_length=40)
    present = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=500)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ReviewAnswerInput(StrictSerializer):
    """A department's answer for its step. ``seen``: when the answer seen was given; null for none."""

    step = serializers.CharField(max_length=16, help_text="Code of the step.")
    answer = serializers.ChoiceField([JointReviewStep.Answer.AGREED.value, JointReviewStep.Answer.OBJECTED.value])
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    result_number = serializers.CharField(max_length=100, required=False, allow_blank=True)
    seen = serializers.DateTimeField(allow_null=True)


class ServiceRow(RoleFields, serializers.ModelSerializer):
    """What an agent did on an enterprise's behalf."""

    project = NamedRow(read_only=True)
    step = StepKey(source="project_step", read_only=True, allow_null=True)
    agent = NamedRow(read_only=True)

    class Meta:
        model = AgentAction
        fields = read_only_fields = (
            "id", "project", "step", "agent", "on_behalf_of", "on", "what", "cancelled_reason", "at",
        )  # fmt: skip


class ServiceInput(StrictSerializer):
    """Who did what for whom, on which day."""

    project = ScopedRelatedField(Project)
    step = ScopedRelatedField(ProjectStep, required=False, allow_null=True)
    agent = ScopedRelatedField(User)
    on_behalf_of = serializers.CharField(max_length=100)
    on = serializers.DateField()
    what = serializers.CharField(max_length=2000)


class LinkRow(RoleFields, serializers.ModelSerializer):
    """A signed link to a project; its secret is never shown again."""

    project = NamedRow(read_only=True)

    class Meta:
        model = AccessLink
        fields = read_only_fields = (
            "id", "project", "holder_name", "may_upload", "may_ask", "created_at", "expires_at", "withdrawn_at",
        )  # fmt: skip


class LinkMade(LinkRow):
    """The link with its address, shown this once."""

    address = serializers.CharField(read_only=True)

    class Meta(LinkRow.Meta):
        fields = read_only_fields = (*LinkRow.Meta.fields, "address")


class SignedLinkInput(StrictSerializer):
    """Who gets it, for how many days, and what they may do."""

    project = ScopedRelatedField(Project)
    holder_name = serializers.CharField(max_length=60)
    days = serializers.IntegerField(min_value=1, max_value=3660)
    may_upload = serializers.BooleanField(default=True)
    may_ask = serializers.BooleanField(default=True)


class RatingRow(RoleFields, serializers.ModelSerializer):
    """How satisfied an enterprise was with a step, 1 to 5."""

    step = StepKey(source="project_step", read_only=True)
    project = NamedRow(source="project_step.project", read_only=True)

    class Meta:
        model = Rating
        fields = read_only_fields = ("id", "project", "step", "round", "score", "comment", "by_name", "at")
        enterprise_fields = fields


class UrgeRow(RoleFields, serializers.ModelSerializer):
    """An enterprise asks that a step be hurried; with the answer."""

    step = StepKey(source="project_step", read_only=True)
    project = NamedRow(source="project_step.project", read_only=True)

    class Meta:
        model = Urge
        fields = read_only_fields = (
            "id", "project", "step", "on", "text", "by_name", "at", "answer", "answered_at",
        )  # fmt: skip
        enterprise_fields = fields


class HelpStanding(serializers.Serializer):
    """How a request stands, in words. Of a list, ``with_standing`` has asked for all rows at once."""

    text = serializers.CharField()
    is_closed = serializers.BooleanField()
    closed_on = serializers.DateField(allow_null=True)
    result = serializers.CharField()

    def to_representation(self, row):
        if not hasattr(row, "standing"):
            with_standing([row])
        return super().to_representation(row.standing)


def with_standing(rows: list[HelpRequest]) -> list[HelpRequest]:
    for row, known in zip(rows, requests_in_words(rows), strict=True):
        row.standing = known["state"]
    return rows


class HelpRow(RoleFields, serializers.ModelSerializer):
    """A request for help of an enterprise and how it stands; a result only once it is closed."""

    project = NamedRow(read_only=True)
    step = StepKey(source="project_step", read_only=True, allow_null=True)
    number = serializers.CharField(source="item_number", read_only=True, help_text="Of the item on the ledger.")
    standing = HelpStanding(source="*", read_only=True)

    class Meta:
        model = HelpRequest
        fields = read_only_fields = enterprise_fields = (
            "id", "project", "step", "text", "by_name", "at", "number", "standing",
        )  # fmt: skip


class HelpInput(StrictSerializer):
    """What help is needed with a project, or with one of its steps."""

    project = ScopedRelatedField(Project)
    step = ScopedRelatedField(ProjectStep, required=False, allow_null=True)
    text = serializers.CharField(max_length=LONGEST)
