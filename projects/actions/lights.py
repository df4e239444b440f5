"""Writing derived lights, set-based: no version, no history, because nothing was decided."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from projects.models import Light, Project

BATCH = 900


@transaction.atomic
def record_lights(park_id: int, lights: Mapping[str, QuerySet | Iterable[int]]) -> int:
    """Sets the light of projects of one park; returns how many changed.

    ``lights``: {light: ids}, where ids is a QuerySet of project ids (one UPDATE with a subquery) or plain ids (in
    batches). Later entries win; projects not named keep theirs. Unknown lights are a ValueError.
    """
    changed = 0
    for light, ids in lights.items():
        rows = Project.objects.filter(park=park_id).exclude(light=Light(light))
        for chunk in [ids] if isinstance(ids, QuerySet) else _batches(list(ids)):
            changed += rows.filter(pk__in=chunk).update(light=light)
    return changed


def _batches(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
