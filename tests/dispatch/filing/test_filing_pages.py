"""Pages of filings: cards, form, board, checking, restatements; who sees what; how many queries."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from dispatch.filing import rounds
from dispatch.filing.models import Filing, FilingDuty, FilingRestatement, FilingRound
from projects.models import MonthlyInvestment, Project
from projects.stages import Stage
from tests import factories
from tests.dispatch.filing.filing_cases import AT, TODAY, accepted, handed_in, locked, photo
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def case(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return make_case()


def url(name, *args):
    return reverse(f"dispatch:{name}", args=args)


def typed(**more):
    return {"version": 1, "do": "submit", "month_10k": "300", "physical_percent": "40", "taken_on": "2026-03-20"} | more


def test_a_unit_files_with_a_photo_and_finds_it_on_its_cards(client, case, store):
    client.force_login(case.worker)
    cards = client.get(url("filing_mine")).context["cards"]
    assert [(c.filing.project, c.standing, c.last_10k) for c in cards] == [(case.built, "not_begun", 600)]
    address = url("filing_edit", case.filing().pk)
    page = client.get(address)
    assert page.status_code == 200 and "ytd_10k" not in page.context["form"].fields
    assert b'data-filing-sum="1200' in page.content and b'capture="environment"' in page.content
    answer = client.post(address, typed(photos=[photo()], camera=photo("b.jpg"), physical_progress="三层"))
    assert (answer.status_code, answer["Location"]) == (302, f"{url('filing_mine')}?round={case.round.pk}")
    filing = case.filing()
    assert (filing.state, filing.ytd_10k, filing.attachments.count()) == ("submitted", 1500, 2) and len(store()) == 2
    assert client.get(url("filing_mine")).context["cards"][0].standing == "submitted"


def test_saved_first_and_refused_with_everything_typed(client, case):
    client.force_login(case.worker)
    address = url("filing_edit", case.filing().pk)
    assert client.post(address, {"version": 1, "do": "save", "month_10k": "12.5"}).status_code == 302
    assert (case.filing().state, case.filing().month_10k) == ("draft", D("12.5"))
    page = client.post(address, typed(version=2, physical_percent="20", physical_progress="写好的字"))
    assert page.status_code == 422 and set(page.context["form"].errors) == {"physical_percent", "photos"}
    assert "写好的字" in page.content.decode() and case.filing().version == 2
    stale = client.post(address, typed(version=1, photos=[photo()]))
    assert stale.status_code == 409 and 'name="version" value="2"' in stale.content.decode()
    late = client.post(address, typed(version=2, photos=[photo()], taken_on="2026-02-28"))
    assert late.status_code == 422 and set(late.context["form"].errors) == {"taken_on"}


def test_unusual_figures_ask_for_a_word(client, case):
    client.force_login(case.worker)
    address = url("filing_edit", case.filing().pk)
    page = client.post(address, typed(month_10k="2900", physical_percent="41", photos=[photo()]))
    assert page.status_code == 422 and list(page.context["form"].errors) == ["acknowledged"]
    assert b'name="acknowledged"' in page.content and b'name="acknowledged"' not in client.get(address).content
    data = typed(month_10k="2900", physical_percent="41", photos=[photo()], acknowledged="设备到货")
    assert client.post(address, data).status_code == 302 and case.filing().state == "submitted"


def test_the_centre_checks_on_its_board(client, case):
    handed_in(case)
    handed_in(case, case.own, by=case.staff, month_10k=D(5))
    client.force_login(case.staff)
    answer = client.get(url("filing_mine"))
    assert answer["Location"] == url("filing_round", case.round.pk)
    page = client.get(answer["Location"])
    assert [(line.organization, line.total, line.owed) for line in page.context["lines"]] == [
        (line.organization, 1, 0) for line in page.context["lines"]
    ]
    assert len(page.context["rows"]) == 2
    only = client.get(answer["Location"], {"unit": case.unit.pk, "state": "submitted", "q": ""})
    assert [row.filing.project for row in only.context["rows"]] == [case.built]
    pks = [case.filing().pk, case.filing(case.own).pk, 10**9]
    done = client.post(url("filing_round_accept", case.round.pk), {"filing": pks}, follow=True)
    assert [m.level_tag for m in done.context["messages"]] == ["success", "error"]
    assert (case.filing().state, case.filing(case.own).state) == ("accepted", "submitted")
    book = load_workbook(BytesIO(client.get(url("filing_round_export", case.round.pk)).content))
    cells = list(book.active.iter_rows(values_only=True))
    by_name = {row[2]: row for row in cells[4:]}
    assert len(cells) == 6 and set(by_name) == {case.built.name, case.own.name}
    assert [float(value) for value in by_name[case.built.name][3:5]] == [300, 1500]


def test_accepted_or_returned_on_the_filings_own_page(client, case):
    filing = handed_in(case)
    client.force_login(case.staff)
    assert client.get(url("filing_detail", filing.pk)).status_code == 200
    assert client.post(url("filing_return", filing.pk), {"version": 3, "reason": ""}).status_code == 422
    assert client.post(url("filing_return", filing.pk), {"version": 2, "reason": "x"}).status_code == 409
    assert client.post(url("filing_return", filing.pk), {"version": 3, "reason": "照片看不清"}).status_code == 302
    client.force_login(case.worker)
    assert "照片看不清" in client.get(url("filing_edit", filing.pk)).content.decode()
    client.post(url("filing_edit", filing.pk), typed(version=4))
    client.force_login(case.staff)
    client.post(url("filing_accept", filing.pk), {"version": case.filing().version})
    assert Project.objects.get(pk=case.built.pk).physical_percent == 40
    page = client.get(reverse("projects:detail", args=[case.built.pk]))
    assert page.context["row"].ytd_10k == 1500 and b'value="40"' in page.content


def test_enterprise_a_files_and_enterprise_b_finds_nothing(client, case):
    pk = case.filing(case.own).pk
    client.force_login(case.owner)
    assert [c.filing.project for c in client.get(url("filing_mine")).context["cards"]] == [case.own]
    data = typed(month_10k="80", ytd_10k="80", photos=[photo()])
    assert client.post(url("filing_edit", pk), data).status_code == 302
    shown = client.get(url("filing_detail", pk))
    assert shown.status_code == 200 and case.filing(case.own).state == "submitted"
    file = case.filing(case.own).attachments.get()
    assert client.get(reverse("dispatch:file_download", args=[file.pk])).status_code == 200
    for other in (case.other_owner, case.stranger):
        client.force_login(other)
        assert client.get(url("filing_mine")).context["cards"] == []
        for name in ("filing_detail", "filing_edit", "filing_restate"):
            assert client.get(url(name, pk)).status_code == 404
        assert client.get(reverse("dispatch:file_download", args=[file.pk])).status_code == 404


def test_after_the_lock_a_restatement_on_pages(client, case):
    accepted(case)
    window, filing = locked(case), case.filing()
    client.force_login(case.worker)
    assert client.get(url("filing_edit", filing.pk)).status_code == 302
    assert client.post(url("filing_edit", filing.pk), typed(version=filing.version)).status_code == 409
    assert client.get(url("filing_restate", filing.pk)).context["form"].initial["month_10k"] == "300"
    data = {"version": filing.version, "month_10k": "320", "physical_percent": "40", "reason": "漏报"}
    assert client.post(url("filing_restate", filing.pk), data).status_code == 302
    row = FilingRestatement.objects.get()
    client.force_login(case.second)
    board = client.get(url("filing_round", window.pk))
    assert {r.standing for r in board.context["rows"]} == {"accepted", "missing"}
    assert client.get(url("filing_decide", row.pk)).status_code == 200
    no = {"version": 1, "grant": "yes", "decision": ""}
    assert client.post(url("filing_decide", row.pk), no).status_code == 422
    assert client.post(url("filing_decide", row.pk), no | {"decision": "同意"}).status_code == 302
    assert client.post(url("filing_decide", row.pk), no | {"decision": "同意"}).status_code == 409
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1520
    listed = client.get(url("filing_restatements")).content.decode()
    assert "漏报" in listed and "1500 → 1520" in listed
    assert client.get(url("filing_round_list")).context["rows"][0]["restated"] == 1


def test_who_files_is_named_on_a_page(client, case):
    client.force_login(case.staff)
    address = url("filing_filer", case.built.pk)
    theirs = case.other_owner.organization_id
    assert client.post(address, {"who": "named"}).status_code == 422
    assert client.post(address, {"who": "named", "organization": case.owner.organization_id}).status_code == 422
    assert client.post(address, {"who": "named", "organization": theirs}).status_code == 302
    assert FilingDuty.objects.get(project=case.built).organization_id == theirs
    client.post(address, {"who": "unit"})
    assert not FilingDuty.objects.filter(project=case.built).exists()


def test_a_project_beside_the_list_and_the_lock_by_hand(client, case, monkeypatch):
    client.force_login(case.staff)
    page = client.get(url("filing_round", case.round.pk), {"add": case.idle.search_text})
    assert list(page.context["found"]) == [case.idle]
    client.post(url("filing_round_include", case.round.pk), {"project": case.idle.pk})
    assert case.filing(case.idle).state == "draft"
    rounds.refresh_list(case.round)
    assert case.filing(case.idle).history.count() == 1
    assert client.post(url("filing_round_lock", case.round.pk), {"version": 1}).status_code == 409
    monkeypatch.setattr("accounts.clock.today", lambda: case.round.locks_on)
    assert client.post(url("filing_round_lock", case.round.pk), {"version": 1}).status_code == 302
    assert FilingRound.objects.get().locked_by == case.staff


@pytest.mark.parametrize("name", ["filing_mine", "filing_round"])
def test_the_queries_do_not_grow(client, case, django_assert_max_num_queries, name):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    client.force_login(case.worker if name == "filing_mine" else case.staff)
    address = url(name) if name == "filing_mine" else url(name, case.round.pk)
    numbers = [count()]
    for most in (3, 49):
        for n in range(most):
            project = factories.project(
                case.park, name=f"批量{most}-{n}", stage=Stage.STARTED, responsible_unit=case.unit
            )
            MonthlyInvestment.objects.create(project=project, year=2026, month=2, month_10k=1, ytd_10k=1)
        rounds.refresh_list(case.round)
        numbers.append(count())
    assert Filing.objects.count() == 54 and numbers[1] == numbers[2] and numbers[0] <= numbers[1] <= 26, numbers
