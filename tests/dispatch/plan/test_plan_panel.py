"""The plan on the project page: the answer, the chart and its table, who sees what, empty states, filters."""

import re
from datetime import date

import cssselect2
import pytest
import tinyhtml5
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from dispatch.plan import panel, policies, print_views
from dispatch.plan.models import Plan, PlanForecast, PlanTask
from projects.models import Milestone, Project
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
HOSTILE = "\"><script>alert('1')</script>&amp;\x00" + "长" * 200


@pytest.fixture(autouse=True)
def clocks(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park):
    return factories.user(park)


@pytest.fixture
def project(park):
    return project_with_steps(park, stage="L04", responsible_unit=factories.organization(park))


def target(project, day, goal="L08"):
    return Plan.objects.create(project=project, goal=goal, target_on=day, created_at=AT, updated_at=AT)


def page(user, project, query="", tab="schedule"):
    client = Client()
    client.force_login(user)
    return client.get(f"{reverse('projects:detail', args=[project.pk])}?tab={tab}{query}")


def classes(answer, selector):
    """Elements of the page that a selector of a style sheet finds."""
    tree = tinyhtml5.parse(answer.content.decode(), namespace_html_elements=False)
    return [found.etree_element for found in cssselect2.ElementWrapper.from_html_root(tree).query_all(selector)]


def test_the_answer_stands_above_the_chart(staff, project):
    target(project, date(2026, 3, 20))
    answer = page(staff, project)
    reading = answer.context["reading"]
    assert reading.verdict == "short" and classes(answer, ".plan-short .light-red")
    assert len(classes(answer, ".plan-chain a")) == len(answer.context["chain"]) > 3
    links = [one.get("href") for one in classes(answer, ".plan-chain a")]
    shown = {f"#{one.get('id')}" for one in classes(answer, "a.g-task")}
    assert set(links) <= shown
    bars = classes(answer, "a.g-task")
    assert len(bars) == len(classes(answer, ".gantt-table tbody tr:not(.group)")) == len(classes(answer, ".gantt-name"))
    assert all(bar.get("aria-label") and bar.get("aria-label") in "".join(bar.itertext()) for bar in bars)
    assert [bar.get("href") for bar in bars if bar.get("data-key") == "S12"] == [
        reverse("dispatch:plan_task", args=[project.pk, "S12"])
    ]
    assert not re.search(rb"<[^>]*\son\w+=|\sstyle=", answer.content)


@pytest.mark.parametrize(
    ("day", "verdict", "light"),
    [(date(2029, 6, 1), "kept", "green"), (date(2026, 3, 3), "short", "red"), (None, "no_target", "grey")],
)
def test_one_verdict_in_shape_and_word(staff, project, day, verdict, light):
    target(project, day)
    answer = page(staff, project)
    assert classes(answer, f".plan-{verdict} .plan-answer .light-{light}")


def test_a_reached_goal_and_a_halted_project_have_no_forecast_and_nothing_to_drag(staff, park):
    reached = project_with_steps(park, stage="L08")
    Milestone.objects.create(project=reached, stage="L08", actual_on=TODAY)
    target(reached, TODAY)
    answer = page(staff, reached)
    assert answer.context["reading"].verdict == "reached" and not classes(answer, ".plan-chain")
    halted = project_with_steps(park, stage="L04", status=Project.Status.SUSPENDED)
    halted.status_changes.create(
        from_status="active", status="suspended", on=date(2026, 2, 9), reason="暂停", at=AT, by=staff
    )
    answer = page(staff, halted)
    assert answer.context["reading"].verdict == "halted" and answer.context["reading"].as_of == date(2026, 2, 9)
    assert not classes(answer, "[data-preview]") and not classes(answer, "a.g-task[data-start]")


def test_a_project_without_steps_says_so_and_shows_its_milestones(staff, park):
    answer = page(staff, factories.project(park), "&after=1")
    assert answer.status_code == 200 and classes(answer, ".plan-summary .notice-info")
    assert {one.get("data-key")[0] for one in classes(answer, "a.g-task")} == {"L", "W"}


def test_units_read_without_changing_and_enterprises_see_nothing(park, project):
    unit = factories.user(park, "unit", project.responsible_unit)
    answer = page(unit, project)
    assert answer.status_code == 200 and len(classes(answer, "a.g-task")) > 10
    assert not classes(answer, "[data-preview]") and not classes(
        answer, "a.g-task[data-start], a.g-task[data-duration]"
    )
    plan_pages = [one.get("href") for one in classes(answer, "main a") if "/plans/" in (one.get("href") or "")]
    own = {"print", "xlsx", "baselines", "history"}
    assert {href.split("?")[0].strip("/").split("/")[-1] for href in plan_pages} == own
    assert classes(page(factories.user(park), project), "[data-preview]")
    enterprise = factories.user(park, "enterprise")
    assert panel.panel_context(project, enterprise, TODAY) == {"reading": None}


