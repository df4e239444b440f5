"""Which project a row of a responsibility ledger belongs to: by code, by exact name, by what a person has decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.ledger.importing.judging import Judged, Named, Register, proposals
from projects.ledger.answers import NEW, about_row
from projects.ledger.rows import LedgerRow
from projects.ledger.text import is_blank


@dataclass
class Links:
    """``link`` says which project; a likeness is only ever proposed."""

    register: Register
    answers: Mapping[str, Any]
    why: str = "name"

    def link(self, judged: Judged) -> None:
        """Fills in ``project_id``, or says why not: LINK_NOT_FOUND, LINK_CONFIRM with proposals, CODE_DIFFERS."""
        row = judged.row
        answer = self._answer(row)
        if isinstance(answer, int) and answer in self.register.rows:
            judged.project_id, judged.matched_by = answer, "chosen"
            return
        if answer == NEW:
            return
        code, name = row.value("code"), row.value("project_name")
        by_code = self.register.codes.get(code) if code else None
        exact = self.register.by_name(name) if name else []
        if by_code is not None:
            if exact and by_code not in exact:
                judged.say("CODE_DIFFERS", "code", other=self.register.rows[by_code].name)
                return
            judged.project_id = by_code
        elif len(exact) == 1:
            judged.project_id = exact[0]
        elif name or code:
            self._unsure(judged, name or code, [self.register.rows[pk] for pk in exact])
        elif _has_name_column(row):
            judged.say("NAME_MISSING", "project_name", zh="项目名称", en="project name")

    def _unsure(self, judged: Judged, name: str, same: list[Named]) -> None:
        column = "project_name" if judged.row.value("project_name") else "code"
        near = same or self.register.near(name)
        if not near:
            judged.say("LINK_NOT_FOUND", column)
            return
        judged.say("LINK_CONFIRM", column, other=near[0].name)
        judged.proposals = proposals(near, self.why if same else "similar")

    def _answer(self, row: LedgerRow) -> int | str | None:
        """What was decided about this row, or about the row in which its merged name stands."""
        found = about_row(self.answers, row.sheet, row.number)
        if found is None and "project_name" in row.fields:
            number = int("".join(each for each in row.cell("project_name") if each.isdigit()) or 0)
            found = about_row(self.answers, row.sheet, number)
            found = None if found == "skip" else found
        return int(found) if isinstance(found, str) and found.isdecimal() and len(found) <= 18 else found


def _has_name_column(row: LedgerRow) -> bool:
    found = row.fields.get("project_name")
    return found is not None and is_blank(found.raw) and not row.row_key
