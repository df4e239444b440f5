"""Pages of supervision: per role, from any page to the sheet on paper; hostile addresses; flat numbers of queries."""

from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.ledger import actions as ledger
from dispatch.ledger.parts import parts_of
from dispatch.measures.models import Measure
from dispatch.supervision import actions
from dispatch.supervision.models import Instruction
from dispatch.supervision.origin import NOWHERE, own_path, page_of
from dispatch.visits import actions as visits
from tests import factories
from tests.dispatch.ledger_cases import EDGE, assigned, cast, closing
from tests.dispatch.supervision_cases import TEXT, issue
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
LIST, NEW = "/instructions/", "/instructions/new/"


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: AT)


@pytest.fixture
def people():
    return cast()


def page(client, user, url=LIST, status=200, **headers):
    client.force_login(user)
    response = client.get(url, headers=headers)
    assert response.status_code == status
    return response


def post(client, user, url, status, **data):
    client.force_login(user)
    response = client.post(url, data)
    assert response.status_code == status, response.context and response.context.get("form")
    return response


def filled(people, **more):
    usual = {"text": TEXT, "unit": people.unit.pk, "due_on": "2026-03-31", "feedback_every_wd": "5"}
    return usual | {"urgency": "normal", "category": "land"} | more


class TestOrigin:
    @pytest.mark.parametrize(
        "raw",
        [
            "", "projects/1/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "https://evil.example/projects/",
            "javascript:alert(1)", "/%2f%2fevil.example/..%5c", "/%2F/evil.example", "///evil.example",
            "/\t/evil.example", "/projects/\n", "/projects/%00", "/projects/%0a", "/projects/ x", "/nowhere/",
            "/projects/" + "9" * 300, "/admin/", "/api/v1/me/", "/sign-in/", "/instructions/new/",
            "/projects/99999999/", "/static/css/app.css", "data:text/html,x", "/[::1]//x\\",
        ],
    )  # fmt: skip
    def test_hostile_and_unknown_addresses_count_as_none(self, client, people, raw):
        assert page_of(raw, people.leader) == NOWHERE
        response = client.force_login(people.leader) or client.get(NEW, {"from": raw, "title": "<b>x</b>"})
        assert (response.status_code, response.context["about"]) == (200, NOWHERE)
        assert response.context["form"]["from_page"].value() == ""
        post(client, people.leader, NEW, 302, **filled(people, from_page=raw, from_title="<script>"))
        row = Instruction.objects.latest("pk")
        assert (row.about_url, row.about_title, row.project) == ("", "", None)

    def test_the_project_is_taken_from_the_page(self, people):
        project = factories.project(people.park)
        item = assigned(people, project=project)
        measure = Measure.objects.create(park=people.park, title="x", problem="x", solution="x", published_at=AT)
        for raw, thing, wanted in (
            (f"/projects/{project.pk}/", project, project),
            (f"/projects/{project.pk}/plan/?year=2026#top", project, project),
            (f"/ledger/{item.pk}/", item, project),
            (reverse("dispatch:measure_detail", args=[measure.pk]), measure, None),
            ("/projects/?pool=x", None, None),
            ("/ledger/", None, None),
        ):
            found = page_of(raw, people.leader)
            assert (found.url, found.thing, found.project) == (raw.partition("#")[0], thing, wanted)

    def test_what_the_person_may_not_see_counts_as_none(self, people):
        foreign = factories.project(factories.park())
        item = assigned(people)
        assert page_of(f"/projects/{foreign.pk}/", people.leader) == NOWHERE
        assert page_of(f"/ledger/{item.pk}/", people.stranger) == NOWHERE
        assert page_of(f"/ledger/{item.pk}/", people.worker).thing == item

    def test_own_paths(self):
        assert own_path("/projects/1/?a=%E7%94%A8#x") == "/projects/1/?a=%E7%94%A8"


