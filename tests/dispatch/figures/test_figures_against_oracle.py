"""Every rate of every grouping and variant, cell by cell, against plain Python; totals add up."""

from fractions import Fraction
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.figures import tallies
from dispatch.figures.groups import By
from dispatch.figures.policy import CALENDARS, VARIANTS, policy_from
from dispatch.figures.rates import RateKey, as_json
from dispatch.figures.reading import read
from dispatch.figures.tallies import Tally
from projects.models import Project
from tests.dispatch.figures import random_park
from tests.dispatch.figures.oracle import Oracle, half_up
from tests.dispatch.figures.random_park import AS_OF
from tests.standing import standing

pytestmark = pytest.mark.django_db
SEEDS = (3, 11)
EVERY_VARIANT = [dict(zip(VARIANTS, choice, strict=True)) for choice in product(*VARIANTS.values())]


def _parks():
    found = [random_park.fill(40, seed=seed) for seed in SEEDS]
    return [(park, Oracle(park, year=2026, month=9, as_of=AS_OF)) for park in found]


parks = standing(_parks)


def ratio(pair):
    return pair[0] / pair[1] if pair[1] else None


@pytest.mark.slow
def test_every_cell_of_every_grouping_and_variant(parks, db):
    cells = 0
    for (park, oracle), by, variants in product(parks, By, EVERY_VARIANT):
        groups = oracle.groups(by)
        rows = read(park, as_of=AS_OF, by=by, policy=policy_from({"rates": variants}, 1))
        assert {row.token for row in rows} == set(groups)
        for row in rows:
            expected = oracle.rates(by, groups[row.token], variants)
            for key in RateKey:
                rate, (above, below) = row.rates[key], expected[key]
                assert (Fraction(rate.numerator), Fraction(rate.denominator)) == (above, below), (by, row.token, key)
                shown = half_up(ratio((above, below)) * 100) if below else None
                assert as_json(rate)["percent"] == shown
                cells += 1
    assert cells > 800


def test_the_calendar_of_every_group(parks, db):
    for (park, oracle), by, option in product(parks, By, CALENDARS):
        groups = oracle.groups(by)
        for row in read(park, as_of=AS_OF, by=by, policy=policy_from({"calendar": {"option": option}}, 1)):
            assert row.ahead_pp == oracle.ahead_pp(groups[row.token], option), (by, row.token, option)


def test_groups_add_up_to_the_park_whatever_they_are(parks, db):
    for park, _oracle in parks:
        found = {by: tallies.read(park, year=2026, month=9, as_of=AS_OF, by=by) for by in By}
        (whole,) = found[By.PARK].values()
        assert [tallies.total(groups) for groups in found.values()] == [whole] * len(By)
        assert Tally.from_json(whole.as_json()) == whole


def test_the_variants_make_a_difference(parks, db):
    t = tallies.total(tallies.read(parks[0][0], year=2026, month=9, as_of=AS_OF))
    assert t.starts_planned != t.starts_due
    assert t.to_close
    assert 0 < t.steps_done < t.steps
    assert len({tallies.calendar_share(t, 9, policy_from({"calendar": {"option": o}}, 1)) for o in CALENDARS}) == 3


def test_a_park_without_projects_has_one_empty_row(parks, db):
    park = parks[0][0]
    Project.objects.filter(park=park).update(status="terminated")
    (whole,) = read(park, as_of=AS_OF)
    assert whole.tally == Tally()
    assert {as_json(rate)["percent"] for rate in whole.rates.values()} == {None}
    assert whole.ahead_pp is None
    assert read(park, as_of=AS_OF, by=By.LEADER) == []


@pytest.mark.slow
def test_queries_do_not_grow_with_the_projects(db):
    used = []
    for n, size in enumerate((1, 3, 60)):
        park = random_park.fill(size, seed=100 + n)
        counted = []
        for by in By:
            with CaptureQueriesContext(connection) as queries:
                read(park, as_of=AS_OF, by=by)
            counted.append(len(queries))
        used.append(counted)
    assert used[1] == used[2] == [4, 5, 4, 5, 4]
    assert all(small <= large for small, large in zip(used[0], used[2], strict=True))
