"""Checks that need all rows of a file. Each gives (position of the row, finding). Pure."""

from collections.abc import Iterator, Sequence

from projects.ledger.findings import Finding
from projects.ledger.rows import LedgerRow
from projects.ledger.text import normalise_name, similar_name


def duplicate_codes(rows: Sequence[LedgerRow]) -> Iterator[tuple[int, Finding]]:
    seen: dict[str, LedgerRow] = {}
    for position, row in enumerate(rows):
        code = row.value("code")
        if code and code in seen:
            params = {"row": seen[code].number}
            yield position, Finding("CODE_DUPLICATE", row.sheet, row.cell("code"), code, "code", params)
        elif code:
            seen[code] = row


def similar_names(rows: Sequence[LedgerRow]) -> Iterator[tuple[int, Finding]]:
    """Names that differ in punctuation or the ending 项目 only, and the same name twice."""
    seen: dict[str, LedgerRow] = {}
    for position, row in enumerate(rows):
        name = row.value("name")
        if not name:
            continue
        key = similar_name(name) or normalise_name(name)
        if key in seen:
            params = {"other": seen[key].value("name"), "row": seen[key].number}
            yield position, Finding("NAME_SIMILAR", row.sheet, row.cell("name"), name, "name", params)
        else:
            seen[key] = row
