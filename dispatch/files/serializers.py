"""Attached files as the API shows and reads them."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, StrictSerializer
from dispatch.files.models import Attachment
from dispatch.files.targets import TARGETS


class AttachmentRow(serializers.ModelSerializer):
    """A file of a ledger item, visit, meeting, instruction or filing; exactly one of these is set. ``size`` in bytes.
    Bytes of a file are given once ``scan`` says that it is available."""

    role = serializers.CharField(read_only=True)
    role_name = ChoiceLabel("role")
    scan = serializers.CharField(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = Attachment
        fields = read_only_fields = (
            "id", *TARGETS, "role", "role_name", "original_name", "content_type", "size", "sha256", "scan", "note",
            "by", "at",
        )  # fmt: skip


class AttachInput(StrictSerializer):
    """One file and what it hangs on: ``kind`` and the key of the thing."""

    kind = serializers.ChoiceField(list(TARGETS))
    thing = serializers.IntegerField(min_value=1)
    role = serializers.ChoiceField(Attachment.Role.choices, default=Attachment.Role.EVIDENCE)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    file = serializers.FileField(max_length=255, allow_empty_file=True)
