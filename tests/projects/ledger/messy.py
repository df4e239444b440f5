# ruff: noqa: C901, E501 - tables of cases
"""Workbooks as parks keep them, drawn at random, together with what must be read from them.

The expectation is written down while the workbook is drawn; nothing of the reader is used. Names, people and amounts
are invented and say so. ``draw(seed)`` → Messy(data, rows, findings, ignored, options).
"""

import datetime as dt
import io
import random
from calendar import monthrange
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

YEAR, MONTH = 2025, 4
UNITS = {"亿元": 10_000, "万元": 1, "千元": Decimal("0.1"), "元": Decimal("0.0001")}
TRADITIONAL = str.maketrans(
    "项称单业类别资产额亿万亩开时间竣备注签约责领导联电话问题进阶质规总计划实际预号码统会库与点报务专员设备层级",
    "項稱單業類別資產額億萬畝開時間竣備註簽約責領導聯電話問題進階質規總計劃實際預號碼統會庫與點報務專員設備層級",
)

HEADERS = {
    "name": ["项目名称", "工程名称", "项目", "重点项目名称", "项目（工程）名称", "建设项目名称"],
    "code": ["项目代码", "备案代码", "投资项目统一代码", "项目编码"],
    "enterprise": ["建设单位", "业主单位", "企业名称", "投资主体", "项目业主", "项目单位", "实施单位"],
    "contact_name": ["联系人", "企业联系人", "联系人及联系电话", "项目联系人"],
    "industry": ["所属行业", "产业类别", "行业类别", "产业领域"],
    "nature": ["建设性质", "项目性质", "建设类型"],
    "level": ["项目层级", "重点级别", "项目级别"],
    "location": ["建设地点", "项目选址", "建设地址"],
    "content": ["建设规模及主要建设内容", "建设内容及规模", "主要建设内容", "项目概况"],
    "period": ["建设起止年限", "起止年限", "建设周期"],
    "total_investment_10k": ["总投资", "计划总投资", "投资总额", "项目总投资", "总投资额"],
    "land_mu": ["用地面积", "占地面积", "项目用地"],
    "floor_area_m2": ["建筑面积", "总建筑面积"],
    "invested_before_10k": ["截至上年底累计完成投资", "截至2024年底累计完成投资"],
    "annual_plan_10k": ["年度计划投资", "2025年度计划投资", "年度投资计划", "2025年计划投资", "全年计划投资"],
    "month_investment_10k": ["本月完成投资", "4月完成", "4月份完成投资", "当月完成投资"],
    "ytd_investment_10k": [
        "1-4月累计完成投资",
        "1-4月累计",
        "截至4月底累计完成投资",
        "2025年1-4月完成投资",
        "本年累计完成投资",
    ],
    "dates.signed": ["签约时间", "签约日期", "合同签订时间"],
    "dates.filed": ["备案时间", "立项时间", "备案日期"],
    "dates.land": ["拿地时间", "摘牌时间", "供地时间"],
    "dates.started": ["开工时间", "实际开工时间", "开工日期"],
    "planned_dates.completed": ["预计竣工时间", "计划竣工时间", "计划完工时间"],
    "planned_dates.production": ["预计投产时间", "计划投产时间"],
    "completion_rate_pct": ["完成率", "占年度计划", "完成年度计划比例", "投资完成率"],
    "stage_raw": ["当前阶段", "所处阶段", "项目阶段", "目前进度"],
    "enrolled": ["是否入库", "是否纳统", "是否入统"],
    "progress": ["形象进度", "进展情况", "目前进展情况"],
    "issue": ["存在问题", "存在的主要问题", "存在的困难和问题", "需协调解决的问题"],
    "next_plan": ["下步工作计划", "下一步工作打算", "下步打算"],
    "responsible_unit": ["责任单位", "牵头单位", "责任部门", "包保单位"],
    "leader": ["包联领导", "包保领导", "挂点领导", "联系领导"],
    "specialist": ["服务专员", "项目专员", "帮办专员"],
    "remark": ["备注", "说明"],
}
MONEY = ["total_investment_10k", "invested_before_10k", "annual_plan_10k", "month_investment_10k", "ytd_investment_10k"]
GROUPS = [
    ("关键时间", ["dates.signed", "dates.filed", "dates.land", "dates.started"]),
    ("投资情况", ["annual_plan_10k", "month_investment_10k", "ytd_investment_10k"]),
    ("项目基本情况", ["enterprise", "location", "nature"]),
]
STAGES = [
    "谋划",
    "洽谈",
    "签约",
    "备案",
    "供地",
    "开工",
    "主体封顶",
    "竣工",
    "设备安装",
    "试生产",
    "投产",
    "在建",
    "已投产",
    "前期",
]
NATURE = {"新建": "new", "续建": "continuing", "技改": "upgrade"}
LEVEL = {"省重点": "province", "市级": "city", "区重点": "district"}
FULL = str.maketrans("0123456789.,%()", "０１２３４５６７８９．，％（）")


