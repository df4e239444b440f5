"""The hidden sheet of a workbook that we hand out: what it is, whose, of when. Pure.

With it a ledger that comes back needs no question about its month, and a list that is not imported is refused by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from projects.ledger.workbook import Sheet

SHEET, CHOICES, GUIDE = "导出信息", "选项", "填表说明"
OWN_SHEETS = frozenset({SHEET, CHOICES, GUIDE})  # never data; the hidden ones need no remark
FORMAT = 1
_TITLE = "本表由系统写入，请勿修改"
_KIND, _NAME, _IMPORTED, _PARK, _AT, _YEAR, _MONTH, _FORMAT = (
    "类别", "名称", "可导入", "园区", "导出时间", "年", "月", "格式",
)  # fmt: skip


@dataclass(frozen=True)
class Marker:
    """``kind``: key of the TableKind, empty for a list that is not imported; ``park``: its code; ``at``: ISO."""

    kind: str
    name: str
    park: str = ""
    at: str = ""
    year: int | None = None
    month: int | None = None
    format: int = FORMAT

    @property
    def is_imported(self) -> bool:
        return bool(self.kind)

    def rows(self) -> list[tuple[str, str | int | None]]:
        """What stands on the sheet, two columns."""
        return [
            (_TITLE, None), (_FORMAT, self.format), (_KIND, self.kind), (_NAME, self.name),
            (_IMPORTED, "是" if self.is_imported else "否"), (_PARK, self.park), (_AT, self.at), (_YEAR, self.year),
            (_MONTH, self.month),
        ]  # fmt: skip


def marker_of(sheets: Iterable[Sheet]) -> Marker | None:
    """The marker among the sheets of a workbook; None when it has none, or none that can be understood."""
    sheet = next((each for each in sheets if each.name == SHEET and each.state != "visible"), None)
    if sheet is None:
        return None
    said = {
        sheet.cells[row, 1].raw: sheet.cells[row, 2].raw
        for row in sheet.rows[:20]
        if {(row, 1), (row, 2)} <= sheet.cells.keys()
    }
    year, month = _number(said.get(_YEAR)), _number(said.get(_MONTH))
    if not said.get(_NAME) or not said.get(_FORMAT):
        return None
    return Marker(
        kind=said.get(_KIND, ""),
        name=said[_NAME],
        park=said.get(_PARK, ""),
        at=said.get(_AT, ""),
        year=year if year and 2000 <= year <= 2100 else None,
        month=month if month and 1 <= month <= 12 else None,
        format=_number(said[_FORMAT]) or 0,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None
