"""Group robots against fakes that check signatures, rates and sizes, and fail in every way they can."""

import pytest

from dispatch.notices import actions, sending
from dispatch.notices.channels import CONNECT, Envelope, Later, Refused, http, robots
from dispatch.notices.models import Delivery, Notice, Robot
from dispatch.notices.outbox import About, Message, tell_groups
from tests import factories
from tests.dispatch.notices import cases
from tests.dispatch.notices.cases import MONDAY, round_of_sender, run_until, told_group
from tests.harness.post import KEY, SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.park(name_zh="测试高新区")


def references(fake) -> list[str]:
    return [taken.reference for taken in fake.taken]


def hidden(text: str) -> bool:
    """Whether the text keeps quiet about key and secret."""
    return KEY not in text and SECRET not in text


def test_signatures_equal_known_answers():
    """Computed with openssl from the vendors' descriptions, not with our code."""
    assert robots.dingtalk_sign("this is secret", 1577262236757) == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert robots.feishu_sign("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def test_a_signed_message_arrives_once(vendor, now, park):
    robot = cases.robot(park, vendor)
    told_group(robot, "g1", at=now())
    assert round_of_sender(now) == 1 and round_of_sender(now) == 0
    (message,) = vendor.taken
    delivery = Delivery.objects.get()
    assert message.reference == delivery.reference and "内容g1" in message.text
    assert delivery.address == robot.name


def test_a_wrong_secret_ends_at_once_with_an_alarm(vendor, now, park):
    if vendor.kind == "wecom":
        return
    factories.user(park, "staff")
    told_group(cases.robot(park, vendor, secret="another"), "g1", at=now())
    round_of_sender(now)
    assert cases.states() == {"dead": 1} and vendor.taken == []
    assert Notice.objects.filter(event="machine_alarm").count() == 1


def test_a_wrong_key_ends_at_once_and_is_not_told(vendor, now, park):
    told_group(cases.robot(park, vendor, webhook_url=vendor.url.replace(KEY, "not-the-key-at-all")), "g1", at=now())
    round_of_sender(now)
    delivery = Delivery.objects.get()
    assert delivery.state == "dead" and "not-the-key" not in delivery.error


@pytest.mark.slow
def test_our_own_rate_keeps_below_the_vendors(vendor, now, park):
    robot = cases.robot(park, vendor, per_minute=20)
    for n in range(50):
        told_group(robot, f"g{n}", at=now())
        round_of_sender(now)
    assert len(vendor.taken) == 20 and cases.states() == {"sent": 20, "due": 30}
    run_until(now, minutes=4)
    assert cases.lost() == [] and len(set(references(vendor))) == len(references(vendor)) == 50
    assert vendor.refused == []
    sent = list(Delivery.objects.order_by("pk").values_list("reference", flat=True))
    assert references(vendor) == sent


@pytest.mark.slow
def test_a_vendor_that_counts_otherwise_is_obeyed(vendor, now, park):
    robot = cases.robot(park, vendor, per_minute=100)
    for n in range(25):
        told_group(robot, f"g{n}", at=now())
        round_of_sender(now)
    assert vendor.kind == "feishu" or vendor.refused
    run_until(now, minutes=6)
    assert cases.lost() == [] and len(set(references(vendor))) == len(references(vendor))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["500", "429", "errcode 77777", "down"])
def test_trouble_for_half_an_hour_loses_and_doubles_nothing(vendor, now, park, mode):
    robot = cases.robot(park, vendor)
    vendor.stop() if mode == "down" else setattr(vendor, "mode", mode)
    for n in range(4):
        told_group(robot, f"g{n}", at=now())
        run_until(now, minutes=8, step=4)
    assert vendor.taken == []
    vendor.start() if mode == "down" else setattr(vendor, "mode", "")
    run_until(now, minutes=40, step=4)
    sent = list(Delivery.objects.order_by("pk").values_list("reference", flat=True))
    assert cases.lost() == [] and references(vendor) == sent
    assert all(hidden(error) for error in Delivery.objects.values_list("error", flat=True))


def test_errors_hold_no_secret(vendor, now, park, caplog):
    told_group(cases.robot(park, vendor), "g1", at=now())
    vendor.mode = "errcode 77777"
    round_of_sender(now)
    error = Delivery.objects.get().error
    assert "77777" in error and "***" in error and hidden(error) and hidden(caplog.text)


def test_a_slow_vendor_gets_at_most_one_double(vendor, now, park, hurry):
    vendor.mode, vendor.pause = "slow", 0.8
    robot = cases.robot(park, vendor)
    for n in range(3):
        told_group(robot, f"g{n}", at=now())
    run_until(now, minutes=4)
    assert cases.lost() == []
    assert max(references(vendor).count(r) for r in references(vendor)) <= 2


def test_no_redirect_is_followed(vendor, now, park):
    told_group(cases.robot(park, vendor), "g1", at=now())
    vendor.mode = "redirect"
    round_of_sender(now)
    assert Delivery.objects.get().state == "dead"


