"""Freezing, publishing, restating: exact results, history that stays, and days that are not the unit's."""

import copy
import threading
from datetime import date
from decimal import Decimal
from fractions import Fraction as F

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.errors import Conflict, Refused
from approvals.models import StepPause
from dispatch.figures import policies, reading
from dispatch.figures.canonical import digest
from dispatch.figures.groups import By
from dispatch.figures.models import FigureRules
from dispatch.jobs.registry import JOBS
from dispatch.notices.models import Notice
from dispatch.ranking import actions, rules
from dispatch.ranking.formula import CONTEST as CONTEST_FORMULA
from dispatch.ranking.formula import HALF_MONTH as HALF_MONTH_FORMULA
from dispatch.ranking.models import ContestEntry, Ranking
from dispatch.ranking.periods import CONTEST, Period
from dispatch.ranking.snapshot import rebuilt, without_details
from projects.models import Milestone, MonthlyInvestment
from tests import factories
from tests.approvals.cases import official
from tests.dispatch import bulletin_park
from tests.dispatch.ranking_cases import (
    AT,
    DUE,
    FIRST,
    FROZEN_ON,
    LAST,
    LATE,
    LATER,
    LATER_ON,
    PERIOD,
    decided,
    freeze,
    item,
    owes_papers,
    points,
    published,
    scene,
    unit_facts,
    unit_row,
)
from tests.standing import standing
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
filled = standing(scene)


@pytest.fixture
def park(filled, db):
    return copy.copy(filled)


class TestFreeze:
    def test_the_head_says_which_days_were_judged(self, park):
        ranking = freeze(park)
        assert (ranking.as_of, ranking.starts_on, ranking.revision) == (FROZEN_ON, FIRST, 0)
        head = ranking.snapshot["head"]
        assert (head["starts_on"], head["judged_to"]) == (FIRST.isoformat(), LAST.isoformat())
        assert (ranking.state, ranking.frozen_by, ranking.sha256) == ("frozen", None, digest(ranking.snapshot))

    def test_scores_by_hand(self, park):
        """甲 does its task in time, 乙 late, 丙 had none and gets the average of the others."""
        a, b, c = park.units
        decided(park.projects[0], a, on=DUE)
        decided(park.projects[1], b, on=LATE)
        ranking = freeze(park)
        assert [points(ranking, unit, "tasks")["exact"] for unit in (a, b, c)] == ["30", "0", "15"]
        assert points(ranking, c, "tasks")["why"] == "empty_average"
        assert [points(ranking, unit, "investment")["exact"] for unit in (a, b, c)] == ["9", "6", "3"]
        assert [points(ranking, unit, "quarter")["exact"] for unit in (a, b, c)] == ["5/2", "5/3", "5/6"]
        row = unit_row(ranking, a)
        assert F(row["exact"]) == sum(F(one["exact"]) for one in row["items"])
        assert (row["rank"], row["due"], row["on_time"], row["owed"]) == (1, 1, 1, 0)

    def test_the_rates_are_those_of_the_figures(self, park):
        ranking = freeze(park)
        for group in reading.read(park.park, as_of=FROZEN_ON, by=By.UNIT):
            values = next(one for one in ranking.snapshot["units"] if one["unit"] == group.key)["values"]
            for key, rate in group.rates.items():
                assert F(values[key]["numerator"]) == F(rate.numerator)
                assert F(values[key]["denominator"]) == F(rate.denominator)

    def test_twice_is_once(self, park):
        first = freeze(park)
        again, is_new = actions.freeze(
            park=park.park, period=PERIOD, by=park.staff, at=LATER, calendar=official(), today=LATER_ON
        )
        assert (again.pk, is_new, Ranking.objects.count()) == (first.pk, False, 1)

    def test_not_before_its_day_and_not_by_everybody(self, park):
        with pytest.raises(Refused):
            freeze(park, today=LAST)
        for person in (park.workers[0], park.leader, factories.user(factories.park())):
            with pytest.raises(PermissionDenied):
                freeze(park, by=person)
        assert not Ranking.objects.exists()

    def test_a_frozen_one_does_not_change_with_the_facts(self, park):
        step = decided(park.projects[0], park.units[0], on=DUE)
        ranking = published(park)
        before = copy.deepcopy(ranking.snapshot)
        step.decided_on = LATE
        step.save()
        MonthlyInvestment.objects.update(ytd_10k=99)
        freeze(park)
        ranking.refresh_from_db()
        assert (ranking.snapshot, ranking.sha256) == (before, digest(before))

    def test_it_can_be_counted_again_from_the_snapshot_alone(self, park):
        decided(park.projects[0], park.units[0], on=LATE)
        item(park, 1, asked=DUE, closed=LATE)
        ranking = freeze(park)
        again = rebuilt(ranking.snapshot)
        assert (again, digest(again)) == (ranking.snapshot, ranking.sha256)
        tampered = copy.deepcopy(ranking.snapshot)
        tampered["ranking"][0]["score"] = "99.99"
        assert rebuilt(tampered) != tampered

    def test_enterprises_the_centre_and_other_parks_are_not_ranked(self, park):
        factories.project(factories.park(), responsible_unit=None)
        centre = park.staff.organization
        factories.project(park.park, responsible_unit=centre)
        assert {row["unit"] for row in freeze(park).snapshot["ranking"]} == {unit.pk for unit in park.units}


