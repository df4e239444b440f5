"""The questionnaire and the enterprise's own page as the API shows and takes them."""

from rest_framework import serializers

from accounts.api_base import NamedRow, RoleFields, StrictSerializer
from approvals.judging import Effect
from approvals.models import AccessUse, CorrectionNotice, PaperTemplate, ProjectStep
from approvals.portal import queries
from approvals.portal.events import Event
from approvals.portal.forms import LONGEST
from approvals.serializers_lists import StepKey


class AnswerChoice(serializers.Serializer):
    """An answer to choose; the empty key stands for not known."""

    key = serializers.CharField()
    name = serializers.CharField()


class StepNamed(serializers.Serializer):
    """A step of the project."""

    code = serializers.CharField()
    name = serializers.CharField()


class QuestionRow(serializers.Serializer):
    """A question, the column of the project that keeps its answer, and the steps it decides about."""

    field = serializers.CharField(help_text="Name of the answer.")
    group = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.ChoiceField(["yes_no", "choice", "number"])
    choices = AnswerChoice(many=True)
    answer = serializers.CharField(allow_null=True, help_text="Saved: true, false, a key or number; null: not known.")
    decides = StepNamed(many=True)


class ConditionChange(StepNamed):
    """What becomes of a step; ``why_kept`` where it stays as it is against the answers."""

    effect = serializers.ChoiceField([one.value for one in Effect])
    happens = serializers.BooleanField()
    words = serializers.CharField()
    why_kept = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class ConditionPart(serializers.Serializer):
    """A variant or sub-item of a step; ``decides``: its limits are the step's."""

    name = serializers.CharField()
    truth = serializers.CharField(help_text="applies, does_not_apply or undetermined")
    decides = serializers.BooleanField()


class ConditionStep(StepNamed):
    """A step that depends on answers, as it stands under them."""

    applicability = serializers.ChoiceField(ProjectStep.Applicability.choices)
    by_hand = serializers.BooleanField()
    under_way = serializers.BooleanField()
    parts = ConditionPart(many=True)


class ConditionsRow(serializers.Serializer):
    """Questions with answers, the steps under these, and what saving them does (``previewed`` names what was shown).

    Of the saved answers ``changes`` holds only the steps that are kept against them.
    """

    project = NamedRow()
    version = serializers.IntegerField(help_text="Of the project.")
    questions = QuestionRow(many=True)
    steps = ConditionStep(many=True)
    differs = serializers.BooleanField()
    changes = ConditionChange(many=True)
    previewed = serializers.CharField()


class ConditionsInput(StrictSerializer):
    """Answers by ``field``: true, false, a key or a number, null for not known. Those left out stay."""

    answers = serializers.DictField(allow_empty=False)


class ConditionsSave(ConditionsInput):
    """The same answers as in the preview, and its ``previewed``: only what has been shown is saved."""

    previewed = serializers.CharField(max_length=40)


class WishesInput(StrictSerializer):
    """What to be told, and where; what is left out stays."""

    events = serializers.ListField(child=serializers.ChoiceField(Event.choices), max_length=len(Event))
    email = serializers.EmailField(max_length=254, allow_blank=True)
    phone = serializers.CharField(max_length=30, allow_blank=True)


class WishesRow(serializers.Serializer):
    """What this account is told of the project, and where."""

    events = serializers.ListField(child=serializers.ChoiceField(Event.choices))
    email = serializers.CharField()
    phone = serializers.CharField()


class NewsRow(serializers.Serializer):
    """One thing that happened on a day. ``step``: code of the step it is about, "" without one."""

    event = serializers.ChoiceField(Event.choices)
    event_name = serializers.CharField(source="event.label")
    on = serializers.DateField()
    text = serializers.CharField()
    step = serializers.CharField()


class AllNewsRow(serializers.Serializer):
    """The newest first, 20 at most. ``seen_at``: up to when they have been read; null: two weeks are shown."""

    seen_at = serializers.DateTimeField(allow_null=True)
    news = NewsRow(many=True)


class UrgeInput(StrictSerializer):
    """What is urgent, and why."""

    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class RateInput(StrictSerializer):
    """1 very dissatisfied … 5 very satisfied. A comment left out is an empty one."""

    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class CorrectionPoint(serializers.Serializer):
    """A paper that was returned, or is missing."""

    code = serializers.CharField()
    paper = serializers.CharField()
    reason = serializers.CharField()
    missing = serializers.BooleanField(default=False)


class CorrectionNoticeRow(RoleFields, serializers.ModelSerializer):
    """Everything missing or wrong at a step, named at once (一次性告知)."""

    project = NamedRow(source="project_step.project", read_only=True)
    step = StepKey(source="project_step", read_only=True)
    points = CorrectionPoint(many=True, read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = CorrectionNotice
        fields = read_only_fields = (
            "id", "project", "step", "round", "issued_on", "text", "points", "answered_on", "by", "at",
        )  # fmt: skip
        enterprise_fields = tuple(name for name in fields if name != "by")


class LinkUseRow(serializers.ModelSerializer):
    """One use of a signed link."""

    link = NamedRow(read_only=True)
    project = NamedRow(source="link.project", read_only=True)
    words = serializers.SerializerMethodField()
    ip = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = AccessUse
        fields = read_only_fields = ("id", "link", "project", "at", "what", "words", "ip")

    def get_words(self, row) -> str:
        return queries.use_in_words(row.what)


class PaperTemplateRow(serializers.ModelSerializer):
    """A form to fill in for a paper. ``download_url`` is open to everybody, as the guide is."""

    file_name = serializers.CharField(source="original_name", read_only=True)
    download_url = serializers.SerializerMethodField()

    class Meta:
        model = PaperTemplate
        fields = read_only_fields = ("id", "paper_code", "title", "file_name", "updated_at", "download_url")

    def get_download_url(self, row) -> str:
        return self.context["address"](row)
