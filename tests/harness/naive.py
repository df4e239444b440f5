"""The daily job as it is often written: look, insert, then write the event afterwards; row by row, no turn taken.

Right when nothing goes wrong. The tests show that they notice when something does.
"""

from datetime import date

from dispatch.models import Warning, WarningEvent
from dispatch.warnings.candidates import COLUMNS, sources
from dispatch.warnings.rules import load_rules, rules_in_force
from workdays.models import load_calendar


def evaluate(*, as_of: date, between) -> None:
    """Raises what is missing. ``between`` is called after every hundred rows."""
    load_rules()
    calendar = load_calendar()
    seen = 0
    for rule in rules_in_force():
        for source in sources(rule, as_of, calendar):
            for park, project, unit, pk, label, due, level, since in source.rows.values_list(*COLUMNS):
                key = {"rule": rule.code, "object_type": source.object_type, "object_id": pk, "due_on": due}
                if not Warning.objects.filter(**key).exists():
                    warning = Warning.objects.create(
                        **key, park_id=park, project_id=project, unit_id=unit, label=label, level=level, since_on=since
                    )
                    WarningEvent.objects.create(warning=warning, kind="raised", level=level, as_of=as_of)
                seen += 1
                if seen % 100 == 0:
                    between()
