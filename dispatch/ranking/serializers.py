"""Rankings as the API shows them. Nothing of them is for enterprises; tasks are for the own unit."""

from rest_framework import serializers

from accounts.api_base import ChoiceLabel, RoleFields
from dispatch.ranking.models import Ranking
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
