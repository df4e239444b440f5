"""Actions on projects: exact results, history, and for every guard its negative twin."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict
from projects import actions, seams
from projects.actions import NewProject
from projects.errors import InvalidFields
from projects.models import Enterprise, Milestone, Project, ProjectChange, StageEntry, TeamMember
from projects.text import find_problem, initials, search_text, tidy
from tests import factories
from tests.projects.cases import AT, LATER, TODAY, unchanged, weaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_listens")]


class TestText:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [("新能源电池项目", "xnydcxm"), ("宏图3D打印", "ht3ddy"), ("重庆路厂房", "cqlcf"), ("Ａ１ 工厂", "a1gc")],
    )
    def test_initials(self, name, expected):
        assert initials(name) == expected

    def test_search_text_holds_name_enterprise_code_and_initials(self):
        text = search_text("新能源（一期）", "宏图公司", "2504-AB")
        assert text == "新能源(一期) 宏图公司 2504-ab xny(yq) htgs"

    @pytest.mark.parametrize("text", ["a\0b", "a\x07", "a\x9fb", "\ud800"])
    def test_control_characters_and_surrogates_are_found(self, text):
        assert find_problem(text, limit=10).kind == "control"

    @pytest.mark.parametrize("text", ["两行\n文字\t", "🏭 工厂", "👩‍🔧", ""])
    def test_emoji_and_line_ends_are_fine(self, text):
        assert find_problem(text, limit=10) is None

    def test_length(self):
        problem = find_problem("长" * 11, limit=10)
        assert (problem.kind, problem.length, problem.limit) == ("length", 11, 10)

    def test_tidy(self):
        assert tidy(" a\r\nb\t") == "a b" and tidy(" a\r\nb ", lines=True) == "a\nb"


class TestCreate:
    def test_writes_project_entry_and_history(self, park, staff):
        calls = []
        seams.on_created.append(lambda projects, *, by, at: calls.append((projects, by, at)))
        fields = {"name": "新能源（一期）", "enterprise_name": "宏图公司", "total_investment_10k": D("52000.50")}
        made = actions.create(park, fields, by=staff, at=AT)
        made.refresh_from_db()
        assert (made.name_key, made.enterprise.name, made.version) == ("新能源(一期)", "宏图公司", 1)
        assert (made.created_by, made.updated_at, made.total_investment_10k) == (staff, AT, D("52000.5"))
        assert list(made.stage_entries.values_list("stage", "entered_on", "from_stage")) == [("L01", TODAY, "")]
        assert [(row.verb, row.by, row.at, row.changes) for row in made.history.all()] == [
            (
                "created", staff, AT,
                [
                    {"field": "name", "old": None, "new": "新能源（一期）"},
                    {"field": "enterprise", "old": None, "new": "宏图公司"},
                    {"field": "total_investment_10k", "old": None, "new": "52000.5"},
                ],
            )
        ]  # fmt: skip
        assert calls == [([made], staff, AT)]

    def test_needs_the_verb(self, park):
        with pytest.raises(PermissionDenied):
            actions.create(park, {"name": "甲"}, by=factories.user(park, "unit"), at=AT)
        assert not Project.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"name": ""}, "name"),
            ({"name": "a\0b"}, "name"),
            ({"name": "长" * 40_000}, "name"),
            ({"name": "\u200b\u200b"}, "name"),
            ({"name": "\ufdfa" * 100}, "name"),
            ({"name": "甲", "total_investment_10k": D("-1")}, "total_investment_10k"),
            ({"name": "甲", "total_investment_10k": D("1e30")}, "total_investment_10k"),
            ({"name": "甲", "nature": "neu"}, "nature"),
            ({"name": "甲", "period_start_on": date(2026, 2, 1), "period_end_on": date(2026, 1, 1)}, "period_end_on"),
            ({"name": "甲", "content": "长" * 5001}, "content"),
            ({"name": "甲", "period_start_on": date(206, 1, 1)}, "period_start_on"),
        ],
    )
    def test_bad_values_are_named_and_nothing_is_written(self, park, staff, fields, error):
        with pytest.raises(InvalidFields) as caught:
            actions.create(park, fields, by=staff, at=AT)
        assert list(caught.value.errors) == [error]
        assert not Project.objects.exists() and not ProjectChange.objects.exists()

    def test_emoji_name_is_a_name(self, park, staff):
        assert actions.create(park, {"name": "🏭🔋"}, by=staff, at=AT).name_key == "🏭🔋"

    @pytest.mark.parametrize("name", ["新能源(一期)", " 新能源（一 期）", "新能源【一期】"])
    def test_same_name_is_refused(self, park, staff, name):
        actions.create(park, {"name": "新能源（一期）", "code": "A"}, by=staff, at=AT)
        with pytest.raises(InvalidFields) as caught:
            actions.create(park, {"name": name}, by=staff, at=AT)
        assert list(caught.value.errors) == ["name"] and Project.objects.count() == 1

    def test_same_code_is_refused_but_another_park_may_have_both(self, park, staff):
        actions.create(park, {"name": "甲", "code": "A"}, by=staff, at=AT)
        with pytest.raises(InvalidFields) as caught:
            actions.create(park, {"name": "乙", "code": "A"}, by=staff, at=AT)
        assert list(caught.value.errors) == ["code"]
        other = factories.park()
        actions.create(other, {"name": "甲", "code": "A"}, by=factories.user(other), at=AT)
        assert Project.objects.count() == 2

    def test_unit_of_another_park_is_refused(self, park, staff):
        foreign = factories.organization(factories.park())
        with pytest.raises(InvalidFields) as caught:
            actions.create(park, {"name": "甲", "responsible_unit": foreign}, by=staff, at=AT)
        assert list(caught.value.errors) == ["responsible_unit"]

    def test_many_with_all_parts_in_a_fixed_number_of_queries(self, park, staff, django_assert_max_num_queries):
        dated = []
        seams.on_milestones.append(lambda ids, *, by, at: dated.append(list(ids)))
        rows = [
            NewProject(
                {"name": f"项目{n}", "enterprise_name": f"企业{n % 3}", "stage": "L08"},
                milestones={"L08": {"actual_on": date(2026, 1, n % 28 + 1)}} if n % 2 else {"L10": {"is_done": False}},
                plans={2026: D(100)},
                investments={(2026, 1): (None, D(n)), (2026, 2): (D(1), D(n + 1))},
                team={"leader": {"person_name": "李"}},
            )
            for n in range(60)
        ]
        with django_assert_max_num_queries(40):
            made = actions.create_many(rows, park=park, by=staff, at=AT, verb=ProjectChange.Verb.IMPORTED)
        assert [p.name for p in made] == [f"项目{n}" for n in range(60)]
        assert Enterprise.objects.count() == 3 and Milestone.objects.count() == 60
        assert StageEntry.objects.filter(stage="L08").count() == TeamMember.objects.count() == 60
        last = Project.objects.get(name="项目59")
        assert list(last.investments.values_list("month", "month_10k", "ytd_10k")) == [
            (1, None, D(59)),
            (2, D(1), D(60)),
        ]
        assert last.history.get().verb == "imported" and last.annual_plans.get().planned_10k == 100
        assert dated == [[p.pk for p in made[1::2]]]

    def test_many_name_every_bad_row_and_write_none(self, park, staff):
        rows = [NewProject({"name": "甲"}), NewProject({"name": "甲"}), NewProject({"name": "乙"})]
        with pytest.raises(InvalidFields) as caught:
            actions.create_many(rows, park=park, by=staff, at=AT)
        assert list(caught.value.errors) == ["0.name", "1.name"] and not Project.objects.exists()


class TestEdit:
    def test_changes_only_what_differs(self, project, staff):
        told = []
        seams.on_edited.append(lambda row, *, by, at: told.append((row.pk, row.eia_class)))
        fields = {"name": project.name, "eia_class": "form", "total_investment_10k": D("50000"), "land_mu": D("12.5")}
        actions.edit(project, fields, by=staff, at=LATER)
        project.refresh_from_db()
        assert (project.version, project.updated_at, project.updated_by) == (2, LATER, staff)
        assert project.history.get().changes == [
            {"field": "eia_class", "old": None, "new": "form"},
            {"field": "land_mu", "old": None, "new": "12.5"},
        ]
        assert told == [(project.pk, "form")]

    def test_without_a_difference_nothing_is_written(self, project, staff):
        actions.edit(project, {"name": project.name, "remark": ""}, by=staff, at=LATER)
        assert unchanged(project)

    def test_new_name_moves_key_and_search_text(self, project, staff):
        actions.edit(project, {"name": "光学（二期）", "enterprise_name": "明月公司"}, by=staff, at=LATER)
        project.refresh_from_db()
        assert (project.name_key, project.search_text) == ("光学(二期)", "光学(二期) 明月公司 gx(eq) mygs")

    def test_name_of_another_project_is_refused(self, project, staff, park):
        factories.project(park, name="甲")
        with pytest.raises(InvalidFields):
            actions.edit(project, {"name": " 甲 "}, by=staff, at=LATER)
        assert unchanged(project)

    def test_old_version_conflicts_and_changes_nothing(self, project, staff):
        Project.objects.filter(pk=project.pk).update(version=7, remark="先")
        with pytest.raises(Conflict):
            actions.edit(project, {"remark": "后"}, by=staff, at=LATER, version=6)
        with pytest.raises(Conflict):
            actions.edit(project, {"remark": "后"}, by=staff, at=LATER)
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.remark, fresh.version, fresh.history.count()) == ("先", 7, 0)

    def test_needs_the_verb(self, project, park):
        with pytest.raises(PermissionDenied):
            actions.edit(project, {"remark": "x"}, by=factories.user(park, "leader"), at=LATER)
        assert unchanged(project)

    @pytest.mark.parametrize("field", ["stage", "status", "light", "enrolled", "version", "park"])
    def test_columns_with_rules_of_their_own_cannot_be_edited(self, project, staff, field):
        with pytest.raises(TypeError):
            actions.edit(project, {field: "x"}, by=staff, at=LATER)

    def test_import_needs_its_own_verb(self, project, staff):
        actions.edit(project, {"remark": "x"}, by=staff, at=LATER, verb=ProjectChange.Verb.IMPORTED)
        assert project.history.get().verb == "imported"
        person = weaker(staff, "import_ledger")
        with pytest.raises(PermissionDenied):
            actions.edit(project, {"remark": "y"}, by=person, at=LATER, verb=ProjectChange.Verb.IMPORTED)

    def test_the_responsible_unit_reports_progress_and_another_unit_does_not(self, project, park):
        unit = factories.user(park, "unit")
        project.responsible_unit = unit.organization
        project.save()
        actions.report_progress(project, {"issue": "缺电"}, by=unit, at=LATER)
        assert Project.objects.get(pk=project.pk).issue == "缺电"
        with pytest.raises(PermissionDenied):
            actions.report_progress(project, {"issue": "无"}, by=factories.user(park, "unit"), at=LATER)
        with pytest.raises(TypeError):
            actions.report_progress(project, {"name": "x"}, by=unit, at=LATER)


class TestTeam:
    def test_set_change_and_leave_vacant(self, project, staff):
        member = actions.set_team(project, "leader", {"person_name": "李", "phone": "1"}, by=staff, at=AT)
        assert (member.person_name, project.version) == ("李", 2)
        actions.set_team(project, "leader", {"person_name": "王"}, by=staff, at=AT)
        assert TeamMember.objects.get().phone == "1"
        assert actions.set_team(project, "leader", {"person_name": "", "phone": ""}, by=staff, at=AT) is None
        assert not TeamMember.objects.exists()
        assert [row.changes[0]["new"] for row in project.history.order_by("pk")] == ["李", "王", None]

    def test_account_of_another_park_is_refused(self, project, staff):
        foreign = factories.user(factories.park())
        with pytest.raises(InvalidFields):
            actions.set_team(project, "leader", {"user": foreign}, by=staff, at=AT)
        assert unchanged(project) and not TeamMember.objects.exists()

    def test_needs_the_verb_and_the_version(self, project, park, staff):
        with pytest.raises(PermissionDenied):
            actions.set_team(project, "leader", {"person_name": "李"}, by=factories.user(park, "unit"), at=AT)
        with pytest.raises(Conflict):
            actions.set_team(project, "leader", {"person_name": "李"}, by=staff, at=AT, version=9)
        assert unchanged(project)


class TestLights:
    def test_ids_and_querysets(self, park):
        rows = [factories.project(park) for _n in range(4)]
        foreign = factories.project(factories.park())
        red = Project.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).values("pk")
        lights = {"red": red, "yellow": [rows[2].pk, foreign.pk], "green": [rows[3].pk]}
        assert actions.record_lights(park.pk, lights) == 3
        found = [Project.objects.get(pk=row.pk).light for row in (*rows, foreign)]
        assert found == ["red", "red", "yellow", "green", "green"]
        assert actions.record_lights(park.pk, lights) == 0
        assert Project.objects.get(pk=rows[0].pk).version == 1

    def test_thousands_of_ids(self, park, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            actions.record_lights(park.pk, {"blue": range(1, 5001)})

    def test_unknown_light(self, park):
        with pytest.raises(ValueError, match="pink"):
            actions.record_lights(park.pk, {"pink": []})
