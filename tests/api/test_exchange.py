"""The connector over the API: platforms, messages and files, as on the pages."""

import json
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import ExchangeMessage, ExchangePlatform, StepTransition
from tests import factories
from tests.api.conftest import Api
from tests.approvals import cases as steps
from tests.approvals.exchange import cases
from tests.approvals.exchange.cases import fields, push, state_of

pytestmark = pytest.mark.django_db
URL = "exchange/platforms/"
TWO = [fields("a1", 1, "2026-02-02 09:00"), fields("a2", 3, "2026-02-02 15:00")]


@pytest.fixture
def place(as_of):
    park = factories.park()
    person = factories.user(park, "staff")
    return SimpleNamespace(
        park=park, person=person, api=Api(person), platform=cases.platform(park), project=cases.project(park)
    )  # fmt: skip


def upload(place, found, name="states.json", platform=None, **headers):
    data = found if isinstance(found, bytes) else json.dumps({"messages": found}).encode()
    address = f"/api/v1/{URL}{(platform or place.platform).pk}/files/"
    return place.api.client.post(address, {"file": SimpleUploadedFile(name, data)}, headers=headers)


def message(place, number="m", **values):
    return push(place.platform, place.person, fields(number, 3, "2026-02-02 15:00") | values)[0]


def test_a_platform_made_and_changed_on_the_version_seen(place):
    body = {"code": "shi", "name": "市平台", "items": {" BA-1 ": "S01"}, "states": {"SL": 3}}
    made = place.api.post(URL, body)
    assert made.status_code == 201, made.content
    row = made.json()
    wanted = {"code": "shi", "is_active": True, "items": {"BA-1": "S01"}, "states": {"SL": 3}, "version": 1}
    assert {name: row[name] for name in wanted} == wanted
    address = f"{URL}{row['id']}/"
    changed = place.api.patch(address, {"is_active": False}, version=1)
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert changed.json() == row | {"is_active": False, "version": 2}
    assert place.api.patch(address, {"name": "别的"}, version=1).status_code == 412
    assert place.api.patch(address, {"name": "别的"}).status_code == 428
    assert [one["code"] for one in place.api.get(f"{URL}?is_active=true").json()["results"]] == ["sheng"]


WRONG = [
    {"code": "Großes"}, {"code": "a b"}, {"code": ""}, {"name": "x" * 101}, {"unknown": 1}, {"states": {"SL": 16}},
    {"states": {"SL": True}}, {"states": {"a,b": 3}}, {"states": {"a=b": 3}},
    {"states": {str(n): 3 for n in range(41)}},
    {"items": {"": "S01"}}, {"items": {"x" * 61: "S01"}}, {"items": ["S01"]},
    {"items": {str(n): "S01" for n in range(501)}},
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG, ids=lambda body: str(body)[:30])
def test_what_a_platform_cannot_be(place, body):
    answer = place.api.post(URL, {"code": "x", "name": "x"} | body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))
    assert ExchangePlatform.objects.count() == 1


@pytest.mark.parametrize("body", [{"code": "x", "items": {"a": "S99"}}, {"code": "sheng"}])
def test_what_the_park_does_not_have_or_has_already(place, body):
    assert place.api.post(URL, {"name": "x"} | body).status_code == 409
    assert ExchangePlatform.objects.count() == 1


def test_what_the_api_stores_the_page_can_store_again(place):
    states = {f"{'状' * 18}{n:02}": 15 for n in range(40)}
    made = place.api.post(URL, {"code": "x", "name": "x", "states": states, "items": {"a": "S01"}}).json()
    address = reverse("approvals:exchange_platform", args=[made["id"]])
    page = place.api.client.get(address)
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    again = place.api.client.post(address, sent)
    assert again.status_code == 302, again.context["form"].errors
    row = ExchangePlatform.objects.get(code="x")
    assert (row.states, row.items, row.version) == (states, {"a": "S01"}, 2)


def test_unassigned_items_are_told_assigned_and_tried_again(place):
    ExchangePlatform.objects.update(items={})
    place.platform.refresh_from_db()
    push(place.platform, place.person, *TWO)
    address = f"{URL}{place.platform.pk}/"
    row = place.api.get(address).json()
    assert (row["open_messages"], row["unassigned_items"]) == (2, {"370000-BA-01": 2})
    assert place.api.post(f"{address}rerun/").json() == {"settled": 0}
    assert place.api.patch(address, {"items": cases.ITEMS}, version=1).json()["unassigned_items"] == {}
    assert state_of(place.project) == 0
    assert place.api.post(f"{address}rerun/").json() == {"settled": 2}
    assert state_of(place.project) == 3


