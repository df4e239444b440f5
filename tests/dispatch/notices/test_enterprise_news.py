"""News for enterprises by mail: each once, for accounts and for holders of links, never an internal text."""

from datetime import date, timedelta

import pytest

from approvals.models import CorrectionNotice, NoticePreference
from approvals.portal import links
from dispatch.notices import news
from dispatch.notices.models import Notice
from dispatch.notices.outbox import settle
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.dispatch.notices.cases import CALENDAR, MONDAY, Clock, round_of_sender

pytestmark = pytest.mark.django_db
INTERNAL = "仅内部可见"
TODAY = MONDAY.date()


@pytest.fixture
def made():
    park = factories.park()
    person = factories.user(park, "enterprise", email="owner@example.com")
    enterprise = factories.enterprise(park, person.organization)
    project = project_with_steps(park, enterprise=enterprise, remark=INTERNAL, issue=INTERNAL)
    project.person = person
    return project


def wants(project, **who) -> NoticePreference:
    return NoticePreference.objects.create(
        project=project, events=["returned", "decided", "late"], email="boss@example.com",
        updated_at=MONDAY - timedelta(days=3), **who,
    )  # fmt: skip


def link_of(project):
    staff = factories.user(project.park, "staff")
    terms = {"holder_name": "李工", "days": 90, "may_upload": True, "may_ask": True}
    return links.hand_out(project, **terms, by=staff, at=MONDAY - timedelta(days=5))[0]


def send_back(project, text="请补正总平面图", at=MONDAY):
    step = project.steps.get(code="S01")
    CorrectionNotice.objects.create(project_step=step, round=1, issued_on=at.date(), text=text, at=at)


def tell(at=MONDAY, as_of=TODAY) -> int:
    class Run:
        pass

    run = Run()
    run.as_of = as_of
    return news.tell_all(run, at, lambda: None)["told"]


@pytest.mark.parametrize("by_link", [False, True])
def test_told_once_with_the_enterprises_own_page(made, by_link):
    wants(made, **({"link": link_of(made)} if by_link else {"by": made.person}))
    send_back(made)
    later = MONDAY + timedelta(hours=1)
    assert tell(later) == 1
    assert tell(later) == 0
    assert tell(later + timedelta(days=1), TODAY + timedelta(days=1)) == 0
    notice = Notice.objects.get()
    assert notice.event == "enterprise_news" and notice.recipient is None
    assert notice.url == ("/my/" if by_link else "/enterprise/")


def test_only_what_was_wanted_and_only_since_it_was_wanted(made):
    preference = wants(made, by=made.person)
    send_back(made, at=MONDAY - timedelta(days=5))
    assert tell() == 0
    preference.events = ["joint"]
    preference.save()
    CorrectionNotice.objects.update(at=MONDAY, issued_on=TODAY)
    assert tell(MONDAY + timedelta(hours=1)) == 0


def test_no_internal_text_leaves(made, settings, mailoutbox):
    settings.NOTICE_EMAIL = True
    wants(made, by=made.person)
    send_back(made)
    tell(MONDAY + timedelta(minutes=1))
    assert round_of_sender(Clock(MONDAY + timedelta(days=1)), CALENDAR) == 1
    (mail,) = mailoutbox
    assert mail.to == ["boss@example.com"] and "/enterprise/" in mail.body
    everything = mail.subject + mail.body + mail.alternatives[0][0]
    assert INTERNAL not in everything and "/ledger/" not in everything and "/notices/" not in everything


@pytest.mark.parametrize("gone", ["withdrawn", "expired", "inactive", "without address", "suspended"])
def test_who_may_not_look_any_more_is_not_told(made, gone):
    by_link = gone in ("withdrawn", "expired")
    preference = wants(made, **({"link": link_of(made)} if by_link else {"by": made.person}))
    send_back(made)
    match gone:
        case "withdrawn":
            preference.link.withdrawn_at = MONDAY
            preference.link.save()
        case "expired":
            preference.link.expires_at = MONDAY - timedelta(days=1)
            preference.link.save()
        case "inactive":
            made.person.is_active = False
            made.person.save()
        case "without address":
            NoticePreference.objects.update(email="")
        case "suspended":
            type(made).objects.update(status="suspended")
    assert tell(MONDAY + timedelta(hours=1)) == 0


def test_withdrawn_after_it_was_written_is_not_sent(made, settings, mailoutbox):
    settings.NOTICE_EMAIL = True
    preference = wants(made, link=link_of(made))
    send_back(made)
    tell(MONDAY + timedelta(minutes=1))
    preference.link.withdrawn_at = MONDAY
    preference.link.save()
    round_of_sender(Clock(MONDAY + timedelta(days=1)), CALENDAR)
    assert mailoutbox == []


def test_settling_a_thing_leaves_the_news_alone(made):
    wants(made, by=made.person)
    send_back(made)
    tell(MONDAY + timedelta(hours=1))
    settle("item", [Notice.objects.get().about_id], at=MONDAY + timedelta(hours=2))
    assert Notice.objects.get().settled_at is None


def test_the_day_of_the_job_is_what_counts(made):
    wants(made, by=made.person)
    assert tell(MONDAY, date(2026, 3, 2)) == 0
