# ruff: noqa: E501 one example a line
"""Elements of the example park: too little land this year, applications for funds, what producing projects yield, plots."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.elements import actions
from dispatch.elements.models import AcquisitionPlot, ElementNeed, FundingApplication
from projects.models import Project
from projects.stages import Pool, pool_of
from workdays.arithmetic import WorkCalendar

# What the park has this year and next; of land it is too little.
SUPPLIES = (
    ("land", 620, 500, "当年计划指标与批而未供盘活指标之和"),
    ("energy", 98000, 90000, "能耗预算，不含原料用能"),
    ("power", 62000, 68000, "220千伏东园变可供容量折算"),
    ("emission", 46, 40, "化学需氧量、氨氮与氮氧化物合计可用指标"),
    ("funds", 260000, 300000, "专项债额度、产业基金与财政配套"),
    ("labour", 4200, 4600, "人社部门可组织的招工人数"),
)
FIRST, PROJECTS = 8, 13  # numbers in the cast whose needs are written down
# Element, unit that provides it, needed by each project (a share of 0 leaves it out), secured of it in tenths, days ahead.
NEEDS = (
    ("land", "ziran", (40, 65, 85, 120, 32, 58, 76, 44, 95, 110, 60, 38, 52), (10, 10, 8, 10, 10, 6, 4, 5, 3, 0, 2, 0, 0)),
    ("energy", "jingfa", (3200, 8600, 0, 14200, 2100, 0, 9800, 4100, 0, 16500, 2600, 0, 5200), (10, 10, 0, 5, 10, 0, 0, 8, 0, 3, 10, 0, 0)),
    ("power", "shizheng", (1800, 4200, 2600, 6800, 900, 3100, 5200, 0, 2400, 7900, 1500, 2200, 0), (10, 6, 10, 4, 10, 0, 5, 0, 0, 3, 10, 5, 0)),
    ("emission", "huanbao", (0, 4.2, 0, 11.6, 0, 2.4, 0, 0, 3.1, 8.8, 0, 0, 1.9), (0, 10, 0, 5, 0, 0, 0, 0, 0, 4, 0, 0, 0)),
    ("funds", "jingfa", (0, 12000, 0, 35000, 0, 0, 22000, 0, 18000, 40000, 0, 9000, 0), (0, 5, 0, 4, 0, 0, 0, 0, 10, 2, 0, 0, 0)),
    ("labour", "centre", (120, 0, 260, 0, 80, 150, 0, 210, 0, 360, 0, 90, 140), (5, 0, 4, 0, 10, 0, 0, 3, 0, 2, 0, 0, 0)),
)  # fmt: skip


@dataclass(frozen=True)
class Sum:
    """An application. ``project``: number in the cast; money in 万元; ``ago``: days since it was handed in."""

    project: int
    kind: str
    title: str
    asked: int
    state: str
    ago: int = 0
    granted: int = 0
    paid: int = 0
    note: str = ""


SUMS = (
    Sum(9, "special_bond", "标准厂房及配套设施专项债", 12000, "granted", 150, 9000, 6000, "分两批拨付"),
    Sum(11, "special_bond", "园区污水处理厂提标专项债", 20000, "submitted", 40, note="省级评审中"),
    Sum(17, "central_budget", "产业链协同创新中央预算内投资", 3600, "rejected", 120, note="申报批次名额已满，转下一批"),
    Sum(14, "ultra_long_bond", "设备更新超长期特别国债", 5200, "preparing", note="可行性研究报告修改中"),
    Sum(19, "bank_loan", "固定资产银团贷款", 26000, "granted", 90, 26000, 15000),
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """A plot. ``due``: days from today; ``done``: mu, households and plants done; ``end``: "clear" when confirmed."""

    name: str
    project: int | None
    unit: str
    whole: tuple[str, int, int]
    done: tuple[str, int, int]
    due: int | None
    cost: int
    end: str = ""


GROUNDS = (
    Ground("东园一号地块", 12, "dongyuan", ("25", 14, 0), ("18", 12, 0), 8, 3200),
    Ground("东园二号地块（老砖厂）", 10, "dongyuan", ("46.5", 22, 3), ("31.2", 9, 1), -12, 6800),
    Ground("西园十四号地块", 9, "xiyuan", ("65", 31, 1), ("40", 11, 0), -41, 8900),
    Ground("西园三号地块", 8, "xiyuan", ("40", 6, 0), ("40", 6, 0), 20, 2100),
    Ground("东园七号地块", 17, "dongyuan", ("58", 18, 2), ("58", 18, 2), -60, 5400, "clear"),
    Ground("西园储备地块", None, "xiyuan", ("120", 64, 5), ("22.8", 7, 0), 160, 15600),
)  # fmt: skip
PER_MU = ((520, 31, 610), (430, 24, 480), (610, 42, 720), (270, 9, 300), (350, 18, 400))  # output, tax, revenue of a mu


def write_elements(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Supplies of two years, needs, applications, outputs and plots; returns how many rows."""
    then = calendar.subtract(as_of, 30)
    for place, (element, now, later, note) in enumerate(SUPPLIES):
        for year, amount in ((as_of.year, now), (as_of.year + 1, later)):
            moment = {"by": cast.staff, "at": at_work(then, place)}
            actions.set_supply(
                park=cast.park, year=year, element=element, amount=Decimal(amount), note=note, version=None, **moment
            )
    chosen = {n: p for n, p in projects.items() if p.status != Project.Status.TERMINATED}
    _write_needs(cast, chosen, as_of, then)
    _write_sums(cast, chosen, as_of)
    _write_outputs(cast, chosen, as_of, then)
    _write_grounds(cast, chosen, as_of, calendar)
    mine = {"project__park": cast.park}
    plots = AcquisitionPlot.objects.filter(park=cast.park).count()
    return ElementNeed.objects.filter(**mine).count() + FundingApplication.objects.filter(**mine).count() + plots


