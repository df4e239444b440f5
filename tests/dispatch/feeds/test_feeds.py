"""Calendar feeds: what they show to whom, who withdraws them, and the address that programs read."""

from datetime import date, time, timedelta
from logging.config import DictConfigurator

import icalendar
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.errors import Conflict, Refused
from approvals.models import DocumentRequirement, StepDocument
from approvals.portal.rules import GUESSES_ALLOWED
from dispatch.feeds import actions, queries, reading
from dispatch.feeds.models import CalendarFeed
from dispatch.feeds.queries import Reader
from dispatch.ledger import actions as ledger
from dispatch.meetings.models import Attendance, Meeting
from dispatch.plan.models import Plan, PlanForecast, PlanTask
from projects.models import Milestone, TeamMember
from tests import factories
from tests.approvals import cases
from tests.dispatch.feeds.test_feed_file import problems
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
SITE = "https://park.example.test"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


class Case:
    """A park with a project of an enterprise: a step runs at the unit, an item, a milestone, a plan, a meeting."""

    def __init__(self):
        self.park = factories.park()
        self.unit = factories.organization(self.park)
        self.company = factories.organization(self.park, "enterprise")
        self.staff = factories.user(self.park)
        self.worker = factories.user(self.park, "unit", self.unit)
        self.boss = factories.user(self.park, "enterprise", self.company)
        self.project = self.add()

    def add(self, name="云雀项目"):
        enterprise = factories.enterprise(self.park)
        if not hasattr(self, "enterprise"):
            self.enterprise = enterprise = factories.enterprise(self.park, self.company)
        project = cases.project(self.park, name=name, enterprise=enterprise, responsible_unit=self.unit)
        project.steps.filter(code__in=["S02", "S17"]).update(unit=self.unit, updated_at=AT)
        for verb in ("receive", "accept"):
            cases.move(cases.step_of(project, "S02"), verb, date(2026, 2, 25))
        owed = DocumentRequirement.objects.filter(step=cases.step_of(project, "S02").step).earliest("seq")
        StepDocument.objects.create(
            project_step=cases.step_of(project, "S02"), requirement=owed, state="outstanding", promised_on=TODAY,
            due_on=date(2026, 3, 12), at=AT,
        )  # fmt: skip
        Milestone.objects.create(
            project=project, stage="L08", baseline_on=date(2026, 6, 30), forecast_on=date(2026, 7, 15)
        )
        Milestone.objects.create(project=project, stage="L05", actual_on=date(2026, 1, 20))
        plan = Plan.objects.create(project=project, created_at=AT, updated_at=AT)
        PlanTask.objects.create(plan=plan, key="T1", kind="own", name="线路迁改", unit=self.unit)
        rows = [
            {"key": key, "latest": f"2026-04-{day}", "standing": "waiting"}
            for key, day in (("S17", 20), ("T1", 10), ("S01", 11))
        ]
        PlanForecast.objects.create(
            project=project, as_of=TODAY, goal="L08", target_on=date(2026, 6, 30), goal_on=date(2026, 7, 20),
            short_wd=14, rows=rows, computed_at=AT, is_provisional=True,
        )  # fmt: skip
        ledger.register(
            park=self.park, by=self.staff, at=AT, on=TODAY, title=f"占道协调，{name}", project=project, unit=self.unit,
            due_on=date(2026, 3, 20),
        )  # fmt: skip
        meeting = Meeting.objects.create(
            park=self.park, number=f"调度{project.pk}", kind="team", title=f"专班会 {name}", held_on=date(2026, 3, 5),
            starts_at=time(9, 0), ends_at=time(10, 0), place="一楼会议室", created_at=AT,
        )  # fmt: skip
        Attendance.objects.create(meeting=meeting, organization=self.unit)
        return project

    def events(self, user, project=None, today=TODAY):
        reader = Reader(user, today, SITE)
        found = queries.of_project(reader, project) if project else queries.personal(reader)
        return sorted((event.on.isoformat(), event.title) for event in found)


@pytest.fixture
def case():
    with translation.override("en"):
        yield Case()


def days(events):
    return [on for on, _title in events]