def tasks_of(ranking, unit) -> list[dict]:
    return unit_facts(ranking, unit)["tasks"]


class TestDays:
    """Days of others make nobody late; the twins show that the same days of the unit's own do."""

    def test_papers_owed_by_the_enterprise_and_the_twin(self, park):
        a, b, _c = park.units
        owes_papers(decided(park.projects[0], a, on=LATE), until=LATE)
        decided(park.projects[1], b, on=LATE)
        ranking = freeze(park)
        (mine,), (twin,) = tasks_of(ranking, a), tasks_of(ranking, b)
        assert (mine["in_time"], mine["late_wd"], mine["counted_wd"], mine["not_counted_wd"]) == (True, 0, 0, 8)
        assert mine["not_counted"] == [
            {"after": "2026-03-02", "to": "2026-03-12", "party": "企业", "why": "容缺材料待补", "days": 8}
        ]
        assert (twin["in_time"], twin["late_wd"], twin["counted_wd"], twin["not_counted"]) == (False, 3, 8, [])
        assert points(ranking, a, "tasks")["exact"] == "30"
        assert points(ranking, b, "tasks")["exact"] == "0"

    def test_a_correction_moves_the_due_day_and_the_twin(self, park):
        a, b, _c = park.units
        step = decided(park.projects[0], a, on=LATE, due=LATE)
        StepPause.objects.create(
            project_step=step, kind="correction", party="enterprise", started_on=date(2026, 3, 3),
            ended_on=date(2026, 3, 6),
        )  # fmt: skip
        decided(park.projects[1], b, on=LATE)
        ranking = freeze(park)
        (mine,), (twin,) = tasks_of(ranking, a), tasks_of(ranking, b)
        assert (mine["due_on"], mine["in_time"], mine["counted_wd"]) == ("2026-03-12", True, 5)
        assert [(one["days"], one["party"], one["why"]) for one in mine["not_counted"]] == [(3, "企业", "补正")]
        assert (twin["due_on"], twin["in_time"]) == ("2026-03-09", False)

    def test_days_of_verification_are_the_centres_and_the_twin(self, park):
        a, b, _c = park.units
        item(park, 0, asked=DUE, closed=LATE)
        item(park, 1, asked=LATE, closed=LATE)
        ranking = freeze(park)
        (mine,), (twin,) = tasks_of(ranking, a), tasks_of(ranking, b)
        assert (mine["in_time"], mine["counted_wd"]) == (True, 5)
        assert [(one["days"], one["party"]) for one in mine["not_counted"]] == [(3, "中心")]
        assert (twin["in_time"], twin["late_wd"]) == (False, 3)

    def test_an_open_case_that_waits_for_the_enterprise_counts_neither_way(self, park):
        a, b, _c = park.units
        owes_papers(decided(park.projects[0], a, on=None), until=date(2026, 3, 20))
        decided(park.projects[1], b, on=None)
        ranking = freeze(park)
        (mine,), (twin,) = tasks_of(ranking, a), tasks_of(ranking, b)
        assert (mine["counts"], mine["is_owed"], unit_row(ranking, a)["due"]) == (False, False, 0)
        assert (twin["counts"], twin["is_owed"], twin["late_wd"], unit_row(ranking, b)["owed"]) == (True, True, 4, 1)

    def test_a_debt_from_before_is_owed_but_not_judged_again(self, park):
        item(park, 0, due=date(2026, 2, 26))
        ranking = freeze(park)
        (task,) = tasks_of(ranking, park.units[0])
        assert (task["is_due"], task["counts"], task["is_owed"]) == (False, False, True)
        assert points(ranking, park.units[0], "closure")["numerator"] == "0"
        assert points(ranking, park.units[0], "closure")["denominator"] == "1"

    def test_what_is_due_on_the_day_of_the_freeze_is_for_the_next_period(self, park):
        item(park, 0, due=FROZEN_ON)
        assert tasks_of(freeze(park), park.units[0]) == []
        later = freeze(park, period=PERIOD.after(), today=date(2026, 3, 31))
        assert [task["due_on"] for task in tasks_of(later, park.units[0])] == ["2026-03-13"]

    def test_suspended_projects_and_withdrawn_cases_are_nobodys_task(self, park):
        a, b, _c = park.units
        decided(park.projects[0], a, on=None)
        park.projects[0].status = "suspended"
        park.projects[0].save()
        step = decided(park.projects[1], b, on=None)
        step.state = 14
        step.save()
        ranking = freeze(park)
        assert tasks_of(ranking, a) == tasks_of(ranking, b) == []

    def test_a_step_without_a_handling_unit_is_the_responsible_units(self, park):
        decided(park.projects[2], None, on=LATE)
        assert [task["late_wd"] for task in tasks_of(freeze(park), park.units[2])] == [3]


