"""Notices, robots, deliveries and words as the API shows and reads them. Addresses and secrets go in, never out."""

from rest_framework import serializers

from accounts.api_base import NamedRow, ScopedRelatedField, StrictSerializer
from accounts.models import Organization
from dispatch.notices import queries
from dispatch.notices.models import Delivery, Notice, Robot


class NoticeRow(serializers.ModelSerializer):
    """A notice of one's own. ``url``: the page it is about."""

    project = NamedRow(read_only=True, allow_null=True)
    title = serializers.SerializerMethodField(help_text="What it says, in the reader's language.")

    class Meta:
        model = Notice
        fields = read_only_fields = ("id", "event", "title", "project", "url", "as_of", "created_at", "read_at")

    def get_title(self, notice) -> str:
        return queries.rows_of([notice], notice.park)[0].subject


class ReadInput(StrictSerializer):
    """Of one event, or all without."""

    event = serializers.CharField(max_length=32, required=False, allow_blank=True, default="")


class ReadAnswer(serializers.Serializer):
    """How many were unread."""

    read = serializers.IntegerField()


class RobotRow(serializers.ModelSerializer):
    """A group robot; of its address only what ``masked`` shows."""

    organization = NamedRow(read_only=True, allow_null=True)
    kind = serializers.CharField(read_only=True)
    events = serializers.ListField(child=serializers.CharField(), read_only=True)
    masked = serializers.SerializerMethodField()
    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Robot
        fields = read_only_fields = (
            "id", "kind", "name", "organization", "events", "per_minute", "is_enabled", "masked", "has_secret",
        )  # fmt: skip

    def get_masked(self, robot) -> str:
        return queries.masked(robot)

    def get_has_secret(self, robot) -> bool:
        return bool(robot.secret)


class RobotInput(StrictSerializer):
    """A robot. Address and secret are only ever written; left out they stay."""

    kind = serializers.ChoiceField(Robot.Kind.choices)
    name = serializers.CharField(max_length=60)
    organization = ScopedRelatedField(Organization, narrow="units", required=False, allow_null=True)
    webhook_url = serializers.CharField(max_length=500)
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True)
    drop_secret = serializers.BooleanField(required=False)
    events = serializers.ListField(child=serializers.CharField(max_length=32), required=False)
    per_minute = serializers.IntegerField(min_value=1, max_value=100, required=False)
    is_enabled = serializers.BooleanField(required=False)


class DeliveryRow(serializers.ModelSerializer):
    """A message on its way out: where, what became of it, what the last attempt said."""

    recipient = NamedRow(read_only=True, allow_null=True)
    channel = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)

    class Meta:
        model = Delivery
        fields = read_only_fields = (
            "id", "channel", "state", "recipient", "subject", "reference", "send_from", "created_at",
        )  # fmt: skip


class WordsRow(serializers.Serializer):
    """What a notice says of an event in a language; "" where the default words are in force."""

    event = serializers.CharField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    subject = serializers.CharField()
    text = serializers.CharField()
    placeholders = serializers.ListField(child=serializers.CharField())


class WordsInput(StrictSerializer):
    """ "" stands for the default words."""

    subject = serializers.CharField(max_length=200, allow_blank=True)
    text = serializers.CharField(max_length=2000, allow_blank=True)


class ChoiceRow(serializers.Serializer):
    """What the person wants to be told, where and when; empty times are the usual ones."""

    version = serializers.IntegerField()
    channels = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    digest_at = serializers.TimeField(allow_null=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    language = serializers.CharField(allow_blank=True)


class ChoiceInput(StrictSerializer):
    """What is left out stays. ``version``: the one seen, 0 for who has chosen nothing yet."""

    version = serializers.IntegerField(min_value=0)
    channels = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=10)), required=False
    )
    digest_at = serializers.TimeField(required=False, allow_null=True)
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)
    language = serializers.CharField(max_length=10, required=False, allow_blank=True)
