"""The map as markup: of a catalogue and of a project; structure, words, links and the number of questions asked."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from approvals import actions
from approvals.models import Catalogue, ProjectStep
from approvals.navmap import drawings
from approvals.navmap.look import around
from approvals.queries import steps_of
from tests import factories
from tests.approvals.cases import AT, PLAIN, finish, move, project, step_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)
CODES = [f"S{n:02}" for n in range(1, 23)]


@pytest.fixture
def made():
    return project(factories.park(), name="测试电机项目")


def live(made, today=MONDAY):
    staff = factories.user(made.park)
    return drawings.of_project(steps_of(made, staff, today=today, calendar=PLAIN))


def face(made, code, today=MONDAY):
    return live(made, today).faces[code]


def tree(drawing):
    markup = render_to_string("approvals/navmap/_map.html", {"map": drawing})
    return ElementTree.fromstring("<main>" + markup.replace('.css">', '.css"/>') + "</main>")


def stops_of(markup):
    return {kind: markup.findall(f".//div[@class='navmap-{kind}']//a") for kind in ("horizontal", "vertical")}


def test_a_catalogue_shows_every_step_once_in_each_orientation():
    markup = tree(drawings.of_catalogue(Catalogue.objects.in_force(), lambda code: f"/where/{code}"))

    for links in stops_of(markup).values():
        assert sorted(link.get("data-code") for link in links) == CODES
        for link in links:
            assert link.get("href") == f"/where/{link.get('data-code')}"
            assert link.get("aria-label").startswith(link.get("data-code"))
            assert link.get("aria-label") == link.findtext("title")


def test_no_style_reaches_the_page():
    markup = render_to_string(
        "approvals/navmap/_map.html", {"map": drawings.of_catalogue(Catalogue.objects.in_force(), lambda code: "#")}
    )

    assert "style=" not in markup and "<style" not in markup and "onclick" not in markup


def test_the_tab_key_goes_along_the_phases():
    drawing = drawings.of_catalogue(Catalogue.objects.in_force(), lambda code: "#")
    order = [link.get("data-code") for link in stops_of(tree(drawing))["horizontal"]]

    assert order[0] == "S01" and order[-1] == "S22"
    assert order.index("S09") < order.index("S10") < order.index("S13") < order.index("S17") < order.index("S18")


def test_names_are_written_out_in_full_over_all_lines():
    markup = tree(drawings.of_catalogue(Catalogue.objects.in_force(), lambda code: "#"))
    written = {
        link.get("data-code"): "".join(part.text for part in link.iter("tspan"))
        for link in stops_of(markup)["horizontal"]
    }

    assert "建设工程规划许可证核发" in written["S13"] and "环境影响评价审批" in written["S02"]


def test_texts_of_a_catalogue_are_escaped():
    catalogue = Catalogue.objects.in_force()
    catalogue.steps.filter(code="S13").update(name_zh="<b>规划</b>&许可")

    markup = tree(drawings.of_catalogue(catalogue, lambda code: f"/?a=1&b={code}"))

    assert list(markup.iter("b")) == []


def test_an_english_map_has_english_names():
    with translation.override("en"):
        drawing = drawings.of_catalogue(Catalogue.objects.in_force(), lambda code: "#")

    assert drawing.plan.phases[0].name == "Project establishment"


def test_a_running_step_says_state_days_left_and_whose_turn(made):
    step = step_of(made, "S13")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY)

    shown = face(made, "S13")

    assert shown.mark == "dot" and shown.alert == ""
    assert str(step.committed_limit_wd) in shown.notes[1] and len(shown.notes) == 3
    assert all(note in shown.says for note in shown.notes)


def test_a_late_step_is_marked_by_shape_word_and_colour(made):
    step = step_of(made, "S13")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY)

    shown = face(made, "S13", today=date(2026, 2, 16))
    markup = tree(live(made, today=date(2026, 2, 16)))

    assert "6" in shown.alert and shown.alert in shown.notes
    for links in stops_of(markup).values():
        late = next(link for link in links if link.get("data-code") == "S13")
        assert late.findall(".//circle[@r='13'][@stroke='#bb2421']") and late.findall(".//rect[@fill='#bb2421']")
        others = [link for link in links if link.get("data-code") != "S13"]
        assert not [link for link in others if link.findall(".//circle[@r='13']")]


def test_a_paused_step_has_bars(made):
    step = step_of(made, "S13")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY)
    move(step, "begin_handling", MONDAY)
    move(step, "pause", MONDAY, pause_kind="expert_review", note="专家评审")

    assert face(made, "S13").mark == "bars"


def test_a_finished_step_has_a_check_and_nothing_left_to_do(made):
    finish(made, "S01")

    shown = face(made, "S01")

    assert shown.mark == "check" and len(shown.notes) == 1


def test_a_step_that_does_not_apply_and_one_that_nobody_knows(made):
    staff = factories.user(made.park)
    actions.set_not_applicable(step_of(made, "S15"), reason="不需要", by=staff, at=AT)
    ProjectStep.objects.filter(project=made, code="S16").update(applicability="undetermined")

    assert face(made, "S15").is_off and face(made, "S15").mark == "off"
    assert face(made, "S16").mark == "question"


def test_a_project_map_leads_where_it_is_told_else_to_the_steps(made):
    staff = factories.user(made.park)
    views = steps_of(made, staff, today=MONDAY, calendar=PLAIN)

    own = drawings.of_project(views, lambda code: f"/mine/{code}")

    assert own.faces["S05"].url == "/mine/S05"
    assert live(made).faces["S05"].url == next(view.url for view in views if view.row.code == "S05")


def test_a_project_without_steps_has_no_sheet(made):
    made.steps.all().delete()

    assert live(made).sheets == []
    assert "navmap" in render_to_string("approvals/navmap/_map.html", {"map": live(made)})


def test_the_map_asks_as_often_for_many_steps_as_for_few(made, django_assert_num_queries):
    staff = factories.user(made.park)
    views = steps_of(made, staff, today=MONDAY, calendar=PLAIN)
    with django_assert_num_queries(6):
        drawings.of_project(views)
    made.steps.filter(seq__gt=4).delete()
    few = steps_of(made, staff, today=MONDAY, calendar=PLAIN)
    with django_assert_num_queries(6):
        drawings.of_project(few)
    catalogue = Catalogue.objects.in_force()
    with django_assert_num_queries(8):
        drawings.of_catalogue(catalogue, lambda code: "#")


def test_the_frame_of_the_focus_holds_stop_and_label(made):
    for sheet in live(made).sheets:
        for stop in sheet.layout.stops:
            box = around(stop.x, stop.y, stop.label.box)
            assert box.x < stop.x < box.right and box.y < stop.y < box.bottom
            assert box.x < stop.label.box.x and stop.label.box.bottom < box.bottom


def test_numbers_in_the_drawing_do_not_depend_on_the_language(made):
    for language in ("zh-hans", "en", "de"):
        with translation.override(language):
            markup = render_to_string("approvals/navmap/_map.html", {"map": live(made)})
        assert not re.search(r'(?:x|y|width|height)="[^"]*,', markup)