class TestPublish:
    def test_each_unit_is_told_its_own_place_and_leaders_the_whole(self, park):
        decided(park.projects[0], park.units[0], on=DUE)
        ranking = published(park)
        assert (ranking.state, ranking.published_by, ranking.published_at) == ("published", park.staff, AT)
        told = {notice.recipient: notice for notice in Notice.objects.filter(event="ranking_published")}
        assert set(told) == {*park.workers, park.leader, park.second}
        assert told[park.workers[0]].facts["text"].startswith("第1名（共3个单位）")
        assert told[park.workers[0]].url.endswith(f"/rankings/{ranking.pk}/units/{park.units[0].pk}/")
        assert "排名靠前" in told[park.leader].facts["text"]

    def test_once_and_by_who_makes_rankings(self, park):
        ranking = freeze(park)
        edge = {"at": AT, "on": FROZEN_ON, "version": 1}
        for person in (park.workers[0], park.leader, factories.user(factories.park())):
            with pytest.raises(PermissionDenied):
                actions.publish(ranking, by=person, **edge)
        with pytest.raises(Conflict):
            actions.publish(ranking, by=park.staff, **edge | {"version": 9})
        actions.publish(ranking, by=park.staff, **edge)
        with pytest.raises(Refused):
            actions.publish(ranking, by=park.staff, **edge | {"version": 2})

    def test_the_next_period_knows_the_places_before(self, park):
        decided(park.projects[0], park.units[0], on=LATE)
        decided(park.projects[1], park.units[1], on=DUE)
        first = published(park)
        ranks = {row["unit"]: row["rank"] for row in first.snapshot["ranking"]}
        later = freeze(park, period=PERIOD.after(), today=date(2026, 3, 31))
        assert {row["unit"]: row["rank_before"] for row in later.snapshot["ranking"]} == ranks


class TestRestate:
    def again(self, park, ranking, **options):
        edge = {"by": park.staff, "at": LATER, "calendar": official(), "version": ranking.version}
        return actions.restate(ranking, **edge | {"reason": "补录办结日"} | options)

    def test_corrected_facts_are_the_next_revision(self, park):
        step = decided(park.projects[0], park.units[0], on=LATE)
        ranking = published(park)
        step.decided_on = DUE
        step.save()
        later = self.again(park, ranking)
        assert (later.revision, later.reason, later.state, later.as_of) == (1, "补录办结日", "frozen", FROZEN_ON)
        assert points(later, park.units[0], "tasks")["exact"] == "30"
        ranking.refresh_from_db()
        assert points(ranking, park.units[0], "tasks")["exact"] == "0"
        with pytest.raises(Refused):
            self.again(park, ranking)

    def test_refusals_leave_nothing(self, park):
        ranking = published(park)
        debt = item(park, 0)
        for options, error in (
            ({"reason": " "}, Refused), ({"version": 1}, Conflict), ({"by": park.leader}, PermissionDenied)
        ):  # fmt: skip
            with pytest.raises(error):
                self.again(park, ranking, **options)
        debt.delete()
        with pytest.raises(Refused):
            self.again(park, ranking)
        ranking.refresh_from_db()
        assert (Ranking.objects.count(), ranking.version) == (1, 2)

    def test_the_formula_stays_unless_the_present_one_is_asked_for(self, park):
        ranking = published(park)
        value = HALF_MONTH_FORMULA.as_json()
        value["items"][0] |= {"weight": 20}
        value["items"][1] |= {"weight": 30}
        rules.save("half_month", {"items": value["items"]}, note="销号更重要", base_version=0, by=park.staff, at=AT)
        item(park, 0, asked=DUE, closed=DUE)
        same = self.again(park, ranking)
        assert same.snapshot["formula"] == ranking.snapshot["formula"]
        other = self.again(park, same, with_present_rules=True)
        assert [one["weight"] for one in other.snapshot["formula"]["items"][:2]] == [20, 30]
        assert other.snapshot["formula"]["version"] == FigureRules.objects.get().version

    def test_the_variants_of_the_rates_stay_too(self, park):
        """手续办结率 by steps or by projects is a choice of the park as the weights are."""
        decided(park.projects[0], park.units[0], on=DUE)
        ranking = published(park)
        assert ranking.snapshot["head"]["variants"]["formalities"] == "steps"
        rates = {"formalities": "projects", "starts": "year", "quarter": "plan"}
        policies.save_rules(part="rates", value=rates, note="按项目", base_version=0, by=park.staff, at=AT)
        with pytest.raises(Refused):
            self.again(park, ranking)
        other = self.again(park, ranking, with_present_rules=True)
        assert other.snapshot["head"]["variants"] == rates
        figures = [unit_facts(one, park.units[0])["values"] for one in (ranking, other)]
        assert figures[0]["formalities"] != figures[1]["formalities"]
        assert figures[0]["quarter"] != figures[1]["quarter"]


