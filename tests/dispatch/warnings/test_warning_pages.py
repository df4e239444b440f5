"""The warnings page, the panel of a project and the reasons behind a light."""

from datetime import date

import pytest
from django.urls import reverse

from dispatch.models import Warning
from dispatch.warnings import panel
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.reading import lines
from projects import seams
from projects.models import Milestone
from tests import factories
from workdays.arithmetic import WorkCalendar

DAY = date(2026, 11, 20)
URL = "/warnings/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: DAY)


@pytest.fixture
def park():
    return factories.park()


def late_project(park, due_on=date(2026, 11, 10), **fields):
    project = factories.project(park, **fields)
    Milestone.objects.create(project=project, stage="L10", baseline_on=due_on)
    return project


def derive():
    evaluate(as_of=DAY, at=factories.AT)


def page(client, person, query=""):
    client.force_login(person)
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def shown(response):
    return [line.warning.project.name for line in response.context["lines"]]


class TestList:
    def test_says_what_is_late_for_whom_and_since_when(self, client, park):
        unit = factories.organization(park, name="建设局")
        project = late_project(park, responsible_unit=unit)
        derive()
        response = page(client, factories.user(park))
        text = response.content.decode()
        assert reverse("dispatch:warning_list") == URL
        for expected in (project.name, "建设局", "2026-11-10", "2026-11-11", "竣工", "里程碑逾期"):
            assert expected in text
        line = response.context["lines"][0]
        assert (line.days, line.unit) == (-10, "calendar")

    def test_worst_first_then_oldest(self, client, park):
        names = {}
        for due_on in (date(2026, 11, 25), date(2026, 11, 10), date(2026, 9, 1), date(2026, 11, 1)):
            names[due_on] = late_project(park, due_on).name
        derive()
        assert shown(page(client, factories.user(park))) == [
            names[date(2026, 9, 1)],
            names[date(2026, 11, 1)],
            names[date(2026, 11, 10)],
            names[date(2026, 11, 25)],
        ]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?level=red", ["甲"]),
            ("?rule=MILESTONE_LATE", ["甲", "乙"]),
            ("?rule=STEP_LATE", []),
            ("?object_type=milestone&level=blue", ["丙"]),
            ("?q=乙", ["乙"]),
            ("?level=purple", ["甲", "乙", "丙"]),
            ("?page=99", ["甲", "乙", "丙"]),
            ("?unit=abc", ["甲", "乙", "丙"]),
        ],
    )
    def test_filters(self, client, park, query, expected):
        for name, due_on in [("甲", date(2026, 9, 1)), ("乙", date(2026, 11, 10)), ("丙", DAY)]:
            late_project(park, due_on, name=name)
        derive()
        assert shown(page(client, factories.user(park), query)) == expected

    def test_the_figures_on_top_link_to_their_rows(self, client, park):
        late_project(park, date(2026, 9, 1))
        late_project(park)
        derive()
        stats = page(client, factories.user(park)).context["stats"]
        assert [stat["number"] for stat in stats] == [1, 1, 0, 2]
        assert stats[0]["href"] == "/warnings/?level=red"

    def test_nothing_late_says_so(self, client, park):
        assert "grid" not in page(client, factories.user(park)).content.decode().split("<section")[1]

    def test_cleared_ones_are_gone(self, client, park):
        late_project(park)
        derive()
        Warning.objects.update(cleared_on=DAY)
        assert shown(page(client, factories.user(park))) == []


class TestScope:
    def test_a_unit_sees_its_own(self, client, park):
        unit = factories.organization(park)
        mine = late_project(park, responsible_unit=unit)
        late_project(park)
        derive()
        assert shown(page(client, factories.user(park, "unit", unit))) == [mine.name]

    def test_another_park_sees_nothing(self, client, park):
        late_project(park)
        derive()
        assert shown(page(client, factories.user(factories.park()))) == []

    def test_enterprises_have_no_such_page(self, client, park):
        client.force_login(factories.user(park, "enterprise"))
        assert client.get(URL).status_code == 404

    def test_posting_is_not_offered(self, client, park):
        client.force_login(factories.user(park))
        assert client.post(URL).status_code == 405


def queries_of(client, django_assert_max_num_queries, most):
    with django_assert_max_num_queries(most) as captured:
        assert client.get(URL).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow(client, park, django_assert_max_num_queries):
    person = factories.user(park)
    client.force_login(person)
    needed = []
    for total in (1, 3, 60):
        while Milestone.objects.count() < total:
            late_project(park, responsible_unit=factories.organization(park))
        derive()
        needed.append(queries_of(client, django_assert_max_num_queries, 20))
    assert len(set(needed)) == 1, needed


class TestSeams:
    def test_registered_once(self):
        panel.register()
        assert [entry.key for entry in seams.panels].count("warnings") == 1
        assert seams.row_facts.count(panel.row_facts) == 1

    def test_the_panel_of_a_project(self, park):
        project = late_project(park)
        late_project(park)
        derive()
        context = panel.panel_context(project, factories.user(park), DAY)
        assert [line.warning.project for line in context["lines"]] == [project]

    def test_reasons_for_a_light_worst_first(self, park):
        project, quiet = late_project(park), factories.project(park)
        Milestone.objects.create(project=project, stage="L11", baseline_on=date(2026, 9, 1))
        derive()
        facts = panel.row_facts([project, quiet], factories.user(park), DAY)
        assert list(facts) == [project.pk]
        assert facts[project.pk]["triggers"] == ["设备安装 里程碑逾期 2026-09-01", "竣工 里程碑逾期 2026-11-10"]

    def test_enterprises_get_no_reasons(self, park):
        organization = factories.organization(park, "enterprise")
        project = late_project(park, enterprise=factories.enterprise(park, organization))
        derive()
        person = factories.user(park, "enterprise", organization)
        assert panel.row_facts([project], person, DAY) == {}


def test_late_over_a_weekend_counts_calendar_days(park):
    warning = Warning(rule="STEP_LATE", object_type="step", object_id=0, due_on=DAY, level="yellow", label="S01")
    [line] = lines([warning], today=date(2026, 11, 21), calendar=WorkCalendar())
    assert (line.days, line.about, line.url) == (-1, "S01", "")


def test_links_lead_to_the_thing_itself(park):
    project = factories.project(park)
    common = {"rule": "STEP_LATE", "due_on": DAY, "level": "yellow", "label": "S01", "object_id": 7}
    pair = [
        Warning(object_type="step", project=project, **common),
        Warning(object_type="ledger_item", **common),
        Warning(object_type="milestone", project=project, **common),
    ]
    found = lines(pair, today=DAY, calendar=WorkCalendar())
    page = reverse("projects:detail", args=[project.pk])
    assert [line.url for line in found] == [
        reverse("approvals:step", args=[project.pk, "S01"]),
        reverse("dispatch:ledger_detail", args=[7]),
        page,
    ]
    assert [line.project_url for line in found] == [page, "", page]
