"""The park's own durations beside the limits promised: one line for each step and piece of work."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Park
from dispatch.plan.policy import PlanPolicy
from dispatch.plan.skeleton import WORKS
from dispatch.plan.template_basis import basis_of
from projects.ledger.lists import Keyed, ListSheet, list_workbook
from projects.planning.learning import Learned

NOTHING = Learned(0, 0, 0, 0, {})


@dataclass(frozen=True)
class Line:
    """``limit_wd``: committed limit of the catalogue in force, of works the park's default; working days."""

    code: str
    name: str
    limit_wd: int | None
    learned: Learned
    minimum: int

    @property
    def is_enough(self) -> bool:
        return self.learned.is_enough(self.minimum)

    @property
    def is_works(self) -> bool:
        return self.code in WORKS

    @property
    def is_slow(self) -> bool:
        """The slowest fifth takes longer than promised; of works nobody has promised anything."""
        return self.is_enough and not self.is_works and self.limit_wd is not None and self.learned.p80 > self.limit_wd

    @property
    def too_few(self) -> str:
        """In words why nothing is said."""
        return _("not enough data (%(n)s of %(needed)s)") % {"n": self.learned.n, "needed": self.minimum}


@dataclass(frozen=True)
class Table:
    lines: list[Line]

    @property
    def enough(self) -> int:
        return sum(line.is_enough for line in self.lines)


def table_of(park: Park, learned: Mapping[str, Learned], policy: PlanPolicy) -> Table:
    """Every step of the catalogue in force and every piece of work, whether or not anything has been finished."""
    tasks = [usual for usual in basis_of(park).tasks.values() if usual.duration_wd is not None]
    return Table(
        [
            Line(usual.key, usual.name, usual.duration_wd, learned.get(usual.key, NOTHING), policy.minimum_sample)
            for usual in tasks
        ]
    )


def workbook(table: Table) -> bytes:
    """The table as .xlsx; where there is not enough data the durations stay empty and the last column says so."""
    titles = [
        _("Code"), _("Name"), _("Limit (working days)"), _("Finished"), _("Median"), _("p80"), _("Best"),
        _("Kept the limit"), _("With a limit"), _("Note"),
    ]  # fmt: skip
    rows = []
    for line in table.lines:
        one = line.learned
        known = [one.median, one.p80, one.best] if line.is_enough else [None, None, None]
        kept = [one.within, one.with_limit] if line.is_enough and one.with_limit else [None, None]
        note = "" if line.is_enough else line.too_few
        values = [line.code, line.name, line.limit_wd, one.n, *known, *kept, note]
        rows.append(Keyed(values, f"plan.task:{line.code}", None))
    widths = [8, 44, 12, 10, 10, 10, 10, 12, 12, 30]
    return list_workbook(ListSheet(_("Learned durations"), titles, widths, rows))
