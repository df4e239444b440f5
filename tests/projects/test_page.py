"""The project page and the pages that change a project."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from projects import actions, queries, seams
from projects.actions import NewProject
from projects.models import Milestone, MonthlyInvestment, Project, ProjectChange, StageEntry, TeamMember
from projects.seams import Missing, Panel
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
BACKEND = "accounts.backends.OrganizationBackend"
CHANGES = [
    "projects:edit", "projects:quick", "projects:stage", "projects:enrol", "projects:investment", "projects:plan",
]  # fmt: skip


@pytest.fixture(autouse=True)
def a_day_in_march(monkeypatch):
    monkeypatch.setattr("accounts.clock.today", lambda: TODAY)
    monkeypatch.setattr("accounts.clock.now", lambda: factories.AT)
    for name in ("gate_checks", "on_created", "on_milestones", "on_edited", "on_status", "row_facts", "panels"):
        monkeypatch.setattr(seams, name, [])


@pytest.fixture
def park():
    return factories.park()


@pytest.fixture
def staff(park, client):
    person = factories.user(park)
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def project(park):
    return factories.project(park, name="甲项目", stage="L07", stage_entered_on=date(2026, 1, 10))


def url(name, project, *more):
    return reverse(f"projects:{name}", args=[project.pk, *more])


def sign_in(client, person):
    client.force_login(person, backend=BACKEND)
    return person


def addresses(project):
    yield from (reverse(name, args=[project.pk]) for name in CHANGES)
    yield url("milestone", project, "L07")
    yield url("team", project, "leader")
    yield from (url("status", project, change) for change in ("suspend", "resume", "terminate"))


def edit_data(client, project, **changed):
    """What the browser would send from the edit page as it stands now."""
    form = client.get(url("edit", project)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in data.items()} | changed


class TestPage:
    @pytest.mark.parametrize("tab", ["", "overview", "plan", "investment", "history", "nonsense"])
    def test_every_tab_opens(self, client, staff, project, tab):
        assert client.get(url("detail", project), {"tab": tab}).status_code == 200

    def test_overview_shows_what_is_not_known_yet(self, client, staff, project):
        answers = {a["name"]: a["text"] for a in client.get(url("detail", project)).context["answers"]}
        assert len(answers) == 12 and set(answers.values()) == {None}
        actions.edit(project, {"eia_class": "form", "hazardous_chemical": False}, by=staff, at=factories.AT)
        answers = {a["name"]: a["text"] for a in client.get(url("detail", project)).context["answers"]}
        assert answers["eia_class"] is not None and answers["hazardous_chemical"] not in (None, "False")

    def test_panels_of_other_apps_are_tabs(self, client, staff, project):
        given = []
        panel = Panel(
            "extra", "更多", "components/empty.html", lambda *args: given.append(args) or {"title": "来自别处"}
        )
        seams.panels.append(panel)
        text = client.get(url("detail", project), {"tab": "extra"}).content.decode()
        assert "来自别处" in text and given == [(project, staff, TODAY)]
        assert "?tab=extra" in client.get(url("detail", project)).content.decode()

    def test_stage_line(self, park, staff):
        row = NewProject(
            {"name": "乙", "stage": "L05", "stage_entered_on": date(2026, 1, 1)},
            milestones={"L03": {"actual_on": date(2025, 6, 1)}},
        )
        project = actions.create_many([row], park=park, by=staff, at=factories.AT)[0]
        actions.enter_stage(project, "L08", on=date(2026, 2, 1), evidence="x", by=staff, at=factories.AT, today=TODAY)
        stops = queries.stage_line(project, project.milestones.all())
        assert [s["state"] for s in stops] == ["done"] * 5 + ["skipped"] * 2 + ["current"] + ["future"] * 7
        assert {s["code"]: s["on"] for s in stops if s["on"]} == {
            "L03": date(2025, 6, 1), "L05": date(2026, 1, 1), "L08": date(2026, 2, 1),
        }  # fmt: skip

    def test_milestones_days_late(self, client, staff, project):
        Milestone.objects.create(project=project, stage="L06", baseline_on=date(2026, 1, 1), actual_on=date(2026, 1, 5))
        Milestone.objects.create(project=project, stage="L07", baseline_on=date(2026, 1, 1), is_done=True)
        Milestone.objects.create(project=project, stage="L08", baseline_on=date(2026, 2, 20))
        Milestone.objects.create(project=project, stage="L09", baseline_on=date(2026, 5, 1))
        rows = client.get(url("detail", project), {"tab": "plan"}).context["milestone_rows"]
        late = {row["stage"]: row["late"] for row in rows}
        assert len(rows) == 13
        assert {k: v for k, v in late.items() if v is not None} == {"L06": 4, "L08": 10, "L09": 0}

    def test_investment_table_and_picture(self, client, staff, project):
        actions.set_annual_plan(project, 2026, D(1200), by=staff, at=factories.AT)
        MonthlyInvestment.objects.create(project=project, year=2026, month=1, ytd_10k=D(100))
        MonthlyInvestment.objects.create(project=project, year=2026, month=2, ytd_10k=D(350))
        year = queries.investment_years(project, TODAY)[0]
        assert (year.year, year.plan_10k, year.ytd_10k, round(year.rate, 4)) == (2026, 1200, 350, D("29.1667"))
        assert [(m["amount"], m["ytd"], m["calendar"]) for m in year.months[:3]] == [
            (100, 100, 100), (250, 350, 200), (None, None, 300),
        ]  # fmt: skip
        assert len(queries.bars(year)["bars"]) == 12
        text = client.get(url("detail", project), {"tab": "investment"}).content.decode()
        assert "<svg" in text and "350" in text

    def test_history_names_fields_in_words(self, client, staff, project):
        actions.edit(project, {"nature": "new", "land_mu": D(12)}, by=staff, at=factories.AT)
        actions.set_team(project, "leader", {"person_name": "李"}, by=staff, at=factories.AT)
        actions.report_investment(project, 2026, 1, ytd_10k=D(5), by=staff, at=factories.AT, today=TODAY)
        actions.set_annual_plan(project, 2026, D(9), by=staff, at=factories.AT)
        actions.set_milestone(project, "L07", {"actual_on": TODAY}, by=staff, at=factories.AT, today=TODAY)
        rows = client.get(url("detail", project), {"tab": "history"}).context["history"]
        assert len(rows) == 5 and all(row["note"] and row["who"] == str(staff) for row in rows)

    def test_queries_do_not_grow(self, client, staff, project):
        numbers = []
        for months in (range(1, 2), range(2, 4), range(4, 13)):
            for month in months:
                MonthlyInvestment.objects.create(project=project, year=2025, month=month, ytd_10k=month)
                ProjectChange.objects.create(project=project, verb="edited", by=staff, at=factories.AT)
                StageEntry.objects.create(project=project, stage="L07", entered_on=TODAY, by=staff, at=factories.AT)
            counted = []
            for tab in ("overview", "plan", "investment", "history"):
                with CaptureQueriesContext(connection) as found:
                    client.get(url("detail", project), {"tab": tab})
                counted.append(len(found))
            numbers.append(counted)
        assert numbers[0] == numbers[1] == numbers[2] and max(numbers[0]) <= 20, numbers


class TestDoors:
    def test_another_park_is_404_everywhere(self, client, staff):
        foreign = factories.project(factories.park())
        for address in [url("detail", foreign), *addresses(foreign)]:
            assert client.get(address).status_code == 404, address
            assert client.post(address, {"version": 1}).status_code in (404, 405), address

    def test_without_the_verb_403(self, client, project, park):
        sign_in(client, factories.user(park, "leader"))
        assert client.get(url("detail", project)).status_code == 200
        for address in [*addresses(project), reverse("projects:create"), reverse("projects:similar")]:
            assert client.get(address).status_code == 403, address
        assert client.post(url("edit", project), {"version": 1}).status_code == 403

    def test_the_page_offers_only_what_is_allowed(self, client, project, park):
        sign_in(client, factories.user(park, "leader"))
        text = client.get(url("detail", project)).content.decode()
        assert not [address for address in addresses(project) if address in text]

    def test_units_report_but_do_not_edit(self, client, project, park):
        unit = sign_in(client, factories.user(park, "unit"))
        assert client.get(url("detail", project)).status_code == 404
        Project.objects.filter(pk=project.pk).update(responsible_unit=unit.organization)
        assert client.get(url("quick", project)).status_code == 200
        assert client.get(url("edit", project)).status_code == 403

    def test_an_enterprise_is_sent_to_its_own_page_and_sees_no_other(self, client, park):
        person = sign_in(client, factories.user(park, "enterprise"))
        own = factories.project(park, enterprise=factories.enterprise(park, organization=person.organization))
        foreign = factories.project(park)
        answer = client.get(url("detail", own))
        assert answer.status_code in (302, 404) and "/projects/" not in answer.get("Location", "")
        assert client.get(url("detail", foreign)).status_code == 404
        assert client.get(url("edit", own)).status_code == 403
        assert client.get(url("edit", foreign)).status_code == 404

    @pytest.mark.parametrize("path", ["/projects/0/", "/projects/99999999999999999999999/", "/projects/x/"])
    def test_no_such_project(self, client, staff, path):
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("path", ["milestones/L01/", "milestones/L99/", "team/boss/", "explode/"])
    def test_no_such_part(self, client, staff, project, path):
        assert client.get(f"/projects/{project.pk}/{path}").status_code == 404


class TestEdit:
    def test_saves_and_returns_to_the_page(self, client, staff, project):
        response = client.post(
            url("edit", project), edit_data(client, project, name="乙项目", hazardous_chemical="true")
        )
        assert (response.status_code, response["Location"]) == (302, url("detail", project))
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.name, fresh.hazardous_chemical, fresh.version) == ("乙项目", True, 2)
        assert [c["field"] for c in fresh.history.get().changes] == ["name", "hazardous_chemical"]

    def test_saving_untouched_changes_nothing(self, client, staff, project):
        assert client.post(url("edit", project), edit_data(client, project)).status_code == 302
        assert Project.objects.get(pk=project.pk).version == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "长" * 40_000), ("name", ""), ("name", "a\x01b"), ("content", "长" * 6000), ("version", "x"),
            ("total_investment_10k", "许多"), ("total_investment_10k", "-1"), ("period_start_on", "明天"),
            ("nature", "neu"), ("responsible_unit", "9" * 25), ("enterprise_name", "长" * 300),
        ],
    )  # fmt: skip
    def test_bad_input_is_answered_and_changes_nothing(self, client, staff, project, field, value):
        response = client.post(url("edit", project), edit_data(client, project, **{field: value}))
        assert response.status_code == 422 and response.context["form"].errors
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.name, fresh.version, fresh.history.count()) == ("甲项目", 1, 0)

    def test_nul_is_refused(self, client, staff, project):
        assert client.post(url("edit", project), edit_data(client, project, name="a\0b")).status_code == 400
        assert Project.objects.get(pk=project.pk).name == "甲项目"

    def test_emoji_is_kept(self, client, staff, project):
        client.post(url("edit", project), edit_data(client, project, name="🏭 甲"))
        assert Project.objects.get(pk=project.pk).name == "🏭 甲"
        assert "🏭 甲" in client.get(url("detail", project)).content.decode()

    def test_markup_is_shown_not_run(self, client, staff, project):
        client.post(url("edit", project), edit_data(client, project, name="<script>1</script>"))
        for tab in ("overview", "history"):
            assert b"<script>1" not in client.get(url("detail", project), {"tab": tab}).content

    def test_unit_of_another_park_cannot_be_chosen(self, client, staff, project):
        foreign = factories.organization(factories.park())
        response = client.post(url("edit", project), edit_data(client, project, responsible_unit=foreign.pk))
        assert list(response.context["form"].errors) == ["responsible_unit"]

    def test_conflict_shows_theirs_and_mine_and_keeps_what_was_typed(self, client, staff, project, park):
        data = edit_data(client, project, industry="我的行业", location="我的地点")
        other = factories.user(park)
        theirs = {"industry": "他的行业", "remark": "他的备注"}
        actions.edit(Project.objects.get(pk=project.pk), theirs, by=other, at=factories.AT)
        response = client.post(url("edit", project), data)
        assert response.status_code == 409
        shown = [(d.theirs, d.mine, d.who) for d in response.context["conflict"]]
        assert shown == [("他的行业", "我的行业", other), ("他的备注", None, other)]
        form = response.context["form"]
        kept = {name: form[name].value() for name in ("industry", "location", "remark", "version")}
        assert kept == {"industry": "我的行业", "location": "我的地点", "remark": "他的备注", "version": 2}
        assert Project.objects.get(pk=project.pk).industry == "他的行业"
        again = {name: form[name].value() or "" for name in form.fields}
        assert client.post(url("edit", project), again).status_code == 302
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.industry, fresh.location, fresh.remark, fresh.version) == ("我的行业", "我的地点", "他的备注", 3)


class TestCreate:
    def post(self, client, **data):
        return client.post(reverse("projects:create"), {"version": 1} | data)

    def test_registers(self, client, staff, park):
        response = self.post(client, name="新项目", enterprise_name="新公司", total_investment_10k="120.5")
        made = Project.objects.get()
        assert response["Location"] == url("detail", made)
        assert (made.park, made.enterprise.name, made.total_investment_10k) == (park, "新公司", D("120.5"))

    def test_name_that_looks_alike_asks_first(self, client, staff, project):
        response = self.post(client, name="甲（项目）")
        assert response.status_code == 409 and list(response.context["similar"]) == [project]
        assert self.post(client, name="甲（项目）", different="on").status_code == 302

    def test_hint_while_typing(self, client, staff, project):
        foreign = factories.project(factories.park(), name="甲项目别园")
        text = client.get(reverse("projects:similar"), {"name": "甲工程"}).content.decode()
        assert "甲项目" in text and foreign.name not in text
        assert "甲项目" not in client.get(reverse("projects:similar"), {"name": ""}).content.decode()

    @pytest.mark.parametrize("name", ["", "长" * 40_000, "a\x01", "\u200b"])
    def test_bad_name_registers_nothing(self, client, staff, name):
        assert self.post(client, name=name).status_code == 422 and not Project.objects.exists()


class TestQuick:
    def post(self, client, project, **data):
        texts = {"physical_progress": "", "issue": "", "next_work": "", "ytd_10k": "", "version": 1}
        return client.post(url("quick", project), texts | data)

    def test_texts_and_money_in_one_go(self, client, staff, project):
        assert self.post(client, project, physical_progress="主体三层", ytd_10k="150").status_code == 302
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.physical_progress, fresh.version) == ("主体三层", 3)
        assert list(fresh.investments.values_list("year", "month", "ytd_10k")) == [(2026, 3, D(150))]

    def test_lower_figure_asks_and_saves_nothing_until_acknowledged(self, client, staff, project):
        MonthlyInvestment.objects.create(project=project, year=2026, month=2, ytd_10k=D(200))
        response = self.post(client, project, issue="缺电", ytd_10k="150")
        assert response.status_code == 409 and len(response.context["warnings"]) == 1
        assert 'type="checkbox"' in response.content.decode()
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.issue, fresh.version, fresh.investments.count()) == ("", 1, 1)
        assert self.post(client, project, issue="缺电", ytd_10k="150", acknowledged="on").status_code == 302
        assert Project.objects.get(pk=project.pk).issue == "缺电"

    def test_old_version_keeps_the_typed_text(self, client, staff, project):
        actions.edit(project, {"issue": "他的"}, by=staff, at=factories.AT)
        response = self.post(client, project, issue="我的")
        assert response.status_code == 409 and response.context["form"]["issue"].value() == "我的"
        assert Project.objects.get(pk=project.pk).issue == "他的"


class TestStage:
    def post(self, client, project, **data):
        return client.post(url("stage", project), {"version": 1, "stage": "L08", "on": "2026-03-02"} | data)

    def test_the_form_shows_beforehand_what_is_missing(self, client, staff, project):
        seams.gate_checks.append(lambda row, gate, on: [Missing("S17", "施工许可证未核发", "/s17/")])
        text = client.get(url("stage", project)).content.decode()
        assert '<a href="/s17/">施工许可证未核发</a>' in text
        assert "施工许可证未核发" not in client.get(url("stage", project), {"stage": "L09"}).content.decode()

    def test_closed_gate_lists_everything_and_keeps_the_typed_text(self, client, staff, project):
        seams.gate_checks.append(lambda row, gate, on: [Missing("S17", "施工许可证未核发", "/s17/")])
        response = self.post(client, project, on="2026-03-03")
        assert response.status_code == 409
        assert [m.code for m in response.context["gate"].missing] == ["date_future", "evidence", "S17"]
        assert Project.objects.get(pk=project.pk).stage == "L07"
        assert self.post(client, project, evidence="x", override_reason="会议同意").status_code == 302
        assert StageEntry.objects.get().override_reason == "会议同意"
        assert "会议同意" in client.get(url("detail", project), {"tab": "history"}).content.decode()

    def test_override_is_offered_and_taken_only_with_its_verb(self, client, staff, project):
        role = Role.objects.create(code="w", name_zh="弱", scope="park", verbs=["advance_stage"])
        staff.role = role
        staff.save()
        seams.gate_checks.append(lambda row, gate, on: [Missing("S17", "施工许可证未核发")])
        assert self.post(client, project, evidence="x").status_code == 409
        assert self.post(client, project, evidence="x", override_reason="因为").status_code == 403
        assert Project.objects.get(pk=project.pk).stage == "L07"

    def test_enters(self, client, staff, project):
        assert self.post(client, project, evidence="开工令").status_code == 302
        assert Project.objects.get(pk=project.pk).stage == "L08"

    def test_going_back_without_a_reason(self, client, staff, project):
        response = self.post(client, project, stage="L05")
        assert response.status_code == 422 and Project.objects.get(pk=project.pk).stage == "L07"
        assert self.post(client, project, stage="L05", override_reason="登记有误").status_code == 302


class TestOthers:
    @pytest.mark.parametrize(("change", "status"), [("suspend", "suspended"), ("terminate", "terminated")])
    def test_status_with_confirmation_and_reason(self, client, staff, project, change, status):
        address = url("status", project, change)
        assert 'class="confirm' in client.get(address).content.decode()
        assert client.post(address, {"version": 1, "on": "2026-03-01", "reason": ""}).status_code == 422
        assert client.post(address, {"version": 1, "on": "2026-03-09", "reason": "x"}).status_code == 409
        assert client.post(address, {"version": 7, "on": "2026-03-01", "reason": "x"}).status_code == 409
        assert Project.objects.get(pk=project.pk).status == "active"
        assert client.post(address, {"version": 1, "on": "2026-03-01", "reason": "资金"}).status_code == 302
        assert Project.objects.get(pk=project.pk).status == status
        text = client.get(url("detail", project)).content.decode()
        assert "资金" in text and url("status", project, "resume") in text

    def test_milestone(self, client, staff, project):
        address = url("milestone", project, "L08")
        data = {"version": 1, "baseline_on": "2026-05-01", "forecast_on": "", "actual_on": "", "evidence": ""}
        assert client.post(address, data)["Location"] == f"{url('detail', project)}?tab=plan"
        row = project.milestones.get()
        assert (row.baseline_on, row.forecast_on) == (date(2026, 5, 1), None)
        moved = data | {"version": 2, "baseline_on": "2026-06-01"}
        assert client.post(address, moved).status_code == 422
        assert client.post(address, moved | {"reason": "调整"}).status_code == 302

    def test_investment_plan_team_and_enrolment(self, client, staff, project):
        data = {"version": 1, "year": 2026, "month": 2, "month_10k": "5", "ytd_10k": ""}
        assert client.post(url("investment", project), data).status_code == 302
        assert client.post(url("investment", project), data | {"version": 2, "month": 4}).status_code == 422
        assert client.post(url("plan", project), {"version": 2, "year": 2026, "planned_10k": "80"}).status_code == 302
        assert client.post(url("team", project, "leader"), {"version": 3, "person_name": "李"}).status_code == 302
        assert TeamMember.objects.get().person_name == "李"
        assert client.post(url("enrol", project), {"version": 4, "on": "2026-03-01"}).status_code == 409
        enrol = {"version": 4, "on": "2026-03-01", "override_reason": "设备到位"}
        assert client.post(url("enrol", project), enrol).status_code == 302
        assert Project.objects.get(pk=project.pk).enrolled is True
