"""Pages of the ledger: per role, from the list to the last tap, with bad input and with somebody else being first."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from dispatch.ledger import actions
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.ledger.move_forms import MOVE_FORMS
from projects.text import search_text
from tests import factories
from tests.dispatch.ledger_cases import EDGE, assigned, cast, closed, closing, item, snapshot
from tests.factories import AT, TODAY
from workdays.models import CalendarYear

pytestmark = pytest.mark.django_db
LIST = "/ledger/"


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    return cast()


def page(client, user, url=LIST, status=200, **headers):
    client.force_login(user)
    response = client.get(url, headers=headers)
    assert response.status_code == status
    return response


def titles(client, user, query=""):
    return [row.item.title for row in page(client, user, LIST + query).context["rows"]]


def move(client, user, row, verb, status=302, **fields):
    client.force_login(user)
    row.refresh_from_db()
    url = reverse("dispatch:ledger_move", args=[row.pk, verb])
    response = client.post(url, {"version": row.version} | fields)
    assert response.status_code == status
    row.refresh_from_db()
    return response


def detail(row):
    return reverse("dispatch:ledger_detail", args=[row.pk])


# list -------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_to_do_and_what_is_late(client, people):
    late = assigned(people, title="逾期事项", due_on=TODAY - timedelta(days=3), starts_on=None)
    assigned(people, title="临期事项", due_on=TODAY + timedelta(days=2))
    closed(people, title="已销号事项")
    item(people, title="待交办事项")
    text = page(client, people.staff).content.decode()
    assert [t in text for t in ("逾期事项", "临期事项", "待交办事项", "已销号事项")] == [True, True, True, False]
    assert late.number in text
    rows = {row.item.title: row for row in page(client, people.staff).context["rows"]}
    assert (rows["逾期事项"].days, rows["临期事项"].days, rows["待交办事项"].days) == (-1, 2, None)
    assert len(rows["待交办事项"].missing) == 5
    assert len(rows["逾期事项"].missing) == 1


def test_the_figures_lead_to_exactly_their_rows(client, people):
    assigned(people, due_on=TODAY - timedelta(days=1), starts_on=None)
    assigned(people, due_on=TODAY)
    assigned(people, due_on=TODAY + timedelta(days=3))
    assigned(people, due_on=TODAY + timedelta(days=4))
    closing(people)
    closed(people)
    row = closing(people)
    actions.send_back(row, reason="x", by=people.staff, version=3, **EDGE)
    stats = page(client, people.staff).context["stats"]
    assert [stat["number"] for stat in stats] == [6, 1, 2, 1, 1, 0]
    for stat in stats:
        assert page(client, people.staff, stat["href"]).context["page_obj"].paginator.count == stat["number"]


def test_filters(client, people):
    project = factories.project(people.park, name="新能源电池", search_text=search_text("新能源电池"))
    assigned(people, title="甲", category="land", kind="task", project=project)
    assigned(people, title="乙", unit=people.stranger.organization, person_name="赵科长")
    item(people, title="丙", source="visit")
    closed(people, title="丁")
    closing(people, title="戊")
    staff = people.staff
    assert set(titles(client, staff)) == {"甲", "乙", "丙", "戊"}
    cases = {
        "?state=all": {"甲", "乙", "丙", "丁", "戊"},
        "?state=closed": {"丁"},
        "?category=land": {"甲"},
        "?kind=task": {"甲"},
        "?source=visit": {"丙"},
        f"?unit={people.unit.pk}": {"甲", "戊"},
        f"?project={project.pk}": {"甲"},
        "?whose=waiting": {"丙", "戊"},
        "?whose=own": set(),
        "?q=xnydc": {"甲"},
        "?q=赵科长": {"乙"},
        "?q=甲+新能源": {"甲"},
        "?q=没有": set(),
    }
    for query, wanted in cases.items():
        assert set(titles(client, staff, query)) == wanted, query


def test_wrong_filters_are_named_and_ignored(client, people):
    item(people, title="甲")
    other = factories.project(cast().park)
    for query in (
        f"?project={other.pk}",
        "?state=nothing",
        "?unit=x",
        "?sort=password",
        "?page=99",
        "?q=" + "长" * 200,
    ):
        assert titles(client, people.staff, query) == ["甲"], query


def test_sorting_by_an_allow_list(client, people):
    assigned(people, title="b", due_on=TODAY + timedelta(days=9))
    assigned(people, title="a", due_on=TODAY + timedelta(days=10))
    item(people, title="c")
    assert titles(client, people.staff) == ["b", "a", "c"]
    assert titles(client, people.staff, "?sort=title") == ["a", "b", "c"]
    assert titles(client, people.staff, "?sort=-title") == ["c", "b", "a"]
    assert titles(client, people.staff, "?sort=-due") == ["a", "b", "c"]


def test_htmx_gets_the_rows_only(client, people):
    item(people)
    response = page(client, people.staff, **{"HX-Request": "true"})
    text = response.content.decode()
    assert text.lstrip().startswith('<section id="ledger">')
    assert "<html" not in text
    assert "HX-Request" in response["Vary"]


def test_a_unit_sees_what_concerns_it(client, people):
    assigned(people, title="甲")
    assigned(people, title="乙", unit=people.stranger.organization, cooperating_units=[people.unit])
    item(people, title="丙")
    assert set(titles(client, people.worker)) == {"甲", "乙"}
    assert titles(client, people.worker, "?whose=own") == ["甲"]
    assert titles(client, people.stranger) == ["乙"]
    assert "register" not in page(client, people.worker).content.decode().lower().split("<main")[1].split("filter")[0]


def test_enterprises_and_accounts_without_a_role_have_no_ledger(client, people, django_user_model):
    row = item(people)
    enterprise = factories.user(people.park, "enterprise")
    admin = django_user_model.objects.create_superuser("root", password=factories.PASSWORD)
    for user in (enterprise, admin):
        for url in (LIST, LIST + "new/", LIST + "export/", detail(row), detail(row) + "edit/"):
            page(client, user, url, status=404)
    row = item(people)
    outsider = cast().staff
    for url in (detail(row), detail(row) + "edit/", detail(row) + "move/close/"):
        page(client, outsider, url, status=404)


@pytest.mark.parametrize("role", ["staff", "worker"])
def test_queries_do_not_grow(client, people, role, django_assert_num_queries):
    user = getattr(people, role)
    project = factories.project(people.park)
    numbers = []
    for wanted in (1, 3, 60):
        while LedgerItem.objects.count() < wanted:
            assigned(people, project=project)
        numbers.append(queries(client, user, LIST))
    assert numbers[0] == numbers[1]
    assert numbers[2] - numbers[1] <= 0


def queries(client, user, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(user)
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        client.get(url)
    return len(caught)


def test_the_export_is_the_list_and_only_text(client, people):
    assigned(people, title="=HYPERLINK(1)", measures="+1")
    closed(people, title="已销号")
    item(people, title="另一项")
    response = page(client, people.staff, LIST + "export/?sort=-title")
    sheet = load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(min_row=5))
    heads = [cell.value for cell in sheet[3]]
    title, until = heads.index("任务（节点）"), heads.index("定工期（止）")
    assert [row[title].value for row in rows] == ["另一项", "=HYPERLINK(1)"]
    assert rows[1][title].data_type == "s"
    assert rows[1][until].value.date() == TODAY + timedelta(days=14)
    people.staff.role.verbs.remove("export_ledger")
    people.staff.role.save()
    page(client, people.staff, LIST + "export/", status=403)


# register and edit ------------------------------------------------------------------------------------------------


def filled(**fields):
    return {"kind": "problem", "category": "land", "source": "centre", "title": "用地"} | fields


def test_registering_from_a_project(client, people):
    project = factories.project(people.park)
    milestone = project.milestones.create(stage="L09")
    response = page(client, people.staff, f"{LIST}new/?project={project.pk}")
    assert project.name in response.content.decode()
    fields = filled(
        project=project.name, milestone=milestone.pk, unit=people.unit.pk, due_on="2026-03-20", leader="王主任"
    )
    response = client.post(LIST + "new/", fields | {"cooperating_units": [people.stranger.organization.pk]})
    row = LedgerItem.objects.get()
    assert response.url == detail(row)
    assert (row.project, row.milestone, row.state, row.due_on) == (project, milestone, "assigned", date(2026, 3, 20))
    assert (row.created_by, row.park) == (people.staff, people.park)
    assert list(row.cooperating_units.all()) == [people.stranger.organization]
    page(client, people.staff, detail(row))


def test_a_project_is_found_by_initials_and_an_ambiguous_one_is_asked_about(client, people):
    for name in ("宏图电池一期", "宏图电池二期"):
        factories.project(people.park, name=name, search_text=search_text(name))
    client.force_login(people.staff)
    response = client.post(LIST + "new/", filled(project="宏图"))
    assert response.status_code == 422
    assert "宏图电池一期、宏图电池二期" in response.content.decode()
    assert client.post(LIST + "new/", filled(project="htdcyq")).status_code == 302
    assert LedgerItem.objects.get().project.name == "宏图电池一期"


def test_a_leader_registers_an_instruction(client, people):
    client.force_login(people.leader)
    assert client.post(LIST + "new/", filled()).status_code == 422
    assert client.post(LIST + "new/", filled(source="instruction")).status_code == 302
    row = LedgerItem.objects.get()
    assert row.source == "instruction"
    move(client, people.leader, row, "assign", unit=people.unit.pk, due_on="2026-03-20")
    assert row.state == "assigned"


def test_a_unit_does_not_register_or_edit(client, people):
    page(client, people.worker, LIST + "new/", status=403)
    assert client.post(LIST + "new/", filled()).status_code == 403
    row = assigned(people)
    page(client, people.worker, detail(row) + "edit/", status=403)
    assert client.post(detail(row) + "edit/", filled(version=1)).status_code == 403
    assert LedgerItem.objects.count() == LedgerEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["title", "description", "measures", "standard", "leader", "person_name", "project"])
def test_bad_texts_change_nothing(client, people, name):
    client.force_login(people.staff)
    assert client.post(LIST + "new/", filled(**{name: "a\0b"})).status_code == 400
    for text in ("长" * 40_000, "a\x07b"):
        response = client.post(LIST + "new/", filled(**{name: text}))
        assert response.status_code == 422
        assert name in response.context["form"].errors
    assert not LedgerItem.objects.exists()
    assert client.post(LIST + "new/", filled(title="🏗️ 工地")).status_code == 302


def test_bad_choices_and_dates(client, people):
    other = cast()
    project, foreign = factories.project(people.park, name="甲"), factories.project(other.park, name="外")
    second = factories.project(people.park, name="乙")
    stone = second.milestones.create(stage="L09")
    client.force_login(people.staff)
    wrong = [
        ({"project": foreign.name}, "project"),
        ({"project": str(foreign.pk)}, "project"),
        ({"project": project.name, "milestone": stone.pk}, "milestone"),
        ({"unit": other.unit.pk}, "unit"),
        ({"cooperating_units": [other.unit.pk]}, "cooperating_units"),
        ({"starts_on": "2026-03-20", "due_on": "2026-03-10"}, "due_on"),
        ({"due_on": "20260230"}, "due_on"),
        ({"kind": "wish"}, "kind"),
        ({"source": "ledger"}, "source"),
        ({"title": " "}, "title"),
    ]
    for fields, name in wrong:
        response = client.post(LIST + "new/", filled(**fields))
        assert response.status_code == 422, fields
        assert name in response.context["form"].errors, fields
    assert not LedgerItem.objects.exists()


def test_editing(client, people):
    row = item(people, cooperating_units=[people.unit])
    page(client, people.staff, detail(row) + "edit/")
    fields = filled(title="新标题", version=1, unit=people.unit.pk, due_on="2026-03-20")
    assert client.post(detail(row) + "edit/", fields).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.unit, row.state, row.version) == ("新标题", people.unit, "registered", 2)
    assert not row.cooperating_units.exists()


def test_editing_an_assigned_item_leaves_unit_and_deadline(client, people):
    row = assigned(people)
    fields = filled(version=1, unit=people.stranger.organization.pk, due_on="2026-12-31", title="另")
    client.force_login(people.staff)
    assert client.post(detail(row) + "edit/", fields).status_code == 302
    row.refresh_from_db()
    assert (row.unit, row.due_on, row.title) == (people.unit, TODAY + timedelta(days=14), "另")


def test_editing_over_somebody_elses_change_keeps_the_text_and_asks_again(client, people):
    row = item(people)
    actions.edit(row, fields={"leader": "别人"}, by=people.second, version=1, **EDGE)
    before = snapshot(row)
    client.force_login(people.staff)
    response = client.post(detail(row) + "edit/", filled(title="我写的", version=1))
    assert response.status_code == 409
    assert snapshot(row) == before
    text = response.content.decode()
    assert 'value="我写的"' in text
    assert re.search(r'name="version" value="2"', text)
    assert client.post(detail(row) + "edit/", filled(title="我写的", version=2)).status_code == 302


def test_a_closed_item_is_not_edited(client, people):
    row = closed(people)
    page(client, people.staff, detail(row) + "edit/", status=409)


# the way ----------------------------------------------------------------------------------------------------------


def verbs(response):
    context = response.context
    return ([context["leading"].verb.value] if context["leading"] else [], [o.verb.value for o in context["others"]])


def test_what_is_offered_to_whom(client, people):
    new, mine, asked, done = item(people), assigned(people), closing(people), closed(people)
    assert verbs(page(client, people.staff, detail(new))) == (["assign"], [])
    assert verbs(page(client, people.leader, detail(new))) == (["assign"], [])
    assert verbs(page(client, people.worker, detail(mine))) == (["sign"], ["ask_extension", "ask_hang"])
    assert verbs(page(client, people.staff, detail(mine))) == (["sign"], ["assign", "extend", "hang"])
    assert verbs(page(client, people.worker, detail(asked))) == ([], [])
    assert verbs(page(client, people.staff, detail(asked))) == (["close"], ["return"])
    assert verbs(page(client, people.staff, detail(done))) == ([], ["reopen"])
    assert verbs(page(client, people.worker, detail(done))) == ([], [])


def test_three_taps_for_a_unit(client, people):
    row = assigned(people)
    response = page(client, people.worker, detail(row))
    assert f'action="{reverse("dispatch:ledger_move", args=[row.pk, "sign"])}"' in response.content.decode()
    move(client, people.worker, row, "sign")
    assert verbs(page(client, people.worker, detail(row))) == (["progress"], ["ask_close", "ask_extension", "ask_hang"])
    move(client, people.worker, row, "progress", note="已报")
    move(client, people.worker, row, "ask_close", evidence="已取得")
    assert row.state == "closing"


def test_closing_is_not_offered_to_who_asked_and_the_page_says_why(client, people):
    row = actions.sign(assigned(people), by=people.staff, version=1, **EDGE)
    actions.ask_close(row, evidence="x", by=people.staff, version=2, **EDGE)
    response = page(client, people.staff, detail(row))
    assert verbs(response) == ([], [])
    assert len(response.context["why_not"]) == 1
    move(client, people.staff, row, "close", status=409)
    assert row.state == "closing"
    assert verbs(page(client, people.second, detail(row))) == (["close"], ["return"])


def test_closing_and_reopening_ask_first(client, people):
    row = closing(people)
    url = reverse("dispatch:ledger_move", args=[row.pk, "close"])
    response = page(client, people.staff, url)
    assert 'class="confirm panel"' in response.content.decode()
    assert row.number in response.content.decode()
    move(client, people.staff, row, "close", note="已现场核实")
    assert (row.state, row.closed_by) == ("closed", people.staff)
    assert client.get(url).status_code == 302
    assert page(client, people.staff, url.replace("close", "reopen")).status_code == 200
    move(client, people.staff, row, "reopen", status=422)
    assert row.state == "closed"
    move(client, people.staff, row, "reopen", reason="复查不合格")
    assert row.state == "returned"
    response = page(client, people.worker, detail(row))
    assert "复查不合格" in response.content.decode()
    assert response.context["reopened"] == 1


def test_an_extension_on_the_page(client, people):
    CalendarYear.objects.all().delete()
    row = assigned(people)
    move(client, people.staff, row, "extend", status=422, workdays=11, reason="x")
    move(client, people.staff, row, "extend", workdays=5, reason="等待批复")
    assert (row.due_on, row.extended_wd) == (date(2026, 3, 23), 5)
    response = page(client, people.staff, detail(row))
    assert verbs(response) == (["sign"], ["assign", "hang"])
    assert len(response.context["why_not"]) == 1


def test_other_units_are_kept_out(client, people):
    row = assigned(people, cooperating_units=[people.stranger.organization])
    hidden = assigned(people)
    before = snapshot(row), snapshot(hidden)
    page(client, people.stranger, detail(row))
    for verb in MOVE_FORMS:
        move(client, people.stranger, row, verb, status=403, note="x", reason="x", evidence="x")
        move(client, people.stranger, hidden, verb, status=404)
    move(client, people.stranger, hidden, "vanish", status=404)
    assert (snapshot(row), snapshot(hidden)) == before


def test_being_overtaken_keeps_the_text(client, people):
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    actions.report_progress(row, note="同事写的", by=people.worker, version=2, **EDGE)
    before = snapshot(row)
    client.force_login(people.worker)
    url = reverse("dispatch:ledger_move", args=[row.pk, "progress"])
    response = client.post(url, {"version": 2, "note": "我写的很长的进展"})
    assert response.status_code == 409
    assert snapshot(row) == before
    text = response.content.decode()
    assert "我写的很长的进展" in text
    assert "同事写的" in text
    form = text.split('id="progress"')[1].split("</form>")[0]
    assert 'value="3"' in form
    assert client.post(url, {"version": 3, "note": "我写的很长的进展"}).status_code == 302


def test_text_for_a_verb_that_is_gone_is_shown_for_copying(client, people):
    row = closing(people)
    client.force_login(people.worker)
    url = reverse("dispatch:ledger_move", args=[row.pk, "progress"])
    response = client.post(url, {"version": 2, "note": "来不及写的"})
    assert response.status_code == 409
    assert "来不及写的" in response.content.decode()


def test_a_wrong_field_does_not_hide_that_somebody_was_first(client, people):
    """Only being told makes a stale form fresh."""
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    client.force_login(people.worker)
    url = reverse("dispatch:ledger_move", args=[row.pk, "progress"])
    response = client.post(url, {"version": 1, "note": ""})
    assert response.status_code == 422
    assert 'value="1"' in response.content.decode().split('id="progress"')[1].split("</form>")[0]


def test_long_and_unstorable_notes(client, people):
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    before = snapshot(row)
    move(client, people.worker, row, "progress", status=400, note="a\0b")
    move(client, people.worker, row, "progress", status=422, note="长" * 40_000)
    move(client, people.worker, row, "progress", status=422, note="a\x07b")
    assert snapshot(row) == before


def test_moves_are_not_made_by_reading(client, people):
    row = assigned(people)
    before = snapshot(row)
    response = page(client, people.worker, reverse("dispatch:ledger_move", args=[row.pk, "sign"]), status=302)
    assert response.url == detail(row) + "#sign"
    assert snapshot(row) == before


def test_the_history_on_the_page(client, people):
    row = closing(people)
    actions.edit(row, fields={"category": "funds"}, by=people.staff, version=3, **EDGE)
    timeline = page(client, people.staff, detail(row)).context["timeline"]
    assert len(timeline) == 4
    assert timeline[0]["note"].endswith("→ " + str(LedgerItem.Category.FUNDS.label))
    assert timeline[1]["note"] == "已取得许可证"
    assert timeline[3]["who"] == people.staff


def test_scripts_in_texts_stay_texts(client, people):
    bad = "<script>alert(1)</script>"
    row = assigned(people, title=bad, measures=bad, description=bad)
    for url in (LIST, detail(row), detail(row) + "edit/"):
        assert bad not in page(client, people.staff, url).content.decode()