def test_who_only_reads_is_led_to_the_levers_when_the_target_is_missed(park, project):
    levers = reverse("dispatch:plan_levers", args=[project.pk])
    plan = target(project, date(2027, 12, 1))
    leader = factories.user(park, "leader")
    assert not classes(page(leader, project), f'a[href="{levers}"]')
    Plan.objects.filter(pk=plan.pk).update(target_on=TODAY)
    assert classes(page(leader, project), f'a[href="{levers}"]')


def test_no_line_of_the_table_ends_inside_a_day(staff, project):
    days = classes(page(staff, project), "#plan-table td .nowrap")
    assert {len(one.text) for one in days if one.text.startswith("20")} == {len("2026-03-02")}


def test_what_the_address_asks_for(staff, project):
    target(project, date(2026, 6, 1))
    reading = panel.read(project, staff, TODAY)
    full = panel.shown(reading, QueryDict("after=1"))
    critical = panel.shown(reading, QueryDict("critical=1&scale=day"))
    assert {row.key for row in critical.chart.rows} == reading.schedule.critical
    assert critical.chart.axis.px == 20 and full.chart.hidden == 0
    assert len(list(full.chart.rows)) > len(list(panel.shown(reading, QueryDict("")).chart.rows))
    hrefs = {toggle.label: toggle.href for toggle in critical.toggles}
    assert [toggle.is_on for toggle in critical.toggles] == [True, False, False, False, False]
    assert "critical" not in next(iter(hrefs.values())) and "scale=day" in next(iter(hrefs.values()))
    assert panel.shown(reading, QueryDict("scale=<x>&critical=%00")).chart == panel.shown(reading, QueryDict("")).chart


def test_the_number_of_queries_does_not_depend_on_the_plan(staff, park, project):
    other = project_with_steps(park, stage="L04", responsible_unit=project.responsible_unit)
    plan = target(other, date(2026, 6, 1))
    for number in range(12):
        PlanTask.objects.create(
            plan=plan, key=f"T{number + 1}", kind="own", name=f"任务{number}", seq=number, duration_wd=3
        )
    target(project, date(2026, 6, 1))

    def queries(one):
        one = Project.objects.get(pk=one.pk)
        load_calendar()
        with CaptureQueriesContext(
            connection,
        ) as found:
            panel.panel_context(one, staff, TODAY)
        return len(found)

    queries(project)
    assert queries(project) == queries(other) <= 20


def test_hostile_names_stay_text(staff, project):
    plan = target(project, date(2026, 6, 1))
    text = HOSTILE.replace("\x00", "")[:120]
    PlanTask.objects.create(plan=plan, key="T1", kind="own", name=text, seq=1, duration_wd=5, planned_on=TODAY)
    answer = page(staff, project)
    assert b"<script>alert" not in answer.content
    bar = next(one for one in classes(answer, "a.g-task") if one.get("data-key") == "T1")
    assert text in bar.get("aria-label")


@pytest.mark.parametrize("query", ["", "?after=1&critical=1"])
def test_the_a3_paper(staff, project, query):
    pytest.importorskip("weasyprint")
    Project.objects.filter(pk=project.pk).update(name='"><b>名')
    target(project, date(2026, 6, 1))
    client = Client()
    client.force_login(staff)
    answer = client.get(reverse("dispatch:plan_print", args=[project.pk]) + query)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    import pypdfium2

    document = pypdfium2.PdfDocument(answer.content)
    width, height = document[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (420, 297)
    assert '"><b>名' in document[0].get_textpage().get_text_range()
    document.close()


def test_paper_has_no_room_for_another_park(project):
    stranger = factories.user(factories.park())
    client = Client()
    client.force_login(stranger)
    for name in ("plan_print", "plan_xlsx"):
        assert client.get(reverse(f"dispatch:{name}", args=[project.pk])).status_code == 404
    assert print_views.LINE_LEAST * 50 < 900


def test_the_chance_is_told_only_where_the_park_wants_it(staff, project):
    target(project, date(2026, 3, 20))
    assert panel.panel_context(project, staff, TODAY)["chance"] == ""
    policies.save_rules({"risk_on": True}, note="试用", base_version=0, by=staff, at=AT)
    assert "0" in panel.panel_context(project, staff, TODAY)["chance"]  # 0 of so many durations: not enough data
    PlanForecast.objects.create(
        project=project, as_of=TODAY, goal="L08", target_on=date(2026, 3, 20), p50_on=date(2026, 5, 6),
        p80_on=date(2026, 6, 8), computed_at=AT,
    )  # fmt: skip
    told = panel.panel_context(project, staff, TODAY)["chance"]
    assert "2026-05-06" in told and "2026-06-08" in told
