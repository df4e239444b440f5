"""Pages of the rates: the same values on page, in the workbook and over the API; who sees what; choosing the rules."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from dispatch.figures import days, policies
from dispatch.figures.groups import By
from dispatch.figures.models import FigureRules
from dispatch.figures.rates import RateKey
from projects.models import Project
from tests import factories
from tests.dispatch.figures import random_park
from tests.standing import standing

pytestmark = pytest.mark.django_db
AT = factories.AT
filled = standing(lambda: random_park.fill(25, seed=41))
WEIGHTS = {"formalities": 10, "starts": 30, "enrolment": 20, "investment": 30, "quarter": 10}
CHOICE = {"formalities": "projects", "starts": "to_date", "quarter": "plan", "calendar": "planned_start"}


@pytest.fixture
def staff(client, filled):
    client.force_login(factories.user(filled, "staff"))
    return client


def cells(answer):
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def number(text):
    return None if text is None else Decimal(text)


def as_decimal(value):
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


@pytest.mark.parametrize("by", ["park", "unit", "street"])
def test_page_workbook_and_api_say_the_same(staff, filled, by):
    days.freeze(filled, as_of=clock.today() - timedelta(days=7), at=AT)
    Project.objects.filter(park=filled, responsible_unit__name="责任单位1").update(status="terminated")
    page = staff.get(reverse("dispatch:rates"), {"by": by})
    rows = cells(staff.get(page.context["export_url"]))
    api = staff.get("/api/v1/rates/", {"by": by}).json()
    table = page.context["table"]
    lines = [*table.lines, table.whole]
    groups = [*api["groups"], api["park"]]
    assert len(lines) == len(groups)
    text = page.content.decode()
    for line, row, group in zip(lines, rows[3:], groups, strict=False):
        assert row[:2] == [line.name, line.group.tally.projects]
        assert (group["group"], group["projects"]) == (line.group.token, line.group.tally.projects)
        for at, cell in enumerate(line.cells):
            told = group["rates"][cell.key.value]
            changes = [told["changes"][name] for name in ("week", "month", "year")]
            expected = [told["percent"], told["numerator"], told["denominator"], *changes]
            shown = row[2 + 6 * at : 8 + 6 * at]
            assert [as_decimal(v) for v in shown] == [as_decimal(number(v)) for v in expected]
            assert told["percent"] is None or f">{told['percent']}%</a>" in text
            assert changes[1:] == [None, None]
        assert as_decimal(row[-1]) == as_decimal(number(group["ahead_pp"]))
    assert any(cell.changes["week"] not in (None, "0.0") for cell in table.whole.cells)
    assert api["compared_with"] == {"week": str(clock.today() - timedelta(days=7)), "month": None, "year": None}
    notes = [row[0] for row in rows[3 + len(lines) :]]
    assert notes == [*table.definitions, *table.compared]
    assert api["definitions"] == table.definitions
    assert all(definition in text for definition in table.definitions)


def test_every_number_leads_to_a_list_of_that_length(staff):
    table = staff.get(reverse("dispatch:rates"), {"by": "industry"}).context["table"]
    for line in (*table.lines[:1], table.whole):
        for cell in line.cells[:3]:
            for part in ("numerator", "denominator"):
                answer = staff.get(cell.urls[part])
                assert answer.context["page_obj"].paginator.count == getattr(cell.rate, part)
                assert answer.context["hidden"] == 0
                assert answer.context["rate"] == cell.json
    sheet = cells(staff.get(answer.context["export_url"]))
    listed = [row[0] for row in sheet[3 : 3 + answer.context["listing"].total]]
    assert listed == [one.name for one in answer.context["listing"].rows]


def test_sorting_puts_what_has_no_value_last(staff):
    for sort in ("starts", "-starts"):
        lines = staff.get(reverse("dispatch:rates"), {"by": "street", "sort": sort}).context["table"].lines
        values = [line.group.rates[RateKey.STARTS].ratio for line in lines]
        known = [value for value in values if value is not None]
        assert values == sorted(known, reverse=sort[0] == "-") + [None] * (len(values) - len(known))


def test_what_the_filter_does_not_understand_falls_back(staff):
    answer = staff.get(reverse("dispatch:rates"), {"by": "moon", "on": "2999-01-01", "against": "x", "sort": "zz"})
    table = answer.context["table"]
    assert (answer.status_code, table.by, table.as_of) == (200, By.UNIT, clock.today())
    assert staff.get("/api/v1/rates/", {"by": "moon"}).status_code == 400
    assert staff.get("/api/v1/rates/", {"on": "2999-01-01"}).status_code == 400
    assert staff.get("/api/v1/rates/", {"unknown": "1"}).status_code == 400


def test_a_unit_sees_all_rates_and_an_enterprise_none(client, filled):
    client.force_login(factories.user(filled, "staff"))
    everything = client.get("/api/v1/rates/", {"by": "unit"}).json()
    client.force_login(factories.user(filled, "unit"))
    assert client.get("/api/v1/rates/", {"by": "unit"}).json() == everything
    assert client.get(reverse("dispatch:figure_rules")).status_code == 403
    answer = client.get(reverse("dispatch:rate_projects"), {"rate": "investment", "part": "denominator"})
    listing = answer.context["listing"]
    assert (answer.context["page_obj"].paginator.count, answer.context["hidden"]) == (0, listing.total)
    client.force_login(factories.user(filled, "enterprise"))
    for name in ("rates", "rates_export", "rate_projects", "rate_projects_export", "figure_rules"):
        assert client.get(reverse(f"dispatch:{name}"), {"rate": "starts"}).status_code == 404
    assert client.get("/api/v1/rates/").status_code == 403


def rules_form(seen=0, **more):
    weights = {f"weight_{key}": value for key, value in WEIGHTS.items()}
    return CHOICE | weights | {"seen": seen} | more


def test_choosing_shows_what_changes_then_saves_a_version(staff, filled):
    url = reverse("dispatch:figure_rules")
    tried = staff.post(url, rules_form(**{"try": "1"}))
    assert tried.status_code == 200
    whole = tried.context["trial"][0]
    assert any(cell.is_other for cell in whole.cells)
    assert not FigureRules.objects.filter(park=filled).exists()
    assert staff.post(url, rules_form(save="1", note="市里统一口径")).status_code == 302
    policy = policies.in_force(filled.pk)
    assert (policy.version, policy.rates | {"calendar": policy.calendar}) == (1, CHOICE)
    table = staff.get(reverse("dispatch:rates"), {"by": "park"}).context["table"]
    assert [cell.json for cell in table.whole.cells] == [cell.then for cell in whole.cells]
    assert table.whole.ahead == whole.ahead[1]
    page = staff.get(url)
    assert [row["note"] for row in page.context["timeline"]] == ["市里统一口径"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"save": "1"}, 422),
        ({"save": "1", "note": "x", "weight_starts": "31"}, 422),
        ({"save": "1", "note": "x", "weight_starts": "-1"}, 422),
        ({"save": "1", "note": "x", "starts": "someday"}, 422),
        ({"save": "1", "note": "x", "seen": "4"}, 409),
    ],
)
def test_what_is_not_saved_says_so_and_changes_nothing(staff, filled, more, status):
    answer = staff.post(reverse("dispatch:figure_rules"), rules_form() | more)
    assert answer.status_code == status
    assert answer.context["form"].errors
    assert not FigureRules.objects.filter(park=filled).exists()


@pytest.mark.slow
def test_the_page_asks_the_same_number_of_questions(db, client):
    used = []
    for n, size in enumerate((1, 3, 60)):
        client.force_login(factories.user(random_park.fill(size, seed=70 + n), "staff"))
        client.get(reverse("dispatch:rates"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("dispatch:rates"), {"by": "leader"}).status_code == 200
        used.append(len(queries))
    assert len(set(used)) == 1, used
