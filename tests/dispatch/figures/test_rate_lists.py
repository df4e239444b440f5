"""What is behind a number is exactly what was counted: every rate, part, group and variant, against plain Python."""

from fractions import Fraction
from itertools import product

import pytest
from django.urls import reverse

from accounts import clock
from accounts.models import Organization
from dispatch.figures import behind, groups
from dispatch.figures.behind import Question
from dispatch.figures.groups import By
from dispatch.figures.listing import listing
from dispatch.figures.policy import DEFAULT, policy_from
from dispatch.figures.rates import RateKey
from dispatch.figures.reading import read
from dispatch.warnings.levels import closed_month
from projects.models import Project
from tests import factories
from tests.dispatch.figures import random_park
from tests.dispatch.figures.oracle import Oracle
from tests.dispatch.figures.random_park import AS_OF
from tests.standing import standing

pytestmark = pytest.mark.django_db
MONTH = closed_month(AS_OF)
OTHER = policy_from({"rates": {"formalities": "projects", "starts": "to_date", "quarter": "plan"}}, 1)
COUNTS = (RateKey.FORMALITIES, RateKey.STARTS, RateKey.ENROLMENT)


def _filled():
    park = random_park.fill(40, seed=17)
    return park, Oracle(park, year=2026, month=9, as_of=AS_OF)


filled = standing(_filled)


def ask(rate, part, row):
    return Question(rate, part, row.by, row.key, AS_OF, MONTH)


@pytest.mark.parametrize("policy", [DEFAULT, OTHER], ids=["default", "other"])
def test_lists_of_counts_are_what_was_counted(filled, db, policy):
    park, oracle = filled
    missing = 0
    for by in By:
        facts = oracle.groups(by)
        for row, rate in product(read(park, as_of=AS_OF, by=by, policy=policy), COUNTS):
            above, below = oracle.behind(rate, facts[row.token], policy.rates)
            found = {part: list(behind.rows(park, ask(rate, part, row), policy).values_list("pk", flat=True))
                     for part in ("numerator", "denominator", "missing")}  # fmt: skip
            assert {part: len(pks) for part, pks in found.items()} == {
                "numerator": row.rates[rate].numerator,
                "denominator": row.rates[rate].denominator,
                "missing": len(below - above),
            }
            assert (set(found["numerator"]), set(found["denominator"])) == (above, below)
            assert set(found["missing"]) == below - above
            missing += len(found["missing"])
    assert missing


@pytest.mark.parametrize("policy", [DEFAULT, OTHER], ids=["default", "other"])
def test_lists_of_money_add_up_to_the_number(filled, db, policy):
    park, _oracle = filled
    for by in By:
        for row, rate in product(read(park, as_of=AS_OF, by=by, policy=policy), (RateKey.INVESTMENT, RateKey.QUARTER)):
            for part in ("numerator", "denominator"):
                question = ask(rate, part, row)
                amount = behind.amount_of(question, policy)
                total = sum(Fraction(amount(one)) for one in behind.rows(park, question, policy))
                assert total == Fraction(getattr(row.rates[rate], part)), (by, row.token, rate, part)


def test_what_lacks_money_is_the_part_of_the_plan_that_is_not_invested(filled, db):
    park, oracle = filled
    (row,) = read(park, as_of=AS_OF)
    question = ask(RateKey.INVESTMENT, "missing", row)
    lacking = {one.pk: behind.amount_of(question, DEFAULT)(one) for one in behind.rows(park, question, DEFAULT)}
    expected = {}
    for f in oracle.groups("park")[""]:
        gap = f.plans.get(2026, 0) - oracle.ytd(f, 9)
        if 2026 in f.plans and gap > 0:
            expected[f.project.pk] = gap
    assert lacking == expected
    shown = [one.pk for one in listing(park, question, DEFAULT, factories.user(park, "staff")).rows]
    assert [expected[pk] for pk in shown] == sorted(expected.values(), reverse=True)


def test_the_rest_of_the_park_is_missing_from_a_share(filled, db):
    park, _oracle = filled
    for row in read(park, as_of=AS_OF, by=By.UNIT):
        parts = [set(behind.rows(park, ask(RateKey.QUARTER, part, row), DEFAULT).values_list("pk", flat=True))
                 for part in ("numerator", "denominator", "missing")]  # fmt: skip
        assert parts[2] == parts[1] - parts[0]


def test_a_unit_lists_its_own_rows_and_learns_how_many_there_are(filled, db):
    park, _oracle = filled
    mine = Organization.objects.get(park=park, name="责任单位3")
    person = factories.user(park, "unit", organization=mine)
    policy = OTHER
    (row,) = read(park, as_of=AS_OF, policy=policy)
    for rate in RateKey:
        found = listing(park, ask(rate, "denominator", row), policy, person)
        own = set(Project.objects.visible_to(person).values_list("pk", flat=True))
        everybody = set(behind.rows(park, found.question, policy).values_list("pk", flat=True))
        assert {one.pk for one in found.rows} == own & everybody
        assert found.total == len(everybody)
    assert own < set(Project.objects.filter(park=park).values_list("pk", flat=True))


def test_tokens_lead_back_to_their_groups(filled, db):
    park, _oracle = filled
    for by in By:
        for row in read(park, as_of=AS_OF, by=by):
            assert groups.key_from(by, row.token) == row.key


@pytest.mark.parametrize(
    "query",
    [
        "rate=", "rate=none", "rate=starts&part=some", "rate=starts&by=none", "rate=starts&by=unit&group=x",
        "rate=starts&by=street&group=5", "rate=starts&by=street&group=ox", "rate=starts&on=2026-13-01",
        "rate=starts&on=2999-01-01", "rate=starts&on=0001-01-01", f"rate=starts&by=leader&group={'x' * 201}",
        f"rate=starts&by=unit&group={'9' * 40}",
    ],
)  # fmt: skip
def test_what_no_number_asks_is_not_there(filled, db, client, query):
    client.force_login(factories.user(filled[0], "staff"))
    assert client.get(f"{reverse('dispatch:rate_projects')}?{query}").status_code == 404


def test_a_group_of_another_park_has_nothing(filled, db, client):
    foreign = factories.organization(factories.park())
    client.force_login(factories.user(filled[0], "staff"))
    address = f"{reverse('dispatch:rate_projects')}?rate=starts&by=unit&group={foreign.pk}&on={clock.today()}"
    answer = client.get(address)
    assert (answer.status_code, answer.context["listing"].total) == (200, 0)
    assert foreign.name not in answer.content.decode()
