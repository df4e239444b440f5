"""Layouts of workbooks as data: what the export writes and the import recognises (domain.md 4.3). Pure."""

from dataclasses import dataclass

from projects.ledger.workbook import Range


@dataclass(frozen=True, slots=True)
class Leaf:
    """One column: header, field (None: not imported), unit written in the header of the column or its group."""

    header: str
    field: str | None
    unit: str | None = None
    group: str | None = None
    width: int = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet with a title row, a row of remarks, two header rows and one row per project.

    ``also``: fields that share a cell with another one and are compared when the sheet comes back.
    """

    key: str
    sheet: str
    leaves: tuple[Leaf, ...]
    also: tuple[str, ...] = ()
    title_row: int = 1
    remark_row: int = 2
    header_rows: tuple[int, int] = (3, 4)

    @property
    def first_data_row(self) -> int:
        return self.header_rows[-1] + 1

    def header_cells(self, year: int, month: int) -> list[tuple[int, int, str]]:
        """(row, column, text) of every header cell; `year` and `month` fill the headers that name them."""
        top, bottom = self.header_rows
        cells = []
        shown: set[str] = set()
        for column, leaf in enumerate(self.leaves, 1):
            if leaf.group is None:
                cells.append((top, column, leaf.header.format(year=year, month=month)))
                continue
            if leaf.group not in shown:
                shown.add(leaf.group)
                cells.append((top, column, leaf.group.format(year=year, month=month)))
            cells.append((bottom, column, leaf.header.format(year=year, month=month)))
        return cells

    def merges(self) -> list[Range]:
        """Group cells merged across, all other header cells merged down."""
        top, bottom = self.header_rows
        found: list[Range] = []
        column = 1
        while column <= len(self.leaves):
            group = self.leaves[column - 1].group
            last = column
            while group and last < len(self.leaves) and self.leaves[last].group == group:
                last += 1
            found.append(Range(top, column, top if group else bottom, last))
            column = last + 1
        return found


_DATES = "关键时间"
_YEAR = "{year}年投资（万元）"

PROJECT_LEDGER = Layout(
    key="project_ledger",
    sheet="项目台账",
    leaves=(
        Leaf("序号", None, width=6),
        Leaf("项目代码", "code", width=28),
        Leaf("项目名称", "name", width=36),
        Leaf("建设单位", "enterprise", width=28),
        Leaf("统一社会信用代码", "credit_code", width=22),
        Leaf("联系人", "contact_name", width=10),
        Leaf("联系电话", "contact_phone", width=15),
        Leaf("产业类别", "industry"),
        Leaf("建设性质（新建/续建/技改）", "nature"),
        Leaf("项目层级（省/市/区重点）", "level"),
        Leaf("总投资（亿元）", "total_investment_10k", "亿元"),
        Leaf("其中：设备投资", "equipment_investment_10k", "亿元"),
        Leaf("用地面积（亩）", "land_mu", "亩"),
        Leaf("建筑面积（㎡）", "floor_area_m2", "m2"),
        Leaf("签约", "dates.signed", group=_DATES),
        Leaf("注册", "dates.registered", group=_DATES),
        Leaf("备案", "dates.filed", group=_DATES),
        Leaf("摘牌", "dates.land", group=_DATES),
        Leaf("开工", "dates.started", group=_DATES),
        Leaf("封顶", "dates.topped_out", group=_DATES),
        Leaf("竣工", "dates.completed", group=_DATES),
        Leaf("投产", "dates.production", group=_DATES),
        Leaf("达产", "dates.full_capacity", group=_DATES),
        Leaf("年度计划", "annual_plan_10k", "万元", group=_YEAR),
        Leaf("1-{month}月累计", "ytd_investment_10k", "万元", group=_YEAR),
        Leaf("当前阶段", "stage_raw"),
        Leaf("入库时间", "enrolled_on"),
        Leaf("责任单位", "responsible_unit", width=16),
        Leaf("包联领导", "leader", width=10),
        Leaf("服务专员", "specialist", width=10),
        Leaf("存在问题", "issue", width=36),
        Leaf("备注", "remark", width=24),
    ),
    also=("leader_unit", "enrolled"),
)
