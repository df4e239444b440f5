"""Certificates, commitments, debts, joint reviews, figures and the map as the API shows them."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, StrictSerializer
from approvals.certificates.queries import Row
from approvals.models import Certificate, Commitment, CommittedStep, JointReview, JointReviewStep, StepDocument
from projects.models import Light


class StepKey(serializers.Serializer):
    """The step a row hangs on; needs select_related of step and project."""

    id = serializers.IntegerField(source="pk", read_only=True)
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(source="step.name", read_only=True)


class CertificateRow(RoleFields, serializers.ModelSerializer):
    """A result document that ends on a day. Needs ``today`` in the context."""

    project = NamedRow(source="project_step.project", read_only=True)
    step = StepKey(source="project_step", read_only=True)
    fate = serializers.SerializerMethodField(help_text="valid, ending, expired, fulfilled, lapsed, void – today.")
    days_left = serializers.SerializerMethodField(help_text="Calendar days; null once the end no longer matters.")

    class Meta:
        model = Certificate
        fields = read_only_fields = (
            "id", "version", "project", "step", "kind", "number", "issued_on", "valid_until", "renewals", "state",
            "state_on", "fate", "days_left", "history",
        )  # fmt: skip
        enterprise_fields = tuple(name for name in fields if name != "history")

    def get_fate(self, row) -> str:
        return Row(row, self.context["today"]).fate

    def get_days_left(self, row) -> int | None:
        return Row(row, self.context["today"]).days


class RenewInput(StrictSerializer):
    """A renewal; without ``until`` as far as one renewal reaches."""

    on = serializers.DateField()
    until = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class VoidInput(StrictSerializer):
    """That a certificate that has ended counts no more."""

    on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class CommitmentRow(RoleFields, serializers.ModelSerializer):
    """A written promise with the steps decided on it."""

    class Step(RoleFields, serializers.ModelSerializer):
        step = StepKey(source="project_step", read_only=True)
        outcome_name = ChoiceLabel("outcome")

        class Meta:
            model = CommittedStep
            fields = read_only_fields = ("step", "round", "outcome", "outcome_name", "checked_on", "note")
            enterprise_fields = ("step", "round", "outcome", "outcome_name", "checked_on")
            ref_name = "CommittedStep"

    project = NamedRow(read_only=True)
    kind_name = ChoiceLabel("kind")
    steps = Step(many=True, read_only=True)

    class Meta:
        model = Commitment
        fields = read_only_fields = (
            "id", "project", "kind", "kind_name", "text", "signed_by_name", "signed_on", "check_due_on",
            "check_before", "steps",
        )  # fmt: skip
        enterprise_fields = fields


class DebtRow(RoleFields, serializers.ModelSerializer):
    """A paper owed under 容缺受理. Needs ``today`` and ``calendar`` in the context."""

    project = NamedRow(source="project_step.project", read_only=True)
    step = StepKey(source="project_step", read_only=True)
    code = serializers.CharField(source="requirement.code", read_only=True)
    name = serializers.CharField(source="requirement.name", read_only=True)
    days_left = serializers.SerializerMethodField(help_text="Working days; negative when late, null without a day.")

    class Meta:
        model = StepDocument
        fields = read_only_fields = (
            "id", "project", "step", "requirement", "code", "name", "promised_on", "due_on", "due_before",
            "renewed_on", "lapsed_on", "days_left", "note",
        )  # fmt: skip
        enterprise_fields = tuple(name for name in fields if name != "note")

    def get_days_left(self, row) -> int | None:
        today, calendar = self.context["today"], self.context["calendar"]
        if row.due_on is None:
            return None
        return -max(calendar.count(row.due_on, today), 1) if row.due_on < today else calendar.count(today, row.due_on)


class JointReviewRow(RoleFields, serializers.ModelSerializer):
    """A bundle opened once and answered in parallel. Nothing of it is for enterprises."""

    class Answer(RoleFields, serializers.ModelSerializer):
        step = StepKey(source="project_step", read_only=True)
        unit = NamedRow(read_only=True, allow_null=True)
        answer_name = ChoiceLabel("answer")

        class Meta:
            model = JointReviewStep
            fields = read_only_fields = (
                "step", "unit", "answer", "answer_name", "result_number", "note", "answered_at",
            )  # fmt: skip
            ref_name = "JointReviewAnswer"

    project = NamedRow(read_only=True)
    bundle = NamedRow(read_only=True)
    state_name = ChoiceLabel("state")
    hours = serializers.SerializerMethodField(help_text="From opening to the common issue, in hours; null until then.")
    steps = Answer(many=True, read_only=True)

    class Meta:
        model = JointReview
        fields = read_only_fields = (
            "id", "version", "project", "bundle", "state", "state_name", "opened_at", "answer_due_on", "issued_at",
            "hours", "note", "steps",
        )  # fmt: skip

    def get_hours(self, row) -> float | None:
        if row.issued_at is None:
            return None
        return round((row.issued_at - row.opened_at).total_seconds() / 3600, 1)


class FileAddress(serializers.Serializer):
    """A file with the address to download it from, good for a few minutes and this session alone."""

    id = serializers.IntegerField(source="pk", read_only=True)
    step = serializers.IntegerField(source="document.project_step_id", read_only=True)
    requirement = serializers.IntegerField(source="document.requirement_id", read_only=True)
    version_no = serializers.IntegerField(read_only=True)
    original_name = serializers.CharField(read_only=True)
    content_type = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True, help_text="Bytes.")
    sha256 = serializers.CharField(read_only=True)
    download_url = serializers.SerializerMethodField(help_text="Empty while the file is in quarantine.")

    def get_download_url(self, row) -> str:
        return self.context["address"](row)


class StopRow(serializers.Serializer):
    """One step on the map of a project."""

    id = serializers.IntegerField(source="row.pk", read_only=True)
    code = serializers.CharField(source="row.code", read_only=True)
    name = serializers.CharField(read_only=True)
    phase = serializers.CharField(source="row.phase_code", read_only=True)
    line = serializers.CharField(source="row.line_code", read_only=True)
    applicability = serializers.CharField(source="row.applicability", read_only=True)
    state = serializers.IntegerField(source="row.state", read_only=True)
    state_name = serializers.CharField(source="label", read_only=True)
    turn = serializers.CharField(read_only=True, help_text="Whose turn it is; empty: nobody's.")
    due_on = serializers.DateField(source="row.due_on", read_only=True, allow_null=True)
    days_left = serializers.IntegerField(source="days", read_only=True, allow_null=True)
    light = serializers.ChoiceField(choices=Light.choices, allow_blank=True, read_only=True)


class EdgeRow(serializers.Serializer):
    """``after`` waits for ``before`` (hard), or usually follows it."""

    before = serializers.CharField(read_only=True)
    after = serializers.CharField(read_only=True)
    hard = serializers.BooleanField(read_only=True)


class GroupRow(serializers.Serializer):
    """A phase, a line or a bundle with the codes of its steps."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    steps = serializers.ListField(child=serializers.CharField(), read_only=True)


