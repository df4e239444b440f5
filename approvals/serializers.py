"""Steps of projects and their papers as the API shows and reads them."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.i18n import localized
from accounts.models import Organization
from approvals.clocks import PAUSE_KINDS
from approvals.flow import State, Verb
from approvals.models import ProjectStep, StepDocument, StepFile, StepPause
from approvals.queries import StepView

NOT_MOVES = (Verb.UNDO, Verb.DECIDE_ON_COMMITMENT)
MOVES = [(verb.value, verb.label_zh) for verb in Verb if verb not in NOT_MOVES]
APPLICABILITY = [choice for choice in ProjectStep.Applicability.choices if choice[0] != "undetermined"]
LIST_FIELDS = (
    "id", "version", "project", "project_name", "code", "name", "phase_code", "line_code", "applicability", "state",
    "state_name", "received_on", "accepted_on", "decided_on", "due_on", "days_left", "light", "is_provisional", "unit",
)  # fmt: skip
DETAIL_FIELDS = (
    *LIST_FIELDS, "not_applicable_reason", "round", "delivered_on", "result_number", "statutory_value",
    "statutory_unit", "committed_limit_wd", "extension_wd", "committed_due_on", "statutory_due_on", "committed_runs",
    "statutory_runs", "handler_name", "handler_phone", "pauses",
)  # fmt: skip


class PauseRow(RoleFields, serializers.ModelSerializer):
    class Meta:
        model = StepPause
        fields = read_only_fields = (
            "kind",
            "party",
            "stops_committed",
            "stops_statutory",
            "started_on",
            "ended_on",
            "reason",
        )
        enterprise_fields = fields


class StepRow(RoleFields, serializers.ModelSerializer):
    """A step in a list. Needs ``today`` and ``calendar`` in the context."""

    name = serializers.CharField(source="step.name", read_only=True)
    project_name = serializers.CharField(source="project.name", read_only=True)
    state_name = serializers.SerializerMethodField(help_text="State in words.")
    due_on = serializers.DateField(read_only=True, allow_null=True, help_text="The earlier of the two due days.")
    days_left = serializers.SerializerMethodField(help_text="Working days; negative when late, null without a clock.")
    light = serializers.SerializerMethodField(help_text="green, blue, yellow, red; empty without a running clock.")
    unit = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = ProjectStep
        fields = read_only_fields = LIST_FIELDS
        enterprise_fields = LIST_FIELDS

    def get_state_name(self, row) -> str:
        return localized(State(row.state), "label")

    def get_days_left(self, row) -> int | None:
        return self._view(row).days

    def get_light(self, row) -> str:
        return self._view(row).light

    def _view(self, row) -> StepView:
        return StepView(row, self.context["today"], self.context["calendar"])


class StepDetail(StepRow):
    """Everything about a step of a project."""

    pauses = PauseRow(many=True, read_only=True)

    class Meta:
        model = ProjectStep
        fields = read_only_fields = DETAIL_FIELDS
        enterprise_fields = DETAIL_FIELDS


class FileRow(RoleFields, serializers.ModelSerializer):
    """One version of a paper as a file. GET paper-files/{id}/ gives the address to download it from."""

    review_name = ChoiceLabel("review")

    class Meta:
        model = StepFile
        fields = read_only_fields = (
            "id", "version_no", "original_name", "content_type", "size", "sha256", "scan", "review", "review_name",
            "review_reason", "uploader_name", "uploaded_at",
        )  # fmt: skip
        enterprise_fields = fields


class PaperRow(RoleFields, serializers.Serializer):
    """A paper asked for at the step and what is known of it; ``given`` is null until something is."""

    class Given(RoleFields, serializers.ModelSerializer):
        state_name = ChoiceLabel("state")
        files = FileRow(many=True, read_only=True, help_text="Versions, the newest first.")

        class Meta:
            model = StepDocument
            fields = read_only_fields = (
                "state", "state_name", "supplied_on", "promised_on", "due_on", "due_before", "renewed_on", "note",
                "files",
            )  # fmt: skip
            enterprise_fields = (
                "state", "state_name", "supplied_on", "promised_on", "due_on", "due_before", "renewed_on", "files",
            )  # fmt: skip
            ref_name = "GivenPaper"

    requirement = serializers.IntegerField(source="asked.pk", read_only=True)
    code = serializers.CharField(source="asked.code", read_only=True)
    name = serializers.CharField(source="asked.name", read_only=True)
    deferrable = serializers.BooleanField(source="asked.deferrable", read_only=True)
    shared = serializers.BooleanField(source="asked.shared", read_only=True)
    given = Given(read_only=True, allow_null=True)

    class Meta:
        enterprise_fields = ("requirement", "code", "name", "deferrable", "shared", "given")


class MoveInput(StrictSerializer):
    """One record on the step. ``acknowledge``: codes of the warnings that an earlier answer (409) listed."""

    verb = serializers.ChoiceField(MOVES)
    on = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    pause_kind = serializers.ChoiceField(sorted(PAUSE_KINDS), required=False)
    outstanding = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=100)
    result_number = serializers.CharField(required=False, allow_blank=True, max_length=100)
    delivered_on = serializers.DateField(required=False, allow_null=True)
    acknowledge = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=50, default=list
    )


class PaperInput(StrictSerializer):
    """What happened to a paper, on which day."""

    state = serializers.ChoiceField(StepDocument.State.choices)
    on = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class UndoInput(StrictSerializer):
    """Why, if there is something to say."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class ExtendInput(StrictSerializer):
    """By how many working days, and why."""

    days = serializers.IntegerField(min_value=1, max_value=10)
    reason = serializers.CharField(max_length=2000)


class DeliveryInput(StrictSerializer):
    """The day of delivery."""

    on = serializers.DateField()


class UnitInput(StrictSerializer):
    """Who handles the step; null: nobody."""

    unit = ScopedRelatedField(Organization, narrow="units", allow_null=True)
    handler_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    handler_phone = serializers.CharField(required=False, allow_blank=True, max_length=60)


class ApplicabilityInput(StrictSerializer):
    """Whether the project needs the step; ``reason`` is needed when it does not."""

    applicability = serializers.ChoiceField(APPLICABILITY)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class FileInput(serializers.Serializer):
    """The file itself; what it may be and how large is checked by its content."""

    file = serializers.FileField(max_length=500)