class TestContest:
    PERIOD = Period(2026, 1, CONTEST)

    def enter(self, park, values, **options):
        edge = {"park": park.park, "year": 2026, "quarter": 1, "source": "台账", "by": park.staff, "at": AT}
        return actions.add_contest_entries(values=values, **edge | options)

    def test_counters_from_projects_and_entries(self, park):
        a, b, c = park.units
        for row, stage in ((park.projects[0], "L08"), (park.projects[0], "L10"), (park.projects[1], "L08")):
            Milestone.objects.create(project=row, stage=stage, actual_on=date(2026, 3, 3))
        Milestone.objects.create(project=park.projects[2], stage="L08", actual_on=date(2025, 12, 30))
        self.enter(park, {(a, "attraction"): Decimal(2), (b, "attraction"): Decimal(8)})
        ranking = freeze(park, period=self.PERIOD, today=date(2026, 3, 31))
        exact = {unit: [points(ranking, unit, code)["exact"] for code in ("starts_completions", "attraction")]
                 for unit in (a, b, c)}  # fmt: skip
        assert exact == {a: ["15", "15/4"], b: ["15/2", "15"], c: ["0", "0"]}
        assert [one["project"] for one in unit_facts(ranking, a)["projects"]] == [park.projects[0].pk] * 2
        assert "尚缺数据" in ranking.snapshot["notice"][-1]

    def test_the_newest_entry_counts_and_none_is_lost(self, park):
        a = park.units[0]
        self.enter(park, {(a, "attraction"): Decimal(2)})
        self.enter(park, {(a, "attraction"): Decimal(5)}, at=LATER, source="更正")
        assert [(row.value, row.source) for row in ContestEntry.objects.order_by("pk")] == [(2, "台账"), (5, "更正")]
        assert actions.newest_entries(park.park, 2026, 1)[a.pk, "attraction"].value == 5
        with pytest.raises(Refused):
            self.enter(park, {(a, "attraction"): Decimal(5)}, at=LATER)

    def test_who_has_not_seen_the_newest_figure_does_not_replace_it(self, park):
        a = park.units[0]
        [first] = self.enter(park, {(a, "attraction"): Decimal(2)}, seen=0)
        self.enter(park, {(a, "attraction"): Decimal(7)}, at=LATER, seen=first.pk)
        stale = {(a, "attraction"): Decimal(2), (a, "environment"): Decimal(1)}  # a form opened before
        with pytest.raises(Conflict):
            self.enter(park, stale, at=LATER, seen=first.pk)
        assert ContestEntry.objects.count() == 2

    @pytest.mark.parametrize(
        ("key", "number", "source"),
        [((0, "attraction"), -1, "x"), ((0, "attraction"), "NaN", "x"), ((0, "unknown"), 1, "x"),
         ((0, "attraction"), 10**12, "x"), ((0, "attraction"), 1, " "), ((None, "attraction"), 1, "x")],
    )  # fmt: skip
    def test_what_is_no_figure_is_refused(self, park, key, number, source):
        unit = factories.organization(factories.park()) if key[0] is None else park.units[key[0]]
        with pytest.raises(Refused):
            self.enter(park, {(unit, key[1]): Decimal(number)}, source=source)
        assert not ContestEntry.objects.exists()

    def test_only_who_makes_rankings(self, park):
        with pytest.raises(PermissionDenied):
            self.enter(park, {(park.units[0], "attraction"): Decimal(1)}, by=park.workers[0])

    def test_a_counter_of_the_park_can_be_entered(self, park):
        value = {"items": [one.as_json() for one in CONTEST_FORMULA.items]}
        value["items"][1] |= {"code": "foreign_funds", "name_zh": "利用外资"}
        rules.save("contest", value, note="换一项", base_version=0, by=park.staff, at=AT)
        self.enter(park, {(park.units[0], "foreign_funds"): Decimal("1.25")})
        ranking = freeze(park, period=self.PERIOD, today=date(2026, 3, 31))
        assert points(ranking, park.units[0], "foreign_funds")["numerator"] == "1.25"


