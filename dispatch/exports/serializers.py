"""Files that are made in a worker, as the API shows and asks for them."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, StrictSerializer
from dispatch.exports.models import FileJob
from dispatch.exports.registry import KINDS


class FileJobRow(serializers.ModelSerializer):
    """A file one has asked for; ``file_name`` and its bytes once it is ready, until ``expires_at``."""

    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")
    params = serializers.JSONField(read_only=True)

    class Meta:
        model = FileJob
        fields = read_only_fields = (
            "id", "kind", "params", "title", "state", "state_name", "file_name", "asked_at", "expires_at",
        )  # fmt: skip


class AskInput(StrictSerializer):
    """A file; ``params`` are those of its kind, for example {"query": "stage=L08"} of a list."""

    kind = serializers.CharField(max_length=40)
    params = serializers.DictField(required=False, default=dict)
    title = serializers.CharField(max_length=200)

    def validate_kind(self, kind: str) -> str:
        if kind not in KINDS:
            raise serializers.ValidationError(sorted(KINDS))
        return kind