class TestWriting:
    def test_from_a_page_to_a_number(self, client, people):
        project = factories.project(people.park, name="精密制造项目")
        here = f"/projects/{project.pk}/"
        client.force_login(people.leader)
        form = client.get(NEW, {"from": here, "title": "精密制造项目"}).context["form"]
        assert (form["from_page"].value(), form["project"].value(), "leader" in form.fields) == (
            here,
            "精密制造项目",
            False,
        )
        data = filled(people, from_page=here, from_title="精密制造项目", project="精密制造项目")
        row = Instruction.objects.get(pk=post(client, people.leader, NEW, 302, **data).url.split("/")[-2])
        assert (row.number, row.leader, row.project, row.about_url) == ("督〔2026〕1号", people.leader, project, here)
        assert here in page(client, people.worker, f"{LIST}{row.pk}/").content.decode()

    def test_the_centre_chooses_the_leader(self, client, people):
        factories.user(factories.park(), "leader")
        form = page(client, people.staff, NEW).context["form"]
        assert list(form.fields["leader"].queryset) == [people.leader]
        post(client, people.staff, NEW, 422, **filled(people))
        post(client, people.staff, NEW, 302, **filled(people, leader=people.leader.pk))
        assert Instruction.objects.get().recorded_by == people.staff

    def test_bad_input_keeps_what_was_typed(self, client, people):
        response = post(client, people.leader, NEW, 409, **filled(people, due_on="2026-02-01"))
        assert response.context["form"]["text"].value() == TEXT
        for fields in (
            {"text": ""},
            {"unit": "0"},
            {"unit": cast().unit.pk},
            {"due_on": "x"},
            {"feedback_every_wd": "99"},
        ):
            post(client, people.leader, NEW, 422, **filled(people, **fields))
        assert not Instruction.objects.exists()


class TestTheChain:
    def test_report_and_answer(self, client, people):
        row = issue(people)
        here = f"{LIST}{row.pk}/"
        shown = page(client, people.worker, here).context
        assert ("report_form" in shown, "answer_form" in shown) == (True, False)
        post(client, people.worker, f"{here}report/", 302, version=1, text="已对接")
        shown = page(client, people.leader, here).context
        assert ("report_form" in shown, "answer_form" in shown) == (False, True)
        post(client, people.leader, f"{here}answer/", 302, version=2, kind="satisfied", text="好")
        chain = page(client, people.worker, here).context["chain"]
        assert [(link["kind"], link["note"]) for link in chain] == [
            ("satisfied", "好"),
            ("report", "已对接"),
            ("issued", TEXT),
        ]

    def test_who_was_overtaken_keeps_the_text_and_can_send_it_again(self, client, people):
        row = issue(people)
        here = f"{LIST}{row.pk}/"
        actions.report(row, text="先到", by=people.worker, version=1, **EDGE)
        response = post(client, people.staff, f"{here}report/", 409, version=1, text="后到")
        form = response.context["report_form"]
        assert (form["text"].value(), form["version"].value()) == ("后到", "2")
        post(client, people.staff, f"{here}report/", 302, version=2, text="后到")
        assert post(client, people.leader, f"{here}answer/", 422, version=3, kind="x").status_code == 422

    def test_no_report_once_closure_is_asked_for(self, client, people):
        row = issue(people)
        actions.report(row, text="已办", by=people.worker, version=1, **EDGE)
        row.item.refresh_from_db()
        ledger.ask_close(row.item, evidence="已移交", by=people.worker, version=row.item.version, **EDGE)
        assert "report_form" not in page(client, people.worker, f"{LIST}{row.pk}/").context
        post(client, people.worker, f"{LIST}{row.pk}/report/", 409, version=2, text="补充")

    def test_the_sheet(self, client, people):
        row = issue(people, standard="净地移交单")
        actions.report(row, text="已对接", by=people.worker, version=1, **EDGE)
        text = page(client, people.worker, f"{LIST}{row.pk}/print/").content.decode()
        for part in (row.number, TEXT, str(people.leader), people.unit.name, "净地移交单", "已对接", "2026-03-31"):
            assert part in text

    def test_on_the_items_page(self, people):
        row = issue(people)
        plain = assigned(people)
        mine = [part for part in parts_of(row.item, people.worker, TODAY) if "supervision" in part.template]
        assert [part.context["row"].instruction for part in mine] == [row]
        assert not [part for part in parts_of(plain, people.worker, TODAY) if "supervision" in part.template]


