"""Imports over the API: the same file, rows, decisions and result as on the page."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import HeaderMemory, ImportBatch, Project
from tests import factories
from tests.projects.ledger.books import book

pytestmark = pytest.mark.django_db
ROWS = [
    ["项目名称", "总投资（万元）", "当前阶段"],
    ["虚构阀门项目", 5200, "备案"],
    ["虚构齿轮项目", "很多", "备案"],
]
URL = "/api/v1/imports/"


@pytest.fixture
def staff(client):
    person = factories.user(factories.park(), "staff")
    client.force_login(person)
    return person


def upload(client, rows=ROWS, **values):
    file = SimpleUploadedFile("项目台账.xlsx", book(*rows[1:], header=rows[0]))
    return client.post(URL, {"file": file, "report_year": 2026, "report_month": 10} | values)


def act(client, batch, word, **body):
    return client.post(f"{URL}{batch['id']}/{word}/", json.dumps(body), content_type="application/json")


def test_from_upload_to_undo(client, staff):
    answer = upload(client)
    assert answer.status_code == 201, answer.content
    batch = answer.json()
    assert batch["state"] == "ready" and batch["summary"]["create"] == 1 and batch["summary"]["refused"] == 1
    refused = client.get(f"{URL}{batch['id']}/rows/?action=refused").json()
    assert [row["name"] for row in refused] == ["虚构齿轮项目"]
    assert refused[0]["findings"][0]["cell"] == "B3"
    assert act(client, batch, "confirm").status_code == 409 and not Project.objects.exists()
    assert act(client, batch, "cells", sheet="台账", cell="B3", text="5300").status_code == 200
    assert act(client, batch, "read-again").json()["summary"]["create"] == 2
    assert act(client, batch, "decide", sheet="台账", row=2, choice="skip").status_code == 200
    assert act(client, batch, "read-again").json()["summary"]["skipped"] == 1
    assert act(client, batch, "confirm").json()["state"] == "done"
    assert [str(each.total_investment_10k) for each in Project.objects.all()] == ["5300.0000"]
    assert act(client, batch, "undo").json()["state"] == "undone"
    assert not Project.objects.exists()
    assert act(client, batch, "undo").status_code == 409


def test_what_a_column_means_is_remembered(client, staff):
    batch = upload(client, [[*ROWS[0], "估摸的钱（万元）"], ["虚构泵业项目", 5000, "备案", 100]]).json()
    assert act(client, batch, "columns", meanings={"台账!D": "annual_plan_10k"}).status_code == 200
    assert HeaderMemory.objects.get().field == "annual_plan_10k"
    assert act(client, batch, "columns", meanings={"台账!Z": "annual_plan_10k"}).status_code == 409
    assert act(client, batch, "columns", meanings={}).status_code == 400


def test_pages_of_rows(client, staff):
    batch = upload(client, [ROWS[0], *([f"虚构第{n}项目", 100 + n, "备案"] for n in range(205))]).json()
    first = client.get(f"{URL}{batch['id']}/rows/").json()
    rest = client.get(f"{URL}{batch['id']}/rows/?after={first[-1]['id']}").json()
    assert (len(first), len(rest)) == (200, 5)
    assert client.get(f"{URL}{batch['id']}/rows/?after=x").status_code == 400
    assert client.get(f"{URL}{batch['id']}/rows/?action=nothing").status_code == 400


def test_others_see_nothing_and_unknown_kinds_are_refused(client, staff):
    batch = upload(client).json()
    assert upload(client, kind="nothing").status_code == 403
    client.force_login(factories.user(factories.park(code="other"), "staff"))
    for word in ("rows", "file"):
        assert client.get(f"{URL}{batch['id']}/{word}/").status_code == 404
    assert act(client, batch, "confirm").status_code == 404
    assert ImportBatch.objects.get().state == ImportBatch.State.READY