class TestJobs:
    def run(self, name: str, day: date):
        class Run:
            as_of = day

        return JOBS[name].work(Run, AT, lambda: None)

    def test_they_freeze_every_park_once_and_publish_nothing(self, park):
        load_seed(SEED_FILE, at=AT)
        factories.park()
        assert self.run("ranking", FROZEN_ON) == {"frozen": 2, "already_frozen": 0}
        assert self.run("ranking", FROZEN_ON) == {"frozen": 0, "already_frozen": 2}
        assert self.run("contest", date(2026, 3, 31)) == {"frozen": 2, "already_frozen": 0}
        assert set(Ranking.objects.values_list("kind", "number", "state")) == {
            ("half_month", 5, "frozen"), ("contest", 1, "frozen"),
        }  # fmt: skip
        assert not Notice.objects.filter(event="ranking_published").exists()


def test_details_of_others_are_taken_out_and_nothing_else(park):
    for n in (0, 1):
        item(park, n, asked=DUE, closed=DUE)
    snapshot = freeze(park).snapshot
    own = park.units[0].pk
    shown = without_details(snapshot, {own})
    kept = {unit["unit"]: set(unit) for unit in shown["units"]}
    assert {"tasks", "items", "projects"} <= kept[own]
    assert not {"tasks", "items", "projects"} & kept[park.units[1].pk]
    assert {key: shown[key] for key in shown if key != "units"} == {
        key: snapshot[key] for key in snapshot if key != "units"
    }
    assert without_details(snapshot, None) == snapshot
    assert "事项金丝雀乙单位" in str(snapshot) and "事项金丝雀乙单位" not in str(shown)


def test_queries_do_not_grow_with_the_park(park, django_assert_num_queries):
    def count() -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            ranking = freeze(park)
        ranking.delete()
        return len(found)

    decided(park.projects[0], park.units[0], on=LATE)
    item(park, 0, asked=DUE, closed=DUE)
    few = count()
    for n in (1, 2):
        owes_papers(decided(park.projects[n], park.units[n], on=LATE), until=LATE)
        item(park, n, asked=DUE, closed=DUE)
        item(park, n)
    assert count() == few


@pytest.mark.slow
def test_a_random_park_is_reproducible_and_its_scores_are_those_of_an_oracle(db):
    """The five rates × their weights, capped, averages for empty ones, by hand from the figures' own reading."""
    park = bulletin_park.fill(24, seed=3)
    period = Period(2026, 20)
    ranking, _is_new = actions.freeze(
        park=park, period=period, by=None, at=AT, calendar=official(), today=date(2026, 10, 30)
    )
    assert digest(rebuilt(ranking.snapshot)) == ranking.sha256
    groups = {group.key: group for group in reading.read(park, as_of=ranking.as_of, by=By.UNIT)}
    weights = {one["code"]: one["weight"] for one in ranking.snapshot["formula"]["items"]}
    units = [row["unit"] for row in ranking.snapshot["ranking"]]
    assert len(units) == 4
    for key in ("formalities", "starts", "enrolment", "investment", "quarter"):
        shares = {unit: min(groups[unit].rates[key].ratio, F(1)) if groups[unit].rates[key].ratio is not None else None
                  for unit in units}  # fmt: skip
        known = [share for share in shares.values() if share is not None]
        mean = sum(known, F(0)) / len(known) if known else F(0)
        for row in ranking.snapshot["ranking"]:
            share = shares[row["unit"]]
            found = next(one for one in row["items"] if one["code"] == key)
            assert F(found["exact"]) == weights[key] * (mean if share is None else share), (key, row["name"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_at_once_make_one(transactional_db):
    park = scene()
    gate, found = threading.Barrier(2), []

    def go():
        gate.wait()
        found.append(freeze(park).pk)
        connection.close()

    threads = [threading.Thread(target=go) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and Ranking.objects.count() == 1
