"""Pages, workbooks and API of elements: the same figures, for whom they are, in a fixed number of queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from dispatch.elements import actions, overview, part, plots, yields
from dispatch.elements.models import AcquisitionPlot, ElementEntry, ElementNeed, FundingApplication
from dispatch.elements.per_mu import Indicator
from tests import factories
from tests.approvals import cases
from tests.approvals.cases import PLAIN
from tests.dispatch.elements.element_cases import WHO, D, application, complete, need, output, plot, progress, supply
from tests.dispatch.elements.element_cases import case as make_case
from tests.factories import AT, TODAY
from tests.sheets import seen
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db
LISTS = ("elements", "element_table", "funding_list", "per_mu", "plot_list")
EXPORTS = ("elements_export", "element_table_export", "funding_export", "per_mu_export", "plot_export")


@pytest.fixture
def case(monkeypatch):
    load_seed(SEED_FILE, at=AT)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: AT)
    return make_case()


@pytest.fixture
def full(case):
    supply(case, amount="60")
    need(case, amount=D("40"), secured=D("10"), needed_on=date(2026, 4, 1))
    need(case, case.other, amount=D("30.5"), needed_on=date(2026, 5, 1))
    need(case, case.other, element="labour", amount=D("120"), secured=D("120"))
    row = application(case)
    edge = {"today": TODAY, "by": case.cast.staff} | WHO
    row = actions.move_application(row, "submit", on=date(2026, 1, 9), version=1, **edge)
    actions.move_application(row, "grant", on=date(2026, 2, 9), granted_10k=D("8000.5"), version=2, **edge)
    application(case, case.other, kind="bank_loan", title="银团贷款", asked_10k=D("1234.5678"))
    output(case)
    output(case, case.other, tax_10k=D("2000"))
    plot(case, due_on=date(2026, 2, 20))
    complete(case, name="二号地块")
    return case


def get(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(f"dispatch:{name}", args=args), query)


def sheets(response):
    return list(seen(response.content).values())


def dec(value):
    return Decimal(str(value))


# Figures ------------------------------------------------------------------------------------------------------------


def test_the_overview_says_what_is_short_from_when(full, client):
    page = get(client, full.cast.staff, "elements")
    rows = {row.kind.code: row for row in page.context["rows"]}
    land = rows["land"]
    assert (land.balance.needed, land.balance.secured, land.balance.shortage) == (D("70.5"), 10, D("10.5"))
    assert (land.short_on, land.projects, land.seen) == (date(2026, 5, 1), 2, 2)
    assert not rows["labour"].balance.is_short and rows["labour"].balance.supply is None
    (sheet,) = sheets(get(client, full.cast.staff, "elements_export"))
    line = sheet[1]
    assert [dec(value) for value in line[2:8]] == [60, D("70.5"), 10, D("60.5"), D("-10.5"), D("85.1")]
    assert line[8] == 2 and line[9].date() == date(2026, 5, 1)
    turns = get(client, full.cast.staff, "element_kind", "land").context["page_obj"].object_list
    assert [(turn.need.project.name, turn.line.short, turn.line.missing) for turn in turns] == [
        ("甲项目", 0, 0), ("乙项目", D("10.5"), D("10.5")),
    ]  # fmt: skip
    assert get(client, full.cast.staff, "element_kind", "gold").status_code == 404
    assert get(client, full.cast.staff, "elements", year="2027").context["year"] == 2027
    assert get(client, full.cast.staff, "elements", year="x").context["year"] == 2026


def test_needs_of_terminated_projects_do_not_count(full):
    type(full.mine).objects.filter(pk=full.mine.pk).update(status="terminated")
    land = overview.overview(full.cast.staff, 2026)[0]
    assert (land.balance.needed, land.projects, land.balance.is_short) == (D("30.5"), 1, False)


def test_the_table_is_the_workbook(full, client):
    page = get(client, full.cast.staff, "element_table", sort="name")
    rows = page.context["rows"]
    sheet, single = sheets(get(client, full.cast.staff, "element_table_export", sort="name"))
    on_page = [
        [
            row.project.name,
            *(v for c in row.cells for v in ((c.need.amount, c.need.secured, c.open) if c.need else [None] * 3)),
        ]
        for row in rows
    ]
    in_book = [[line[0], *(None if value is None else dec(value) for value in line[2:])] for line in sheet[1:-1]]
    assert on_page == in_book and len(in_book) == 2
    sums = [value for one in page.context["sums"] for value in (one.needed, one.secured, one.open)]
    assert sums == [dec(value) for value in sheet[-1][2:]] and sums[:3] == [D("70.5"), 10, D("60.5")]
    columns = list(zip(*[[value or 0 for value in line[1:]] for line in on_page], strict=True))
    assert [sum(column) for column in columns] == sums
    assert len(single) == 1 + ElementNeed.objects.count()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"sort": "-name"}, ["甲项目", "乙项目"]), ({"sort": "day"}, ["甲项目", "乙项目"]),
        ({"sort": "-land"}, ["乙项目", "甲项目"]), ({"sort": "nonsense"}, ["甲项目", "乙项目"]),
        ({"element": "labour"}, ["乙项目"]), ({"element": "labour", "state": "short"}, []), ({"q": "甲"}, ["甲项目"]),
        ({"unit": "mine"}, ["甲项目"]), ({"unit": "x"}, ["甲项目", "乙项目"]), ({"year": "2027"}, []),
    ],
)  # fmt: skip
def test_filters_and_sorting_of_the_table(full, client, query, names):
    if query.get("unit") == "mine":
        query = {"unit": str(full.cast.unit.pk)}
    rows = get(client, full.cast.staff, "element_table", **query).context["rows"]
    assert {row.project.name for row in rows} == set(names)
    if "sort" in query:
        assert [row.project.name for row in rows] == names


def test_the_totals_of_funds_add_up_on_the_page_and_in_the_workbook(full, client):
    page = get(client, full.cast.staff, "funding_list")
    *kinds, total = page.context["sums"]
    assert (total.number, total.asked, total.granted, total.paid) == (2, D("10234.5678"), D("8000.5"), 0)
    for name in ("number", "asked", "granted", "paid"):
        assert sum(getattr(one, name) for one in kinds) == getattr(total, name)
    listed, by_kind = sheets(get(client, full.cast.staff, "funding_export"))
    assert [dec(value) for value in listed[-1][4:7]] == [total.asked, total.granted, total.paid]
    assert sum(dec(line[4]) for line in listed[1:-1]) == total.asked
    assert [dec(value) for value in by_kind[-1][1:]] == [total.number, total.asked, total.granted, total.paid]
    assert [line[0] for line in listed[1:-1]] == [row.title for row in page.context["page_obj"]]
    only = get(client, full.cast.staff, "funding_list", kind="bank_loan").context
    assert (only["sums"][-1].asked, len(only["page_obj"])) == (D("1234.5678"), 1)
    assert len(get(client, full.cast.staff, "funding_list", year="2026").context["page_obj"]) == 1


def test_the_ranking_is_the_workbook_and_an_oracle(full, client):
    page = get(client, full.cast.staff, "per_mu", by="tax")
    found = page.context["ranking"]
    assert [(p.rank, p.project.name, p.value) for p in found.places] == [
        (1, "乙项目", D("40.0")),
        (2, "甲项目", D("30.0")),
    ]
    assert found.average == D("33.3") and found.year == 2025
    (sheet,) = sheets(get(client, full.cast.staff, "per_mu_export", by="tax"))
    assert [(line[0], line[1], dec(line[5])) for line in sheet[1:3]] == [(1, "乙项目", 40), (2, "甲项目", 30)]
    assert dec(sheet[3][5]) == found.average
    only = get(client, full.cast.staff, "per_mu", by="tax", industry="新能源").context["ranking"]
    assert [p.project.name for p in only.places] == ["甲项目"]
    invested = yields.rank(full.cast.staff, Indicator.INVESTMENT, 2025)
    assert [(p.rank, p.value) for p in invested.places] == [(1, D("800.0")), (2, D("500.0"))]
    nothing = get(client, full.cast.staff, "per_mu", by="gold", year="1").context["ranking"]
    assert (nothing.indicator, nothing.year) == (Indicator.TAX, 2025)


def test_the_ledger_of_plots_is_the_workbook(full, client):
    page = get(client, full.cast.staff, "plot_list")
    total = page.context["total"]
    assert (total["number"], total["late"], total["area"], total["acquired"], total["moved"]) == (2, 1, 50, 25, 14)
    (sheet,) = sheets(get(client, full.cast.staff, "plot_export"))
    rows = page.context["rows"]
    assert [(line[0], dec(line[8])) for line in sheet[1:-1]] == [(row.plot.name, row.percent) for row in rows]
    assert [dec(value) for value in sheet[-1][2:6]] == [50, 25, 28, 14]
    assert {row.plot.name: row.light for row in rows} == {"一号地块": "yellow", "二号地块": "green"}
    for state, names in (("late", ["一号地块"]), ("complete", ["二号地块"]), ("cleared", [])):
        found = get(client, full.cast.staff, "plot_list", state=state).context["rows"]
        assert [row.plot.name for row in found] == names


# For whom -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS + EXPORTS)
def test_nothing_of_it_is_for_enterprises(full, client, name):
    assert get(client, full.company, name).status_code == 404
    assert get(client, full.cast.leader, name).status_code == 200
    reverse_url = reverse(f"dispatch:{name}")
    client.logout()
    assert client.get(reverse_url).status_code == 302


def test_units_and_other_parks_see_their_own(full, client):
    for name in LISTS:
        text = get(client, full.cast.worker, name).content.decode()
        assert "乙项目" not in text and "银团贷款" not in text
    assert "甲项目" in get(client, full.cast.worker, "element_table").content.decode()
    row = overview.overview(full.cast.worker, 2026)[0]
    assert (row.projects, row.seen, row.balance.needed) == (2, 1, D("70.5"))
    stranger = factories.user(factories.park(), "staff")
    for name in LISTS:
        text = get(client, stranger, name).content.decode()
        assert "甲项目" not in text and "一号地块" not in text and "70.5" not in text
    for model, name in (
        (ElementNeed, "element_need"),
        (FundingApplication, "funding_detail"),
        (AcquisitionPlot, "plot_detail"),
    ):
        pk = model.objects.filter(project=full.mine).first().pk
        assert get(client, stranger, name, pk).status_code == 404
        assert get(client, full.company, name, pk).status_code == 404
        assert get(client, full.cast.worker, name, pk).status_code == 200


def test_a_plots_unit_does_not_learn_of_a_project_it_does_not_see(case, client):
    row = plot(case, project=case.other)
    row = progress(row, case, acquired_mu=D(1))
    assert not type(case.other).objects.visible_to(case.cast.worker).filter(pk=case.other.pk).exists()
    for name, args in (("plot_list", ()), ("plot_detail", (row.pk,))):
        page = get(client, case.cast.worker, name, *args)
        assert page.status_code == 200 and "乙项目" not in page.content.decode()
    (sheet,) = sheets(get(client, case.cast.worker, "plot_export"))
    assert sheet[1][1] in ("", None)
    client.force_login(case.cast.worker)
    assert client.get(f"/api/v1/plots/{row.pk}/").json()["project"] is None


@pytest.mark.parametrize("name", LISTS)
def test_queries_do_not_grow_with_the_rows(case, client, name):
    supply(case)

    def count(n):
        for one in range(n):
            project = factories.project(case.cast.park, land_mu=D(10), responsible_unit=case.cast.unit)
            need(case, project)
            application(case, project)
            output(case, project)
            plot(case, project=project, name=f"地块{n}-{one}")
        get(client, case.cast.worker, name)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert get(client, case.cast.worker, name).status_code == 200
        return len(found)

    assert count(1) == count(3) == count(60)


# Writing ------------------------------------------------------------------------------------------------------------


def post(client, person, name, *args, query="", **data):
    client.force_login(person)
    return client.post(reverse(f"dispatch:{name}", args=args) + query, data)


def test_a_project_from_need_to_secured_on_the_pages(case, client):
    made = post(client, case.cast.worker, "element_need_new", case.mine.pk, year="2026", element="land", amount="40")
    row = ElementNeed.objects.get()
    assert made.status_code == 302 and (row.amount, row.secured) == (40, 0)
    wrong = post(client, case.cast.worker, "element_need", row.pk, version="1", amount="40", secured="41")
    assert wrong.status_code == 422 and wrong.context["form"].errors["secured"]
    fields = {"amount": "40", "secured": "12.5", "note": "第一批"}
    assert post(client, case.cast.worker, "element_need", row.pk, version="1", **fields).status_code == 302
    stale = post(client, case.cast.staff, "element_need", row.pk, version="1", **fields | {"secured": "3"})
    assert stale.status_code == 409 and stale.context["form"].data["version"] == "2"
    row.refresh_from_db()
    assert (row.secured, row.note, row.version) == (D("12.5"), "第一批", 2)
    assert post(client, case.cast.leader, "element_need", row.pk, version="2", **fields).status_code == 403
    gone = post(client, case.cast.worker, "element_need_drop", row.pk, version="2", reason="项目调整")
    assert gone.status_code == 302 and not ElementNeed.objects.exists()


def test_what_the_park_has_and_an_application_on_the_pages(case, client):
    assert post(client, case.cast.staff, "element_supply", "land", query="?year=2027", amount="620").status_code == 302
    assert overview.overview(case.cast.staff, 2027)[0].balance.supply == 620
    assert post(client, case.cast.worker, "element_supply", "land", amount="1").status_code == 403
    data = {"kind": "central_budget", "title": "中央预算内投资", "asked_10k": "3600"}
    assert post(client, case.cast.worker, "funding_new", case.mine.pk, **data).status_code == 302
    row = FundingApplication.objects.get()
    page = get(client, case.cast.worker, "funding_detail", row.pk)
    assert [url for url, _name in page.context["moves"]] == [
        reverse("dispatch:funding_move", args=[row.pk, verb]) for verb in ("submit", "withdraw")
    ]
    assert (
        post(client, case.cast.worker, "funding_move", row.pk, "submit", version="1", on="2026-02-02").status_code
        == 302
    )
    assert post(client, case.cast.worker, "funding_move", row.pk, "reopen", version="2", note="错").status_code == 403
    assert (
        post(client, case.cast.staff, "funding_move", row.pk, "grant", version="2", on="2026-02-09").status_code == 422
    )
    assert get(client, case.cast.staff, "funding_move", row.pk, "fly").status_code == 404
    years = {"tax_10k": "70", "employees": "12"}
    assert post(client, case.cast.worker, "output_edit", case.mine.pk, query="?year=2024", **years).status_code == 302
    assert case.mine.yearly_outputs.get().year == 2024


def test_a_plot_from_the_phone_to_clear_land_and_step_s08(case, client):
    cases.catalogue()
    project = cases.project(case.cast.park, name="丙项目", responsible_unit=case.cast.unit)
    row = plot(case, project=project, due_on=date(2026, 3, 30))
    send = {"version": "1", "acquired_mu": "18", "households_moved": "12"}
    assert post(client, case.cast.worker, "plot_progress", row.pk, **send).status_code == 302
    assert post(client, case.cast.worker, "plot_progress", row.pk, **send).status_code == 409
    lower = post(client, case.cast.worker, "plot_progress", row.pk, **send | {"version": "2", "acquired_mu": "17"})
    assert lower.status_code == 422 and lower.context["form"].errors["reason"]

    step = cases.step_of(project, "S08")
    client.force_login(case.cast.staff)
    address = reverse("approvals:step", args=[project.pk, "S08"])
    page = client.get(address)
    assert 'id="plots"' in page.content.decode() and "18" in page.content.decode()
    (sentence,) = part.caution(step, "decide_approve", case.cast.staff)
    assert row.name in sentence and "18" in sentence and "14" in sentence and "2026-03-30" in sentence
    decide = client.get(reverse("approvals:step_move", args=[project.pk, "S08", "decide_approve"]))
    assert sentence in decide.content.decode()
    assert part.caution(step, "receive", case.cast.staff) == []
    assert part.caution(cases.step_of(project, "S07"), "decide_approve", case.cast.staff) == []
    assert 'id="plots"' not in client.get(reverse("approvals:step", args=[project.pk, "S07"])).content.decode()

    row.refresh_from_db()
    row = progress(row, case, acquired_mu=D(25), households_moved=14)
    page = get(client, case.cast.staff, "plot_detail", row.pk)
    assert page.context["may_confirm"] and page.context["step_url"] == ""
    data = {"version": str(row.version), "on": "2026-03-02", "evidence": "移交单"}
    assert post(client, case.cast.staff, "plot_clear", row.pk, **data).status_code == 302
    page = get(client, case.cast.staff, "plot_detail", row.pk)
    assert page.context["step_url"] == address and not page.context["form"]
    step.refresh_from_db()
    assert step.decided_on is None and part.caution(step, "decide_approve", case.cast.staff) == []


def test_the_decision_is_only_warned_about(case):
    project = cases.project(case.cast.park)
    plot(case, project=project)
    (step,) = cases.finish(project, "S08")
    step.refresh_from_db()
    assert step.decided_on == date(2026, 1, 5)


def test_enterprises_see_no_plots_on_their_step(case, client):
    project = cases.project(case.cast.park, enterprise=case.mine.enterprise)
    row = plot(case, project=project, name="保密地块")
    client.force_login(case.company)
    page = client.get(reverse("approvals:step", args=[project.pk, "S08"]))
    assert page.status_code == 200 and row.name not in page.content.decode()


def test_the_project_page_shows_everything_of_the_project(full, client):
    client.force_login(full.cast.worker)
    text = client.get(reverse("projects:detail", args=[full.mine.pk]), {"tab": "elements"}).content.decode()
    for row in (full.mine.element_needs.get(), full.mine.funding.get()):
        assert str(row.pk) in text
    assert "一号地块" in text and "标准厂房专项债" in text and "银团贷款" not in text
    assert reverse("dispatch:element_need_new", args=[full.mine.pk]) in text
    found = part.panel_context(full.mine, full.cast.leader, TODAY)
    assert (found["edits"], found["plot_url"], len(found["plots"])) == (False, "", 2)
    assert part.panel_context(full.mine, full.company, TODAY) == {"may_view": False}


def test_plots_of_a_list_by_due_day_with_the_uncleared_first(full):
    rows = plots.ordered(AcquisitionPlot.objects.all(), "nonsense")
    assert [row.name for row in rows] == ["一号地块", "二号地块"]
    found = plots.rows_of(rows, full.cast.staff, TODAY, PLAIN)
    assert [(row.days, row.is_complete) for row in found] == [(-10, False), (None, True)]
    assert load_calendar().count(TODAY, TODAY) == 0


# API ----------------------------------------------------------------------------------------------------------------


def test_the_api_reads_and_takes_progress(full, client):
    client.force_login(full.cast.worker)
    needs = client.get("/api/v1/element-needs/").json()["results"]
    assert [(row["project"]["name"], row["amount"], row["open"]) for row in needs] == [("甲项目", "40.0000", "30.0000")]
    assert [row["title"] for row in client.get("/api/v1/funding/").json()["results"]] == ["标准厂房专项债"]
    row = AcquisitionPlot.objects.get(name="一号地块")
    address, tag = f"/api/v1/plots/{row.pk}/", '"1"'
    assert client.get(address).json()["percent"] == "0.0"
    send = {"data": {"acquired_mu": "18", "households_moved": 12}, "content_type": "application/json"}
    assert client.post(f"{address}progress/", **send).status_code == 428
    done = client.post(f"{address}progress/", headers={"If-Match": tag}, **send)
    assert done.status_code == 200 and done.json()["percent"] == "78.9" and done.json()["project"] == full.mine.pk
    assert client.post(f"{address}progress/", headers={"If-Match": tag}, **send).status_code == 412
    worse = {"data": {"acquired_mu": "30"}, "content_type": "application/json"}
    before = ElementEntry.objects.count()
    assert client.post(f"{address}progress/", headers={"If-Match": '"2"'}, **worse).status_code in (400, 422)
    assert ElementEntry.objects.count() == before
    client.force_login(full.company)
    for name in ("element-needs", "funding", "plots"):
        assert client.get(f"/api/v1/{name}/").json()["results"] == []
    assert client.get(address).status_code == 404
    client.force_login(full.cast.leader)
    assert client.post(f"{address}progress/", headers={"If-Match": '"2"'}, **send).status_code == 403
