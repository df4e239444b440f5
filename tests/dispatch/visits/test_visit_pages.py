"""Pages of visits: the form, the plan, the grids, the panels; who may open what."""

import uuid
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from dispatch.ledger.models import LedgerItem
from dispatch.visits import actions, plans
from dispatch.visits.models import GridEnterprise, PlannedVisit, Visit, VisitGrid
from tests import factories
from tests.access.routes import body
from tests.approvals.papers import files as samples
from tests.dispatch.visits.visit_cases import PROBLEM, Q1, SOLVED, make_plan, record
from tests.dispatch.visits.visit_cases import case as make_case
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db, monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return make_case()


def url(name, *args):
    return reverse(f"dispatch:{name}", args=args)


def typed(*findings, **more):
    """What the form sends; findings: dictionaries."""
    data = {"visited_on": "2026-03-02", "token": str(uuid.uuid4()), "summary": "看了车间", "place": "一号车间"}
    data |= {"found-TOTAL_FORMS": "6", "found-INITIAL_FORMS": "0"}
    for n in range(6):
        row = findings[n] if n < len(findings) else {}
        data |= {f"found-{n}-{name}": value for name, value in ({"kind": "problem", "category": "other"} | row).items()}
    return data | more


def send(client, case, *findings, **more):
    address = f"{url('visit_new')}?enterprise={case.companies[0].pk}"
    return client.post(address, typed(*findings, **more))


def test_a_visit_in_a_minute(client, case):
    make_plan(case)
    client.force_login(case.cast.worker)
    start = client.get(url("visit_new"))
    assert [row.enterprise for row in start.context["plan"]] == case.companies[:2]
    planned = start.context["plan"][0]
    found = client.get(url("visit_new"), {"q": "企业1"})
    assert found.context["hits"] == [case.companies[1]]
    by_initials = client.get(url("visit_new"), {"q": "ylsyqy1"})
    assert by_initials.context["hits"] == [case.companies[1]]

    address = f"{url('visit_new')}?planned={planned.pk}"
    page = client.get(address)
    assert page.context["form"].initial["project"] == case.project
    picture = SimpleUploadedFile("现场.jpg", samples.photo_with_place())
    answer = client.post(
        address,
        typed(
            {"text": "雨水管未接通", "category": "works"},
            {"text": "门禁卡失效", "solved": "on", "solution": "换卡"},
            photos=[picture], camera=[SimpleUploadedFile("b.png", samples.picture("PNG"))],
            latitude="25.051234", longitude="102.712345", project=case.project.pk,
        ),
    )  # fmt: skip

    visit = Visit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("visit_detail", visit.pk))
    assert (visit.planned, visit.project, str(visit.latitude), visit.attachments.count()) == (
        planned, case.project, "25.051234", 2,
    )  # fmt: skip
    shown = client.get(answer["Location"]).content.decode()
    item = LedgerItem.objects.get()
    assert item.number in shown and f'data-draft-done="{visit.token}"' in shown and "25.051234" in shown
    client.force_login(case.cast.staff)
    assert url("visit_detail", visit.pk) in client.get(url("ledger_detail", item.pk)).content.decode()
    panel = client.get(reverse("projects:detail", args=[case.project.pk]), {"tab": "visits"}).content.decode()
    assert url("visit_detail", visit.pk) in panel and item.number in panel


def test_the_form_sent_twice_leads_to_one_visit(client, case):
    client.force_login(case.cast.worker)
    data = {"token": str(uuid.uuid4())}
    answers = [send(client, case, {"text": "雨水管未接通"}, **data) for _n in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"] and LedgerItem.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([{"solved": "on", "solution": "换卡"}], {}),
        ([{"text": "门禁卡失效", "solved": "on"}], {}),
        ([{"text": "门禁卡失效", "solution": "换卡"}], {}),
        ([{"text": "好", "category": "nowhere"}], {}),
        ([], {"visited_on": "2026-03-03"}),
        ([], {"visited_on": ""}),
        ([], {"latitude": "95"}),
        ([], {"latitude": "NaN"}),
        ([], {"summary": "a\x07b"}),
        ([], {"found-TOTAL_FORMS": "99"}),
        ([], {"photos": [SimpleUploadedFile("a.jpg", b"MZ")]}),
    ],
)
def test_what_the_form_refuses_keeps_the_text(client, case, rows, more):
    client.force_login(case.cast.worker)
    answer = send(client, case, *rows, **{"met_name": "陈总经理"} | more)
    assert answer.status_code == 422 and Visit.objects.count() == 0
    assert "陈总经理" in answer.content.decode()


