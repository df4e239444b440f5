"""Pages of notices: one's own inbox and nobody else's, choices that cannot switch off what is mandatory, robots whose
secrets never come out, words with checked placeholders. No page talks to a mail server, a robot or a broker."""

import socket

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Conflict
from dispatch.notices import actions, compose, queries
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Delivery, Notice, NoticeTemplate, PersonalChoice, Robot
from dispatch.notices.samples import SAMPLE
from tests import factories
from tests.dispatch.notices import cases
from tests.dispatch.notices.cases import MONDAY, told

pytestmark = pytest.mark.django_db
KEY, SECRET = "key-1234567890", "SECsecret-1234567890"
ADDRESS = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture(autouse=True)
def no_connections(monkeypatch):
    """The web path opens no socket."""

    def refuse(*_arguments, **_options):
        raise AssertionError("a page opened a connection")

    if connection.vendor == "sqlite":
        monkeypatch.setattr(socket.socket, "connect", refuse)


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name, *args):
    return reverse(f"dispatch:{name}", args=args)


class TestInbox:
    def test_shows_the_own_unread_ones_only(self, park):
        me, other = cases.person(park, 1), cases.person(park, 2)
        told([me], "mine", at=MONDAY)
        told([other], "theirs", at=MONDAY)
        page = client_of(me).get(url("inbox")).content.decode()
        assert "内容mine" in page and "内容theirs" not in page

    def test_another_ones_notice_does_not_exist(self, park):
        me, other = cases.person(park, 1), factories.user(park, "admin")
        told([me], "mine", at=MONDAY)
        notice = Notice.objects.get()
        assert client_of(other).post(url("notice_open", notice.pk)).status_code == 404
        client_of(other).post(url("inbox_read"))
        assert Notice.objects.get().read_at is None

    def test_opening_marks_it_read_and_leads_to_the_thing(self, park):
        me = cases.person(park)
        told([me], "mine", at=MONDAY, about=7)
        answer = client_of(me).post(url("notice_open", Notice.objects.get().pk))
        assert (answer.status_code, answer["Location"]) == (302, "/ledger/7/")
        assert queries.unread_count(me) == 0

    @pytest.mark.parametrize("stay", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
    def test_it_leads_nowhere_else(self, park, stay):
        me = cases.person(park)
        told([me], "mine", at=MONDAY)
        answer = client_of(me).post(url("notice_open", Notice.objects.get().pk), {"stay": stay})
        assert answer["Location"] == url("inbox")

    def test_reading_by_get_writes_nothing(self, park):
        me = cases.person(park)
        told([me], "mine", at=MONDAY)
        client = client_of(me)
        assert client.get(url("notice_open", Notice.objects.get().pk)).status_code == 405
        client.get(url("inbox"))
        assert queries.unread_count(me) == 1

    def test_all_of_an_event_at_once(self, park):
        me = cases.person(park)
        told([me], "a", at=MONDAY)
        told([me], "b", at=MONDAY, event="reminder")
        client_of(me).post(url("inbox_read"), {"event": "reminder"})
        assert [n.event for n in Notice.objects.filter(read_at=None)] == ["instruction_issued"]

    def test_the_number_of_unread_is_one_indexed_query(self, park, django_assert_num_queries):
        me = cases.person(park)
        told([me], "a", at=MONDAY)
        with django_assert_num_queries(1):
            assert queries.unread_count(me) == 1

    def test_the_number_of_queries_is_flat(self, park):
        me = cases.person(park)
        client, counts = client_of(me), []
        for key in ("a", "b", "c", "d"):
            told([me], key, at=MONDAY)
            with CaptureQueriesContext(connection) as seen:
                client.get(url("inbox"))
            counts.append(len(seen))
        assert counts[1] == counts[3]

    def test_enterprises_have_none(self, park):
        assert client_of(factories.user(park, "enterprise")).get(url("inbox")).status_code == 404


class TestChoices:
    @pytest.fixture(autouse=True)
    def mail(self, settings):
        settings.NOTICE_EMAIL = True

    def post(self, person, **values):
        return client_of(person).post(url("notice_choices"), {"version": "0"} | values)

    def test_off_is_off_and_mandatory_stays(self, park):
        me = cases.person(park)
        assert self.post(me).status_code == 302
        channels = PersonalChoice.objects.get(user=me).channels
        assert channels["reminder"] == ["in_app"]
        assert all("email" in channels[code] for code, event in EVENTS.items() if event.mandatory and code in channels)

    def test_a_forged_post_does_not_switch_mandatory_ones_off(self, park):
        me = cases.person(park)
        self.post(me, **{"instruction_issued-email": ""})
        assert "email" in PersonalChoice.objects.get(user=me).channels["instruction_issued"]

    def test_a_second_window_is_told(self, park):
        me = cases.person(park)
        assert self.post(me, digest_at="09:00").status_code == 302
        assert self.post(me, digest_at="10:00").status_code == 422
        assert self.post(me, version="1", digest_at="10:00").status_code == 302
        assert str(PersonalChoice.objects.get(user=me).digest_at) == "10:00:00"

    @pytest.mark.parametrize(
        "times",
        [
            {"quiet_from": "22:00"},
            {"quiet_from": "20:00", "quiet_until": "19:00"},
            {"digest_at": "23:00"},
            {"digest_at": "06:00", "quiet_from": "22:00", "quiet_until": "07:00"},
        ],
    )
    def test_hours_that_make_no_sense_are_refused(self, park, times):
        assert self.post(cases.person(park), **times).status_code == 422
        assert not PersonalChoice.objects.exists()


class TestRobots:
    def made(self, park, **fields):
        return Robot.objects.create(park=park, kind="dingtalk", name="群", webhook_url=ADDRESS, secret=SECRET, **fields)

    def form(self, **values):
        first = {"kind": "dingtalk", "name": "群", "webhook_url": ADDRESS, "secret": SECRET, "per_minute": "20"}
        return first | {"is_enabled": "on", "events": ["response"]} | values

    def test_secrets_never_come_out(self, park):
        staff = factories.user(park, "staff")
        robot = self.made(park)
        client = client_of(staff)
        client.post(url("robot_test", robot.pk))
        pages = [url("robot_list"), url("robot_edit", robot.pk), url("robot_delete", robot.pk), url("delivery_list")]
        for page in [*pages, url("delivery_detail", Delivery.objects.get().pk)]:
            text = client.get(page).content.decode()
            assert KEY not in text and SECRET not in text, page
        wrong = client.post(url("robot_edit", robot.pk), self.form(name="")).content.decode()
        assert SECRET not in wrong

    def test_empty_fields_keep_the_stored_ones(self, park):
        staff, robot = factories.user(park, "staff"), self.made(park)
        values = self.form(name="新群", webhook_url="", secret="")
        assert client_of(staff).post(url("robot_edit", robot.pk), values).status_code == 302
        robot.refresh_from_db()
        assert (robot.name, robot.webhook_url, robot.secret) == ("新群", ADDRESS, SECRET)
        client_of(staff).post(url("robot_edit", robot.pk), values | {"drop_secret": "on"})
        robot.refresh_from_db()
        assert robot.secret == ""

    @pytest.mark.parametrize(
        "address", ["https://127.0.0.1/x", "http://oapi.dingtalk.com/x", "https://evil.example/", ""]
    )
    def test_other_addresses_are_refused(self, park, address):
        staff = factories.user(park, "staff")
        assert client_of(staff).post(url("robot_new"), self.form(webhook_url=address)).status_code == 422
        assert not Robot.objects.exists()

    def test_made_tested_and_deleted(self, park):
        client = client_of(factories.user(park, "staff"))
        assert client.post(url("robot_new"), self.form()).status_code == 302
        assert client.post(url("robot_new"), self.form()).status_code == 422  # the name is taken
        robot = Robot.objects.get()
        assert client.post(url("robot_test", robot.pk)).status_code == 302
        assert Delivery.objects.get().state == "due"
        assert client.post(url("robot_delete", robot.pk)).status_code == 302
        assert not Robot.objects.exists()


class TestDeliveries:
    def dead(self, park, n=1):
        return Delivery.objects.create(
            park=park, channel="email", key=f"k{n}", reference=f"pn-{n}", address=f"a{n}@example.com", subject=f"s{n}",
            body="b", state="dead", attempts=8, send_from=MONDAY, created_at=MONDAY, error="refused",
        )  # fmt: skip

    def test_list_filters_and_stays_flat(self, park):
        client, counts = client_of(factories.user(park, "staff")), []
        for n in range(1, 5):
            self.dead(park, n)
            with CaptureQueriesContext(connection) as seen:
                page = client.get(url("delivery_list")).content.decode()
            counts.append(len(seen))
        assert counts[1] == counts[3] and "a4@example.com" in page
        assert "a4@example.com" not in client.get(url("delivery_list") + "?q=a1@").content.decode()
        assert "a4@example.com" not in client.get(url("delivery_list") + "?state=sent").content.decode()

    def test_sent_again(self, park):
        client, delivery = client_of(factories.user(park, "staff")), self.dead(park)
        assert client.get(url("delivery_resend", delivery.pk)).status_code == 200
        assert client.post(url("delivery_resend", delivery.pk)).status_code == 302
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("due", 0)
        assert client.post(url("delivery_resend", delivery.pk)).status_code == 409


class TestTemplates:
    def save(self, person, **values):
        address = url("template_edit", "reminder", "zh-hans")
        return client_of(person).post(address, {"version": "0", "subject": "", "text": ""} | values)

    def test_own_words_are_in_force_and_the_default_comes_back(self, park):
        staff, me = factories.user(park, "staff"), cases.person(park)
        assert self.save(staff, subject="快到期：{about}").status_code == 302
        told([me], "r", at=MONDAY, event="reminder")
        Notice.objects.update(facts={"about": "施工许可"})
        line = compose.line_of(Notice.objects.get(), "zh-hans", compose.templates_in_force([park.pk]))
        assert line.subject == "快到期：施工许可"
        assert client_of(staff).post(url("template_default", "reminder", "zh-hans")).status_code == 302
        default = compose.words_of(park.pk, "reminder", "zh-hans", compose.templates_in_force([park.pk]))
        assert default == compose.default_words("reminder", "zh-hans")
        assert NoticeTemplate.objects.count() == 2

    @pytest.mark.parametrize("version", [1, 7])
    def test_a_version_that_is_not_there_cannot_have_been_seen(self, park, version):
        staff = factories.user(park, "staff")
        with pytest.raises(Conflict):
            actions.save_template(
                park, "reminder", "zh-hans", subject="x", text="", version=version, by=staff, at=MONDAY
            )
        assert self.save(staff, subject="x", version=str(version)).status_code == 422
        assert NoticeTemplate.objects.count() == 0

    @pytest.mark.parametrize("text", ["{user.password}", "{about!r}", "{0}", "{whose}", "{about", "{about:>99999}"])
    def test_hostile_placeholders_are_refused(self, park, text):
        assert self.save(factories.user(park, "staff"), text=text).status_code == 422
        assert not NoticeTemplate.objects.exists()

    def test_of_two_editors_the_second_is_told_and_keeps_the_text(self, park):
        staff = factories.user(park, "staff")
        self.save(staff, text="{about} 一")
        answer = self.save(staff, text="{about} 二")
        assert answer.status_code == 422 and "{about} 二" in answer.content.decode()
        assert NoticeTemplate.objects.get().text == "{about} 一"

    def test_preview_saves_nothing(self, park):
        answer = self.save(factories.user(park, "staff"), text="请看 {about}", preview="1")
        assert f"请看 {SAMPLE['about']}" in answer.content.decode() and not NoticeTemplate.objects.exists()

    def test_every_placeholder_of_every_event_has_a_sample(self):
        assert set().union(*(actions.placeholders_of(code) for code in EVENTS)) <= set(SAMPLE)

    def test_an_unknown_event_or_language_does_not_exist(self, park):
        client = client_of(factories.user(park, "staff"))
        assert client.get(url("template_edit", "nothing", "zh-hans")).status_code == 404
        assert client.get(url("template_edit", "reminder", "fr")).status_code == 404
