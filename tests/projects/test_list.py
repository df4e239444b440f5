"""The project list: what is found, in which order, for whom, at what cost."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from projects.models import AnnualPlan, MonthlyInvestment, TeamMember
from projects.text import search_text
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/projects/"


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park, client):
    person = factories.user(park)
    client.force_login(person, backend="accounts.backends.OrganizationBackend")
    return person


def named(park, name, **fields):
    enterprise = factories.enterprise(park, name=f"{name}有限公司")
    text = search_text(name, enterprise.name, fields.get("code", ""))
    return factories.project(park, name=name, enterprise=enterprise, search_text=text, **fields)


def names(response):
    return [row.project.name for row in response.context["rows"]]


def test_row_shows_what_the_reader_came_for(client, staff, park, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: factories.TODAY)
    unit = factories.organization(park, name="发改局")
    project = named(park, "新能源", stage="L08", light="red", responsible_unit=unit, total_investment_10k=D(52000))
    AnnualPlan.objects.create(project=project, year=2026, planned_10k=D(1200))
    MonthlyInvestment.objects.create(project=project, year=2026, month=2, ytd_10k=D(300))
    response = client.get(URL)
    row = response.context["rows"][0]
    assert (row.plan_10k, row.ytd_10k, row.rate) == (D(1200), D(300), D(25))
    assert round(row.ahead, 4) == D("8.3333")
    text = response.content.decode()
    for shown in (
        "新能源",
        "新能源有限公司",
        "开工",
        "发改局",
        "5.2亿元",
        "25.0%",
        "light-red",
        f"/projects/{project.pk}/",
    ):
        assert shown in text


@pytest.mark.parametrize("words", ["新能源", "xny", "XNY", "2504-AB", "电池有限", "能源 2504", "ＸＮＹ", "yxgs 新能源"])
def test_search_by_name_initials_code_and_enterprise(client, staff, park, words):
    named(park, "新能源电池", code="2504-ab")
    named(park, "光学镜头", code="9999")
    assert names(client.get(URL, {"q": words})) == ["新能源电池"]


def test_filters(client, staff, park):
    unit = factories.organization(park)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    wanted = named(
        park, "甲", stage="L08", light="yellow", status="active", responsible_unit=unit, industry="装备制造",
        level="city", nature="new", updated_at=old,
    )  # fmt: skip
    named(park, "乙", stage="L13", status="terminated", updated_at=old)
    factories.without_news(wanted, old.date())
    for name, value in [
        ("stage", "L08"), ("pool", "started"), ("light", "yellow"), ("status", "active"),
        ("responsible_unit", unit.pk), ("industry", "装备"), ("level", "city"), ("nature", "new"), ("stale", "true"),
    ]:  # fmt: skip
        assert names(client.get(URL, {name: value})) == [wanted.name], name
        column = client.get(URL, {name: value, "view": "board"}).context["columns"][2]
        assert [row.project for row in column["rows"]] == [wanted], name


def test_filters_outlive_the_description_of_the_api(client, staff, park):
    """The description reads the fields of the same filter classes, in a language of its own."""
    wanted = named(park, "甲", stage="L08")
    with translation.override("en"):
        SchemaGenerator(api_version="v1").get_schema(public=True)
    response = client.get(URL, {"stage": "L08"})
    assert names(response) == [wanted.name]
    assert '<option value="L08" selected>开工</option>' in response.content.decode()


def test_sorting_by_a_list_of_names_only(client, staff, park):
    named(park, "a", light="green", total_investment_10k=D(1), stage="L03")
    named(park, "b", light="red", total_investment_10k=None, stage="L01")
    named(park, "c", light="yellow", total_investment_10k=D(3), stage="L02")
    expected = {
        "": "bca", "light": "bca", "-light": "acb", "name": "abc", "-name": "cba", "stage": "bca",
        "investment": "acb", "-investment": "cab", "password": "bca", "enterprise__park__code": "bca",
    }  # fmt: skip
    assert {sort: "".join(names(client.get(URL, {"sort": sort}))) for sort in expected} == expected


def test_counters_are_links_to_exactly_their_rows(client, staff, park):
    for name, stage, light in [("a", "L01", "red"), ("b", "L08", "red"), ("c", "L08", "green"), ("d", "L13", "blue")]:
        named(park, name, stage=stage, light=light)
    counters = client.get(URL).context["counters"]
    found = {c["href"]: c["number"] for c in counters if c["number"]}
    assert found == {
        "/projects/?light=red": 2, "/projects/?light=blue": 1, "/projects/?light=green": 1,
        "/projects/?pool=planning": 1, "/projects/?pool=started": 2, "/projects/?pool=production": 1,
    }  # fmt: skip
    for href, number in found.items():
        assert len(names(client.get(href))) == number
    filtered = client.get(URL, {"light": "red", "page": 1, "sort": "name"}).context["counters"]
    assert [c["number"] for c in filtered] == [c["number"] for c in counters]


def test_pages_hold_fifty_and_links_keep_the_filters(client, staff, park):
    for _n in range(53):
        factories.project(park, stage="L08")
    first = client.get(URL, {"stage": "L08"})
    assert len(first.context["rows"]) == 50 and "?stage=L08&amp;page=2" in first.content.decode()
    assert len(client.get(URL, {"stage": "L08", "page": 2}).context["rows"]) == 3
    assert len(client.get(URL, {"page": "99999999999999999999"}).context["rows"]) == 3
    assert client.get(URL, {"page": "x"}).status_code == 200


def test_only_what_the_person_may_know_of(client, park):
    other = named(factories.park(), "别园")
    unit = factories.user(park, "unit")
    mine, team, foreign = (
        named(park, "本单位", responsible_unit=unit.organization),
        named(park, "专班"),
        named(park, "无关"),
    )
    TeamMember.objects.create(project=team, role="department", organization=unit.organization)
    client.force_login(unit, backend="accounts.backends.OrganizationBackend")
    assert set(names(client.get(URL))) == {mine.name, team.name}
    assert {p.pk for p in (other, foreign)}.isdisjoint({r.project.pk for r in client.get(URL).context["rows"]})
    assert reverse("projects:create") not in client.get(URL).content.decode()


def test_unit_choices_are_those_of_the_park(client, staff, park):
    foreign = factories.organization(factories.park(), name="外园单位")
    response = client.get(URL, {"responsible_unit": foreign.pk})
    assert response.status_code == 200 and response.context["filter"].form.errors
    assert "外园单位" not in response.content.decode() and names(response) == []


@pytest.mark.parametrize(
    "query",
    [{"q": "长" * 4000}, {"q": "\ud83d\ude00"}, {"q": "a\x01b"}, {"stage": "L99"}, {"light": "pink"}, {"pool": "x"},
     {"responsible_unit": "x"}, {"responsible_unit": "9" * 30}, {"level": "'"}, {"stale": "maybe"}, {"q": "😀"}],
)  # fmt: skip
def test_bad_filters_are_answered(client, staff, park, query):
    named(park, "甲")
    try:
        response = client.get(URL, query)
    except UnicodeEncodeError:
        return  # a lone surrogate cannot be sent at all
    assert response.status_code == 200


def test_nul_is_refused(client, staff):
    assert client.get(URL + "?q=%00").status_code == 400


def test_empty_park_says_what_to_do(client, staff):
    assert reverse("projects:create") in client.get(URL).content.decode()


def test_enterprises_go_to_their_own_page(client, park):
    client.force_login(factories.user(park, "enterprise"), backend="accounts.backends.OrganizationBackend")
    response = client.get(URL)
    assert response.status_code in (302, 404) and "/projects/" not in response.get("Location", "")


def test_anonymous_sign_in_first(client):
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize(("view", "most"), [("", 10), ("board", 14)])
def test_queries_do_not_grow(client, staff, park, view, most):
    numbers = []
    for rows in (1, 2, 57):
        for n in range(rows):
            project = named(park, f"项目{rows}-{n}", stage=f"L{n % 15 + 1:02}", responsible_unit=staff.organization)
            AnnualPlan.objects.create(project=project, year=2026, planned_10k=1)
        client.get(URL, {"view": view})
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(URL, {"view": view})
        numbers.append(len(found))
    assert len(set(numbers)) == 1 and numbers[0] <= most, numbers
