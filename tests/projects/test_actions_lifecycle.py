"""Stages, status, milestones, money: exact results, history, and for every guard its negative twin."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from projects import actions, seams
from projects.errors import GateClosed, InvalidFields, NeedsAcknowledgement
from projects.models import Milestone, Project, StageEntry, StatusChange, TeamMember
from projects.seams import Missing
from projects.stages import Stage
from tests import factories
from tests.projects.cases import AT, TODAY, unchanged, weaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_listens")]


def enter(project, by, stage=Stage.STARTED, on=TODAY, evidence="开工令", **more):
    return actions.enter_stage(project, stage, on=on, evidence=evidence, by=by, at=AT, today=TODAY, **more)


class TestEnterStage:
    def closed(self, project, gate, on):
        return [Missing("S02", "环评未完成", "/s02/"), Missing("S17", "施工许可证未核发", "/s17/")]

    def test_open_gate(self, project, staff):
        dated = []
        seams.on_milestones.append(lambda ids, **_by_at: dated.extend(ids))
        entry = enter(project, staff)
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.stage, fresh.stage_entered_on, fresh.version) == ("L08", TODAY, 2)
        assert (entry.from_stage, entry.stage, entry.evidence, entry.missing) == ("L07", "L08", "开工令", [])
        assert fresh.milestones.get(stage="L08").actual_on == TODAY
        history = fresh.history.get()
        assert history.verb == "stage" and history.changes == [
            {"field": "stage", "old": "L07", "new": "L08"},
            {"field": "stage_entered_on", "old": "2026-01-10", "new": "2026-03-02"},
            {"field": "milestone.L08.actual_on", "old": None, "new": "2026-03-02"},
        ]
        assert dated == [project.pk]

    def test_closed_gate_lists_everything_and_changes_nothing(self, project, staff):
        seams.gate_checks.append(self.closed)
        with pytest.raises(GateClosed) as caught:
            enter(project, staff, evidence=" ", on=date(2026, 3, 3))
        assert [item.code for item in caught.value.missing] == ["date_future", "evidence", "S02", "S17"]
        assert [item.url for item in caught.value.missing] == ["", "", "/s02/", "/s17/"]
        assert unchanged(project) and not StageEntry.objects.exists() and not Milestone.objects.exists()

    def test_only_the_gate_of_this_stage_is_asked(self, project, staff):
        asked = []
        seams.gate_checks.append(lambda row, gate, on: asked.append((gate, on)) or [])
        enter(project, staff)
        enter(project, staff, stage=Stage.TOPPED_OUT)
        assert asked == [("CONSTRUCTION_START", TODAY)]

    def test_override_keeps_reason_and_what_was_missing(self, project, staff):
        seams.gate_checks.append(self.closed)
        entry = enter(project, staff, override_reason="专题会议同意先行开工")
        assert entry.override_reason == "专题会议同意先行开工"
        assert entry.missing == [{"code": "S02", "text": "环评未完成"}, {"code": "S17", "text": "施工许可证未核发"}]
        assert project.history.get().note == "专题会议同意先行开工"

    def test_override_needs_its_verb(self, project, staff):
        seams.gate_checks.append(self.closed)
        with pytest.raises(PermissionDenied):
            enter(project, weaker(staff, "override_gate"), override_reason="因为")
        assert unchanged(project) and not StageEntry.objects.exists()

    def test_a_wrong_date_cannot_be_overridden(self, project, staff):
        for on, code in ((date(2026, 3, 3), "date_future"), (date(2026, 1, 9), "date_before")):
            with pytest.raises(GateClosed) as caught:
                enter(project, staff, on=on, override_reason="因为")
            assert [item.code for item in caught.value.missing] == [code]
        assert unchanged(project)

    def test_a_reason_for_an_open_gate_is_not_an_override(self, project, staff):
        assert enter(project, weaker(staff, "override_gate"), override_reason="多余").override_reason == ""

    def test_needs_the_verb(self, project, park):
        with pytest.raises(PermissionDenied):
            enter(project, factories.user(park, "unit"))
        assert unchanged(project)

    def test_wrong_version_conflicts(self, project, staff):
        with pytest.raises(Conflict):
            enter(project, staff, version=2)
        assert unchanged(project)

    def test_going_back_needs_a_reason_and_takes_back_later_dates(self, project, staff):
        Milestone.objects.create(project=project, stage="L06", actual_on=date(2025, 12, 1))
        Milestone.objects.create(project=project, stage="L07", actual_on=date(2026, 1, 10))
        Milestone.objects.create(project=project, stage="L05", actual_on=date(2025, 11, 1))
        with pytest.raises(InvalidFields) as caught:
            enter(project, staff, stage=Stage.FILED)
        assert list(caught.value.errors) == ["reason"] and unchanged(project)
        enter(project, staff, stage=Stage.FILED, override_reason="登记有误", evidence="")
        dates = dict(project.milestones.values_list("stage", "actual_on"))
        assert dates == {"L05": date(2025, 11, 1), "L06": None, "L07": None}
        assert Project.objects.get(pk=project.pk).stage == "L05" and project.history.get().note == "登记有误"

    def test_a_known_actual_date_does_not_move_silently(self, project, staff):
        Milestone.objects.create(project=project, stage="L08", actual_on=date(2026, 2, 1))
        with pytest.raises(GateClosed) as caught:
            enter(project, staff, override_reason="因为")
        assert [item.code for item in caught.value.missing] == ["actual_differs"]
        enter(project, staff, on=date(2026, 2, 1))
        assert project.milestones.get().actual_on == date(2026, 2, 1)

    @pytest.mark.parametrize("status", ["suspended", "terminated"])
    def test_only_active_projects_move(self, project, staff, status):
        project.status = status
        project.save()
        with pytest.raises(Refused):
            enter(project, staff)
        assert unchanged(project)

    def test_same_stage_is_refused(self, project, staff):
        with pytest.raises(Refused):
            enter(project, staff, stage=Stage.PERMITTING)
        assert unchanged(project)


class TestStatus:
    def test_suspend_resume_terminate(self, project, staff):
        for number, (act, status) in enumerate(
            [(actions.suspend, "suspended"), (actions.resume, "active"), (actions.terminate, "terminated")]
        ):
            on = date(2026, 2, 1 + number)
            row = act(project, on=on, reason=f"原因{number}", by=staff, at=AT, today=TODAY)
            fresh = Project.objects.get(pk=project.pk)
            assert (fresh.status, fresh.status_since_on, fresh.version) == (status, on, 2 + number)
            assert (row.status, row.reason) == (status, f"原因{number}")
        assert [row.from_status for row in StatusChange.objects.order_by("pk")] == ["active", "suspended", "active"]
        assert [row.note for row in project.history.order_by("pk")] == ["原因0", "原因1", "原因2"]
        assert project.light == "grey"

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"reason": "  "}, InvalidFields),
            ({"reason": "a\0"}, InvalidFields),
            ({"on": date(2026, 3, 3)}, GateClosed),
            ({"version": 5}, Conflict),
        ],
    )
    def test_refusals_change_nothing(self, project, staff, options, error):
        with pytest.raises(error):
            actions.suspend(project, **({"on": TODAY, "reason": "x", "by": staff, "at": AT, "today": TODAY} | options))
        assert unchanged(project) and not StatusChange.objects.exists()

    def test_needs_the_verb(self, project, park):
        with pytest.raises(PermissionDenied):
            actions.suspend(project, on=TODAY, reason="x", by=factories.user(park, "unit"), at=AT, today=TODAY)

    def test_an_active_project_cannot_be_resumed(self, project, staff):
        with pytest.raises(Refused):
            actions.resume(project, on=TODAY, reason="x", by=staff, at=AT, today=TODAY)
        assert unchanged(project)


class TestEnrol:
    def test_enrols_and_takes_back(self, project, staff):
        project.stage = Stage.STARTED
        project.save()
        actions.enrol(project, on=TODAY, by=staff, at=AT, today=TODAY)
        fresh = Project.objects.get(pk=project.pk)
        assert (fresh.enrolled, fresh.enrolled_on) == (True, TODAY)
        with pytest.raises(InvalidFields):
            actions.cancel_enrolment(project, reason="", by=staff, at=AT)
        actions.cancel_enrolment(project, reason="登记有误", by=staff, at=AT)
        fresh.refresh_from_db()
        assert (fresh.enrolled, fresh.enrolled_on, fresh.version) == (False, None, 3)

    def test_gate_lists_everything(self, project, staff):
        seams.gate_checks.append(lambda row, gate, on: [Missing(gate, "备案未完成")])
        project.total_investment_10k = D("499.9")
        project.save()
        with pytest.raises(GateClosed) as caught:
            actions.enrol(project, on=date(2026, 3, 3), by=staff, at=AT, today=TODAY)
        codes = ["date_future", "STATISTICS_ENROLLED", "not_started", "below_threshold"]
        assert [item.code for item in caught.value.missing] == codes and unchanged(project)

    def test_override_needs_its_verb(self, project, staff):
        actions.enrol(project, on=TODAY, by=staff, at=AT, today=TODAY, override_reason="设备已到位")
        assert project.history.get().note == "设备已到位"
        other = factories.project(project.park)
        with pytest.raises(PermissionDenied):
            actions.enrol(
                other, on=TODAY, by=weaker(staff, "override_gate"), at=AT, today=TODAY, override_reason="因为"
            )


def milestone(project, by, values, stage="L07", **more):
    return actions.set_milestone(project, stage, values, by=by, at=AT, today=TODAY, **more)


class TestMilestone:
    def test_sets_and_records(self, project, staff):
        values = {"baseline_on": date(2026, 5, 1), "forecast_on": date(2026, 6, 1), "forecast_precision": "month"}
        row = milestone(project, staff, values, stage="L08")
        row.refresh_from_db()
        assert (row.due_on, row.forecast_precision, project.version) == (date(2026, 5, 1), "month", 2)
        assert project.history.get().changes == [
            {"field": "milestone.L08.baseline_on", "old": None, "new": "2026-05-01"},
            {"field": "milestone.L08.forecast_on", "old": None, "new": "2026-06-01"},
            {"field": "milestone.L08.forecast_precision", "old": "day", "new": "month"},
        ]

    def test_actual_date_tells_the_listeners_and_the_plan_does_not(self, project, staff):
        told = []
        seams.on_milestones.append(lambda ids, **_by_at: told.extend(ids))
        milestone(project, staff, {"baseline_on": date(2026, 5, 1)})
        assert told == []
        milestone(project, staff, {"actual_on": date(2026, 2, 1)})
        assert told == [project.pk]

    @pytest.mark.parametrize("name", ["actual_on", "baseline_on"])
    def test_known_dates_move_with_a_reason_only(self, project, staff, name):
        milestone(project, staff, {name: date(2026, 2, 1)})
        for value in (date(2026, 2, 2), None):
            with pytest.raises(InvalidFields) as caught:
                milestone(project, staff, {name: value})
            assert list(caught.value.errors) == ["reason"]
        milestone(project, staff, {name: date(2026, 2, 2)}, reason="核对照片")
        assert getattr(project.milestones.get(), name) == date(2026, 2, 2)
        assert project.history.order_by("-pk")[0].note == "核对照片"

    def test_forecasts_move_freely(self, project, staff):
        for day in (1, 2):
            milestone(project, staff, {"forecast_on": date(2026, 6, day)})
        assert project.version == 3

    def test_a_date_for_a_stage_reached_on_an_unknown_day(self, project, staff):
        milestone(project, staff, {"is_done": True})
        row = milestone(project, staff, {"actual_on": date(2026, 2, 1)})
        row.refresh_from_db()
        assert (row.is_done, row.actual_on) == (False, date(2026, 2, 1))

    def test_no_actual_date_in_the_future_or_ahead_of_the_stage(self, project, staff):
        with pytest.raises(GateClosed):
            milestone(project, staff, {"actual_on": date(2026, 3, 3)})
        with pytest.raises(InvalidFields):
            milestone(project, staff, {"actual_on": TODAY}, stage="L08")
        assert unchanged(project) and not Milestone.objects.exists()

    def test_the_gate_cannot_be_gone_round(self, project, staff):
        seams.gate_checks.append(lambda row, gate, on: [Missing("S09", "未摘牌")])
        with pytest.raises(GateClosed) as caught:
            milestone(project, staff, {"actual_on": TODAY}, stage="L06")
        assert [item.code for item in caught.value.missing] == ["S09"] and unchanged(project)
        milestone(project, staff, {"actual_on": TODAY}, stage="L06", override_reason="租赁厂房")
        assert project.history.get().note == "租赁厂房"

    def test_planning_has_no_milestone(self, project, staff):
        with pytest.raises(InvalidFields):
            milestone(project, staff, {"baseline_on": TODAY}, stage="L01")

    def test_needs_verb_and_version(self, project, park, staff):
        with pytest.raises(PermissionDenied):
            milestone(project, factories.user(park, "unit"), {"forecast_on": TODAY})
        with pytest.raises(Conflict):
            milestone(project, staff, {"forecast_on": TODAY}, version=3)
        assert unchanged(project)


def report(project, by, month=2, year=2026, **more):
    return actions.report_investment(project, year, month, by=by, at=AT, today=TODAY, **more)


class TestInvestment:
    def test_amount_adds_up(self, project, staff):
        report(project, staff, month=1, month_10k=D("100.5"))
        row = report(project, staff, month_10k=D("50"))
        assert (row.month_10k, row.ytd_10k, project.version) == (D(50), D("150.5"), 3)
        assert project.history.order_by("-pk")[0].changes == [
            {"field": "investment.2026-02.month_10k", "old": None, "new": "50"},
            {"field": "investment.2026-02.ytd_10k", "old": None, "new": "150.5"},
        ]

    def test_later_months_stay(self, project, staff):
        report(project, staff, month=2, ytd_10k=D(300))
        report(project, staff, month=1, ytd_10k=D(100))
        assert list(project.investments.values_list("month", "ytd_10k")) == [(1, D(100)), (2, D(300))]

    def test_same_figure_again_keeps_the_months_amount(self, project, staff):
        report(project, staff, month_10k=D(5))
        report(project, staff, ytd_10k=D(5))
        assert project.investments.get().month_10k == 5 and project.version == 2

    @pytest.mark.parametrize(
        ("figures", "month"), [({"ytd_10k": D(99)}, 2), ({"ytd_10k": D(100), "month_10k": D(101)}, 2)]
    )
    def test_unusual_figures_have_to_be_acknowledged(self, project, staff, figures, month):
        report(project, staff, month=1, ytd_10k=D(100))
        with pytest.raises(NeedsAcknowledgement) as caught:
            report(project, staff, month=month, **figures)
        assert len(caught.value.warnings) == 1 and project.investments.count() == 1
        report(project, staff, month=month, acknowledged=True, **figures)
        assert project.investments.count() == 2

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({}, "month_10k"),
            ({"ytd_10k": D(-1)}, "ytd_10k"),
            ({"month_10k": D(-1)}, "ytd_10k"),
            ({"ytd_10k": D(1), "month": 3, "year": 2027}, "month"),
            ({"ytd_10k": D(1), "month": 4}, "month"),
            ({"ytd_10k": D(1), "month": 13}, "month"),
            ({"ytd_10k": D("NaN")}, "ytd_10k"),
            ({"ytd_10k": D("1e20")}, "ytd_10k"),
        ],
    )
    def test_impossible_figures(self, project, staff, options, error):
        with pytest.raises(InvalidFields) as caught:
            report(project, staff, acknowledged=True, **options)
        assert list(caught.value.errors) == [error] and unchanged(project)

    def test_who_reports(self, project, park, staff):
        unit = factories.user(park, "unit")
        with pytest.raises(PermissionDenied):
            report(project, unit, ytd_10k=D(1))
        TeamMember.objects.create(project=project, role="department", organization=unit.organization)
        report(project, unit, ytd_10k=D(1))
        with pytest.raises(PermissionDenied):
            report(project, factories.user(park, "leader"), ytd_10k=D(2))
        with pytest.raises(Conflict):
            report(project, staff, ytd_10k=D(2), version=1)

    def test_annual_plan(self, project, staff):
        actions.set_annual_plan(project, 2026, D(800), by=staff, at=AT)
        actions.set_annual_plan(project, 2026, D(800), by=staff, at=AT)
        actions.set_annual_plan(project, 2026, D(900), by=staff, at=AT)
        assert project.annual_plans.get().planned_10k == 900 and project.version == 3
        assert [row.changes for row in project.history.order_by("pk")] == [
            [{"field": "plan.2026", "old": None, "new": "800"}],
            [{"field": "plan.2026", "old": "800", "new": "900"}],
        ]
        with pytest.raises(InvalidFields):
            actions.set_annual_plan(project, 2026, D(-1), by=staff, at=AT)
