"""Boards, many at once, links, what others did in the meantime: the pages, and how many queries they take."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.ledger import actions
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.ledger.queries import address
from dispatch.models import Attachment, Meeting, Visit, Warning
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.dispatch.ledger_cases import CALENDAR, EDGE, assigned, cast, closed, closing, hung, item, snapshot
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
LIST, BULK = "/ledger/", "/ledger/bulk/"
DUE = TODAY + timedelta(days=9)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0c"
    b"IDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    return cast()


def page(client, user, url=LIST, status=200):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response


def detail(row):
    return reverse("dispatch:ledger_detail", args=[row.pk])


def move_url(row, verb):
    return reverse("dispatch:ledger_move", args=[row.pk, verb])


# board ------------------------------------------------------------------------------------------------------------


def test_the_board_has_the_rows_of_the_table(client, people):
    assigned(people, title="甲")
    item(people, title="乙")
    closing(people, title="丙")
    hung(people, title="丁")
    closed(people, title="戊")
    columns = page(client, people.staff, LIST + "?view=board").context["board"]
    found = {column.key: [row.item.title for row in column.rows] for column in columns if column.total}
    assert found == {"registered": ["乙"], "assigned": ["甲"], "closing": ["丙"], "hung": ["丁"]}
    columns = page(client, people.staff, LIST + "?view=board&state=all&q=戊").context["board"]
    assert {column.key: column.total for column in columns if column.total} == {"closed": 1}


def test_the_board_by_unit_counts_and_cuts(client, people):
    for n in range(23):
        assigned(people, title=f"甲{n}", due_on=TODAY + timedelta(days=n))
    item(people, title="乙")
    other = people.stranger.organization
    assigned(people, title="丙", unit=other)
    columns = {column.key: column for column in page(client, people.staff, LIST + "?view=units").context["board"]}
    assert {key: column.total for key, column in columns.items()} == {None: 1, people.unit.pk: 23, other.pk: 1}
    assert (len(columns[people.unit.pk].rows), columns[people.unit.pk].more) == (20, 3)
    assert columns[people.unit.pk].rows[0].item.title == "甲0"
    own = page(client, people.stranger, LIST + "?view=units").context["board"]
    assert [(column.key, column.total) for column in own] == [(other.pk, 1)]


def test_the_board_knows_what_waits(client, people):
    assigned(people, title="甲")
    columns = page(client, people.worker, LIST + "?view=board&whose=waiting").context["board"]
    assert {column.key: column.total for column in columns if column.total} == {"assigned": 1}


# many at once -----------------------------------------------------------------------------------------------------


def pick(*rows):
    return [f"{row.pk}:{LedgerItem.objects.get(pk=row.pk).version}" for row in rows]


def test_many_are_assigned_after_a_look(client, people):
    rows = [item(people, title=t) for t in "甲乙丙"]
    response = page(client, people.staff, LIST)
    assert response.content.decode().count('form="bulk" name="row"') == 3
    query = "&".join(f"row={each}" for each in pick(*rows))
    assert page(client, people.staff, f"{BULK}?what=assign&{query}").context["count"] == 3
    data = {"what": "assign", "row": pick(*rows), "unit": people.unit.pk, "due_on": str(DUE), "note": "请尽快"}
    looked = client.post(BULK, data | {"step": "look"})
    assert (looked.status_code, looked.context["against"]) == (200, 0)
    assert not LedgerItem.objects.exclude(state="registered").exists()
    assert client.post(BULK, data | {"step": "do"}).status_code == 302
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.unit, row.due_on, row.version) == ("assigned", people.unit, DUE, 2)
        assert row.history.order_by("pk").last().note == "请尽快"


def test_all_or_nothing_with_what_stands_against_it(client, people):
    good, asked, stale = item(people), closing(people), item(people)
    picked = pick(good, asked, stale)
    actions.edit(stale, fields={"title": "改了"}, by=people.second, version=1, **EDGE)
    before = [snapshot(row) for row in (good, asked, stale)]
    client.force_login(people.staff)
    data = {"what": "assign", "row": picked, "unit": people.unit.pk, "due_on": str(DUE)}
    for step in ("look", "do"):
        response = client.post(BULK, data | {"step": step})
        assert response.status_code == 409
        against = {row["item"].pk: bool(row["against"]) for row in response.context["rows"]}
        assert against == {good.pk: False, asked.pk: True, stale.pk: True}
    assert [snapshot(row) for row in (good, asked, stale)] == before
    assert client.post(BULK, data | {"row": picked[:1], "step": "do"}).status_code == 302


def test_many_are_commented_on(client, people):
    rows = [assigned(people), item(people)]
    client.force_login(people.staff)
    data = {"what": "comment", "row": pick(*rows), "text": f"@{people.leader} 月底前"}
    assert client.post(BULK, data).status_code == 200
    assert not LedgerComment.objects.exists()
    assert client.post(BULK, data | {"step": "do"}).status_code == 302
    assert [list(row.comments.get().mentions.all()) for row in rows] == [[people.leader]] * 2


def test_many_belong_to_who_sees_them_and_may_assign(client, people):
    foreign = item(cast())
    client.force_login(people.staff)
    data = {"what": "assign", "unit": people.unit.pk, "due_on": str(DUE), "step": "do"}
    for rows in ([], ["x"], ["1:"], pick(foreign), [f"{'9' * 40}:1"]):
        assert client.post(BULK, data | {"row": rows}).status_code == 302
    foreign.refresh_from_db()
    assert foreign.state == "registered"
    page(client, people.worker, BULK + f"?row={pick(assigned(people))[0]}", status=403)


# links ------------------------------------------------------------------------------------------------------------


def test_an_item_starts_from_the_thing_it_is_about(client, people):
    project = project_with_steps(people.park)
    step, milestone = project.steps.first(), project.milestones.create(stage="L09")
    warning = Warning.objects.create(
        park=people.park, project=project, unit=people.unit, rule="step_late", object_type="step", object_id=step.pk,
        label="环评超期", due_on=TODAY, level="red", since_on=TODAY,
    )  # fmt: skip
    initial = page(client, people.staff, f"{LIST}new/?project={project.pk}&step={step.code}").context["form"].initial
    assert (initial["project"], initial["project_step"]) == (project, step)
    initial = page(client, people.staff, f"{LIST}new/?milestone={milestone.pk}").context["form"].initial
    assert (initial["project"], initial["milestone"]) == (project, milestone)
    form = page(client, people.staff, f"{LIST}new/?warning={warning.pk}").context["form"]
    assert (form.initial["project"], form.initial["source"], form.initial["title"]) == (project, "warning", "环评超期")
    data = {"kind": "problem", "category": "permits", "source": "warning", "title": "环评超期", "warning": warning.pk}
    assert client.post(LIST + "new/", data | {"project": project.name}).status_code == 302
    row = LedgerItem.objects.get()
    assert (row.warning, row.project, row.source) == (warning, project, "warning")
    assert "环评超期" in page(client, people.staff, detail(row)).content.decode()


def test_foreign_things_are_not_taken(client, people):
    other = cast()
    project = project_with_steps(other.park)
    warning = Warning.objects.create(
        park=other.park, project=project, rule="step_late", object_type="step", object_id=1, label="外区",
        due_on=TODAY, level="red", since_on=TODAY,
    )  # fmt: skip
    query = f"project={project.pk}&step={project.steps.first().pk}&warning={warning.pk}&meeting=7&visit=x&milestone="
    response = page(client, people.staff, f"{LIST}new/?{query}")
    assert not {"project", "project_step", "warning", "meeting"} & set(response.context["form"].initial)
    data = {"kind": "problem", "category": "permits", "source": "warning", "title": "x", "warning": warning.pk}
    assert client.post(LIST + "new/", data).status_code == 422
    assert not LedgerItem.objects.exists()


# the phone --------------------------------------------------------------------------------------------------------


def test_a_phrase_stands_for_a_report(client, people):
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    client.force_login(people.worker)
    assert client.post(move_url(row, "progress"), {"version": 2, "quick": "7"}).status_code == 422
    assert client.post(move_url(row, "progress"), {"version": 2, "quick": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, len(row.progress) > 10) == ("working", True)


def test_a_photo_stands_for_evidence(client, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    client.force_login(people.worker)
    assert client.post(move_url(row, "ask_close"), {"version": 2}).status_code == 422
    bad = SimpleUploadedFile("a.png", b"MZ not a picture", content_type="image/png")
    assert client.post(move_url(row, "ask_close"), {"version": 2, "photos": bad}).status_code == 409
    row.refresh_from_db()
    assert (row.state, Attachment.objects.count()) == ("signed", 0)
    photo = SimpleUploadedFile("a.png", PNG, content_type="image/png")
    assert client.post(move_url(row, "ask_close"), {"version": 2, "photos": photo}).status_code == 302
    row.refresh_from_db()
    kept = Attachment.objects.get()
    assert (row.state, kept.item, kept.role, kept.by) == ("closing", row, "photo", people.worker)


# others in the meantime -------------------------------------------------------------------------------------------


def test_a_move_that_comes_second_shows_what_the_first_did(client, people):
    row = actions.sign(assigned(people), by=people.worker, version=1, **EDGE)
    actions.extend(row, workdays=3, reason="雨季", by=people.second, version=2, calendar=CALENDAR, **EDGE)
    client.force_login(people.worker)
    response = client.post(move_url(row, "progress"), {"version": 2, "note": "我写的进展"})
    assert response.status_code == 409
    text = response.content.decode()
    part = text.split('class="panel overtaken"')[1].split("</section>")[0]
    assert all(words in part for words in (str(people.second), "雨季", "2026-03-16", str(row.due_on)))
    assert "我写的进展" in text.split('id="progress"')[1]
    again = client.post(move_url(row, "progress"), {"version": 3, "note": "我写的进展"})
    assert again.status_code == 302


def test_an_edit_that_comes_second_keeps_theirs_and_mine_apart(client, people):
    row = item(people, description="原文", leader="张三")
    units = [people.unit]
    theirs = {"title": "他们的标题", "measures": "他们的措施"}
    actions.edit(row, fields=theirs, cooperating_units=units, by=people.second, version=1, **EDGE)
    client.force_login(people.staff)
    mine = {"kind": row.kind, "category": row.category, "title": "我的标题", "description": "原文", "leader": "李四"}
    response = client.post(detail(row) + "edit/", mine | {"version": 1})
    assert response.status_code == 409
    found = {each.name or each.label: (each.old, each.theirs, each.mine) for each in response.context["differences"]}
    assert found["title"] == ("用地指标未落实", "他们的标题", "我的标题")
    assert {mine for _old, _theirs, mine in found.values()} == {"我的标题", None}
    assert {each.who for each in response.context["differences"]} == {people.second}
    form = response.context["form"]
    assert (form["title"].value(), form["leader"].value()) == ("我的标题", "李四")
    assert (form["measures"].value(), form["version"].value()) == ("他们的措施", "2")
    on_top = mine | {"measures": "他们的措施", "cooperating_units": [people.unit.pk], "version": 2}
    assert client.post(detail(row) + "edit/", on_top).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.leader, row.measures) == ("我的标题", "李四", "他们的措施")
    assert list(row.cooperating_units.all()) == units


def test_theirs_can_be_taken_field_by_field(client, people):
    row = item(people, title="他们的")
    client.force_login(people.staff)
    data = {"kind": row.kind, "category": row.category, "title": "我的", "leader": "李四", "version": 1}
    assert client.post(detail(row) + "edit/", data | {"take": ["title", "state", "version"]}).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.leader, row.state) == ("他们的", "李四", "registered")


# comments on the page ---------------------------------------------------------------------------------------------


def test_comments_on_the_page_and_never_for_enterprises(client, people):
    row = assigned(people, project=factories.project(people.park))
    client.force_login(people.worker)
    url = reverse("dispatch:ledger_comment", args=[row.pk])
    assert client.post(url, {"text": "  "}).status_code == 422
    assert client.post(url, {"text": "请看", "mentioned": [people.stranger.pk]}).status_code == 422
    assert client.post(url, {"text": f"@{people.staff} 请看<b>", "mentioned": [people.leader.pk]}).status_code == 302
    comment = LedgerComment.objects.get()
    text = page(client, people.staff, detail(row)).content.decode()
    assert "请看&lt;b&gt;" in text
    assert f"/ledger/comments/{comment.pk}/back/" not in text
    back = reverse("dispatch:ledger_comment_back", args=[comment.pk])
    page(client, people.staff, back, status=403)
    page(client, people.stranger, back, status=404)
    enterprise = factories.user(people.park, "enterprise")
    page(client, enterprise, back, status=404)
    assert client.post(url, {"text": "x"}).status_code == 404
    page(client, people.worker, back)
    assert client.post(back).status_code == 302
    assert "请看" not in page(client, people.staff, detail(row)).content.decode()


# queries ----------------------------------------------------------------------------------------------------------


def count(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        client.get(url)
    return len(caught)


@pytest.mark.parametrize("view", ["", "?view=board", "?view=units", "?whose=waiting"])
def test_lists_and_boards_take_the_same_queries_for_1_3_and_60(client, people, view):
    client.force_login(people.staff)
    project, numbers = factories.project(people.park), []
    for wanted in (1, 3, 60):
        while LedgerItem.objects.count() < wanted:
            row = hung(people, project=project)
            actions.comment(row, text="x", by=people.staff, **EDGE)
        numbers.append(count(client, LIST + view))
    assert numbers[0] == numbers[1] == numbers[2]


def test_a_page_takes_the_same_queries_however_long_its_story(client, people):
    row = actions.sign(assigned(people, cooperating_units=[people.stranger.organization]), by=people.worker,
                       version=1, **EDGE)  # fmt: skip
    client.force_login(people.staff)
    numbers, done = [], 0
    for wanted in (1, 3, 60):
        while done < wanted:
            row = actions.report_progress(row, note="x", by=people.worker, version=row.version, **EDGE)
            actions.comment(row, text=f"@{people.leader}", by=people.staff, **EDGE)
            done += 1
        numbers.append(count(client, detail(row)))
    assert numbers[0] == numbers[1] == numbers[2]


def test_links_lead_only_where_the_reader_may_go(client, people):
    project = project_with_steps(people.park)
    meeting = Meeting.objects.create(
        park=people.park, number="H-1", kind=Meeting.Kind.values[0], title="周会", held_on=TODAY, created_at=AT
    )
    visit = Visit.objects.create(
        park=people.park, enterprise=factories.enterprise(people.park), visited_on=TODAY,
        organization=people.staff.organization, visitor=people.staff, created_at=AT,
    )  # fmt: skip
    row = assigned(people, project=project, project_step=project.steps.first(), meeting=meeting, visit=visit)
    for user, sees in ((people.staff, True), (people.worker, False)):
        links = page(client, user, detail(row)).context["links"]
        assert [link["text"] for link in links[1:]] == [str(meeting), str(visit)]
        assert links[0]["url"] == f"/projects/{project.pk}/steps/{row.project_step.code}/"
        wanted = address("dispatch:visit_detail", visit.pk) if sees else ""
        assert links[2]["url"] == wanted


@pytest.mark.parametrize("number", ["9" * 19, "9" * 27])
def test_a_row_beyond_every_key_is_no_server_error(client, people, number):
    client.force_login(people.staff)
    assert client.post(BULK, {"row": f"{number}:1", "what": "assign"}).status_code == 302
