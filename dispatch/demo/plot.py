"""From a seed to plain facts about each example project: what it is, when what happened, what was spent. Pure.

Nothing here knows the database; ``dispatch.demo.build`` writes what this says. Money 万元, land 亩, areas ㎡.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dispatch.demo import names
from dispatch.demo.cast import Part, part_of
from dispatch.demo.money import Money, spend
from dispatch.demo.timeline import Pace, StepFacts, Timeline, at_once, draw_pace, fit
from projects.stages import MILESTONE_STAGES, ORDER, STAGES, Stage, position, reached
from workdays.arithmetic import WorkCalendar

Judge = Callable[[Mapping[str, Any]], Mapping[str, StepFacts]]


@dataclass
class Story:
    """One project with everything that has happened to it by ``as_of``.

    ``fields``: columns of Project but its enterprise and unit; ``entries``: stages entered with their day.
    ``team``: role → (person, telephone, key of the organization).
    """

    index: int
    part: Part
    fields: dict[str, Any]
    enterprise: tuple[str, str]
    unit: str
    street: str
    pace: Pace
    line: Timeline
    facts: Mapping[str, StepFacts]
    money: Money
    stage: Stage = Stage.PLANNING
    entries: list[tuple[Stage, date]] = field(default_factory=list)
    milestones: dict[Stage, dict[str, Any]] = field(default_factory=dict)
    team: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    status_on: date | None = None
    enrolled_on: date | None = None


def tell(index: int, seed: int, *, as_of: date, calendar: WorkCalendar, judge: Judge, namer: "Namer") -> Story:
    """The story of project ``index``; the same arguments give the same story."""
    chance = Random(seed * 1_000_003 + index)  # noqa: S311 a plot, not a secret
    part = part_of(index, chance)
    fields, unit, street = _attributes(index, part, chance, namer)
    pace = draw_pace(chance, upgrade=part.nature == "upgrade", slow=part.slow)
    if part.together:
        pace = at_once(pace)
    facts = dict(judge(fields))
    if part.nature == "upgrade":
        _own_land(facts)
    status_on = None if part.status == "active" else as_of - timedelta(days=chance.randint(20, 75))
    line = fit(facts, pace, calendar, as_of=status_on or as_of, stage=part.stage, part=part.at, focus=part.focus)
    story = Story(
        index, part, fields, namer.enterprise(index), unit, street, pace, line, facts,
        Money(), status_on=status_on,
    )  # fmt: skip
    _settle(story, as_of, chance)
    story.money = spend(
        line.stages, Decimal(fields["total_investment_10k"]), part.money, as_of=story.status_on or as_of, chance=chance
    )
    fields["invested_before_10k"] = story.money.before
    _words(story, chance)
    return story


OWN_LAND = ("S06", "S08", "S09", "S10", "S11")


def _own_land(facts: dict[str, StepFacts]) -> None:
    """Technical upgrades on own land need no land steps: decided by hand, with a reason."""
    for code in OWN_LAND:
        if facts[code].applicability == "applies":
            facts[code] = replace(facts[code], applicability="not_applicable", by_hand=True)


AREAS = {"dongyuan": "东园片区", "xiyuan": "西园片区"}
MIX = (0, 1, 2, 3, 4, 0, 6, 1, 2, 0, 5, 3, 4, 2, 7, 1)  # which industry is how frequent


class Namer:
    """Names that do not repeat within a park: brand, ending and product follow from the number of the project."""

    def __init__(self, prefix: str = "云岭"):
        self.prefix = prefix
        self.industries = list(names.INDUSTRIES)
        self.named: dict[int, str] = {}

    def industry(self, index: int, wanted: str = "") -> str:
        return wanted or self.industries[MIX[index % len(MIX)]]

    def brand(self, index: int) -> str:
        pairs = len(names.BRANDS) * len(names.ENDINGS)
        place = (index * 397 + 11) % pairs
        return names.BRANDS[place % len(names.BRANDS)] + names.ENDINGS[place // len(names.BRANDS)]

    def enterprise(self, index: int) -> tuple[str, str]:
        """Name and credit code of the enterprise of project ``index``."""
        return self.named[index], names.credit_code(index + 1)

    def name(self, index: int, industry: str, chance: Random) -> str:
        """The project's name; the enterprise is named along with it."""
        word, products = names.INDUSTRIES[industry]
        brand, product = self.brand(index), chance.choice(products)
        lap = index // (len(names.BRANDS) * len(names.ENDINGS))
        more = "" if lap == 0 else f"第{lap + 1}"
        self.named[index] = f"{self.prefix}{brand}{more}{word}（示例）有限公司"
        amount = chance.choice(("年产{n}万套", "年产{n}万件", "{n}万平方米", "", "", "")).format(
            n=chance.choice((2, 5, 10, 20, 50, 120))
        )
        return f"{brand}{more}{amount}{product}{chance.choice(('项目', '生产基地项目', '产业化项目', '智能工厂项目'))}"