class MapRow(serializers.Serializer):
    """What the map of a project shows."""

    project = NamedRow(read_only=True)
    stops = StopRow(many=True, read_only=True)
    edges = EdgeRow(many=True, read_only=True)
    phases = GroupRow(many=True, read_only=True)
    lines = GroupRow(many=True, read_only=True)
    bundles = GroupRow(many=True, read_only=True)


class MeasureRow(serializers.Serializer):
    """One figure with its numerator and denominator; ``value`` null where nothing was counted."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    value = serializers.DecimalField(max_digits=12, decimal_places=1, read_only=True, allow_null=True)
    unit = serializers.CharField(read_only=True)
    numerator = serializers.IntegerField(read_only=True, allow_null=True)
    denominator = serializers.IntegerField(read_only=True, allow_null=True)


class FigureRow(serializers.Serializer):
    """The figures of one step in one department."""

    step = serializers.CharField(read_only=True)
    unit = serializers.IntegerField(read_only=True, allow_null=True)
    department = serializers.CharField(read_only=True)
    measures = MeasureRow(many=True, read_only=True)


class FiguresRow(serializers.Serializer):
    """The figures of a period."""

    since = serializers.DateField(read_only=True)
    until = serializers.DateField(read_only=True)
    results = FigureRow(many=True, read_only=True)
