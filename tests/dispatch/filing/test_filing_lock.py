"""After the lock: every door is closed but the restatement, which takes two people and keeps both figures."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.errors import Conflict, Refused
from dispatch.filing import restating
from dispatch.filing.models import FilingRestatement, FilingRound
from dispatch.notices.models import Notice
from projects.actions import report_investment
from projects.errors import InvalidFields
from projects.ledger.dryrun import dry_run
from projects.ledger.rows import FieldValue, LedgerRow
from projects.ledger.storable import month_of
from projects.ledger.store import stored_values
from projects.models import ImportRow, MonthlyInvestment, Project
from tests.dispatch.filing.filing_cases import AT, LATER, accepted, handed_in, locked
from tests.dispatch.filing.filing_cases import case as make_case
from tests.projects.ledger.importing import book, confirmed, uploaded

pytestmark = pytest.mark.django_db
D = Decimal
EDGE = {"at": AT, "today": LATER}


@pytest.fixture
def case(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: LATER)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    return make_case()


def report(case, month=3, **more):
    project = Project.objects.get(pk=case.built.pk)
    values = {"month_10k": D(310), "ytd_10k": D(1510)} | more
    return report_investment(project, 2026, month, by=case.staff, at=AT, today=LATER, **values)


def test_the_registers_own_action_is_refused_and_before_the_lock_is_not(case):
    report(case)
    locked(case)
    for month, ok in ((3, False), (2, True)):
        if ok:
            report(case, month, month_10k=D(700), ytd_10k=D(1200))
        else:
            with pytest.raises(Refused):
                report(case, month, ytd_10k=D(1600))
    with pytest.raises(Refused):
        report(case, restated=True)  # a restatement says why
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1510


def test_another_park_is_not_locked(case):
    other = make_case()
    locked(case)
    assert report(other, month=3).ytd_10k == 1510


def test_page_and_api_refuse(client, case):
    locked(case)
    project = Project.objects.get(pk=case.built.pk)
    client.force_login(case.staff)
    data = {"version": project.version, "year": 2026, "month": 3, "month_10k": "310"}
    assert client.post(reverse("projects:investment", args=[project.pk]), data).status_code == 409
    data = {"version": project.version, "ytd_10k": "1510"}
    assert client.post(reverse("projects:quick", args=[project.pk]), data).status_code == 409
    api = APIClient()
    api.force_authenticate(case.staff)
    answer = api.post(
        reverse("api:project-report-investment", args=[project.pk]),
        {"year": 2026, "month": 3, "month_10k": "310"},
        format="json",
        headers={"If-Match": f'"{project.version}"'},
    )
    assert answer.status_code == 409 and str(case.round) in str(answer.json())
    assert not case.built.investments.filter(month=3).exists()


def row_of(case, **figures):
    fields = {"name": FieldValue(case.built.name, case.built.name, "B5")}
    fields |= {name: FieldValue(value, str(value), f"K{n}") for n, (name, value) in enumerate(figures.items(), 5)}
    return LedgerRow(sheet="S", number=5, fields=fields)


@pytest.mark.parametrize(
    ("figures", "refused"),
    [
        ({"ytd_investment_10k": D(1510)}, True),
        ({"monthly_investment_10k.3": D(300)}, True),
        ({"monthly_investment_10k.2": D(650)}, False),
        ({"remark": "新的备注"}, False),
    ],
)
def test_an_import_refuses_the_row_at_the_cell(case, figures, refused):
    locked(case)
    stored = stored_values(case.park, 2026, 3)
    (planned,) = dry_run([row_of(case, **figures)], stored, case.park, year=2026, month=3)
    assert planned.action == (ImportRow.Action.REFUSED if refused else ImportRow.Action.UPDATE)
    kinds = [(each["kind"], each["cell"]) for each in planned.remarks]
    assert kinds == ([("MONTH_LOCKED", "K5")] if refused else [])
    assert month_of("annual_plan_10k", 3) is None


YTD = "1-{month}月累计"


@pytest.mark.parametrize("name", ["减速器项目", "表中新项目"])
def test_a_workbook_is_refused_and_so_is_one_read_before_the_lock(case, name):
    data = book([{"项目名称": name, YTD: 1510}], 2026, 3)
    before = uploaded(data, case.staff, year=2026, month=3, at=AT)
    locked(case)
    projects = Project.objects.count()
    batch = confirmed(before, case.staff, at=AT)
    assert (batch.state, batch.refusal["code"]) == ("failed", "CHANGED_SINCE")
    after = uploaded(data, case.staff, year=2026, month=3, at=AT)
    (row,) = after.rows.all()
    assert row.action == "refused" and [each["kind"] for each in row.findings] == ["MONTH_LOCKED"]
    assert "2026-03" in row.findings[0]["message_zh"] and "2026-03" in row.findings[0]["message_en"]
    assert Project.objects.count() == projects and not MonthlyInvestment.objects.filter(month=3).exists()


def test_a_restatement_takes_two_and_keeps_both_figures(case):
    accepted(case)
    locked(case)
    filing = case.filing()
    values = {"month_10k": D(350), "physical_percent": D(45)}
    row = restating.ask(filing, values, reason="漏报发票", by=case.worker, version=filing.version, **EDGE)
    assert row.changes == [
        {"field": "month_10k", "old": "300", "new": "350"},
        {"field": "ytd_10k", "old": "1500", "new": "1550"},
        {"field": "physical_percent", "old": "40", "new": "45"},
    ]
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1500
    with pytest.raises(Refused):
        restating.ask(case.filing(), {"month_10k": D(1)}, reason="再来", by=case.staff, version=4, **EDGE)
    with pytest.raises(PermissionDenied):
        restating.decide(row, grant=True, decision="同意", by=case.worker, version=1, **EDGE)
    restating.decide(row, grant=True, decision="凭证齐全", by=case.staff, version=1, **EDGE)

    filing, project = case.filing(), Project.objects.get(pk=case.built.pk)
    assert (filing.month_10k, filing.ytd_10k, filing.physical_percent) == (350, 1550, 45)
    assert (MonthlyInvestment.objects.get(project=project, month=3).ytd_10k, project.physical_percent) == (1550, 45)
    entry = filing.history.latest("pk")
    assert (entry.verb, entry.changes, entry.note) == ("restated", row.changes, "漏报发票\n凭证齐全")
    invested = project.history.filter(verb="investment").latest("pk")
    assert {"field": "investment.2026-03.ytd_10k", "old": "1500", "new": "1550"} in invested.changes
    assert "漏报发票" in invested.note
    told = Notice.objects.filter(event="filing_restated")
    asked = {n.recipient for n in told if n.key.split("/")[-2] == "asked"}
    decided = {n.recipient for n in told if n.key.split("/")[-2] == "granted"}
    assert asked == {case.staff, case.second} and decided == {case.worker}


def test_who_asks_does_not_decide_and_only_one_decides(case):
    accepted(case)
    locked(case)
    filing = case.filing()
    row = restating.ask(filing, {"month_10k": D(350)}, reason="x", by=case.staff, version=filing.version, **EDGE)
    with pytest.raises(Refused):
        restating.decide(row, grant=True, decision="同意", by=case.staff, version=1, **EDGE)
    again = FilingRestatement.objects.select_related("filing__round__park", "filing__project").get(pk=row.pk)
    restating.decide(row, grant=False, decision="口径不符", by=case.second, version=1, **EDGE)
    with pytest.raises(Conflict):
        restating.decide(again, grant=True, decision="同意", by=case.second, version=1, **EDGE)
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1500
    assert FilingRestatement.objects.get().state == "refused"


def test_what_may_not_be_asked(case):
    filing = handed_in(case)
    edge = EDGE | {"reason": "x", "version": filing.version}
    with pytest.raises(Refused):  # not locked
        restating.ask(filing, {"month_10k": D(1)}, by=case.worker, **edge)
    locked(case)
    with pytest.raises(PermissionDenied):
        restating.ask(case.filing(), {"month_10k": D(1)}, by=case.stranger, **edge)
    with pytest.raises(InvalidFields):
        restating.ask(case.filing(), {"month_10k": D(1), "ytd_10k": D(5)}, by=case.worker, **edge)
    with pytest.raises(Refused):
        restating.ask(case.filing(), {"month_10k": D(1)}, by=case.worker, **(edge | {"reason": " "}))
    with pytest.raises(Conflict):
        restating.ask(case.filing(), {"month_10k": D(1)}, by=case.worker, **(edge | {"version": 1}))
    assert FilingRestatement.objects.count() == 0


def test_a_missing_month_comes_in_by_a_restatement(case):
    locked(case)
    filing = case.filing()
    row = restating.ask(filing, {"month_10k": D(0)}, reason="未报", by=case.worker, version=1, **EDGE)
    assert [each["field"] for each in row.changes] == ["month_10k", "ytd_10k"]
    restating.decide(row, grant=True, decision="补报", by=case.staff, version=1, **EDGE)
    assert (case.filing().state, case.filing().ytd_10k) == ("accepted", 1200)
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1200


def test_a_later_month_keeps_its_progress(case):
    accepted(case)
    locked(case)
    april = FilingRound.objects.create(
        park=case.park, year=2026, month=4, opens_on=date(2026, 4, 16), closes_on=date(2026, 4, 27),
        locks_on=date(2026, 4, 30),
    )  # fmt: skip
    case.built.filings.create(round=april, state="accepted", month_10k=1, ytd_10k=1501, physical_percent=D(60))
    Project.objects.filter(pk=case.built.pk).update(physical_percent=60)
    filing = case.filing()
    row = restating.ask(filing, {"physical_percent": D(42)}, reason="x", by=case.worker, version=4, **EDGE)
    restating.decide(row, grant=True, decision="同意", by=case.staff, version=1, **EDGE)
    assert case.filing().physical_percent == 42 and Project.objects.get(pk=case.built.pk).physical_percent == 60
