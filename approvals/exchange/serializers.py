"""The connector as the API shows and reads it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_base import StrictSerializer
from approvals.exchange import rules
from approvals.exchange.forms import SLUG, SPECIAL, unmapped
from approvals.models import ExchangeMessage, ExchangePlatform

MOST = 500
MOST_ITEMS, MOST_STATES = 500, 40
CODES = {"min_value": min(rules.CODES), "max_value": max(rules.CODES)}


class PushBody(StrictSerializer):
    """Up to 500 messages: objects with the fields of docs/exchange.md, by their English or Chinese names."""

    messages = serializers.ListField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)), min_length=1, max_length=MOST
    )


class ExchangeAnswer(serializers.Serializer):
    """What became of one message. ``open`` without a reason: kept, and tried within minutes."""

    id = serializers.IntegerField(source="message.pk")
    message_id = serializers.CharField(source="message.message_id")
    result = serializers.ChoiceField(ExchangeMessage.State.choices, source="message.state")
    why = serializers.CharField(source="message.why")
    repeated = serializers.BooleanField(source="is_repeated")


class PushAnswer(serializers.Serializer):
    results = ExchangeAnswer(many=True)


class ExchangeMessageRow(serializers.ModelSerializer):
    """``result``: what became of it; ``open`` without a ``why``: not tried yet."""

    result = serializers.ChoiceField(ExchangeMessage.State.choices, source="state", read_only=True)
    step = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    record = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ExchangeMessage
        fields = read_only_fields = [
            "id", "platform", "message_id", "project_code", "case_number", "item_code", "state_code", "happened_at",
            "record", "file_name", "file_sha256", "step", "result", "why", "received_at", "settled_at",
        ]  # fmt: skip


class ApplyInput(StrictSerializer):
    """``note``: the reason where the step wants one; ``pause_kind``: which special procedure begins, when the message
    tells of one; ``is_forced``: the warnings have been read, needs a note."""

    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    pause_kind = serializers.ChoiceField(SPECIAL, required=False)
    is_forced = serializers.BooleanField(default=False)


class AsideInput(StrictSerializer):
    """Why the message needs nothing here."""

    reason = serializers.CharField(max_length=500)


class PlatformRow(serializers.ModelSerializer):
    """``items``: its item → code of the step; ``states``: its own state → code of the standard, where they differ."""

    items = serializers.DictField(child=serializers.CharField(), read_only=True)
    states = serializers.SerializerMethodField()
    open_messages = serializers.IntegerField(read_only=True)

    class Meta:
        model = ExchangePlatform
        fields = read_only_fields = ["id", "code", "name", "is_active", "items", "states", "open_messages", "version"]

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField(**CODES)))
    def get_states(self, platform) -> dict[str, int]:
        found = {own: rules.code_of(str(code), {}) for own, code in platform.states.items()}
        return {own: code for own, code in found.items() if code}


class PlatformDetail(PlatformRow):
    """``unassigned_items``: items of open messages that are assigned to no step → how many messages; at most 100."""

    unassigned_items = serializers.SerializerMethodField()

    class Meta(PlatformRow.Meta):
        fields = read_only_fields = [*PlatformRow.Meta.fields, "unassigned_items"]

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_unassigned_items(self, platform) -> dict[str, int]:
        return unmapped(platform)


class NamedValues(serializers.DictField):
    """An object of at most ``most`` values whose names pass ``key``: what the page's form can show again."""

    default_error_messages = {"most": serializers.ListField.default_error_messages["max_length"]}

    def __init__(self, *, key: serializers.Field, most: int, **options: Any):
        super().__init__(**options)
        self.key, self.most = key, most

    def to_internal_value(self, data):
        found = super().to_internal_value(data)
        if len(found) > self.most:
            self.fail("most", max_length=self.most)
        return {self._named(name): value for name, value in found.items()}

    def _named(self, name: str) -> str:
        try:
            return self.key.run_validation(name)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail}) from None


class PlatformInput(StrictSerializer):
    """``code`` is part of the address it pushes to."""

    code = serializers.RegexField(SLUG)
    name = serializers.CharField(max_length=100)
    is_active = serializers.BooleanField(default=True)
    items = NamedValues(
        key=serializers.CharField(max_length=60),
        child=serializers.CharField(max_length=20),
        most=MOST_ITEMS,
        default=dict,
    )
    states = NamedValues(
        key=serializers.RegexField(r"^[^,，=]+$", max_length=20), child=serializers.IntegerField(**CODES),
        most=MOST_STATES, default=dict,
    )  # fmt: skip


class FileBody(StrictSerializer):
    """.xlsx, .csv, .json or .xml with the columns of docs/exchange.md, at most 10 MB."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)


class FileAnswer(PushAnswer):
    """``sha256`` names the file from now on; its messages wait until it is confirmed or set aside."""

    sha256 = serializers.CharField()


class MessageOutcome(serializers.Serializer):
    id = serializers.IntegerField()
    message_id = serializers.CharField()
    result = serializers.ChoiceField(ExchangeMessage.State.choices, source="state")
    why = serializers.CharField()


class FilePreview(serializers.Serializer):
    """What would become of the messages that wait; ``untried``: how many there was no time for."""

    results = MessageOutcome(many=True)
    untried = serializers.IntegerField()


class FileOutcome(serializers.Serializer):
    """What became of the messages that waited."""

    results = MessageOutcome(many=True)


class Rerun(serializers.Serializer):
    """``settled``: how many open messages were settled now; what there was no time for is tried within a minute."""

    settled = serializers.IntegerField()
