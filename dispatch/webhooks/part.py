"""Webhooks join in: they hear of stages and decisions, and are sent every minute."""

from approvals import seams as approvals_seams
from dispatch.jobs.registry import resweeps
from dispatch.webhooks import tasks, tellers
from projects import seams


def register() -> None:
    for place, told in (
        (seams.on_stage, tellers.stages_entered),
        (approvals_seams.on_recorded, tellers.step_recorded),
        (resweeps, tasks.ring),
    ):
        if told not in place:
            place.append(told)