@dataclass
class Messy:
    """`rows`: {(sheet, row): {field: expected JSON value}}; `findings`: {(kind, sheet, cell)}; `ignored`: {(sheet, row): why}."""

    seed: int
    data: bytes = b""
    rows: dict = field(default_factory=dict)
    findings: set = field(default_factory=set)
    ignored: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)


def plain(number):
    text = f"{Decimal(number):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text or "0"


def day(on, precision="day"):
    return {"value": on.isoformat(), "precision": precision}


class Drawing:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.result = Messy(seed, options={"report_year": YEAR, "report_month": MONTH})
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.serial = 0
        self.codes = 0

    # -- cells ---------------------------------------------------------------------------------------------------

    def money(self, unit, *, big=True):
        """(content, 万元, kind of finding): an amount below a column of `unit`."""
        r = self.r
        amount = Decimal(r.randrange(1_000, 90_000) * (10 if big else 1))
        number = amount / UNITS[unit]
        shape = r.randrange(12)
        if shape == 0:
            return f"{plain(amount / 10_000)}亿元", amount, None
        if shape == 1:
            return f"{amount:,}万", amount, None
        if shape == 2:
            return f"约{plain(number)}", amount, "MONEY_APPROX"
        if shape == 3:
            return plain(number).translate(FULL), amount, None
        if shape == 4:
            return f"{plain(number)}（一期{plain(number / 2)}）", amount, "MONEY_NOTE"
        if shape == 5:
            return f"{plain(amount / 10_000)}-{plain(amount / 10_000 + 1)}亿", None, "MONEY_RANGE"
        if shape == 6:
            return f"{plain(amount)}万美元", None, "MONEY_CURRENCY"
        if shape == 7:
            return f" {number:,.4f} ", amount, None
        if shape == 8:
            return r.choice([None, "/", "—", "待定"]), None, None
        return (int(number) if number == int(number) else float(number)), amount, None

    def date(self, *, planned=False):
        r = self.r
        y, m = r.choice([2024, 2025, 2026]), r.randrange(1, 13)
        d = r.randrange(1, monthrange(y, m)[1] + 1)
        on = dt.date(y, m, d)
        end = dt.date(y, m, monthrange(y, m)[1])
        first = dt.date(y, m, 1)
        q = (m - 1) // 3
        choices = [
            (f"{y}.{m}.{d}", day(on), None),
            (f"{y}-{m:02}-{d:02}", day(on), None),
            (f"{y}/{m}/{d} 0:00:00", day(on), None),
            (f"{y}年{m}月{d}日", day(on), None),
            (f"{y}．{m}．{d}".translate(FULL), day(on), None),
            (dt.datetime(y, m, d), day(on), None),  # noqa: DTZ001
            ((on - dt.date(1899, 12, 30)).days, day(on), None),
            (f"{y}年{m}月底", {"value": end.isoformat(), "precision": "day"}, None),
            (f"{y}年{m}月", day(first, "month"), None),
            (f"{y}年{'一二三四'[q]}季度", day(dt.date(y, 3 * q + 3, monthrange(y, 3 * q + 3)[1]), "quarter"), None),
            (f"{y}年上半年", day(dt.date(y, 6, 30), "half"), None),
            (r.choice([None, "/", "待定", "—"]), None, None),
            (f"{y}年2月30日", None, "DATE_INVALID"),
            (2025.1, None, "DATE_AMBIGUOUS"),
            ("二〇二五年四月二十九日", day(dt.date(2025, 4, 29)), None),
        ]
        if planned:
            choices += [
                (f"预计{y}年{m}月", day(first, "month"), None),
                (f"{y}年底前", day(dt.date(y, 12, 31), "year"), None),
            ]
        else:
            choices += [(r.choice(["√", "已完成"]), {"value": None, "precision": None, "done": True}, "DATE_DONE")]
        return r.choice(choices)

    def text(self, words):
        text = f"{self.r.choice(words)}{self.r.randrange(1, 999)}"
        noisy = self.r.random()
        return (f" {text}\u00a0" if noisy < 0.1 else text.replace("测", "测\u200b") if noisy < 0.15 else text), text

    def cell(self, name, unit):
        """(content, expected value, kind of finding, more fields)."""
        if name in MONEY:
            content, value, kind = self.money(unit, big=name == "total_investment_10k")
            return content, None if value is None else plain(value), kind, {}
        if name.startswith(("dates.", "planned_dates.")):
            return (*self.date(planned=name.startswith("planned")), {})
        own = getattr(self, f"a_{name}", None)
        found = own() if own else self.some_text(name)
        return (*found, None, {}) if len(found) == 2 else found

    def some_text(self, name):
        content, text = self.text(["测试文字", "测试内容说明", "测试单位"])
        return (content, text) if name == "enterprise" else self.r.choice([(content, text), (None, None)])

    def a_land_mu(self):
        mu = self.r.randrange(10, 500)
        return self.r.choice(
            [
                (mu, plain(mu)),
                (f"{mu}亩", plain(mu)),
                (f"{plain(Decimal(mu) / 15 * 15)}亩（净地）", plain(mu)),
                (f"{mu * 2}公顷", plain(mu * 30)),
                (None, None),
            ]
        )

    def a_floor_area_m2(self):
        area = self.r.randrange(1000, 90000)
        return self.r.choice(
            [
                (area, plain(area)),
                (f"{area:,}㎡", plain(area)),
                (f"{plain(Decimal(area) / 10000)}万平方米", plain(area)),
            ]
        )

    def a_completion_rate_pct(self):
        rate = Decimal(self.r.randrange(1, 1400)) / 10
        contents = [float(rate), f"{rate}%", f"{rate}%".translate(FULL)]
        return self.r.choice(contents), plain(rate)

    def a_stage_raw(self):
        word = self.r.choice(STAGES)
        known = (word, word, None, {})
        unknown = ("乙类推进", None, "STAGE_UNKNOWN", {})
        return self.r.choice([known, known, unknown] if self.r.random() < 0.2 else [known])

    def a_enrolled(self):
        said = {"是": True, "√": True, "已入库": True, "否": False, "×": False, "未入库": False, None: None}
        return self.r.choice(list(said.items()))

    def a_nature(self):
        return self.r.choice(list(NATURE.items()))

    def a_level(self):
        return self.r.choice(list(LEVEL.items()))

    def a_code(self):
        self.codes += 1
        code = f"2504-420699-04-01-{self.result.seed % 900 + 100:03}{self.codes:03}"
        return self.r.choice([(code, code), (code.translate(FULL).replace("-", "－"), code)])

    def a_contact_name(self):
        n = self.r.randrange(10**8)
        who, phone = f"测甲{'一二三四五六七八九'[n % 9]}", f"139{n:08}"
        both = {"contact_phone": phone}
        return self.r.choice(
            [(who, who, None, {}), (f"{who} {phone}", who, None, both), (f"{who}\n{phone}", who, None, both)]
        )

    def a_leader(self):
        return self.r.choice(
            [
                ("测乙一", "测乙一", None, {}),
                ("测乙一（测试局）", "测乙一", None, {"leader_unit": "测试局"}),
                ("测乙一、测乙二", "测乙一、测乙二", None, {}),
                ("测乙一/测乙二", "测乙一、测乙二", None, {}),
            ]
        )

    def a_specialist(self):
        return self.r.choice([("测丙一", "测丙一"), ("测丙一，测丙二", "测丙一、测丙二")])

    def a_period(self):
        years = {"start": day(dt.date(2025, 12, 31), "year"), "end": day(dt.date(2027, 12, 31), "year")}
        months = {"start": day(dt.date(2025, 3, 1), "month"), "end": day(dt.date(2026, 12, 1), "month")}
        return self.r.choice([("2025-2027", years), ("2025.03-2026.12", months), (None, None)])

    # -- sheets --------------------------------------------------------------------------------------------------

    def header_text(self, text):
        r = self.r
        if self.traditional:
            text = text.translate(TRADITIONAL)
        noise = r.random()
        if noise < 0.1 and len(text) > 3:
            return text[:2] + "\n" + text[2:]
        if noise < 0.2 and len(text) <= 4:
            return " ".join(text)
        if noise < 0.25:
            return text.translate(str.maketrans("（）1-", "()１－"))
        return text

    def draw(self):
        r = self.r
        sheets = 1 + (r.random() < 0.2)
        for number in range(sheets):
            sheet = self.book.create_sheet(
                r.choice(["项目台账", "附件1", "Sheet1", "Sheet1 (2)", "重点项目"]) + (str(number) if number else "")
            )
            row = 1
            for _table in range(1 + (r.random() < 0.2)):
                row = self.table(sheet, row) + r.choice([1, 2, 3])
        if r.random() < 0.2:
            self.book.create_sheet("说明").append(["填报说明：测试"])
        buffer = io.BytesIO()
        self.book.save(buffer)
        self.result.data = buffer.getvalue()
        return self.result

    def put(self, sheet, row, column, value):
        cell = sheet.cell(row, column)
        cell.value = value
        return cell

    def columns(self):
        """Fields in order; members of one group stay together. [(field, header, group or None)]."""
        r = self.r
        chosen = {"name"} | {name for name in HEADERS if r.random() < 0.6}
        while len(chosen) < 6:
            chosen.add(r.choice(list(HEADERS)))
        grouped = {}
        for heading, members in GROUPS:
            present = [name for name in members if name in chosen]
            if len(present) >= 2 and r.random() < 0.5:
                grouped |= dict.fromkeys(present, heading)
        order = [name for name in HEADERS if name in chosen and name not in grouped and name != "name"]
        r.shuffle(order)
        order.insert(r.randrange(0, 2), "name")
        result = [(name, r.choice(HEADERS[name]), None) for name in order]
        for heading in dict.fromkeys(grouped.values()):
            at = r.randrange(1, len(result) + 1)
            while at < len(result) and result[at][2] and at and result[at - 1][2] == result[at][2]:
                at += 1
            result[at:at] = [
                (name, r.choice(HEADERS[name]), heading) for name in HEADERS if grouped.get(name) == heading
            ]
        short = {"dates.signed": "签约", "dates.filed": "备案", "dates.land": "摘牌", "dates.started": "开工"}
        return [(n, short[n] if g == "关键时间" else h, g) for n, h, g in result]

    def table(self, sheet, top):
        """Draws one table from row `top`; gives its last row."""
        r = self.r
        self.traditional = r.random() < 0.15
        columns = self.columns()
        left = 1 + (r.random() < 0.1)
        serial = r.random() < 0.85
        unit = r.choice(["万元", "万元", "亿元", "千元"])
        where = r.choice(["caption", "header", "header", "title", "row"])
        start = left + serial
        width = len(columns) + serial
        units = {
            name: (
                ("亿元" if name == "total_investment_10k" and where == "header" and r.random() < 0.5 else unit)
                if name in MONEY
                else None
            )
            for name, _h, _g in columns
        }
        row = self.captions(sheet, top, left, width, unit, where)
        first = row
        rows = self.header(sheet, row, left, start, columns, serial, units, where)
        header_rows = range(first, first + rows)
        row = first + rows
        if r.random() < 0.1 and serial and width >= 6:
            for offset in range(width):
                self.put(sheet, row, left + offset, offset + 1)
            row += 1
        return self.body(sheet, row, left, start, columns, serial, units, header_rows)

    def captions(self, sheet, top, left, width, unit, where):
        r = self.r
        row = top
        title = f"测试园区{YEAR}年重点项目一览表" + (f"（单位：{unit}）" if where == "title" else "")
        if r.random() < 0.9 or where == "title" or top > 1:
            self.put(sheet, row, left, title)
            if width > 2:
                sheet.merge_cells(start_row=row, start_column=left, end_row=row, end_column=left + width - 1)
            row += 1
        if where == "caption":
            self.put(sheet, row, left, "填报单位：测试街道")
            self.put(
                sheet,
                row,
                left + max(1, width - 2),
                r.choice([f"单位：{unit}、亩、㎡", f"单位:{unit},亩,㎡", f"金额单位：{unit}；面积单位：亩"]),
            )
            row += 1
        return row

    def header(self, sheet, row, left, start, columns, serial, units, where):
        r = self.r
        deep = any(group for _n, _h, group in columns)
        merged = r.random() < 0.7
        unit_row = where == "row"
        rows = 1 + deep
        names = ([("", "序号", None)] if serial else []) + columns
        for offset, (name, text, group) in enumerate(names):
            column = left + offset
            unit = units.get(name)
            area = {"land_mu": "亩", "floor_area_m2": "㎡"}.get(name)
            if where == "header" and unit:
                text += r.choice([f"（{unit}）", f"（单位：{unit}）", f"({unit})"])
            if area and not unit_row:
                text += f"（{area}）"
            at = row + (1 if group else 0)
            if not group and deep and not merged and r.random() < 0.5:
                at = row + 1
            self.put(sheet, at, column, self.header_text(text))
            if not group and deep and merged:
                sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
            if unit_row and (unit or area):
                self.put(sheet, row + rows, column, unit or area)
        groups = {}
        for offset, (_name, _text, group) in enumerate(names):
            if group:
                groups.setdefault(group, []).append(left + offset)
        for group, at in groups.items():
            self.put(sheet, row, at[0], self.header_text(group))
            if merged:
                sheet.merge_cells(start_row=row, start_column=at[0], end_row=row, end_column=at[-1])
        return rows + (unit_row and any(units.get(n) or n in ("land_mu", "floor_area_m2") for n, _h, _g in columns))

    def body(self, sheet, row, left, start, columns, serial, units, header_rows):
        r = self.r
        result, name_at = self.result, next(start + i for i, (n, _h, _g) in enumerate(columns) if n == "name")
        grouped = serial and r.random() < 0.4
        money = [(start + i, n) for i, (n, _h, _g) in enumerate(columns) if n in MONEY]
        sums = {column: Decimal(0) for column, _n in money}
        part = dict(sums)
        broken, broken_part = set(), set()
        label_at = left if serial else name_at
        for group in range(r.randrange(1, 4) if grouped else 1):
            if grouped:
                text = r.choice(["{}、新建项目", "（{}）续建项目（3个）", "{}、工业类项目"]).format("一二三四"[group])
                self.put(sheet, row, left, text)
                if r.random() < 0.5:
                    sheet.merge_cells(start_row=row, start_column=left, end_row=row, end_column=left + len(columns))
                result.ignored[sheet.title, row] = "group"
                row += 1
            part, broken_part = {column: Decimal(0) for column in sums}, set()
            for number in range(r.randrange(2, 6)):
                if r.random() < 0.05 and number:
                    row += 1  # an empty row
                if r.random() < 0.06 and number:
                    row = self.repeat(sheet, row, header_rows)
                self.project(sheet, row, left, columns, start, serial, number, units, sums, part, broken, broken_part)
                row += 1
            if grouped and r.random() < 0.5:
                row = self.total(sheet, row, label_at, "小计", part, units, money, broken_part)
        if r.random() < 0.5:
            row = self.total(
                sheet, row, label_at, r.choice(["合计", "合 计", "总计", "合计（9个）"]), sums, units, money, broken
            )
        for text in r.choice([[], ["注：测试说明"], ["填报人：测甲一    审核人：测甲二    联系电话：13900000000"]]):
            self.put(sheet, row, left, text)
            result.ignored[sheet.title, row] = "note"
            row += 1
        return row - 1

    def repeat(self, sheet, row, header_rows):
        for number in header_rows:
            filled = False
            for column in range(1, sheet.max_column + 1):
                value = sheet.cell(number, column).value
                if value is not None:
                    self.put(sheet, row, column, value)
                    filled = True
            if filled:
                self.result.ignored[sheet.title, row] = "header_repeat"
            row += 1
        return row

    def total(self, sheet, row, at, label, sums, units, money, broken):
        self.put(sheet, row, at, label)
        wrong = self.r.random() < 0.2
        for column, name in money:
            if column == at or column in broken:
                continue
            value = sums[column] + (100 if wrong else 0)
            number = value / UNITS[units[name]]
            self.put(sheet, row, column, float(number))
            if wrong:
                self.result.findings.add(("TOTAL_MISMATCH", sheet.title, f"{get_column_letter(column)}{row}"))
        self.result.ignored[sheet.title, row] = "total"
        return row + 1

    def project(self, sheet, row, left, columns, start, serial, number, units, sums, part, broken, broken_part):
        self.serial += 1
        expected = {}
        more = {}
        for offset, (name, _header, _group) in enumerate(columns):
            column = start + offset
            if name == "name":
                self.put(sheet, row, column, text := f"测试{self.result.seed}第{self.serial}号项目")
                expected["name"] = text
                continue
            content, value, kind, extra = self.cell(name, units.get(name))
            if content is not None:
                cell = self.put(sheet, row, column, content)
                if isinstance(content, dt.datetime):
                    cell.number_format = "yyyy-mm-dd"
            expected[name] = value
            more |= extra
            if kind:
                self.result.findings.add((kind, sheet.title, f"{get_column_letter(column)}{row}"))
            if name in MONEY:
                if value is None and content not in (None, "/", "—", "待定"):
                    broken.add(column)
                    broken_part.add(column)
                else:
                    sums[column] += Decimal(value or 0)
                    part[column] += Decimal(value or 0)
        if serial:
            self.put(sheet, row, left, number + 1)
        self.result.rows[sheet.title, row] = expected | {k: v for k, v in more.items() if expected.get(k) is None}


def draw(seed):
    return Drawing(seed).draw()
