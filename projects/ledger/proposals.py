"""Which project a row may be, where neither code nor name says so."""

from collections.abc import Sequence
from typing import Any

from projects.models import ImportBatch, Project

MOST = 20


def candidates(batch: ImportBatch, text: str) -> Sequence[dict[str, Any]]:
    """Projects of the park whose name, code or enterprise holds the text, at most twenty: {"id", "name", "code"}."""
    found = Project.objects.filter(park=batch.park_id, search_text__contains=text.strip().lower())
    return [
        {"id": pk, "name": name, "code": code}
        for pk, name, code in found.order_by("name", "pk").values_list("pk", "name", "code")[:MOST]
    ]