def test_a_long_digest_fits_and_says_how_many_more(vendor, now, park):
    robot = cases.robot(park, vendor)
    facts = {"number": "X", "leader": "王主任", "text": "长" * 400, "due_on": ""}
    for n in range(90):
        message = Message(park, "instruction_issued", f"long{n}", About("item", n, "/ledger/1/"), facts)
        tell_groups(message, unit_id=None, as_of=MONDAY.date(), at=MONDAY)
    round_of_sender(now)
    (taken,) = vendor.taken
    assert taken.reference == Delivery.objects.get().reference
    assert "https" in taken.text or "http" in taken.text
    assert robot.deliveries.get().state == "sent"


def test_nothing_typed_becomes_a_mention(vendor, now, park):
    cases.robot(park, vendor)
    facts = {"number": '<at user_id="all">所有人</at>', "leader": "甲", "text": "乙", "due_on": ""}
    message = Message(park, "instruction_issued", "m", About("item", 1), facts)
    tell_groups(message, unit_id=None, as_of=MONDAY.date(), at=MONDAY)
    round_of_sender(now)
    assert vendor.kind != "feishu" or "<at" not in vendor.taken[0].text


def test_a_test_message_goes_through_the_queue(vendor, now, park):
    robot = cases.robot(park, vendor)
    now.at = MONDAY.replace(hour=23)
    delivery = actions.try_robot(robot, by=factories.user(park), at=now())
    assert vendor.taken == []
    sending.send_due(now=now, calendar=cases.CALENDAR)
    assert references(vendor) == [delivery.reference]


def test_a_robot_that_is_switched_off_sends_nothing(vendor, now, park):
    robot = cases.robot(park, vendor)
    told_group(robot, "g1", at=now())
    Robot.objects.update(is_enabled=False)
    round_of_sender(now)
    assert vendor.taken == [] and Delivery.objects.count() == 0


ADDRESSES = [
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wecom", ""),
    ("https://qyapi.weixin.qq.com:443/x", "wecom", ""),
    ("https://oapi.dingtalk.com/robot/send?access_token=1", "dingtalk", ""),
    ("https://open.feishu.cn/open-apis/bot/v2/hook/1", "feishu", ""),
    ("https://oapi.dingtalk.com/robot/send", "wecom", "host"),
    ("http://qyapi.weixin.qq.com/x", "wecom", "scheme"),
    ("ftp://qyapi.weixin.qq.com/x", "wecom", "scheme"),
    ("https://qyapi.weixin.qq.com:8443/x", "wecom", "host"),
    ("https://qyapi.weixin.qq.com.evil.example/x", "wecom", "host"),
    ("https://evil.example/?qyapi.weixin.qq.com", "wecom", "host"),
    ("https://evil.example#@qyapi.weixin.qq.com/", "wecom", "form"),
    ("https://qyapi.weixin.qq.com@evil.example/", "wecom", "form"),
    ("https://user:x@qyapi.weixin.qq.com/", "wecom", "form"),
    ("https://127.0.0.1/x", "wecom", "host"),
    ("https://[::1]/x", "wecom", "host"),
    ("https://169.254.169.254/latest/meta-data", "wecom", "host"),
    ("https://qyapi.weixin.qq.com/a b", "wecom", "form"),
    ("https://qyapi.weixin.qq.com/a\r\nHost: evil", "wecom", "form"),
    ("https://qyapi.weixin.qq.com/中", "wecom", "form"),
    ("https://qyapi.weixin.qq.com:99999999/", "wecom", "form"),
    ("https:///x", "wecom", "scheme"),
    ("javascript:alert(1)", "wecom", "scheme"),
    ("https://own.example/x", "feishu", ""),
    ("https://own.example:8443/x", "feishu", "host"),
    ("http://own.example/x", "feishu", "scheme"),
    ("http://plain.example:8000/x", "feishu", ""),
    ("https://plain.example:8000/x", "feishu", "host"),
]


@pytest.mark.parametrize(("url", "kind", "fault"), ADDRESSES)
def test_only_known_hosts(settings, url, kind, fault):
    settings.NOTICE_ROBOT_HOSTS = ["own.example", "http://plain.example:8000"]
    assert http.fault_of(url, kind) == fault


def test_a_forbidden_address_in_the_table_is_not_called(now, park):
    robot = Robot(park=park, kind="wecom", name="x", webhook_url="https://169.254.169.254/latest")
    with pytest.raises(Refused):
        robots.GroupRobot(robot).send(Envelope("pn-1", "x", now(), "s", "b"))


@pytest.mark.parametrize(
    ("kind", "code", "error"),
    [
        ("wecom", 45009, Later), ("wecom", 93000, Refused), ("dingtalk", 130101, Later), ("dingtalk", 410100, Later),
        ("dingtalk", 310000, Refused), ("feishu", 11232, Later), ("feishu", 19021, Refused), ("feishu", 9499, Refused),
        ("wecom", -1, Later), ("dingtalk", None, Later),
    ],
)  # fmt: skip
def test_what_a_vendors_code_means(kind, code, error):
    robot = Robot(kind=kind, webhook_url="https://x/?key=12345678")
    with pytest.raises(error):
        robots.judge(robot, http.Answer(200, {"errcode": code, "errmsg": "x"} if code is not None else {}, None))


def test_too_many_requests_of_feishu_under_its_general_code():
    robot = Robot(kind="feishu", webhook_url="https://x/hook/12345678")
    with pytest.raises(Later):
        robots.judge(robot, http.Answer(200, {"code": 9499, "msg": "too many request"}, None))


def test_the_time_to_connect_is_limited():
    assert CONNECT == 5.0
