"""The daily response as it is often written: case, event and notices one after the other, each in a write of its own.

Right when nothing goes wrong. The tests show that they notice when something does.
"""

from dispatch.notices.models import Notice
from dispatch.response import ladder, policies, reading, told
from dispatch.response.evaluate import STATE_FIELDS
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.response.reading import Day
from dispatch.response.told import Concern
from workdays.models import load_calendar


def evaluate(*, as_of, at, between) -> None:
    """Opens what is missing. ``between`` is called after every write."""
    day, known = Day(as_of, load_calendar(), policies.all_in_force()), told.load()
    for warning in reading.warnings_of(reading.Q(), as_of):
        if ResponseCase.objects.filter(warning=warning, closed_on__isnull=True).exists():
            continue
        facts = day.facts(warning, set())
        state, moves = ladder.advance(None, facts, as_of, day.calendar, day.policies[None])
        if state is None:
            continue
        values = {name: getattr(state, name) for name in (*STATE_FIELDS, "opened_on")}
        case = ResponseCase.objects.create(park=warning.park, warning=warning, unit=warning.unit, **values)
        between()
        for move in moves:
            ResponseEvent.objects.create(case=case, kind=move.kind, to_level=move.to_level, as_of=as_of, at=at)
        between()
        concern = Concern(warning.park_id, warning.unit_id, warning.project_id)
        for pk in told.chosen(day.policies[None].told_at(3), concern, known):
            key = f"response/{case.pk}/3/u{pk}"
            Notice.objects.create(
                park=warning.park, key=key, event="response", recipient_id=pk, as_of=as_of, created_at=at
            )
            between()
