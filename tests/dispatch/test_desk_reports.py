"""Blocks of the desk about filings and papers: each number is about exactly the person's own turn."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.models import Appeal, Bulletin, Filing, FilingRestatement, FilingRound, Ranking, WeeklyBrief
from dispatch.warnings.rules import load_rules
from tests import factories
from tests.dispatch.ledger_cases import cast
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)
    load_rules()


@pytest.fixture
def people():
    return cast()


def block(client, user, key):
    client.force_login(user)
    found = {block.key: block for block in client.get("/").context["blocks"]}
    return found.get(key)


def window(park, month=3, **fields):
    closes = TODAY + timedelta(days=2)
    days = {"opens_on": TODAY, "closes_on": closes, "locks_on": closes + timedelta(days=6)}
    return FilingRound.objects.create(park=park, year=2026, month=month, **(days | fields))


def filing(people, name, window, **fields):
    project = factories.project(people.park, name=name, responsible_unit=people.unit)
    return Filing.objects.create(round=window, project=project, **fields)


def test_who_files_sees_what_is_owed_and_who_checks_what_waits(client, people):
    now = window(people.park)
    filing(people, "未填报", now)
    filing(people, "被退回", now, state="returned", return_reason="数据不符")
    filing(people, "已报送", now, state="submitted")
    filing(people, "已通过", now, state="accepted")
    filing(people, "已锁定", window(people.park, month=1, state="locked", locked_at=AT))
    other = factories.project(people.park, name="别人的", responsible_unit=people.stranger.organization)
    Filing.objects.create(round=now, project=other)
    own = block(client, people.worker, "filings")
    assert [entry.title for entry in own.entries] == ["被退回", "未填报"]
    assert (own.number, own.entries[0].text, own.entries[0].days) == (2, "数据不符", 2)
    waiting = block(client, people.staff, "filings")
    assert [entry.title for entry in waiting.entries] == ["已报送"] and waiting.number == 1


def snapshot():
    return {"snapshot": {}, "sha256": "0" * 64}


def papers(people):
    park, unit = people.park, people.unit
    dated = {"starts_on": date(2026, 2, 16), "as_of": date(2026, 2, 27), "frozen_at": AT}
    ranking = Ranking.objects.create(park=park, kind="half_month", year=2026, number=4, **dated, **snapshot())
    Appeal.objects.create(ranking=ranking, unit=unit, text="计时有误", by=people.worker, at=AT)
    WeeklyBrief.objects.create(
        park=park, year=2026, week=9, starts_on=date(2026, 2, 23), ends_on=date(2026, 3, 1), as_of=date(2026, 2, 27),
        frozen_at=AT, **snapshot(),
    )  # fmt: skip
    for month in (2, 3):
        Bulletin.objects.create(park=park, year=2026, month=month, as_of=TODAY, created_at=AT, **snapshot())
    row = filing(people, "更正", window(park, month=1, state="locked", locked_at=AT), state="accepted")
    FilingRestatement.objects.create(filing=row, reason="合同额更正", by=people.second, at=AT)


def test_papers_wait_for_the_centre_alone(client, people):
    papers(people)
    found = block(client, people.staff, "reports")
    assert found.number == 5 and all(entry.url for entry in found.entries)
    assert found.entries[0].title == "更正"
    assert "2026-03" not in "".join(entry.title for entry in found.entries)
    assert block(client, people.worker, "reports") is None
    assert block(client, factories.user(factories.park()), "reports").number == 0


def test_who_asked_for_a_restatement_does_not_decide_it(client, people):
    papers(people)
    assert "更正" not in [entry.title for entry in block(client, people.second, "reports").entries]


def test_queries_do_not_grow_with_filings(client, people):
    now, numbers = window(people.park), []
    client.force_login(people.worker)
    for count in (1, 3, 60):
        while now.filings.count() < count:
            filing(people, f"项目{now.filings.count()}", now)
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/")
        numbers.append(len(caught))
    assert len(set(numbers)) == 1
