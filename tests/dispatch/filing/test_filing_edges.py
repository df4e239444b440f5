"""Figures that overtake each other, windows seen before they changed, hours of Shanghai, figures that do not fit."""

from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from accounts.errors import Refused
from dispatch.filing import actions, queries, restating, rounds
from dispatch.filing.importing.export import export
from dispatch.filing.models import Filing, FilingRound
from projects.errors import InvalidFields
from projects.models import MonthlyInvestment, Project
from tests.dispatch.filing.filing_cases import AT, CALENDAR, LATER, TODAY, accepted, handed_in, locked
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = pytest.mark.django_db
D = Decimal
EDGE = {"at": AT, "today": LATER}


@pytest.fixture
def case(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: LATER)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return make_case()


def asked(case, filing, values, reason="漏报发票"):
    filing = Filing.objects.select_related("round__park", "project").get(pk=filing.pk)
    return restating.ask(filing, values, reason=reason, by=case.worker, version=filing.version, **EDGE)


def granted(case, row):
    row = queries.restatements(case.staff).get(pk=row.pk)
    return restating.decide(row, grant=True, decision="同意", by=case.staff, version=row.version, **EDGE)


def earlier(case, month: int, state="draft", **figures) -> Filing:
    """A locked month before the window of the case."""
    window, _new = rounds.open_round(case.park, 2026, month, calendar=CALENDAR)
    FilingRound.objects.filter(pk=window.pk).update(state="locked", locked_at=AT)
    return Filing.objects.create(round=window, project=case.built, state=state, **figures)


class TestFiguresThatDoNotFit:
    def test_a_cumulative_figure_too_large_for_its_column_is_refused(self, case):
        with pytest.raises(InvalidFields) as wrong:
            handed_in(case, month_10k=D("999999999999.9999"), acknowledged="数字就是这样")
        assert set(wrong.value.errors) == {"ytd_10k"}
        assert case.filing().state == "draft"

    def test_nor_asked_for_after_the_lock(self, case):
        filing = accepted(case)
        locked(case)
        with pytest.raises(InvalidFields):
            asked(case, filing, {"month_10k": D("999999999999.9999")})


class TestOvertaken:
    def test_an_earlier_month_is_not_measured_by_the_progress_of_a_later_one(self, case):
        accepted(case)  # March: 40 %
        Project.objects.filter(pk=case.built.pk).update(physical_percent=40)
        february = earlier(case, 2)
        row = asked(case, february, {"month_10k": D(700), "physical_percent": D(35)})
        granted(case, row)
        february.refresh_from_db()
        assert (february.state, february.physical_percent) == ("accepted", D(35))
        assert Project.objects.get(pk=case.built.pk).physical_percent == 40

    def test_without_a_later_one_the_project_itself_counts(self, case):
        with pytest.raises(InvalidFields):
            asked(case, earlier(case, 2), {"month_10k": D(700), "physical_percent": D(29)})

    def test_two_restatements_leave_a_year_that_adds_up(self, case):
        february = earlier(case, 2, "accepted", month_10k=D(700), ytd_10k=D(1200))
        march = accepted(case)
        locked(case)
        first, second = asked(case, february, {"month_10k": D(710)}), asked(case, march, {"month_10k": D(310)})
        granted(case, first)
        with pytest.raises(Refused):
            granted(case, second)  # asked for on 1200 until February, which are 1210 now
        assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1500
        second.refresh_from_db()
        assert second.state == "asked"

    def test_what_was_spent_before_the_first_known_month_stays(self, case):
        MonthlyInvestment.objects.filter(project=case.built).delete()
        filing = accepted(case, ytd_10k=D(3000), acknowledged="年初未报")
        locked(case)
        row = asked(case, filing, {"month_10k": D(300), "physical_percent": D(41)})
        assert [each["field"] for each in row.changes] == ["physical_percent"]
        row = _refused(case, row)
        more = asked(case, filing, {"month_10k": D(310)})
        assert {each["field"]: each["new"] for each in more.changes} == {"month_10k": "310", "ytd_10k": "3010"}


def _refused(case, row):
    return restating.decide(row, grant=False, decision="另报", by=case.staff, version=1, **EDGE)


class TestWindowsSeenBefore:
    def test_the_list_of_a_month_locked_meanwhile_stays(self, case):
        seen = FilingRound.objects.get(pk=case.round.pk)
        locked(case)
        Project.objects.filter(pk=case.idle.pk).update(stage="L08")
        before = Filing.objects.filter(round=seen).count()
        assert rounds.refresh_list(seen) == 0
        assert Filing.objects.filter(round=seen).count() == before

    def test_nobody_is_reminded_of_a_month_locked_meanwhile(self, case):
        seen = FilingRound.objects.get(pk=case.round.pk)
        locked(case)
        with pytest.raises(Refused):
            rounds.remind(seen, by=case.staff, **EDGE)


def test_the_workbook_tells_the_hour_of_the_park(case):
    filing = handed_in(case)
    Filing.objects.filter(pk=filing.pk).update(submitted_at=datetime(2026, 3, 25, 16, 30, tzinfo=UTC))
    book = openpyxl.load_workbook(export(case.round, Filing.objects.filter(pk=filing.pk), at=AT))
    cells = [cell.value for row in book.active.iter_rows(min_row=2) for cell in row]
    assert "2026-03-26 00:30" in cells


def test_what_is_to_be_done_comes_first(case, client):
    done = handed_in(case)
    more = Filing.objects.create(round=case.round, project=_another(case), state="returned", return_reason="金额")
    actions.accept(done, by=case.staff, today=TODAY, version=done.version, at=AT)
    client.force_login(case.worker)
    text = client.get(reverse("dispatch:filing_mine")).content.decode()
    places = [text.index(reverse("dispatch:filing_detail", args=[pk])) for pk in (done.pk,)]
    assert text.index(reverse("dispatch:filing_edit", args=[more.pk])) < places[0]


def _another(case):
    from tests import factories

    return factories.project(case.park, stage="L08", responsible_unit=case.unit)


@pytest.mark.parametrize("role", ["staff", "worker"])
def test_the_investment_tab_leads_to_the_filings_of_the_project(case, client, role):
    client.force_login(getattr(case, role))
    address = f"{reverse('projects:detail', args=[case.built.pk])}?tab=investment"
    text, filing = client.get(address).content.decode(), case.filing()
    for route in ("filing_detail", "filing_edit"):
        assert reverse(f"dispatch:{route}", args=[filing.pk]) in text
    locked(case)
    text = client.get(address).content.decode()
    assert reverse("dispatch:filing_detail", args=[filing.pk]) in text
    assert reverse("dispatch:filing_edit", args=[filing.pk]) not in text
    assert text.count(f'href="{address}"') == 1  # no tab of its own


def test_a_project_that_was_on_no_list_says_so(case, client):
    client.force_login(case.staff)
    text = client.get(f"{reverse('projects:detail', args=[case.idle.pk])}?tab=investment").content.decode()
    assert "/filings/" not in text.split("<main")[1].split("</main")[0]
