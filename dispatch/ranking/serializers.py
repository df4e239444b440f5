"""Rankings as the API shows them. Nothing of them is for enterprises; tasks are for the own unit."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, NamedRow, RoleFields, ScopedRelatedField, StrictSerializer
from accounts.models import Organization
from dispatch.ranking.models import Appeal, ContestEntry, Ranking
from dispatch.ranking.queries import readable

LIST_FIELDS = (
    "id", "version", "kind", "kind_name", "year", "number", "revision", "reason", "starts_on", "as_of", "state",
    "state_name", "sha256", "frozen_at", "published_at",
)  # fmt: skip


class RankingRow(RoleFields, serializers.ModelSerializer):
    """A ranking in a list."""

    kind_name = ChoiceLabel("kind")
    state_name = ChoiceLabel("state")

    class Meta:
        model = Ranking
        fields = read_only_fields = LIST_FIELDS


class RankingDetail(RankingRow):
    """A ranking with every figure in it; ``sha256`` is that of the whole, also where tasks are left out here."""

    snapshot = serializers.SerializerMethodField()

    class Meta:
        model = Ranking
        fields = read_only_fields = (*LIST_FIELDS, "snapshot")

    def get_snapshot(self, ranking: Ranking) -> dict:
        return readable(ranking, self.context["request"].user)


class RankingFreezeInput(StrictSerializer):
    """The latest period of this kind whose day has come."""

    kind = serializers.ChoiceField(Ranking.Kind.choices)


class RankingRestateInput(StrictSerializer):
    """Why it is counted again; with the formula in force now, or the one it was frozen with."""

    reason = serializers.CharField(max_length=1000)
    with_present_rules = serializers.BooleanField(default=False)


class AppealRow(RoleFields, serializers.ModelSerializer):
    """A unit's appeal against its score. ``about``: whole, or the code of an item or task."""

    ranking = serializers.PrimaryKeyRelatedField(read_only=True)
    unit = NamedRow(read_only=True)
    state = serializers.CharField(read_only=True)
    state_name = ChoiceLabel("state")

    class Meta:
        model = Appeal
        fields = read_only_fields = (
            "id", "version", "ranking", "unit", "about", "text", "state", "state_name", "answer", "item",
        )  # fmt: skip


class AppealInput(StrictSerializer):
    """An appeal of one's own unit; ``unit`` is needed by who has several."""

    ranking = ScopedRelatedField(Ranking)
    unit = ScopedRelatedField(Organization, narrow="units", required=False)
    about = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=1000)


class AppealAnswerInput(StrictSerializer):
    """The centre's answer, for the unit to read."""

    is_upheld = serializers.BooleanField()
    text = serializers.CharField(max_length=1000)


class ContestRow(serializers.ModelSerializer):
    """A figure of a quarter that is entered by hand; the newest of a unit and code counts."""

    unit = NamedRow(read_only=True)
    by = NamedRow(read_only=True, allow_null=True)

    class Meta:
        model = ContestEntry
        fields = read_only_fields = ("id", "year", "quarter", "unit", "counter", "value", "source", "by", "at")


class ContestFigure(StrictSerializer):
    """A figure of one unit."""

    unit = ScopedRelatedField(Organization, narrow="units")
    counter = serializers.CharField(max_length=40)
    value = serializers.DecimalField(15, 4, min_value=0)


class ContestInput(StrictSerializer):
    """Figures of a quarter, all from one source. ``seen``: the newest key that was seen, 0 for none."""

    year = serializers.IntegerField(min_value=2000, max_value=2099)
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    source = serializers.CharField(max_length=200)
    seen = serializers.IntegerField(min_value=0, required=False)
    figures = ContestFigure(many=True, allow_empty=False, max_length=500)


class FormulaRow(serializers.Serializer):
    """How the scores of a kind of ranking are counted, and the version of the rules it is in."""

    kind = serializers.CharField()
    version = serializers.IntegerField()
    items = serializers.ListField(child=serializers.DictField())


class FormulaInput(StrictSerializer):
    """The whole formula as answered, changed, and why. ``items``: code, name_zh, kind, source, weight, cap, empty."""

    note = serializers.CharField(max_length=200)
    items = serializers.ListField(child=serializers.DictField(), max_length=50)


class ContestAnswer(serializers.Serializer):
    """How many figures were new, and the newest key."""

    added = serializers.IntegerField()
    newest = serializers.IntegerField()