def _attributes(index: int, part: Part, chance: Random, namer: Namer) -> tuple[dict[str, Any], str, str]:
    industry = namer.industry(index, part.industry)
    total = chance.choice((3200, 6800, 12000, 18500, 26000, 35000, 50000, 68000, 82000, 120000, 160000, 205000))
    upgrade = part.nature == "upgrade"
    mu = Decimal(chance.randint(14, 60)) if upgrade else Decimal(max(12, total // chance.randint(320, 620)))
    area = Decimal(chance.randint(60, 150) * 100) if upgrade else Decimal(int(mu) * chance.randint(620, 980))
    energy = Decimal(chance.choice((180, 420, 760, 1350, 2600)))
    street = names.STREETS[index % 2]
    name = namer.name(index, industry, chance)
    product = name
    if upgrade:
        name = name.replace("项目", "技术改造项目")
    fields = {
        "name": name, "industry": industry, "nature": part.nature,
        "level": chance.choices(("province", "city", "district"), (2, 4, 6))[0],
        "location": f"{AREAS[street]}{chance.choice(names.ROADS)}{chance.randint(3, 298)}号",
        "content": _content(product, area, chance, upgrade=upgrade),
        "contact_name": _person(chance), "contact_phone": names.phone(20000 + index),
        "total_investment_10k": Decimal(total),
        "equipment_investment_10k": Decimal(total * chance.randint(35, 60) // 100),
        "works_investment_10k": Decimal(total * chance.randint(25, 35) // 100),
        "land_mu": mu, "floor_area_m2": area, "annual_energy_tce": energy,
        "annual_power_10k_kwh": Decimal(int(energy) * chance.choice((1, 1, 2)) * 3 // 10),
        "has_new_construction_land": part.land if part.land is not None else not upgrade and chance.random() < 0.35,
        "hazardous_chemical": industry in names.HAZARDOUS, "soil_erosion_area": chance.random() < 0.4,
        "earthwork_m3": Decimal(chance.choice((600, 2400, 18000, 62000))),
        "eia_class": chance.choices(("report", "form", "register", "exempt"), (3, 8, 2, 1))[0],
        "special_fire_project": chance.random() < 0.3, "has_civil_building": chance.random() < 0.6,
        "building_scale": "large" if area > 60000 else "medium" if area > 15000 else "small",
        "permit_class": chance.choices(("key", "simplified", "registration"), (2, 5, 3))[0],
    }  # fmt: skip
    _needed_for_focus(fields, part)
    fields |= {name: "" if name in ("eia_class", "building_scale") else None for name in part.open_questions}
    return fields, names.IN_CHARGE[(index * 5 + index // 8) % len(names.IN_CHARGE)], street


def _needed_for_focus(fields: dict[str, Any], part: Part) -> None:
    """The step a project hangs on applies to it."""
    code = part.focus.code if part.focus else ""
    if code == "S02":
        fields["eia_class"] = "report" if part.focus.situation == "paused" else "form"
    elif code == "S03":
        fields["annual_energy_tce"] = Decimal(2600)
    elif code == "S05":
        fields |= {"soil_erosion_area": True, "earthwork_m3": Decimal(62000)}
    elif code == "S06":
        fields["has_new_construction_land"] = True
    elif code == "S19":
        fields["special_fire_project"] = True
    elif code == "S20":
        fields["permit_class"] = "simplified"


def _content(product: str, area: Decimal, chance: Random, *, upgrade: bool) -> str:
    if upgrade:
        lines, machines = chance.randint(2, 6), chance.randint(30, 160)
        return f"利用现有厂房改造{lines}条生产线，购置自动化设备{machines}台（套），改造面积{area}平方米。"
    shops, lines = chance.randint(2, 6), chance.randint(3, 12)
    return f"新建厂房{shops}栋及研发办公、仓储等配套设施，总建筑面积{area}平方米，建设{lines}条生产线（{product}）。"


def _person(chance: Random) -> str:
    return chance.choice(names.SURNAMES) + chance.choice(names.GIVEN)


def _settle(story: Story, as_of: date, chance: Random) -> None:
    """Stages entered, milestones, enrolment, people and the status."""
    part, line = story.part, story.line
    until = (story.status_on or as_of) - timedelta(days=1)
    story.stage = line.stage_on(until)
    entered = sorted((s, d) for s, d in line.stages.items() if d <= until and reached(story.stage, s))
    story.entries = _rising(entered)
    if story.stage == Stage.PLANNING and not story.entries:
        story.entries = [(Stage.PLANNING, until - timedelta(days=10))]
    started = dict(story.entries).get(Stage.STARTED)
    if started and part.enrolled:
        enrolled = started + timedelta(days=chance.randint(8, 28))
        story.enrolled_on = enrolled if enrolled <= until else None
    story.milestones = _milestones(story, as_of, until, chance)
    specialist = chance.choice(names.SPECIALISTS)
    story.team = {
        "leader": (chance.choice(names.LEADERS), names.phone(101), "leadership"),
        "department": (_person(chance), names.phone(300 + story.index % 90), names.DEPARTMENTS[story.index % 5]),
        "street": (_person(chance), names.phone(400 + story.index % 90), story.street),
        "specialist": (specialist, names.phone(500 + names.SPECIALISTS.index(specialist)), "centre"),
    }


def _rising(entered: list[tuple[Stage, date]]) -> list[tuple[Stage, date]]:
    """Without stages whose day lies before that of an earlier stage."""
    kept: list[tuple[Stage, date]] = []
    for stage, day in entered:
        if not kept or day >= kept[-1][1]:
            kept.append((stage, day))
    return kept


def _milestones(story: Story, as_of: date, until: date, chance: Random) -> dict[Stage, dict[str, Any]]:
    """Baseline for every stage to come, forecast for the open ones, actual dates with evidence for those entered."""
    entered, found = dict(story.entries), {}
    first_open, ahead = True, until + timedelta(days=20)
    last = Stage.PRODUCTION if position(story.stage) < position(Stage.PRODUCTION) else Stage.FULL_BENEFIT
    for stage in MILESTONE_STAGES:
        slip = chance.randint(-12, 20)
        if stage in entered:
            day = entered[stage]
            found[stage] = {
                "baseline_on": day - timedelta(days=slip), "actual_on": day, "evidence": STAGES[stage].evidence_zh,
            }  # fmt: skip
            continue
        if position(stage) > position(last) or reached(story.stage, stage) or _skips(story, stage):
            continue
        ahead = max(ahead + timedelta(days=25), story.line.stages.get(stage, date.min))
        late = story.part.slip if first_open and story.part.slip is not None else None
        baseline = (
            as_of - timedelta(days=late)
            if late is not None
            else max(ahead - timedelta(days=slip), as_of + timedelta(days=9))
        )
        by_month = late is None and chance.random() < 0.3
        found[stage] = {"baseline_on": baseline.replace(day=1) if by_month else baseline, "forecast_on": ahead}
        if by_month:
            found[stage] |= {
                "baseline_on": (baseline + timedelta(days=31)).replace(day=1),
                "baseline_precision": "month",
            }
        first_open = False
    return found


def _skips(story: Story, stage: Stage) -> bool:
    return stage == Stage.LAND and story.facts["S09"].applicability == "not_applicable"


def _words(story: Story, chance: Random) -> None:
    """Progress, problem and next work in words, the project code, the construction period."""
    fields, part, entered = story.fields, story.part, dict(story.entries)
    stage = story.stage
    fields["physical_progress"] = names.PROGRESS[stage].format(percent=chance.choice((35, 45, 60, 75, 85)))
    fields["next_work"] = names.NEXT_WORK[stage]
    if part.status != "active":
        fields["issue"] = names.STATUS_REASONS[part.status]
    elif part.focus and part.focus.code in names.ISSUES:
        fields["issue"] = names.ISSUES[part.focus.code]
    elif part.money <= -10 and Stage.STARTED in entered:
        fields["issue"] = names.SLOW_MONEY
    filed = entered.get(Stage.FILED)
    if filed:
        kind = (ORDER.index(stage) + story.index) % 4 + 1
        fields["code"] = f"{filed:%y%m}-{names.REGION}-04-{kind:02}-{100000 + story.index * 7 % 800000 + 137:06}"
    start = entered.get(Stage.STARTED) or story.line.stages.get(Stage.STARTED)
    if start is None and Stage.STARTED in story.milestones:
        start = story.milestones[Stage.STARTED].get("forecast_on")
    if start:
        fields |= {"period_start_on": start, "period_end_on": start + timedelta(days=int(story.pace.build * 1.5))}