def test_one_message_is_set_aside_taken_up_and_taken_over(place):
    row = message(place)
    address = f"exchange/messages/{row.pk}/"
    shown = place.api.get(address).json()
    assert (shown["result"], shown["record"]["message_id"], shown["platform"]) == ("open", "m", place.platform.pk)
    assert shown["why"]
    assert place.api.post(f"{address}set-aside/", {"reason": " "}).status_code == 400
    assert place.api.post(f"{address}take-up/").status_code == 409
    aside = place.api.post(f"{address}set-aside/", {"reason": "误报"}).json()
    assert (aside["result"], aside["why"]) == ("dismissed", "误报")
    assert place.api.post(f"{address}apply/").status_code == 409
    assert place.api.post(f"{address}set-aside/", {"reason": "误报"}).status_code == 409
    assert place.api.post(f"{address}take-up/").json()["result"] == "open"
    still = place.api.post(f"{address}apply/").json()
    assert still["result"] == "open" and still["why"] and not StepTransition.objects.exists()
    push(place.platform, place.person, TWO[0])
    assert place.api.get(address).json()["result"] == "applied" and state_of(place.project) == 3
    assert place.api.post(f"{address}take-up/").status_code == 409


def test_what_a_message_lacked_is_said(place):
    push(place.platform, place.person, TWO[0])
    row = message(place, 状态代码="5")
    address = f"exchange/messages/{row.pk}/apply/"
    assert place.api.post(address).json()["result"] == "open"
    assert place.api.post(address, {"is_forced": True}).json()["errors"].keys() == {"note"}
    assert place.api.post(address, {"pause_kind": "nothing"}).status_code == 400
    done = place.api.post(address, {"note": "不属于本部门职权"}).json()
    assert (done["result"], done["why"], done["step"]) == ("applied", "", steps.step_of(place.project, "S01").pk)
    assert steps.step_of(place.project, "S01").history.latest("pk").note == "不属于本部门职权"
    assert place.api.post(address, {"note": "x"}).status_code == 409


def test_the_special_procedure_is_named(place):
    push(place.platform, place.person, *TWO, fields("a3", 8, "2026-02-05 09:00"))
    row = message(place, "a4", 状态代码="9", 状态时间="2026-02-05 11:00")
    address = f"exchange/messages/{row.pk}/apply/"
    assert place.api.post(address).json()["result"] == "open"
    body = {"pause_kind": "expert_review", "note": "组织专家评审"}
    assert place.api.post(address, body).json()["result"] == "applied"
    assert steps.step_of(place.project, "S01").pauses.get().kind == "expert_review"


def test_lists_of_messages_are_narrowed(place):
    push(place.platform, place.person, TWO[0], fields("x", 3, "2026-02-04", 项目代码="nowhere"))
    other = cases.platform(place.park, code="shi")
    push(other, place.person, TWO[0])

    def numbers(query):
        return [
            (row["platform"], row["message_id"])
            for row in place.api.get(f"exchange/messages/?{query}").json()["results"]
        ]

    mine = place.platform.pk
    assert numbers("") == [(other.pk, "a1"), (mine, "x"), (mine, "a1")]
    assert numbers(f"platform={mine}&result=open") == [(mine, "x")]
    assert numbers("search=nowh") == [(mine, "x")]
    for query in ("result=nothing", "platform=0", "ordering=why"):
        assert place.api.get(f"exchange/messages/?{query}").status_code == 400