def _write_needs(cast: Cast, projects: dict[int, Project], as_of: date, then: date) -> None:
    for place, (element, unit, amounts, secured) in enumerate(NEEDS):
        for n in range(PROJECTS):
            project = projects.get(FIRST + n)
            if project is None or not amounts[n]:
                continue
            amount = Decimal(str(amounts[n]))
            done = round(amount * secured[n] / 10, 0 if element == "labour" else 2)
            fields = {"amount": amount, "secured": done, "unit": cast.units[unit]}
            fields["needed_on"] = min(as_of + timedelta(days=14 * (n - 3) + 3 * place), date(as_of.year, 12, 31))
            moment = {"by": cast.staff, "at": at_work(then, place)}
            actions.save_need(project=project, year=as_of.year, element=element, fields=fields, **moment)


def _write_sums(cast: Cast, projects: dict[int, Project], as_of: date) -> None:
    for one in SUMS:
        if one.project not in projects:
            continue
        begun = as_of - timedelta(days=one.ago + 20)
        fields = {"kind": one.kind, "title": one.title, "asked_10k": Decimal(one.asked), "note": one.note}
        row = actions.apply(project=projects[one.project], fields=fields, by=cast.staff, at=at_work(begun))
        if one.state == "preparing":
            continue
        row = _move(row, "submit", as_of - timedelta(days=one.ago), cast)
        decided = as_of - timedelta(days=one.ago // 2)
        if one.state == "rejected":
            _move(row, "reject", decided, cast)
        elif one.state == "granted":
            row = _move(row, "grant", decided, cast, granted_10k=Decimal(one.granted))
            paid = {"paid_10k": Decimal(one.paid)}
            actions.edit_application(row, fields=paid, by=cast.staff, at=at_work(decided, 30), version=row.version)


def _move(row: FundingApplication, verb: str, on: date, cast: Cast, **more) -> FundingApplication:
    return actions.move_application(
        row, verb, on=on, today=on, version=row.version, by=cast.staff, at=at_work(on, 10), **more
    )


def _write_outputs(cast: Cast, projects: dict[int, Project], as_of: date, then: date) -> None:
    producing = [p for _n, p in sorted(projects.items()) if pool_of(p.stage) == Pool.PRODUCTION and p.land_mu]
    for place, project in enumerate(producing):
        output, tax, revenue = PER_MU[place % len(PER_MU)]
        for year, factor in ((as_of.year - 2, Decimal("0.86")), (as_of.year - 1, Decimal(1))):
            land = project.land_mu * factor
            fields = {
                "output_10k": round(land * output, 2), "revenue_10k": round(land * revenue, 2),
                "tax_10k": round(land * tax, 2), "value_added_10k": round(land * output * Decimal("0.27"), 2),
                "energy_tce": round(land * (8 + 3 * place), 2), "employees": int(land * (3 + place)),
                "source": f"企业{year}年度年报与税务部门数据",
            }  # fmt: skip
            moment = {"by": cast.staff, "at": at_work(then, 20 + place)}
            actions.save_output(project=project, year=year, fields=fields, version=None, **moment)


def _write_grounds(cast: Cast, projects: dict[int, Project], as_of: date, calendar: WorkCalendar) -> None:
    begun, reported = calendar.subtract(as_of, 60), calendar.subtract(as_of, 6)
    for place, one in enumerate(GROUNDS):
        project, unit = projects.get(one.project), cast.units[one.unit]
        area, households, plants = one.whole
        fields = {
            "name": one.name, "project": project, "unit": unit, "area_mu": Decimal(area), "households": households,
            "plants": plants, "due_on": as_of + timedelta(days=one.due), "cost_10k": Decimal(one.cost),
        }  # fmt: skip
        plot = actions.create_plot(park=cast.park, fields=fields, by=cast.staff, at=at_work(begun, place))
        person = cast.user_of(one.unit)
        for share, day in ((2, calendar.subtract(as_of, 30)), (1, reported)):
            acquired, moved, gone = one.done
            done = {
                "acquired_mu": round(Decimal(acquired) / share, 1),
                "households_moved": moved // share,
                "plants_moved": gone // share,
            }
            plot = actions.report_plot(plot, fields=done, by=person, at=at_work(day, place), version=plot.version)
        if one.end == "clear":
            on = calendar.subtract(as_of, 2)
            proof = "场地移交单、苗木清点表和四至坐标图已存档。"
            actions.confirm_clear(
                plot, on=on, evidence=proof, by=cast.staff, at=at_work(on), today=on, version=plot.version
            )