class TestTheList:
    def shown(self, client, user, query=""):
        return {row.instruction for row in page(client, user, LIST + query).context["rows"]}

    def test_mine_my_units_and_all(self, client, people):
        second = factories.user(people.park, "leader")
        mine = issue(people)
        other = issue(people, leader=second, by=second, unit=people.stranger.organization)
        assert self.shown(client, people.leader) == {mine}
        assert self.shown(client, people.leader, "?whose=all") == {mine, other}
        assert self.shown(client, people.staff) == {mine, other}
        assert self.shown(client, people.worker) == self.shown(client, people.worker, "?whose=all") == {mine}
        assert self.shown(client, people.stranger) == {other}
        assert self.shown(client, people.staff, "?whose=nonsense") == {mine, other}
        page(client, factories.user(people.park, "enterprise"), status=404)

    def test_states_and_words(self, client, people, monkeypatch):
        first = issue(people)
        second = issue(people, due_on=TODAY + timedelta(days=1), feedback_every_wd=0, text="第二件")
        monkeypatch.setattr("accounts.clock.today", lambda: TODAY + timedelta(days=8))
        for query, wanted in (
            ("", {first, second}), ("&state=overdue", {first, second}), ("&state=late", {second}),
            ("&state=closed", set()), ("&q=第二", {second}), ("&q=督〔2026〕1号", {first}), ("&q=没有", set()),
        ):  # fmt: skip
            assert self.shown(client, people.staff, f"?whose=all{query}") == wanted, query
        stats = page(client, people.staff).context["stats"]
        assert [stat["number"] for stat in stats] == [2, 2, 1, 0, 0]
        actions.report(first, text="已办", by=people.worker, version=1, at=AT, on=TODAY + timedelta(days=8))
        assert self.shown(client, people.staff, "?whose=all&state=overdue") == {second}

    def test_queries_do_not_grow(self, client, people):
        def cost(url):
            from django.db import connection

            page(client, people.staff, url)
            with CaptureQueriesContext(connection) as captured:
                page(client, people.staff, url)
            return len(captured)

        row = issue(people)
        actions.report(row, text="一", by=people.worker, version=1, **EDGE)
        before = [cost(url) for url in (LIST, f"{LIST}{row.pk}/")]
        for turn in range(4):
            issue(people, project=factories.project(people.park))
            actions.report(row, text="再", by=people.worker, version=2 + turn, **EDGE)
        assert [cost(url) for url in (LIST, f"{LIST}{row.pk}/")] == before


class TestApi:
    def call(self, client, user, method, url, data=None, version=None):
        client.force_login(user)
        headers = {"If-Match": f'"{version}"'} if version else {}
        options = {"content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(f"/api/v1/instructions/{url}", data, headers=headers, **options)

    def test_list_and_detail(self, client, people):
        row = issue(people)
        found = self.call(client, people.worker, "get", "").json()["results"]
        assert [(one["number"], one["state"], one["last_report_on"]) for one in found] == [
            (row.number, "assigned", None)
        ]
        assert self.call(client, people.stranger, "get", "").json()["results"] == []
        assert self.call(client, people.stranger, "get", f"{row.pk}/").status_code == 404

    def test_feedback(self, client, people):
        row = issue(people)
        data = {"kind": "report", "text": "已对接"}
        done = self.call(client, people.worker, "post", f"{row.pk}/feedback/", data, version=1)
        assert (done.status_code, [link["text"] for link in done.json()["feedback"]]) == (200, ["已对接"])
        again = self.call(client, people.worker, "post", f"{row.pk}/feedback/", data, version=1)
        assert again.status_code == 412
        asked = {"kind": "continue"}
        assert self.call(client, people.leader, "post", f"{row.pk}/feedback/", asked, version=2).status_code == 409
        assert self.call(client, people.worker, "post", f"{row.pk}/feedback/", asked, version=2).status_code == 403
        assert self.call(client, people.leader, "post", f"{row.pk}/feedback/", data, version=2).status_code == 403


def test_closing_goes_through_the_ledger_alone(client, people):
    """The leader is satisfied, and still the item waits for somebody else's verification."""
    item = closing(people)
    assert item.state == "closing"
    row = issue(people)
    actions.report(row, text="已办", by=people.worker, version=1, **EDGE)
    post(client, people.leader, f"{LIST}{row.pk}/answer/", 302, version=2, kind="satisfied")
    row.item.refresh_from_db()
    assert row.item.state == "working"


def test_keys_of_parts_are_not_taken_for_keys_of_the_whole(people):
    company = factories.enterprise(people.park)
    project = factories.project(people.park, enterprise=company)
    about = {"enterprise": company, "visited_on": TODAY, "at": AT, "today": TODAY}
    visit = visits.record(project=project, by=people.staff, **about)
    ours = {f"/visits/{visit.pk}/", f"/visits/{visit.pk}/edit/"}
    assert {page_of(url, people.leader).project for url in ours} == {project}
    row = assigned(people, project=project)
    parts = [
        f"/visits/plan/{visit.pk}/change/", f"/visits/plan/{visit.pk}/drop/", f"/visits/grids/{visit.pk}/",
        f"/ledger/comments/{row.pk}/back/",
    ]  # fmt: skip
    assert [page_of(url, people.leader) for url in parts] == [NOWHERE] * len(parts)