def test_who_opens_what(client, case):
    visit = record(case)
    pages = ["visit_list", "visit_findings", "visit_figures", "visit_plan", "visit_new"]
    planner = ["visit_grids", "visit_grid_new", "visit_places", "visit_plan_make"]
    outsider = factories.user(factories.park(), "staff")
    for person, read, plan, detail in (
        (case.cast.staff, 200, 200, 200), (case.cast.leader, 200, 403, 200), (case.cast.worker, 200, 403, 200),
        (case.cast.stranger, 200, 403, 404), (factories.user(case.cast.park, "enterprise"), 404, 404, 404),
        (outsider, 200, 200, 404),
    ):  # fmt: skip
        client.force_login(person)
        assert {client.get(url(name)).status_code for name in pages} == {read}
        assert {client.get(url(name)).status_code for name in planner} == {plan}
        assert client.get(url("visit_detail", visit.pk)).status_code == detail
        assert client.get(url("visit_new") + f"?enterprise={case.companies[3].pk}").status_code == (
            200 if person in (case.cast.staff, case.cast.leader) else 404
        )


def test_canary_between_parks_and_units(client, case):
    """What the centre found in the west is read by the park, not by its units, and not elsewhere."""
    company = factories.enterprise(case.cast.park, name="密语西片公司")
    plans.place_enterprises(case.west, [company], park=case.cast.park, by=case.cast.staff)
    case.companies.append(company)
    record(case, 4, by=case.cast.second, findings=[actions.Found("密语需求")], summary="密语所见")
    make_plan(case)
    pages = [url(f"visit_{name}") for name in ("list", "findings", "plan", "figures", "export", "figures_export")]

    def reads(person):
        client.force_login(person)
        found = []
        for page in [*pages, url("visit_new") + "?q=密语"]:
            answer = client.get(page, {"by": "visitor"} if "?" not in page else {})
            text = body(answer).replace('value="密语"', "").replace('密语" ', "")
            found.append("密语" in text)
        return found

    assert reads(case.cast.staff) == [True, True, True, False, True, False, True]
    assert not any(reads(case.cast.worker) + reads(case.cast.stranger) + reads(make_case().cast.staff))


def test_the_plan_is_shown_before_it_is_made(client, case):
    client.force_login(case.cast.staff)
    page = client.get(url("visit_plan_make"), {"quarter": Q1.index})
    assert (page.context["new"], page.context["there"], PlannedVisit.objects.count()) == (3, 0, 0)
    answer = client.post(url("visit_plan_make"), {"quarter": Q1.index})
    assert (answer.status_code, PlannedVisit.objects.count()) == (302, 3)
    page = client.get(url("visit_plan_make"), {"quarter": Q1.index})
    assert [(line.grid.name, line.new, line.there) for line in page.context["lines"]] == [
        ("东片", 0, 2),
        ("西片", 0, 1),
    ]
    for wrong in ("", "x", str(Q1.index - 1)):
        assert client.post(url("visit_plan_make"), {"quarter": wrong}).status_code == 422
    record(case)
    shown = client.get(answer["Location"])
    assert [(p.name, p.done, p.planned) for p in shown.context["grids"]] == [("东片", 1, 2), ("西片", 0, 1)]
    assert [row.is_done for row in shown.context["rows"]] == [True, False, False]


def test_a_planned_visit_is_moved_and_taken_off(client, case):
    make_plan(case)
    row = PlannedVisit.objects.get(enterprise=case.companies[0])
    client.force_login(case.cast.staff)
    data = {
        "version": 1,
        "visitor": case.cast.second.pk,
        "quarter": Q1.index,
        "plan_on": "2026-03-20",
        "reason": "换人",
    }
    assert client.post(url("visit_plan_change", row.pk), data).status_code == 302
    row.refresh_from_db()
    assert (row.visitor, row.plan_on, row.version) == (case.cast.second, date(2026, 3, 20), 2)
    assert client.post(url("visit_plan_change", row.pk), data | {"plan_on": ""}).status_code == 409  # overtaken
    assert client.post(url("visit_plan_drop", row.pk), {"version": 2, "reason": ""}).status_code == 422
    assert client.post(url("visit_plan_drop", row.pk), {"version": 2, "reason": "停产"}).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_reason == "停产"


