"""The filtered warnings as a workbook, one row a warning."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from dispatch.warnings.reading import Line
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (8, 36, 30, 32, 24, 13, 13, 18, 48)


def workbook(lines: Iterable[Line]) -> bytes:
    """Bytes of the .xlsx."""
    titles = [
        _("Level"), _("About"), _("Rule"), _("Project"), _("Unit"), _("Deadline"), _("Since"), _("Late by"),
        _("In words"),
    ]  # fmt: skip
    return list_workbook(ListSheet(_("Warnings"), titles, WIDTHS, map(_values, lines)))


def _values(line: Line) -> Keyed:
    warning = line.warning
    return keyed(warning, [
        warning.get_level_display(), line.about, line.rule_name, warning.project.name if warning.project else None,
        warning.unit.name if warning.unit else None, warning.due_on, warning.since_on, line.amount, line.detail,
    ])  # fmt: skip
