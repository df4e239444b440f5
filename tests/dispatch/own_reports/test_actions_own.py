"""Saving, copying, deleting; the morning's job: once a period, to the owner, with the table attached."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from accounts.errors import Conflict, Refused
from accounts.models import Role, User
from dispatch.exports import work as exports_work
from dispatch.models import Delivery, FileJob, Notice, SavedReport
from dispatch.notices import attachments, planner, sending
from dispatch.own_reports import actions, files, job
from dispatch.own_reports.actions import Wanted
from tests import factories
from tests.dispatch.own_reports.report_cases import reading
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar()
WEDNESDAY = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SIX, DIGEST = MONDAY - timedelta(hours=3), MONDAY - timedelta(minutes=25)  # 06:00 and 08:35 of that day in Shanghai
DAY = timedelta(days=1)
RAW = {
    "dataset": "projects",
    "columns": ["name", "total_10k"],
    "filters": {},
    "grouping": [],
    "order": "",
    "limit": None,
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def staff(db):
    return factories.user(factories.park(), email="staff@example.com")


def made(person, name="表", at=WEDNESDAY, **more):
    schedule = more.pop("schedule", "never")
    shared = more.pop("is_shared", False)
    return actions.create(Wanted(name, RAW | more, shared, schedule), by=person, at=at)


class TestKeeping:
    def test_kept_as_wanted(self, staff):
        report = made(staff, filters={"total_10k": {"min": "5"}}, order="-total_10k", limit=7, is_shared=True)
        assert actions.raw_of(report) == RAW | {
            "filters": {"total_10k": {"min": "5"}},
            "order": "-total_10k",
            "limit": 7,
        }
        assert (report.owner, report.organization, report.park) == (staff, staff.organization, staff.park)

    @pytest.mark.parametrize(
        "more",
        [
            {"columns": ["park__name"]}, {"columns": []}, {"filters": {"password": {"contains": "x"}}},
            {"dataset": "users"}, {"grouping": ["name"]}, {"schedule": "hourly"}, {"limit": 9999}, {"name": "  "},
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused(self, staff, more):
        with pytest.raises(Refused):
            made(staff, **more)
        assert not SavedReport.objects.exists()

    def test_a_name_is_taken_once(self, staff):
        made(staff)
        with pytest.raises(Refused):
            made(staff)
        made(factories.user(staff.park))

    def test_changed_once(self, staff):
        report = made(staff)
        actions.change(report, Wanted("新名", RAW), version=1, by=staff, at=WEDNESDAY + DAY)
        assert (report.name, report.version) == ("新名", 2)
        with pytest.raises(Conflict):
            actions.change(report, Wanted("又", RAW), version=1, by=staff, at=WEDNESDAY)

    def test_only_its_owner_changes_it_and_only_with_the_verb(self, staff):
        report = made(staff, is_shared=True)
        colleague = factories.user(staff.park, organization=staff.organization)
        for act in (
            lambda: actions.change(report, Wanted("x", RAW), version=1, by=colleague, at=WEDNESDAY),
            lambda: actions.delete(report, by=colleague),
        ):
            with pytest.raises(PermissionDenied):
                act()
        Role.objects.filter(code="staff").update(verbs=[])
        with pytest.raises(PermissionDenied):
            made(User.objects.get(pk=staff.pk), name="无权")

    def test_a_copy_leaves_out_what_is_gone(self, staff):
        report = made(staff, is_shared=True, schedule="weekly")
        SavedReport.objects.update(columns=["name", "gone"], filters={"gone": {"in": ["x"]}})
        report.refresh_from_db()
        copies = [actions.copy(report, by=staff, at=WEDNESDAY) for _ in range(2)]
        assert copies[0].name != copies[1].name
        assert (copies[0].columns, copies[0].filters) == (["name"], {})
        assert (copies[0].is_shared, copies[0].schedule) == (False, "never")
        assert [(p.code, p.name) for p in reading(staff, actions.raw_of(report)).problems] == [
            ("column", "gone"), ("filter", "gone")
        ]  # fmt: skip


def ran(at) -> int:
    return job.send_due(at=at, calendar=CALENDAR)["ordered"]


class TestSchedule:
    def test_once_a_period(self, staff):
        made(staff, schedule="weekly")
        assert [ran(MONDAY + n * DAY) for n in range(-4, 8)] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
        assert FileJob.objects.count() == 2

    def test_days_that_were_missed_are_made_good_once(self, staff):
        made(staff, schedule="daily")
        assert [ran(MONDAY + 9 * DAY), ran(MONDAY + 9 * DAY)] == [1, 0]

    def test_a_rhythm_begins_anew_when_it_is_switched_on_again(self, staff):
        report = made(staff, schedule="weekly")
        assert ran(MONDAY) == 1
        for schedule, day in (("never", 1), ("weekly", 23)):
            report.refresh_from_db()
            wanted, at = Wanted("表", RAW, False, schedule), MONDAY + day * DAY
            actions.change(report, wanted, version=report.version, by=staff, at=at)
        assert [ran(MONDAY + n * DAY) for n in range(24, 29)] == [0, 0, 0, 0, 1]

    def test_switched_off_at_the_last_moment_nothing_is_sent(self, staff, monkeypatch):
        made(staff, schedule="weekly")
        monkeypatch.setattr(job, "_may_have", lambda row: SavedReport.objects.update(schedule="never"))
        assert ran(MONDAY) == 0
        assert not FileJob.objects.exists()

    def test_two_at_the_same_moment_order_once(self, staff, monkeypatch):
        report = made(staff, schedule="weekly")
        seen = job._may_have

        def first(row):
            monkeypatch.setattr(job, "_may_have", seen)
            assert ran(MONDAY) == 1
            return True

        monkeypatch.setattr(job, "_may_have", first)
        assert ran(MONDAY) == 0
        assert FileJob.objects.filter(params__report=report.pk).count() == 1

    def test_never_for_who_may_not(self, staff):
        made(staff, schedule="daily")
        User.objects.filter(pk=staff.pk).update(is_active=False)
        assert ran(MONDAY) == 0
        User.objects.filter(pk=staff.pk).update(is_active=True)
        Role.objects.filter(code="staff").update(verbs=[])
        assert ran(MONDAY) == 0
        assert not FileJob.objects.exists()


def posted(at):
    planner.plan_deliveries(now=at, calendar=CALENDAR)
    sending.send_due(now=lambda: at, calendar=CALENDAR)
    return mail.outbox


class TestMail:
    @pytest.fixture
    def ready(self, staff, settings):
        settings.NOTICE_EMAIL = True
        factories.project(staff.park, name="=1+1项目")
        factories.project(factories.park(), name="别区项目")
        made(staff, "每周项目", schedule="weekly")
        ran(SIX)
        file = FileJob.objects.get()
        exports_work.make(file.pk, now=lambda: SIX)
        return file

    def test_the_table_is_attached_with_the_owners_rows(self, ready, staff):
        notice = Notice.objects.get()
        assert (notice.event, notice.recipient, notice.about_id) == ("report_sent", staff, ready.pk)
        [message] = posted(DIGEST)
        [(name, content, kind)] = message.attachments
        assert message.to == ["staff@example.com"]
        assert name.endswith(".xlsx")
        assert "每周项目" in name
        assert "spreadsheet" in kind
        texts = [cell for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True) for cell in row]
        assert "=1+1项目" in texts
        assert "别区项目" not in texts
        assert posted(DIGEST + DAY) == [message]

    def test_a_large_one_stays_a_link(self, ready, monkeypatch):
        monkeypatch.setattr(attachments, "MOST_BYTES", 10)
        [message] = posted(DIGEST)
        assert message.attachments == []
        assert f"/my-files/{ready.pk}/" in message.body

    def test_not_when_the_right_is_gone_by_then(self, ready):
        SavedReport.objects.all().delete()
        [message] = posted(DIGEST)
        assert message.attachments == []

    def test_nothing_for_an_account_that_was_disabled_meanwhile(self, ready, staff):
        User.objects.filter(pk=staff.pk).update(is_active=False)
        assert posted(DIGEST) == []
        assert not Delivery.objects.filter(state="sent").exists()


def test_nobody_orders_in_the_name_of_the_job(staff):
    """What a form sends cannot pretend to be a schedule."""
    from dispatch.exports import making

    report = made(staff)
    asked = making.ask(files.KIND, {"report": report.pk, "scheduled": "2026-11-23"}, title="", by=staff, at=MONDAY)
    assert asked.params == {"report": report.pk}