UNIT_DAYS = [
    "2026-03-05", "2026-03-12", "2026-03-20", "2026-04-10", "2026-04-20", "2026-06-30", "2026-06-30", "2026-07-15",
    "2026-07-20",
]  # fmt: skip


def step_day(project):
    step = cases.step_of(project, "S02")
    return min(day for day in (step.committed_due_on, step.statutory_due_on) if day).isoformat()


def test_a_unit_sees_everything_of_its_own(case):
    assert days(case.events(case.worker)) == sorted([*UNIT_DAYS, step_day(case.project)])
    titles = " ".join(title for _on, title in case.events(case.worker))
    assert "线路迁改" in titles and "占道协调" in titles and "专班会" in titles and "S17" in titles
    assert "S01" not in titles  # in the plan, but of no unit


def test_another_unit_and_another_park_see_nothing(case):
    assert case.events(factories.user(case.park, "unit")) == []
    for role in ("staff", "unit", "leader", "enterprise"):
        stranger = factories.user(factories.park(), role)
        assert case.events(stranger) == [] and case.events(stranger, case.project) == []


def test_the_centre_sees_what_it_stands_behind(case):
    assert case.events(case.staff) == []
    TeamMember.objects.create(project=case.project, role="specialist", user=case.staff)
    whole = {"2026-03-12", "2026-06-30", "2026-07-15", "2026-07-20", step_day(case.project)}
    assert set(days(case.events(case.staff))) == whole
    Meeting.objects.update(chair=case.staff)
    assert set(days(case.events(case.staff))) == whole | {"2026-03-05"}


def test_an_enterprise_sees_steps_and_milestones_and_no_internal_plan(case):
    milestones, step = ["2026-06-30", "2026-07-15"], step_day(case.project)
    assert days(case.events(case.boss)) == sorted([*milestones, step, "2026-03-12"])
    assert days(case.events(case.boss, case.project)) == sorted([*milestones, step, "2026-01-20"])
    reader = Reader(case.boss, TODAY, SITE)
    for event in queries.personal(reader):
        assert event.url.startswith(f"{SITE}/enterprise/") or "/enterprise/" in event.url


def test_a_project_shows_baseline_forecast_actual_and_target(case):
    step = step_day(case.project)
    wanted = ["2026-01-20", step, "2026-06-30", "2026-06-30", "2026-07-15", "2026-07-20"]
    assert days(case.events(case.worker, case.project)) == sorted(wanted)


def test_closed_and_ended_things_disappear(case):
    case.project.steps.filter(code="S02").update(committed_runs=False, statutory_runs=False)
    Meeting.objects.update(state="cancelled")
    Milestone.objects.filter(stage="L08").update(actual_on=date(2026, 3, 1))
    PlanForecast.objects.update(is_reached=True)
    StepDocument.objects.update(state="accepted")
    assert days(case.events(case.worker)) == ["2026-03-20"]
    case.project.status = "suspended"
    case.project.save()
    assert days(case.events(case.worker)) == [
        "2026-03-20"
    ]  # an item waits for its unit whatever becomes of the project


def test_a_unit_that_lost_the_project_sees_nothing_of_it(case):
    _feed, secret = actions.make(by=case.worker, at=AT, project=case.project)
    assert icalendar.Calendar.from_ical(read(secret).content).walk("VEVENT")
    other = factories.park()
    case.worker.organization = factories.organization(other)
    case.worker.save()
    answer = read(secret)
    assert answer.status_code == 200 and "云雀" not in answer.content.decode()
    assert not icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def test_uids_are_stable_and_tell_no_number(case):
    before = {event.uid for event in queries.personal(Reader(case.worker, TODAY, SITE))}
    Milestone.objects.update(baseline_on=date(2026, 8, 1))
    after = {event.uid for event in queries.personal(Reader(case.worker, TODAY + timedelta(days=3), SITE))}
    assert before == after and len(before) == len(UNIT_DAYS) + 1
    assert all(len(uid) == 50 for uid in before)


def test_a_provisional_day_is_marked(case):
    marked = [event for event in queries.personal(Reader(case.worker, TODAY, SITE)) if "(provisional)" in event.title]
    assert {event.on.isoformat() for event in marked} == {"2026-04-10", "2026-04-20", "2026-07-20"}
    assert all(event.is_tentative for event in marked)


