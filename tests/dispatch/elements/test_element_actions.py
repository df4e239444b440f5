"""Writes of elements: exact rows, history, who may, who was first, and what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from dispatch.elements import actions
from dispatch.elements.models import (
    AcquisitionPlot,
    ElementEntry,
    ElementNeed,
    ElementSupply,
    FundingApplication,
    YearlyOutput,
)
from projects.errors import InvalidFields
from tests import factories
from tests.dispatch.elements.element_cases import WHO, D, application, complete, need, output, plot, progress, supply
from tests.dispatch.elements.element_cases import case as make_case
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
ROWS = (ElementSupply, ElementNeed, FundingApplication, YearlyOutput, AcquisitionPlot, ElementEntry)


@pytest.fixture
def case():
    return make_case()


def state():
    """Everything of this part as stored."""
    return [sorted(model.objects.values_list(), key=str) for model in ROWS]


def refused(error, action, *args, **kwargs):
    before = state()
    with pytest.raises(error):
        action(*args, **kwargs)
    assert state() == before


def entries(row, kind):
    found = ElementEntry.objects.filter(object_type=kind, object_id=row.pk).order_by("pk")
    return [({c["field"]: (c["old"], c["new"]) for c in entry.changes}, entry.by, entry.note) for entry in found]


# Supplies and needs -------------------------------------------------------------------------------------------------


def test_what_the_park_has(case):
    row = supply(case)
    again = supply(case, amount="75.5", version=1)
    assert (again.pk, again.amount, again.version) == (row.pk, D("75.5"), 2)
    assert entries(row, "supply") == [
        ({"amount": (None, "60")}, case.cast.staff, ""), ({"amount": ("60", "75.5")}, case.cast.staff, ""),
    ]  # fmt: skip
    assert supply(case, amount="75.5", version=2).version == 2 and len(entries(row, "supply")) == 2


def test_a_supply_loses_nothing_and_is_the_centres(case):
    supply(case)
    refused(Conflict, supply, case, amount="1", version=None)
    refused(Conflict, supply, case, amount="1", version=7)
    for person in (case.cast.worker, case.cast.leader, case.company, factories.user(factories.park(), "staff")):
        refused(PermissionDenied, supply, case, by=person, version=1)
    for wrong in ({"amount": "-1"}, {"amount": "1.00001"}, {"amount": "NaN"}, {"element": "gold"}, {"year": 1900}):
        refused(InvalidFields, supply, case, **{"version": 1} | wrong)
    assert supply(case, amount="61", version=1).version == 2


def test_a_need_with_its_history(case):
    row = need(
        case, amount=D("40"), secured=D("10"), needed_on=date(2026, 6, 1), unit=case.cast.unit, by=case.cast.worker
    )
    row = actions.edit_need(row, fields={"secured": D("25.5")}, by=case.cast.worker, version=1, **WHO)
    assert (row.amount, row.secured, row.version, row.unit) == (40, D("25.5"), 2, case.cast.unit)
    assert entries(row, "need")[1] == ({"secured": ("10", "25.5")}, case.cast.worker, "")
    assert entries(row, "need")[0][0]["needed_on"] == (None, "2026-06-01")
    refused(Conflict, need, case)
    refused(Conflict, actions.edit_need, row, fields={"secured": D(1)}, by=case.cast.staff, version=1, **WHO)


def test_what_no_need_can_be(case):
    row = need(case, secured=D("10"))
    for wrong in (
        {"amount": D("9")}, {"secured": D("40.1")}, {"secured": D("-1")}, {"amount": None}, {"amount": D("0")},
        {"needed_on": date(1900, 1, 1)}, {"note": "长" * 201}, {"unit": factories.organization(factories.park())},
    ):  # fmt: skip
        refused(InvalidFields, actions.edit_need, row, fields=wrong, by=case.cast.staff, version=1, **WHO)
    refused(InvalidFields, need, case, element="labour", amount=D("1.5"))
    case.mine.status = "terminated"
    refused(Refused, need, case, element="power")


def test_who_may_write_down_needs(case):
    for person in (case.cast.staff, case.cast.worker):
        need(case, element={case.cast.staff: "land"}.get(person, "power"), by=person)
    for person in (case.cast.leader, case.cast.stranger, case.cast.office_worker, case.company):
        refused(PermissionDenied, need, case, element="energy", by=person)
    refused(PermissionDenied, need, case, case.other, by=case.cast.worker)


def test_the_providing_unit_says_what_is_secured_and_no_more(case):
    row = need(case, case.other, unit=case.cast.unit)
    row = actions.edit_need(row, fields={"secured": D(5)}, by=case.cast.worker, version=1, **WHO)
    assert row.secured == 5
    refused(PermissionDenied, actions.edit_need, row, fields={"amount": D(50)}, by=case.cast.worker, version=2, **WHO)
    refused(PermissionDenied, actions.drop_need, row, reason="不需要", by=case.cast.worker, version=2, **WHO)
    refused(PermissionDenied, actions.edit_need, row, fields={"secured": D(6)}, by=case.cast.stranger, version=2, **WHO)


def test_a_need_is_dropped_with_a_reason(case):
    row = need(case)
    refused(InvalidFields, actions.drop_need, row, reason="  ", by=case.cast.staff, version=1, **WHO)
    refused(Conflict, actions.drop_need, row, reason="改用租赁厂房", by=case.cast.staff, version=2, **WHO)
    pk = actions.drop_need(row, reason="改用租赁厂房", by=case.cast.staff, version=1, **WHO).pk
    assert not ElementNeed.objects.exists()
    last = ElementEntry.objects.filter(object_type="need").latest("pk")
    assert (last.object_id, last.note) == (pk or last.object_id, "改用租赁厂房")
    assert {"field": "amount", "old": "40", "new": None} in last.changes


# Funds and outputs --------------------------------------------------------------------------------------------------


def move(row, verb, case, *, by=None, on=TODAY, version=None, **more):
    version = row.version if version is None else version
    return actions.move_application(
        row, verb, on=on, today=TODAY, version=version, by=by or case.cast.staff, **more, **WHO
    )


def test_an_application_from_preparing_to_paid(case):
    row = application(case, by=case.cast.worker)
    row = move(row, "submit", case, by=case.cast.worker, on=date(2026, 1, 5))
    row = move(row, "grant", case, on=date(2026, 2, 5), granted_10k=D("8000"))
    row = actions.edit_application(row, fields={"paid_10k": D("3000")}, by=case.cast.staff, version=3, **WHO)
    assert (row.state, row.submitted_on, row.decided_on, row.granted_10k, row.paid_10k, row.version) == (
        "granted", date(2026, 1, 5), date(2026, 2, 5), 8000, 3000, 4,
    )  # fmt: skip
    assert [list(changes) for changes, _by, _note in entries(row, "funding")] == [
        ["kind", "title", "asked_10k"], ["state", "submitted_on"], ["state", "granted_10k", "decided_on"], ["paid_10k"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "verb", "more", "error"),
    [
        ((), "grant", {"granted_10k": D(5)}, Refused),
        ((), "submit", {"on": date(2026, 3, 3)}, InvalidFields),
        ((), "submit", {"on": None}, InvalidFields),
        ((), "withdraw", {"note": " "}, InvalidFields),
        (("submit",), "grant", {"granted_10k": D("9000.01")}, InvalidFields),
        (("submit",), "grant", {"granted_10k": None}, InvalidFields),
        (("submit",), "grant", {"granted_10k": D(5), "on": date(2026, 3, 1)}, InvalidFields),
        (("submit",), "reject", {"on": date(2026, 3, 1)}, InvalidFields),
        (("submit", "reject"), "grant", {"granted_10k": D(5)}, Refused),
        (("submit", "reject"), "reopen", {}, InvalidFields),
        (("submit",), "reject", {"version": 9}, Conflict),
    ],
)
def test_what_an_application_cannot_do(case, path, verb, more, error):
    row = application(case)
    for step in path:
        row = move(row, step, case)
    refused(error, move, row, verb, case, **more)


def test_a_state_taken_back_takes_its_day_and_amount_along(case):
    row = move(move(application(case), "submit", case), "grant", case, granted_10k=D("8000"))
    refused(PermissionDenied, move, row, "reopen", case, by=case.cast.worker, note="金额录错")
    row = move(row, "reopen", case, note="金额录错")
    assert (row.state, row.granted_10k, row.decided_on, row.submitted_on) == ("submitted", None, None, TODAY)
    row = move(row, "reopen", case, note="还没有报出")
    assert (row.state, row.submitted_on) == ("preparing", None)
    row = move(move(row, "submit", case), "grant", case, granted_10k=D("10"))
    row = actions.edit_application(row, fields={"paid_10k": D(10)}, by=case.cast.staff, version=row.version, **WHO)
    refused(Refused, move, row, "reopen", case, note="已拨付")
    over = {"fields": {"paid_10k": D("10.01")}, "version": row.version}
    refused(InvalidFields, actions.edit_application, row, by=case.cast.staff, **over, **WHO)
    refused(
        Refused,
        actions.edit_application,
        row,
        fields={"asked_10k": D(1)},
        by=case.cast.staff,
        version=row.version,
        **WHO,
    )


def test_who_may_apply(case):
    for person in (case.cast.leader, case.cast.stranger, case.company):
        refused(PermissionDenied, application, case, by=person)
    for wrong in ({"asked_10k": D(0)}, {"asked_10k": None}, {"title": " "}, {"kind": "gift"}, {"asked_10k": D(-5)}):
        refused(InvalidFields, application, case, **wrong)
    assert application(case).state == "preparing"


def test_figures_of_a_year(case):
    row = output(case, by=case.cast.worker, tax_10k=D("3000"), employees=40)
    row = output(case, version=1, tax_10k=D("3100"))
    assert (row.tax_10k, row.employees, row.version) == (3100, 40, 2)
    assert entries(row, "output")[1] == ({"tax_10k": ("3000", "3100")}, case.cast.staff, "")
    refused(Conflict, output, case, tax_10k=D(1))
    refused(Conflict, output, case, version=1, tax_10k=D(1))
    refused(InvalidFields, output, case, year=2024, source="年报")
    refused(InvalidFields, output, case, version=2, employees=-1)
    refused(InvalidFields, output, case, version=2, energy_tce=D("-1"))
    refused(PermissionDenied, output, case, by=case.cast.stranger, version=2, tax_10k=D(1))
    refused(PermissionDenied, output, case, by=case.company, version=2, tax_10k=D(1))


# Plots --------------------------------------------------------------------------------------------------------------


def test_progress_of_a_plot(case):
    row = plot(case)
    row = progress(row, case, acquired_mu=D("18"), households_moved=12)
    assert (row.acquired_mu, row.households_moved, row.version) == (18, 12, 2)
    assert entries(row, "plot")[1] == (
        {"acquired_mu": ("0", "18"), "households_moved": (0, 12)}, case.cast.worker, "",
    )  # fmt: skip
    refused(InvalidFields, progress, row, case, acquired_mu=D("17"))
    row = progress(row, case, acquired_mu=D("17"), reason="一户反悔，重新协商")
    assert row.acquired_mu == 17 and entries(row, "plot")[2][2] == "一户反悔，重新协商"


@pytest.mark.parametrize(
    "wrong",
    [
        {"acquired_mu": D("25.1")}, {"acquired_mu": D(-1)}, {"households_moved": 15}, {"plants_moved": 1},
        {"acquired_mu": None}, {"acquired_mu": D("NaN")},
    ],
)  # fmt: skip
def test_progress_that_cannot_be(case, wrong):
    refused(InvalidFields, progress, plot(case), case, **wrong)


def test_progress_loses_nothing_and_is_of_those_in_charge(case):
    row = plot(case)
    stale = AcquisitionPlot.objects.get(pk=row.pk)
    row = progress(row, case, acquired_mu=D(3))
    refused(Conflict, progress, stale, case, acquired_mu=D(4))
    refused(Conflict, progress, row, case, acquired_mu=D(4), version=1)
    for person in (case.cast.leader, case.cast.stranger, case.company, case.cast.office_worker):
        refused(PermissionDenied, progress, row, case, acquired_mu=D(4), by=person)
    assert progress(row, case, acquired_mu=D(4), by=case.cast.staff).acquired_mu == 4


def clear(row, case, *, by=None, on=TODAY, evidence="移交单已签", version=None):
    version = row.version if version is None else version
    return actions.confirm_clear(
        row, on=on, evidence=evidence, by=by or case.cast.worker, today=TODAY, version=version, **WHO
    )


def test_clear_land_is_confirmed_only_when_everything_is_done(case):
    refused(Refused, clear, plot(case), case)
    row = complete(case, name="二号地块")
    refused(InvalidFields, clear, row, case, evidence=" ")
    refused(InvalidFields, clear, row, case, on=date(2026, 3, 3))
    refused(Conflict, clear, row, case, version=1)
    refused(PermissionDenied, clear, row, case, by=case.cast.stranger)
    row = clear(row, case)
    assert (row.cleared_on, entries(row, "plot")[-1]) == (
        TODAY, ({"cleared_on": (None, "2026-03-02")}, case.cast.worker, "移交单已签"),
    )  # fmt: skip
    refused(Refused, clear, row, case)
    refused(Refused, progress, row, case, acquired_mu=D(1), reason="错")
    edit = {"fields": {"households": 20}, "by": case.cast.staff, "version": row.version}
    refused(Refused, actions.edit_plot, row, **edit, **WHO)


def test_a_confirmation_is_taken_back_by_the_centre_with_a_reason(case):
    row = clear(complete(case), case)
    back = {"by": case.cast.staff, "version": row.version}
    refused(InvalidFields, actions.reopen_plot, row, reason="", **back, **WHO)
    refused(PermissionDenied, actions.reopen_plot, row, reason="漏了一户", **back | {"by": case.cast.worker}, **WHO)
    row = actions.reopen_plot(row, reason="漏了一户", **back, **WHO)
    assert row.cleared_on is None and entries(row, "plot")[-1][2] == "漏了一户"
    refused(Refused, actions.reopen_plot, row, reason="再来", by=case.cast.staff, version=row.version, **WHO)


def test_plots_are_the_centres(case):
    for person in (case.cast.worker, case.cast.leader, case.company):
        refused(PermissionDenied, plot, case, by=person)
    row = plot(case)
    refused(Conflict, plot, case)
    refused(InvalidFields, plot, case, name="三", area_mu=D(0))
    refused(InvalidFields, plot, case, name=" ")
    elsewhere = factories.project(factories.park())
    refused(InvalidFields, plot, case, name="四", project=elsewhere)
    row = progress(row, case, acquired_mu=D(18))
    small = {"fields": {"area_mu": D(17)}, "by": case.cast.staff, "version": 2}
    refused(InvalidFields, actions.edit_plot, row, **small, **WHO)
    assert actions.edit_plot(row, fields={"area_mu": D(18)}, by=case.cast.staff, version=2, **WHO).area_mu == 18
