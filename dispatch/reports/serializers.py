"""Bulletins as the API shows and reads them. Nothing of them is for enterprises."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api_base import ChoiceLabel, RoleFields, StrictSerializer
from dispatch.reports.editing import LONGEST
from dispatch.reports.issuing import LARGEST_NUMBER, LONGEST_LINE, preview
from dispatch.reports.models import Bulletin
from dispatch.reports.sentences import Sentence, notice

LIST_FIELDS = (
    "id", "version", "year", "month", "revision", "number", "reason", "state", "state_name", "as_of", "sha256",
    "send_to", "copy_to", "created_at", "checked_at", "issued_at",
)  # fmt: skip


class BulletinRow(RoleFields, serializers.ModelSerializer):
    """A bulletin in a list."""

    state_name = ChoiceLabel("state")

    class Meta:
        model = Bulletin
        fields = read_only_fields = LIST_FIELDS


class BulletinSentence(serializers.Serializer):
    """One sentence: ``assembled`` is what the facts say, ``text`` what is read."""

    key = serializers.CharField(read_only=True)
    assembled = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    is_edited = serializers.BooleanField(read_only=True)


class BulletinDetail(BulletinRow):
    """A bulletin with every figure and text in it. ``snapshot`` is what the pages and files are made from."""

    snapshot = serializers.DictField(read_only=True)
    sentences = serializers.SerializerMethodField()

    class Meta:
        model = Bulletin
        fields = read_only_fields = (*LIST_FIELDS, "snapshot", "sentences")

    @extend_schema_field(BulletinSentence(many=True))
    def get_sentences(self, row: Bulletin) -> list[dict]:
        return [_sentence(one) for one in notice(preview(row)).sentences]


def _sentence(one: Sentence) -> dict:
    return {"key": one.key, "assembled": one.assembled, "text": one.text, "is_edited": one.is_edited}


class DraftInput(StrictSerializer):
    """The month to draft, and the last day whose facts go in (default: today, or the month's last day)."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    month = serializers.IntegerField(min_value=1, max_value=12)
    as_of = serializers.DateField(required=False)


class IssueInput(StrictSerializer):
    """What the bulletin gets when it is issued; what is left out is as proposed."""

    number = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)
    send_to = serializers.CharField(max_length=LONGEST_LINE, required=False)
    copy_to = serializers.CharField(max_length=LONGEST_LINE, required=False)


class SentenceInput(StrictSerializer):
    """The sentence as it shall read; "" goes back to what the facts say."""

    key = serializers.CharField(max_length=40)
    after = serializers.CharField(max_length=LONGEST, allow_blank=True)


class BulletinReasonInput(StrictSerializer):
    """Why, printed on the list of changes."""

    reason = serializers.CharField(max_length=1000)