@pytest.mark.slow
def test_as_many_queries_for_sixty_projects_as_for_one(case):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            reading.answer(feed, site=SITE, at=AT, today=TODAY)
        return len(found)

    feed, _secret = actions.make(by=case.worker, at=AT)
    feed = actions.find(_secret, at=AT)
    reading.answer(feed, site=SITE, at=AT, today=TODAY)
    one = cost()
    for number in (3, 60):
        for extra in range(number - case.park.projects.count()):
            case.add(f"项目{number}-{extra}")
        del feed.user.organization.__dict__["_branch"]
        reading.answer(feed, site=SITE, at=AT, today=TODAY)
        del feed.user.organization.__dict__["_branch"]
        assert cost() <= one + 2, number
    assert problems(reading.answer(feed, site=SITE, at=AT, today=TODAY).content) == []


# Making and withdrawing


def read(secret, **headers):
    return Client().get(reverse("dispatch:feed", args=[secret]), headers=headers)


def test_only_a_hash_is_kept(case):
    feed, secret = actions.make(by=case.worker, at=AT, name="手机", reminds=True)
    stored = [str(value) for value in CalendarFeed.objects.filter(pk=feed.pk).values().get().values()]
    assert secret not in stored and len(secret) >= 43
    assert (feed.language, feed.name, feed.reminds, feed.user) == ("en", "手机", True, case.worker)


def test_twenty_open_feeds_and_no_more(case):
    made = [actions.make(by=case.worker, at=AT)[0] for _n in range(20)]
    with pytest.raises(Refused):
        actions.make(by=case.worker, at=AT)
    actions.withdraw(made[0], by=case.worker, at=AT)
    assert actions.make(by=case.worker, at=AT)


def test_no_feed_of_a_project_that_is_not_seen(case):
    stranger = factories.user(case.park, "unit")
    with pytest.raises(PermissionDenied):
        actions.make(by=stranger, at=AT, project=case.project)
    assert not CalendarFeed.objects.exists()


def test_who_withdraws(case):
    feed, secret = actions.make(by=case.worker, at=AT)
    for other in (case.boss, factories.user(case.park, "unit"), factories.user(factories.park())):
        with pytest.raises(PermissionDenied):
            actions.withdraw(feed, by=other, at=AT)
    assert read(secret).status_code == 200
    actions.withdraw(feed, by=case.staff, at=AT)
    feed.refresh_from_db()
    assert feed.withdrawn_by == case.staff and read(secret).status_code == 404
    with pytest.raises(Conflict):
        actions.withdraw(feed, by=case.worker, at=AT)


# The address


