"""Published cases with the 22 steps of the catalogue and the official holidays of their years.

Ways of working are those of the articles (domain.md 1: 三条线同步推进, 预审, 五证联发). Which steps were under way on
the day of signing, and how long the works took, is not published: it is chosen so that the plan keeps the dates that
are, and stated in the test.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from projects.planning.engine import schedule
from projects.planning.network import Link, LinkKind, Network, Task
from projects.planning.schedule import Driver, Problem
from workdays.arithmetic import OFFICIAL, WorkCalendar

ROOT = Path(__file__).parents[3]
STEPS = yaml.safe_load((ROOT / "approvals" / "data" / "approval_steps.yaml").read_text(encoding="utf-8"))["steps"]
WITH_CONDITION = {"S03", "S04", "S05", "S06"}  # of no use to a plain project on land that is construction land already
FIVE = ("S10", "S11", "S13", "S14", "S17")


def seeded():
    years, off, make_up = {}, {}, {}
    seed = ROOT / "workdays" / "data" / "holidays_cn.yaml"
    for year, table in yaml.safe_load(seed.read_text(encoding="utf-8")).items():
        years[year] = table["status"]
        off |= {date.fromisoformat(row["date"]): row["name"] for row in table["off"]}
        make_up |= {date.fromisoformat(row["date"]): row["name"] for row in table["make_up"]}
    return WorkCalendar(years, off, make_up)


def official_2023():
    """Notice of the State Council General Office for 2023, as published."""
    blocks = {
        "元旦": (date(2022, 12, 31), date(2023, 1, 2)),
        "春节": (date(2023, 1, 21), date(2023, 1, 27)),
        "清明节": (date(2023, 4, 5), date(2023, 4, 5)),
        "劳动节": (date(2023, 4, 29), date(2023, 5, 3)),
        "端午节": (date(2023, 6, 22), date(2023, 6, 24)),
        "中秋节、国庆节": (date(2023, 9, 29), date(2023, 10, 6)),
    }
    worked = [(1, 28), (1, 29), (4, 23), (5, 6), (6, 25), (10, 7), (10, 8)]
    off = {
        first + timedelta(days=i): name
        for name, (first, last) in blocks.items()
        for i in range((last - first).days + 1)
    }
    return WorkCalendar({2023: OFFICIAL}, off, {date(2023, *day): "调休" for day in worked})


SEEDED, OF_2023 = seeded(), official_2023()


def steps(skipped=(), **facts):
    """The 22 steps with the committed limits of the catalogue; ``facts`` of a step by its code."""
    return [
        Task(
            step["code"], step["committed_limit_wd"], is_skipped=step["code"] in skipped, **facts.get(step["code"], {})
        )
        for step in STEPS
    ]


def links(overlapping=False):
    """Of the catalogue; overlapping: what may be reviewed early is worked beside what it waits for."""
    for step in STEPS:
        kind = LinkKind.FF if overlapping and step["pre_review"] else LinkKind.FS
        for key, is_hard in (("predecessors", True), ("soft_predecessors", False)):
            for before in step[key]:
                yield Link(before, step["code"], kind if is_hard else LinkKind.FS, is_hard=is_hard)


@pytest.mark.parametrize("today", [date(2026, 1, 4), date(2026, 2, 13), date(2026, 3, 2), date(2026, 9, 28)])
@pytest.mark.parametrize(("skipped", "to_permit", "to_registration"), [((), 92, 112), (WITH_CONDITION, 62, 82)])
def test_length_of_the_map_with_the_default_limits(today, skipped, to_permit, to_registration):
    """domain.md 1: inside the national 120 working days, over any holiday."""
    found = schedule(Network.of(steps(skipped), links()), today=today, calendar=SEEDED, goal="S22")
    begins = SEEDED.roll_forward(today)
    assert SEEDED.count(begins, found["S17"].finish) == to_permit
    assert SEEDED.count(begins, found["S22"].finish) == to_registration
    assert found.chain[-4:] == ("S17", "S18", "S21", "S22")
    assert found.chain[0] == ("S08" if skipped else "S06")
    assert found["S19"].total_float_wd == 0, "as long as S18 and beside it"


def test_land_to_start_in_ten_working_days():
    """Fengxi: 拿地到动土仅需10个工作日."""
    today = date(2026, 9, 28)
    awarded = {"finished_on": today}
    early = {code: {"finished_on": date(2026, 9, 1)} for code in ("S01", "S06", "S07", "S08", "S12", "S14", "S16")}
    for rows in (steps(), steps(S09=awarded, **early)):
        found = schedule(Network.of(rows, links()), today=today, calendar=SEEDED, goal="S17")
        assert SEEDED.count(found["S09"].finish, found["S17"].finish) == 10
    assert found["S17"].finish == date(2026, 10, 16), "the long holiday of October lies between"
    assert found.chain == ("S10", "S13", "S17")
    assert found.critical == {"S10", "S11", "S13", "S17"}


class TestZhenjiang:
    """Signed on 20 May 2023, five certificates on 26 June, completed by the end of the year.

    Three lines at once: planning conditions and site are ready at signing, and the land is listed on that day.
    """

    SIGNED, ISSUED, YEAR_END = date(2023, 5, 20), date(2023, 6, 26), date(2023, 12, 31)
    WORKS_WD = 113

    def plan(self, goal, target_on, overlapping, works_wd=WORKS_WD):
        facts = {
            "S07": {"finished_on": date(2023, 5, 12)},
            "S08": {"finished_on": date(2023, 5, 19)},
            "S09": {"started_on": self.SIGNED},
        } | {code: {"fixed_on": self.ISSUED} for code in FIVE}
        milestones = [Task("L04", finished_on=self.SIGNED), Task("L08"), Task("W", works_wd), Task("L10")]
        extra = [
            Link("L04", "S01"),
            *(Link(step, "L08") for step in ("S02", "S17")),
            Link("L08", "W"),
            *(Link("W", step) for step in ("S18", "S19", "S20")),
            Link("S21", "L10"),
        ]
        accepting = {"S18", "S19", "S20", "S21", "S22"}  # not reviewed before the works are there
        catalogue = [
            Link(link.before, link.after, LinkKind.FS if link.after in accepting else link.kind, 0, link.is_hard)
            for link in links(overlapping)
        ]
        network = Network.of([*steps(WITH_CONDITION, **facts), *milestones], [*catalogue, *extra])
        return schedule(network, today=self.SIGNED, calendar=OF_2023, goal=goal, target_on=target_on)

    def test_five_certificates_on_one_day(self):
        found = self.plan("S17", self.ISSUED, overlapping=True)
        assert {found[code].finish for code in FIVE} == {self.ISSUED}
        assert (found.goal_on, found.spare_wd, found.short_wd) == (self.ISSUED, 0, 0)
        assert not [conflict for conflict in found.conflicts if not conflict.is_hint]
        assert found.chain == ("S09", "S11", "S13", "S17")
        assert found["S14"].driver is Driver.FIXED, "ready before, issued with the others"
        assert not found.is_provisional

    def test_one_after_the_other_misses_it_by_seven_working_days(self):
        found = self.plan("S17", self.ISSUED, overlapping=False)
        assert (found.goal_on, found.short_wd) == (date(2023, 7, 5), 7)
        assert found.chain == ("S09", "S10", "S13", "S17")
        too_early = {c.key: c.days for c in found.conflicts if c.problem is Problem.FIXED_TOO_EARLY}
        assert too_early == {"S13": 4, "S17": 7}

    def test_completed_by_the_end_of_the_year(self):
        found = self.plan("L10", self.YEAR_END, overlapping=True)
        assert found["L08"].finish == self.ISSUED
        assert (found.goal_on, found.spare_wd) == (date(2023, 12, 29), 0)
        assert found.chain[-4:] == ("W", "S18", "S21", "L10")
        longer = self.plan("L10", self.YEAR_END, overlapping=True, works_wd=self.WORKS_WD + 1)
        assert longer.short_wd == 1

    def test_without_the_overlaps_the_end_of_the_year_is_missed_as_well(self):
        found = self.plan("L10", self.YEAR_END, overlapping=False)
        assert found.short_wd == 7
        assert found.is_provisional, "it reaches into a year without an official table here"
