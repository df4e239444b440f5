"""Saving, handing in, returning, accepting: exact results, history, notices; every guard with its negative twin."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from dispatch.filing import actions, rounds, scope
from dispatch.filing.models import Filing, FilingDuty, FilingEntry
from dispatch.notices.models import Notice
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.models import AnnualPlan, MonthlyInvestment, Project
from projects.stages import Stage
from tests import factories
from tests.dispatch.filing.filing_cases import AT, FIGURES, TODAY, WHO, accepted, handed_in, locked, photo
from tests.dispatch.filing.filing_cases import case as make_case

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def case():
    return make_case()


def told(event):
    return sorted(Notice.objects.filter(event=event).values_list("recipient__username", flat=True))


def verbs(filing):
    return [row.verb for row in filing.history.order_by("pk")]


def test_who_owes(case):
    park = case.park
    planned = factories.project(park, name="有计划", stage=Stage.FILED)
    AnnualPlan.objects.create(project=planned, year=2026, planned_10k=1)
    nothing = factories.project(park, name="计划为零", stage=Stage.FILED)
    AnnualPlan.objects.create(project=nothing, year=2026, planned_10k=0)
    last_year = factories.project(park, name="去年有计划", stage=Stage.FILED)
    AnnualPlan.objects.create(project=last_year, year=2025, planned_10k=9)
    factories.project(park, name="已投产", stage=Stage.PRODUCTION)
    factories.project(park, name="暂停", stage=Stage.STARTED, status="suspended")
    factories.project(factories.park(), name="外区", stage=Stage.STARTED)
    assert set(scope.owing(park.pk, 2026)) == {case.built, case.own, planned}
    assert rounds.refresh_list(case.round) == 1 and rounds.refresh_list(case.round) == 0
    Project.objects.filter(pk__in=[planned.pk, case.built.pk]).update(status="suspended")
    actions.save(case.filing(), {"month_10k": D(1)}, by=case.worker, version=1, **WHO)
    rounds.refresh_list(case.round)
    assert {f.project for f in Filing.objects.filter(round=case.round)} == {case.built, case.own}  # touched ones stay


def test_filed_and_accepted_figures_stand_in_the_register(case, store):
    filing = handed_in(case, works_10k=D(200), equipment_10k=D(100), issue="混凝土供应紧张")
    assert (filing.state, filing.ytd_10k, filing.version, filing.submitted_by) == ("submitted", 1500, 3, case.worker)
    assert [a.note for a in filing.attachments.all()] == ["2026-03-20"] and len(store()) == 1
    actions.accept(filing, by=case.staff, today=TODAY, version=3, **WHO)
    row = MonthlyInvestment.objects.get(project=case.built, month=3)
    assert (row.month_10k, row.ytd_10k) == (300, 1500)
    project = Project.objects.get(pk=case.built.pk)
    assert (project.physical_percent, project.physical_progress, project.issue) == (
        40, "主体施工至三层", "混凝土供应紧张",
    )  # fmt: skip
    assert verbs(filing) == ["saved", "submitted", "accepted"]
    edited, invested = project.history.order_by("-pk")[:2]
    assert invested.changes == [
        {"field": "investment.2026-03.month_10k", "old": None, "new": "300"},
        {"field": "investment.2026-03.ytd_10k", "old": None, "new": "1500"},
    ]
    assert {"field": "physical_percent", "old": "30", "new": "40"} in edited.changes
    assert invested.note == edited.note and str(case.worker) in invested.note and "2026-03" in invested.note
    assert told("filing_accepted") == [case.worker.username]


def test_nothing_is_handed_in_half(case, store):
    filing = case.filing()
    with pytest.raises(InvalidFields) as refusal:
        actions.hand_in(filing, {"month_10k": D(300), "ytd_10k": D(1400)}, by=case.worker, version=1, **WHO)
    assert set(refusal.value.errors) == {"ytd_10k", "physical_percent", "photos"}
    with pytest.raises(InvalidFields):
        actions.hand_in(
            case.filing(), {"month_10k": D(300)}, actions.Photos((photo(),)), by=case.worker, version=1, **WHO
        )
    filing = case.filing()
    assert (filing.state, filing.month_10k, filing.version) == ("draft", None, 1)
    assert FilingEntry.objects.count() == 0 and store() == []


def test_unusual_figures_need_a_reason(case):
    with pytest.raises(NeedsAcknowledgement) as asked:
        handed_in(case, month_10k=D(2900), physical_percent=D(41))
    assert len(asked.value.warnings) == 2 and case.filing().state == "draft"
    filing = handed_in(case, month_10k=D(2900), physical_percent=D(41), acknowledged="设备集中到货")
    assert filing.state == "submitted" and filing.history.latest("pk").note == "设备集中到货"


def test_returned_with_a_reason_and_filed_again(case):
    filing = handed_in(case)
    with pytest.raises(Refused):
        actions.send_back(filing, reason=" ", by=case.staff, today=TODAY, version=3, **WHO)
    actions.send_back(filing, reason="照片看不清", by=case.staff, today=TODAY, version=3, **WHO)
    assert (filing.state, filing.return_reason) == ("returned", "照片看不清") and told("filing_returned") == [
        case.worker.username
    ]
    actions.save(filing, {"physical_percent": D(41)}, by=case.worker, version=4, **WHO)
    assert filing.state == "returned"
    actions.submit(filing, by=case.worker, version=5, **WHO)
    actions.accept(filing, by=case.staff, today=TODAY, version=6, **WHO)
    assert (filing.return_reason, filing.version) == ("", 7)
    assert verbs(filing) == ["saved", "submitted", "returned", "saved", "submitted", "accepted"]


def test_accepted_by_mistake_is_returned_before_the_lock(case):
    filing = accepted(case)
    actions.send_back(filing, reason="金额填错", by=case.second, today=TODAY, version=filing.version, **WHO)
    actions.save(
        filing, {"month_10k": D(250), "physical_percent": D(35)}, by=case.worker, version=filing.version, **WHO
    )
    actions.submit(filing, by=case.worker, version=filing.version, **WHO)
    actions.accept(filing, by=case.staff, today=TODAY, version=filing.version, **WHO)
    assert MonthlyInvestment.objects.get(project=case.built, month=3).ytd_10k == 1450
    assert Project.objects.get(pk=case.built.pk).physical_percent == 35


def test_what_is_handed_in_may_be_taken_back_until_it_is_checked(case):
    filing = handed_in(case)
    actions.save(filing, {"month_10k": D(310)}, by=case.worker, version=3, **WHO)
    assert (filing.state, filing.ytd_10k) == ("draft", None)
    with pytest.raises(Refused):
        actions.accept(filing, by=case.staff, today=TODAY, version=4, **WHO)
    actions.submit(filing, by=case.worker, version=4, **WHO)
    assert filing.ytd_10k == 1510


def test_who_may_file_and_who_may_check(case):
    for person in (case.stranger, case.owner, case.other_owner):
        with pytest.raises(PermissionDenied):
            actions.save(case.filing(), FIGURES, by=person, version=1, **WHO)
    with pytest.raises(PermissionDenied):
        actions.save(case.filing(case.own), FIGURES, by=case.worker, version=1, **WHO)
    actions.save(case.filing(case.own), FIGURES, by=case.owner, version=1, **WHO)
    actions.save(case.filing(), FIGURES, by=case.staff, version=1, **WHO)  # the specialist for the unit
    leader = factories.user(case.park, "leader")
    filing = handed_in(case, case.own, by=case.owner)
    for person in (case.worker, case.owner, leader):
        with pytest.raises(PermissionDenied):
            actions.accept(filing, by=person, today=TODAY, version=filing.version, **WHO)
        with pytest.raises(PermissionDenied):
            actions.send_back(filing, reason="x", by=person, today=TODAY, version=filing.version, **WHO)


def test_nobody_accepts_his_own(case):
    filing = handed_in(case, by=case.staff)
    with pytest.raises(Refused):
        actions.accept(filing, by=case.staff, today=TODAY, version=filing.version, **WHO)
    assert case.filing().state == "submitted" and told("filing_accepted") == []
    actions.accept(filing, by=case.second, today=TODAY, version=filing.version, **WHO)
    assert case.filing().state == "accepted"


def test_two_accept_at_once_and_one_is_told(case):
    handed_in(case)
    first, second = case.filing(), case.filing()
    actions.accept(first, by=case.staff, today=TODAY, version=3, **WHO)
    with pytest.raises(Conflict):
        actions.accept(second, by=case.second, today=TODAY, version=3, **WHO)
    assert FilingEntry.objects.filter(verb="accepted").count() == 1
    assert case.built.history.filter(verb="investment").count() == 1


def test_what_no_longer_fits_the_record_is_not_accepted(case):
    filing = handed_in(case)
    MonthlyInvestment.objects.filter(project=case.built, month=2).update(ytd_10k=1300)
    with pytest.raises(Refused):
        actions.accept(filing, by=case.staff, today=TODAY, version=3, **WHO)
    assert case.filing().state == "submitted" and not case.built.investments.filter(month=3).exists()


def test_many_are_accepted_each_on_its_own(case):
    good, own = handed_in(case), handed_in(case, case.own, by=case.staff, month_10k=D(5))
    found = actions.accept_many([good, own], by=case.staff, at=AT, today=TODAY)
    assert [bool(result.why) for result in found] == [False, True]
    assert [f.state for f in (case.filing(), case.filing(case.own))] == ["accepted", "submitted"]
    with pytest.raises(PermissionDenied):
        actions.accept_many([own], by=case.worker, at=AT, today=TODAY)


def test_the_centre_says_who_files(case):
    with pytest.raises(Refused):  # the enterprise of another project
        actions.set_filer(case.built, case.owner.organization, by=case.staff, at=AT)
    with pytest.raises(PermissionDenied):
        actions.set_filer(case.built, case.stranger.organization, by=case.worker, at=AT)
    actions.set_filer(case.built, case.stranger.organization, by=case.staff, at=AT)
    assert scope.may_file(case.filing(), case.stranger) and not scope.may_file(case.filing(), case.worker)
    changes = case.filing().history.get().changes
    assert changes == [{"field": "filer", "old": None, "new": str(case.stranger.organization)}]
    actions.set_filer(case.built, None, by=case.staff, at=AT)
    assert scope.may_file(case.filing(), case.worker) and not FilingDuty.objects.filter(project=case.built).exists()


def test_an_enterprise_sees_its_own_filings_and_no_other(case):
    def seen(person):
        return {f.project for f in Filing.objects.visible_to(person)}

    assert seen(case.owner) == {case.own} and seen(case.other_owner) == set()
    assert seen(case.worker) == {case.built, case.own} and seen(case.stranger) == set()
    assert seen(factories.user(factories.park(), "staff")) == set()
    actions.set_filer(case.own, None, by=case.staff, at=AT)
    handed_in(case, case.own)
    assert seen(case.owner) == set()
    actions.set_filer(case.own, case.owner.organization, by=case.staff, at=AT)
    assert seen(case.owner) == set()  # what the unit has told the centre stays between them


def test_the_lock_ends_it(case):
    filing = handed_in(case)
    locked(case)
    for act in (
        lambda: actions.accept(case.filing(), by=case.staff, today=TODAY, version=3, **WHO),
        lambda: actions.send_back(case.filing(), reason="x", by=case.staff, today=TODAY, version=3, **WHO),
        lambda: actions.save(filing, {"month_10k": D(1)}, by=case.worker, version=3, **WHO),
        lambda: actions.submit(case.filing(case.own), by=case.owner, version=1, **WHO),
    ):
        with pytest.raises(Refused):
            act()
    assert case.filing().state == "submitted" and not case.built.investments.filter(month=3).exists()


def test_locking_is_for_the_centre_once_the_window_has_closed(case):
    with pytest.raises(PermissionDenied):
        rounds.lock(case.round, by=case.worker, at=AT, today=date(2026, 3, 27))
    with pytest.raises(Refused):
        rounds.lock(case.round, by=case.staff, at=AT, today=date(2026, 3, 25))
    rounds.lock(case.round, by=case.staff, at=AT, today=date(2026, 3, 26))
    assert (case.round.state, case.round.locked_by) == ("locked", case.staff)
    with pytest.raises(Conflict):
        rounds.lock(case.round, by=case.second, at=AT, today=date(2026, 3, 26))


def test_reminded_by_hand_once_a_day(case):
    assert rounds.remind(case.round, by=case.staff, at=AT, today=TODAY) == 2
    assert told("filing_due") == sorted([case.owner.username, case.worker.username])
    with pytest.raises(Refused):
        rounds.remind(case.round, by=case.second, at=AT, today=TODAY)
    with pytest.raises(PermissionDenied):
        rounds.remind(case.round, by=case.worker, at=AT, today=date(2026, 3, 21))
    assert verbs(case.filing()) == ["reminded"]