def test_a_program_reads_without_signing_in_and_gets_no_cookie(case):
    _feed, secret = actions.make(by=case.worker, at=AT)
    answer = read(secret)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert not answer.cookies and "private" in answer["Cache-Control"] and "Set-Cookie" not in answer
    assert problems(answer.content) == []
    assert len(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")) == len(UNIT_DAYS) + 1
    head = Client().head(reverse("dispatch:feed", args=[secret]))
    assert head.status_code == 200 and head.content == b"" and head["ETag"] == answer["ETag"]
    assert Client().post(reverse("dispatch:feed", args=[secret])).status_code == 405


def test_an_unchanged_file_is_not_sent_again(case, monkeypatch):
    _feed, secret = actions.make(by=case.worker, at=AT)
    first = read(secret)
    later = AT + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    again = read(secret, if_none_match=first["ETag"])
    assert again.status_code == 304 and again.content == b"" and again["Last-Modified"] == first["Last-Modified"]
    assert read(secret, if_modified_since=first["Last-Modified"]).status_code == 304
    Meeting.objects.all().delete()  # nothing left has a later change, and yet the file is another one
    assert read(secret, if_modified_since=first["Last-Modified"]).status_code == 200
    changed = read(secret, if_none_match=first["ETag"])
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_the_last_reading_is_known(case, monkeypatch):
    feed, secret = actions.make(by=case.worker, at=AT)
    read(secret)
    feed.refresh_from_db()
    assert feed.last_used_at == AT
    for minutes, noted in ((5, 0), (30, 30)):
        monkeypatch.setattr(clock, "now", lambda m=minutes: AT + timedelta(minutes=m))
        read(secret)
        feed.refresh_from_db()
        assert feed.last_used_at == AT + timedelta(minutes=noted)


def test_every_secret_that_opens_nothing_gets_the_same_answer(case, monkeypatch):
    secrets = {}
    for reason in ("withdrawn", "idle", "closed"):
        person = factories.user(case.park, "unit", case.unit)
        feed, secrets[reason] = actions.make(by=person, at=AT)
        if reason == "withdrawn":
            actions.withdraw(feed, by=person, at=AT)
        if reason == "closed":
            type(person).objects.filter(pk=person.pk).update(is_active=False)
        if reason == "idle":
            CalendarFeed.objects.filter(pk=feed.pk).update(created_at=AT - timedelta(days=366))
    answers = [read(secret) for secret in [*secrets.values(), "wrong", "x" * 300]]
    assert {(answer.status_code, answer.content, answer["Content-Type"]) for answer in answers} == {
        (404, b"", "text/plain; charset=utf-8")
    }


def test_guessing_is_slowed_down_and_a_right_secret_still_opens(case):
    _feed, secret = actions.make(by=case.worker, at=AT)
    statuses = [read(f"guess-{n}").status_code for n in range(GUESSES_ALLOWED + 1)]
    assert statuses == [404] * GUESSES_ALLOWED + [429]
    assert read(secret).status_code == 200


def test_the_language_is_that_of_who_made_it(case):
    _feed, secret = actions.make(by=case.worker, at=AT)
    answer = read(secret, accept_language="zh-hans")
    assert "Step due" in answer.content.decode() and answer["Content-Language"] == "en"


# Pages


def test_the_address_is_shown_once(case, client):
    client.force_login(case.worker)
    page = client.post(reverse("dispatch:feed_list"), {"name": "手机"})
    text = page.content.decode()
    assert page.status_code == 200 and "webcal://testserver/" in text and "<svg" in text
    assert "no-store" in page["Cache-Control"]
    secret = text.split("webcal://testserver")[1].split('"')[0].rsplit("/", 1)[1].removesuffix(".ics")
    assert read(secret).status_code == 200
    assert secret not in client.get(reverse("dispatch:feed_list")).content.decode()


def test_a_project_has_a_feed_of_its_own(case, client):
    client.force_login(case.worker)
    address = reverse("dispatch:feed_project", args=[case.project.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 200
    assert CalendarFeed.objects.get().project == case.project
    client.force_login(factories.user(case.park, "unit"))
    assert client.get(address).status_code == 404


def test_others_feeds_are_listed_without_their_content(case, client):
    feed, _secret = actions.make(by=case.worker, at=AT, project=case.project, name="我的秘密名称")
    client.force_login(case.staff)
    text = client.get(reverse("dispatch:feed_all")).content.decode()
    assert str(case.worker) in text and "我的秘密名称" not in text and case.project.name not in text
    address = reverse("dispatch:feed_withdraw", args=[feed.pk])
    assert client.get(address).status_code == 200 and not CalendarFeed.objects.get().withdrawn_at
    assert client.post(address).status_code == 302 and CalendarFeed.objects.get().withdrawn_at
    client.force_login(factories.user(factories.park()))
    assert client.post(address).status_code == 404
    client.force_login(case.worker)
    assert client.get(reverse("dispatch:feed_all")).status_code == 403


@pytest.mark.parametrize("method", ["get", "post", "options", "propfind"])
def test_no_secret_stands_in_the_log(case, caplog, method):
    """Not even one that opens nothing now: its account may be opened again."""
    _feed, secret = actions.make(by=case.worker, at=AT)
    if method == "get":
        type(case.worker).objects.filter(pk=case.worker.pk).update(is_active=False)
    answer = Client(enforce_csrf_checks=True).generic(method.upper(), reverse("dispatch:feed", args=[secret]))
    assert answer.status_code in {403, 404, 405}
    configurator = DictConfigurator({"formatters": settings.LOGGING["formatters"]})
    line = configurator.configure_formatter(configurator.config["formatters"]["line"])
    told = [line.format(record) for record in caplog.records]
    assert told and not any(secret in text for text in told) and any("/calendar/" in text for text in told)