def test_a_file_is_kept_previewed_and_confirmed(place):
    answer = upload(place, [*TWO, fields("a3", 11, "2026-02-01")])
    assert answer.status_code == 201, answer.content
    sha256, results = answer.json()["sha256"], answer.json()["results"]
    assert [(one["message_id"], one["result"], one["repeated"]) for one in results] == [
        ("a1", "waiting", False), ("a2", "waiting", False), ("a3", "waiting", False),
    ]  # fmt: skip
    address = f"{URL}{place.platform.pk}/files/{sha256}/"
    before = list(ExchangeMessage.objects.order_by("pk").values())
    told = place.api.post(f"{address}preview/").json()
    assert told["untried"] == 0
    assert {one["message_id"]: (one["result"], bool(one["why"])) for one in told["results"]} == {
        "a1": ("applied", False), "a2": ("applied", False), "a3": ("open", True),
    }  # fmt: skip
    assert list(ExchangeMessage.objects.order_by("pk").values()) == before
    assert state_of(place.project) == 0 and not StepTransition.objects.exists()
    assert place.api.post(f"{address}confirm/").json() == {"results": told["results"]}
    assert state_of(place.project) == 3
    history = steps.step_of(place.project, "S01").history.latest("pk")
    assert history.data["exchange"] == {"platform": "sheng", "message": "a2", "file": sha256}
    assert place.api.post(f"{address}confirm/").json() == {"results": []}
    again = upload(place, TWO).json()["results"]
    assert [(one["result"], one["repeated"]) for one in again] == [("applied", True)] * 2


def test_a_file_is_set_aside(place):
    sha256 = upload(place, TWO).json()["sha256"]
    address = f"{URL}{place.platform.pk}/files/{sha256}/"
    aside = place.api.post(f"{address}set-aside/").json()["results"]
    assert [one["result"] for one in aside] == ["dismissed"] * 2 and all(one["why"] for one in aside)
    assert place.api.post(f"{address}confirm/").json() == {"results": []} and state_of(place.project) == 0
    listed = place.api.get(f"exchange/messages/?file_sha256={sha256}&result=dismissed").json()["results"]
    assert [row["file_name"] for row in listed] == ["states.json"] * 2
    for act in ("preview", "confirm", "set-aside"):
        assert place.api.post(f"{URL}{place.platform.pk}/files/{'0' * 64}/{act}/").status_code == 404


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800", "\\u202e"])
def test_what_no_database_stores_is_left_out_of_a_file(place, sign):
    data = '[{"消息编号": "a1SIGN", "别SIGN的": "xSIGN", "项目代码": "2026-0017"}]'.replace("SIGN", sign)
    (one,) = upload(place, data.encode()).json()["results"]
    assert (one["message_id"], one["result"]) == ("a1", "waiting")
    assert ExchangeMessage.objects.get().record == {"message_id": "a1", "别的": "x", "project_code": "2026-0017"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"a,b\n1,2\n", b"<!DOCTYPE x []><x/>", b"\x00\x01\xff"])
def test_a_file_that_cannot_be_read_is_refused_whole(place, data):
    answer = upload(place, data)
    assert answer.status_code == 400 and answer.json()["errors"].keys() == {"file"}
    assert not ExchangeMessage.objects.exists()


def test_files_that_are_refused_for_other_reasons(place):
    assert upload(place, TWO, platform=cases.platform(place.park, code="aus", is_active=False)).status_code == 409
    address = f"/api/v1/{URL}{place.platform.pk}/files/"
    assert place.api.client.post(address, {"nothing": "1"}).status_code == 400
    assert place.api.client.post(address, {}, content_type="application/json").status_code == 415
    assert upload(place, b" " * (10 * 1024 * 1024 + 1)).json()["errors"].keys() == {"file"}
    assert not ExchangeMessage.objects.exists()


def test_the_same_key_keeps_a_file_once(place):
    first, again = (upload(place, TWO, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == first.json()


def test_only_for_who_takes_over_states_and_only_in_their_park(place):
    row = message(place)
    stranger = Api(factories.user(factories.park(code="other"), "staff"))
    assert stranger.get("exchange/messages/").json()["results"] == stranger.get(URL).json()["results"] == []
    assert stranger.post(f"exchange/messages/{row.pk}/apply/").status_code == 404
    assert stranger.get(f"exchange/messages/?platform={place.platform.pk}").status_code == 400
    assert stranger.patch(f"{URL}{place.platform.pk}/", {"name": "x"}, version=1).status_code == 404
    leader = Api(factories.user(place.park, "leader"))
    boss = Api(factories.user(place.park, "enterprise"))
    for path in ("exchange/messages/", URL, f"exchange/messages/{row.pk}/"):
        assert (leader.get(path).status_code, boss.get(path).status_code) == (403, 404)
    row.refresh_from_db()
    place.platform.refresh_from_db()
    assert (row.state, place.platform.name) == ("open", "省审批平台")