def test_grids_and_their_enterprises(client, case):
    client.force_login(case.cast.staff)
    answer = client.post(url("visit_grid_new"), {"name": "南片", "unit": case.cast.unit.pk, "is_active": "on"})
    grid = VisitGrid.objects.get(name="南片")
    assert answer.status_code == 302 and grid.unit == case.cast.unit
    assert client.post(url("visit_grid_new"), {"name": "南片"}).status_code == 422
    ids = [company.pk for company in case.companies[2:]]
    client.post(url("visit_places"), {"grid": grid.pk, "enterprise": ids})
    assert GridEnterprise.objects.filter(grid=grid).count() == 2
    listed = client.get(url("visit_places"), {"grid": grid.pk}).context["page_obj"]
    assert [company.pk for company in listed] == ids
    client.post(url("visit_places"), {"grid": "none", "enterprise": ids[:1]})
    client.post(url("visit_places"), {"grid": "", "enterprise": ids})  # no grid chosen: nothing happens
    assert GridEnterprise.objects.filter(grid=grid).count() == 1
    other = make_case()
    client.post(url("visit_places"), {"grid": other.east.pk, "enterprise": ids})
    client.post(url("visit_places"), {"grid": grid.pk, "enterprise": [other.companies[3].pk]})
    assert not GridEnterprise.objects.filter(enterprise=other.companies[3]).exists()
    assert client.get(url("visit_grid_edit", other.east.pk)).status_code == 404


def test_a_correction_and_the_lost_update(client, case):
    visit = record(case, met_name="陈总")
    client.force_login(case.cast.worker)
    data = typed(version="1", met_name="陈经理")
    assert client.post(url("visit_edit", visit.pk), data).status_code == 302
    late = client.post(url("visit_edit", visit.pk), data | {"met_name": "周总"})
    assert late.status_code == 409 and "周总" in late.content.decode() and 'value="2"' in late.content.decode()
    shown = client.get(url("visit_detail", visit.pk)).content.decode()
    assert "陈总 → 陈经理" in shown
    client.force_login(case.cast.leader)
    assert client.get(url("visit_edit", visit.pk)).status_code == 403


def test_workbooks_say_what_the_pages_say(client, case):
    make_plan(case)
    record(case, findings=[PROBLEM, SOLVED])
    client.force_login(case.cast.staff)
    sheet = load_workbook(BytesIO(client.get(url("visit_export")).content)).active
    assert sheet.max_row == 5 and sheet.cell(5, 2).value == case.companies[0].name
    heads = [cell.value for cell in sheet[3]]
    assert [sheet.cell(5, heads.index(name) + 1).value for name in ("问题数", "已解决数")] == [2, 1]
    sheet = load_workbook(BytesIO(client.get(url("visit_figures_export")).content)).active
    assert [cell.value for cell in sheet[2]][1:] == [3, 1, 1, 33.3, 2, 1, 50]
    assert [cell.value for cell in sheet[3]] == ["东片", 2, 1, 1, 50, 2, 1, 50]
    assert [cell.value for cell in sheet[4]] == ["西片", 1, 0, 0, 0, 0, 0, None]


@pytest.mark.parametrize(
    "query", ["year=x&quarter=9", "from=abc", "grid=zz&unit=-1", "q=%07", "from=2026-09-01&to=2026-01-01"]
)
def test_wrong_filters_do_not_break_a_page(client, case, query):
    client.force_login(case.cast.staff)
    for name in ("visit_list", "visit_findings", "visit_figures", "visit_plan", "visit_export", "visit_places"):
        assert client.get(f"{url(name)}?{query}").status_code == 200


def test_plans_of_another_park_stay_there(case):
    other = make_case()
    make_plan(other)
    assert plans.planned_in(case.cast.park, Q1) == set()
    assert set(PlannedVisit.objects.visible_to(case.cast.staff)) == set()
    assert PlannedVisit.objects.visible_to(other.cast.worker).count() == 2


