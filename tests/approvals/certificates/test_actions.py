"""Renewal and the record that a certificate is void: exact results, history, every guard with the case that passes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions
from approvals.certificates import actions as certificates
from approvals.models import Certificate, Step
from tests.approvals.cases import AT, PLAIN, TODAY, finish, move, step_of

pytestmark = pytest.mark.django_db
DECIDED, END = date(2025, 12, 31), date(2026, 3, 31)  # today is 2 March 2026


@pytest.fixture
def certificate(scene):
    finish(scene.project, "S01", "S02", on=DECIDED)
    return fresh(scene)


def fresh(scene):
    return Certificate.objects.select_related("project_step__step", "project_step__project").get(
        project_step__project=scene.project
    )


def renew(certificate, by, **changes):
    values = {"on": TODAY, "reason": "冬季停工", "at": AT, "today": TODAY} | changes
    return certificates.renew(certificate, by=by, **values)


def void(certificate, by, **changes):
    values = {"on": TODAY, "reason": "未按期开工", "at": AT, "today": TODAY} | changes
    return certificates.record_void(certificate, by=by, **values)


def ended(scene, certificate, on=date(2026, 2, 27)):
    Certificate.objects.filter(pk=certificate.pk).update(valid_until=on)
    return fresh(scene)


def test_a_renewal_reaches_as_far_as_it_may_and_is_kept(scene, certificate):
    record = renew(certificate, scene.worker)
    row = fresh(scene)
    assert (row.valid_until, row.renewals, row.state, row.version) == (date(2026, 6, 30), 1, "valid", 2)
    assert row.history == [
        {
            "on": "2026-03-02",
            "until": "2026-06-30",
            "reason": "冬季停工",
            "by": str(scene.worker),
            "before": "2026-03-31",
        }
    ]
    assert (record.verb, record.on, record.by, record.note) == ("renew_certificate", TODAY, scene.worker, "冬季停工")
    assert (record.from_state, record.to_state, record.data["until"]) == (11, 11, "2026-06-30")


def test_twice_and_no_more(scene, certificate):
    renew(certificate, scene.staff, until=date(2026, 5, 31))
    renew(fresh(scene), scene.staff)
    assert fresh(scene).valid_until == date(2026, 8, 31)
    with pytest.raises(Refused):
        renew(fresh(scene), scene.staff)
    assert fresh(scene).renewals == 2


@pytest.mark.parametrize("until", [END + timedelta(days=1), date(2026, 6, 30)])
def test_any_day_up_to_the_latest_will_do(scene, certificate, until):
    renew(certificate, scene.staff, until=until)
    assert fresh(scene).valid_until == until


@pytest.mark.parametrize(
    "changes",
    [
        {"until": END}, {"until": date(2026, 7, 1)}, {"reason": " "}, {"on": TODAY + timedelta(days=1)},
        {"on": DECIDED - timedelta(days=1)},
    ],
)  # fmt: skip
def test_what_the_rule_forbids_changes_nothing(scene, certificate, changes):
    before = certificate.project_step.history.count()
    with pytest.raises(Refused):
        renew(certificate, scene.staff, **changes)
    assert (fresh(scene).version, certificate.project_step.history.count()) == (1, before)


def test_what_has_ended_cannot_be_renewed_but_a_renewal_in_time_can_be_recorded_late(scene, certificate):
    row = ended(scene, certificate)
    with pytest.raises(Refused):
        renew(row, scene.staff)
    renew(row, scene.staff, on=date(2026, 2, 27))
    assert fresh(scene).valid_until == date(2026, 5, 27)


def test_a_step_without_renewals_has_none(scene, certificate):
    Step.objects.filter(code="S02").update(validity_renewals=0)
    with pytest.raises(Refused):
        renew(fresh(scene), scene.staff)


def test_only_who_decides_the_step(scene, certificate):
    for person in (scene.stranger, scene.boss, scene.leader):
        with pytest.raises(PermissionDenied):
            renew(certificate, person)
        with pytest.raises(PermissionDenied):
            void(certificate, person)
    renew(certificate, scene.worker)


def test_of_two_at_once_the_second_is_told(scene, certificate):
    other = fresh(scene)
    renew(certificate, scene.staff)
    with pytest.raises(Conflict):
        renew(other, scene.staff)
    with pytest.raises(Conflict):
        renew(fresh(scene), scene.staff, version=1)
    assert fresh(scene).renewals == 1


def test_void_is_recorded_by_a_person_once_it_has_ended(scene, certificate):
    with pytest.raises(Refused):
        void(certificate, scene.staff)
    row = ended(scene, certificate)
    with pytest.raises(Refused):
        void(row, scene.staff, on=date(2026, 2, 27))
    record = void(row, scene.worker, on=date(2026, 2, 28))
    row = fresh(scene)
    assert (row.state, row.state_on, row.version) == ("void", date(2026, 2, 28), 2)
    assert (record.verb, record.note, row.project_step.state) == ("void_certificate", "未按期开工", 11)
    for action in (renew, void):
        with pytest.raises(Refused):
            action(row, scene.staff)


@pytest.mark.parametrize("action", [renew, void])
def test_undo_puts_it_back(scene, certificate, action):
    row = ended(scene, certificate) if action is void else certificate
    was = (row.valid_until, row.renewals, row.state, row.state_on, row.history)
    action(row, scene.staff)
    step = step_of(scene.project, "S02")
    actions.undo_last(step, by=scene.staff, at=AT, today=TODAY, calendar=PLAIN)
    row = fresh(scene)
    assert (row.valid_until, row.renewals, row.state, row.state_on, row.history) == was
    step.refresh_from_db()
    assert step.state == 11


def test_a_later_revocation_and_its_undo_do_not_revive_what_was_recorded_as_void(scene, certificate):
    void(ended(scene, certificate), scene.staff)
    step = step_of(scene.project, "S02")
    move(step, "revoke", TODAY, note="材料虚假")
    actions.undo_last(step, by=scene.staff, at=AT, today=TODAY, calendar=PLAIN)
    assert (step.state, fresh(scene).state) == (11, "void")