def test_the_api_lists_shows_and_records(client, case):
    client.force_login(case.cast.worker)
    token = str(uuid.uuid4())
    body = {
        "enterprise": case.companies[0].pk, "visited_on": "2026-03-02", "token": token, "met_name": "陈总",
        "findings": [{"text": "雨水管未接通", "category": "works"}, {"text": "门禁卡失效", "solution": "换卡"}],
    }  # fmt: skip
    first, again = (client.post("/api/v1/visits/", body, content_type="application/json") for _n in range(2))
    assert (first.status_code, first.json()) == (201, again.json()) and LedgerItem.objects.count() == 1
    shown = client.get(f"/api/v1/visits/{first.json()['id']}/").json()
    assert [found["solution"] for found in shown["findings"]] == ["", "换卡"]
    (row,) = client.get("/api/v1/visits/?first=2026-03-01&last=2026-03-31").json()["results"]
    assert (row["found"], row["solved"], row["enterprise"]["name"]) == (2, 1, case.companies[0].name)
    for wrong in ({"enterprise": case.companies[3].pk}, {"visited_on": "x"}, {"nonsense": 1}, {"latitude": 99}):
        assert client.post("/api/v1/visits/", body | wrong, content_type="application/json").status_code == 400
    assert Visit.objects.count() == 1


def test_a_planned_visit_sent_twice_is_one_visit(client, case):
    make_plan(case)
    planned = PlannedVisit.objects.get(enterprise=case.companies[0])
    client.force_login(case.cast.worker)
    data = typed({"text": "雨水管未接通"})
    answers = [client.post(f"{url('visit_new')}?planned={planned.pk}", data) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Visit.objects.get().planned == planned


def test_a_visit_that_somebody_else_has_made_meanwhile_is_one_more(client, case):
    make_plan(case)
    planned = PlannedVisit.objects.get(enterprise=case.companies[0])
    record(case, by=case.cast.staff, planned=planned)
    client.force_login(case.cast.worker)
    answer = client.post(f"{url('visit_new')}?planned={planned.pk}", typed())
    assert answer.status_code == 302
    mine = Visit.objects.get(visitor=case.cast.worker)
    assert (mine.planned, mine.enterprise) == (None, case.companies[0])


@pytest.mark.parametrize("query", ["?from=9999-12-31", "?to=0001-01-01", "?from=9999-10-01&to=9999-12-31"])
def test_the_ends_of_the_calendar(client, case, query):
    client.force_login(case.cast.staff)
    for name in ("visit_list", "visit_findings", "visit_figures", "visit_plan", "visit_export", "visit_figures_export"):
        assert client.get(url(name) + query).status_code == 200


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_huge_keys_are_no_server_error(client, case, number):
    client.force_login(case.cast.staff)
    assert client.post(url("visit_places"), {"enterprise": number, "grid": "none"}).status_code == 302
    assert client.get(url("visit_new"), {"planned": number}).status_code == 200
    assert client.get(url("visit_new"), {"enterprise": number}).status_code == 200


def test_the_link_to_other_visits_keeps_the_whole_name(client, case):
    company = factories.enterprise(case.cast.park, name="甲&乙#丙公司")
    other = factories.enterprise(case.cast.park, name="甲有限公司")
    visit, _other = (
        actions.record(enterprise=each, by=case.cast.staff, visited_on=TODAY, at=AT, today=TODAY)
        for each in (company, other)
    )
    client.force_login(case.cast.staff)
    address = client.get(url("visit_detail", visit.pk)).context["others_url"]
    assert list(client.get(address).context["page_obj"]) == [visit]


@pytest.mark.parametrize("name", ["visit_plan_change", "visit_plan_drop"])
def test_a_planned_visit_changed_meanwhile_can_be_sent_again(client, case, name):
    make_plan(case)
    planned = PlannedVisit.objects.get(enterprise=case.companies[0])
    seen = planned.version
    fields = {"plan_on": date(2026, 3, 20)}
    plans.change(planned, fields=fields, reason="改期", by=case.cast.staff, at=AT, today=TODAY, version=seen)
    client.force_login(case.cast.second)
    typed = {"version": seen, "reason": "停产", "quarter": Q1.index, "visitor": case.cast.staff.pk}
    answer = client.post(url(name, planned.pk), typed)
    assert answer.status_code == 409
    version = answer.context["form"]["version"].value()
    assert version == str(seen + 1)
    assert client.post(url(name, planned.pk), typed | {"version": version}).status_code == 302
