"""Routes of version 1 of the API."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from accounts.api import Me
from accounts.api_platform import Platform
from accounts.api_scopes import EVERY_TOKEN
from approvals.api import StepViewSet
from approvals.api_conditions import Conditions, ConditionsPreview
from approvals.api_guide import CatalogueStepView, CatalogueView
from approvals.api_lists import (
    CertificateViewSet,
    CommitmentViewSet,
    DebtViewSet,
    FileViewSet,
    JointReviewViewSet,
)
from approvals.api_map import Figures, ProjectMap
from approvals.api_people import (
    CorrectionViewSet,
    HelpViewSet,
    LinkUseViewSet,
    LinkViewSet,
    PaperTemplateViewSet,
    RatingViewSet,
    ServiceViewSet,
    UrgeViewSet,
)
from approvals.api_portal import AllNews, NewsRead, Wishes
from approvals.exchange.api import ExchangeMessageViewSet, MessageViewSet, PlatformViewSet
from dispatch.briefs.api import BriefViewSet
from dispatch.dashboard.api import Dashboard
from dispatch.elements.api import FundingViewSet, NeedViewSet, OutputViewSet, PlotViewSet, SupplyViewSet
from dispatch.exports.api import FileJobViewSet
from dispatch.feeds.api import Feed, Feeds
from dispatch.figures.api import FigureRules, Rates
from dispatch.files.api import AttachmentViewSet
from dispatch.filing.api import FilingViewSet, RestatementViewSet, RoundViewSet
from dispatch.group_start.api import GroupStartViewSet
from dispatch.jobs.api import JobAgain, Jobs
from dispatch.ledger.api import CommentViewSet, LedgerItemViewSet
from dispatch.measures.api import MeasureViewSet
from dispatch.meetings.api import DecisionViewSet, MeetingViewSet, MinutesTemplateViewSet, PointViewSet, SeatViewSet
from dispatch.notices.api import Choice, DeliveryViewSet, NoticeViewSet, RobotViewSet, Words
from dispatch.own_reports.api import OwnReportViewSet
from dispatch.plan import api as plan
from dispatch.plan import api_more as plans
from dispatch.programme.api import MonthViewSet, ProgrammeViewSet
from dispatch.ranking.api import AppealViewSet, ContestViewSet, Formula, RankingViewSet
from dispatch.reports.api import BulletinTemplateViewSet, BulletinViewSet
from dispatch.response.api import CaseViewSet, DutyViewSet, Policy
from dispatch.supervision.api import InstructionViewSet
from dispatch.visits.api import GridViewSet, PlannedViewSet, VisitViewSet
from dispatch.warnings.api import WarningViewSet
from dispatch.warnings.api_rules import Rule, RuleDefault, RuleTrial
from dispatch.webhooks.api import WebhookDeliveryViewSet, WebhookViewSet
from projects import api_lists as lists
from projects.api import ProjectViewSet
from projects.api_imports import ImportViewSet
from projects.api_workdays import Workdays, WorkdaysOfYear

router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="project")
router.register("steps", StepViewSet, basename="step")
router.register("ledger-items", LedgerItemViewSet, basename="ledger_item")
router.register("filings", FilingViewSet, basename="filing")
router.register("visits", VisitViewSet, basename="visit")
router.register("warnings", WarningViewSet, basename="warning")
router.register("instructions", InstructionViewSet, basename="instruction")
router.register("response-cases", CaseViewSet, basename="response_case")
router.register("meetings", MeetingViewSet, basename="meeting")
router.register("weekly-briefs", BriefViewSet, basename="weekly_brief")
router.register("bulletins", BulletinViewSet, basename="bulletin")
router.register("rankings", RankingViewSet, basename="ranking")
router.register("reports", OwnReportViewSet, basename="own_report")
router.register("certificates", CertificateViewSet, basename="certificate")
router.register("commitments", CommitmentViewSet, basename="commitment")
router.register("debts", DebtViewSet, basename="debt")
router.register("joint-reviews", JointReviewViewSet, basename="joint_review")
router.register("element-needs", NeedViewSet, basename="element_need")
router.register("funding", FundingViewSet, basename="funding_application")
router.register("plots", PlotViewSet, basename="plot")
router.register("group-starts", GroupStartViewSet, basename="group_start")
router.register("plan-forecasts", plan.ForecastViewSet, basename="plan_forecast")
router.register("paper-files", FileViewSet, basename="paper_file")
router.register("organizations", lists.OrganizationViewSet, basename="organization")
router.register("people", lists.PersonViewSet, basename="person")
router.register("enterprises", lists.EnterpriseViewSet, basename="enterprise")
router.register("project-changes", lists.ChangeViewSet, basename="project_change")
router.register("stage-entries", lists.StageViewSet, basename="stage_entry")
router.register("status-changes", lists.StatusViewSet, basename="status_change")
router.register("team-members", lists.TeamViewSet, basename="team_member")
router.register("services", ServiceViewSet, basename="service")
router.register("signed-links", LinkViewSet, basename="signed_link")
router.register("signed-link-uses", LinkUseViewSet, basename="signed_link_use")
router.register("correction-notices", CorrectionViewSet, basename="correction_notice")
router.register("paper-templates", PaperTemplateViewSet, basename="paper_template")
router.register("ratings", RatingViewSet, basename="rating")
router.register("urgings", UrgeViewSet, basename="urging")
router.register("help-requests", HelpViewSet, basename="help_request")
router.register("agenda-points", PointViewSet, basename="agenda_point")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("seats", SeatViewSet, basename="seat")
router.register("ledger-comments", CommentViewSet, basename="ledger_comment")
router.register("measures", MeasureViewSet, basename="measure")
router.register("planned-visits", PlannedViewSet, basename="planned_visit")
router.register("visit-grids", GridViewSet, basename="visit_grid")
router.register("duty-holders", DutyViewSet, basename="duty_holder")
router.register("filing-months", RoundViewSet, basename="filing_month")
router.register("filing-restatements", RestatementViewSet, basename="filing_restatement")
router.register("appeals", AppealViewSet, basename="appeal")
router.register("contest-figures", ContestViewSet, basename="contest_figure")
router.register("element-supplies", SupplyViewSet, basename="element_supply")
router.register("yearly-outputs", OutputViewSet, basename="yearly_output")
router.register("programmes", ProgrammeViewSet, basename="programme")
router.register("monthly-plans", MonthViewSet, basename="monthly_plan")
router.register("plan-templates", plans.TemplateViewSet, basename="plan_template")
router.register("imports", ImportViewSet, basename="import")
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("files", FileJobViewSet, basename="file_job")
router.register("notices", NoticeViewSet, basename="notice")
router.register("notice-robots", RobotViewSet, basename="notice_robot")
router.register("notice-deliveries", DeliveryViewSet, basename="notice_delivery")
router.register("bulletin-templates", BulletinTemplateViewSet, basename="bulletin_template")
router.register("minutes-templates", MinutesTemplateViewSet, basename="minutes_template")
router.register("exchange/platforms", PlatformViewSet, basename="exchange_platform")
router.register("exchange/messages", MessageViewSet, basename="exchange_message")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("webhook-deliveries", WebhookDeliveryViewSet, basename="webhook_delivery")


class Schema(Platform, SpectacularAPIView):
    """This description; any token may read it."""

    permission_classes = [IsAuthenticated]
    area = EVERY_TOKEN


schema = Schema.as_view()
docs = login_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema"))

app_name = "api"
urlpatterns = [
    path("schema/", schema, name="schema"),
    path("docs/", docs, name="docs"),
    path("me/", Me.as_view(), name="me"),
    path("dashboard/", Dashboard.as_view(), name="dashboard"),
    path("figures/", Figures.as_view(), name="figures"),
    path("rates/", Rates.as_view(), name="rates"),
    path("projects/<int:pk>/schedule/", plan.ProjectSchedule.as_view(), name="schedule"),
    path("catalogue/", CatalogueView.as_view(), name="catalogue"),
    path("catalogue/steps/<str:code>/", CatalogueStepView.as_view(), name="catalogue-step"),
    path("workdays/", Workdays.as_view(), name="workdays"),
    path("workdays/<int:year>/", WorkdaysOfYear.as_view(), name="workdays-year"),
    path("projects/<int:pk>/schedule/history/", plans.ScheduleHistory.as_view(), name="schedule-history"),
    path("projects/<int:pk>/schedule/tasks/<str:task>/", plan.ScheduleTask.as_view(), name="schedule-task"),
    path("projects/<int:pk>/schedule/links/", plan.ScheduleLinks.as_view(), name="schedule-links"),
    path("projects/<int:pk>/schedule/levers/", plan.ScheduleLevers.as_view(), name="schedule-levers"),
    path("projects/<int:pk>/schedule/baselines/", plan.ScheduleBaselines.as_view(), name="schedule-baselines"),
    path("projects/<int:pk>/schedule/tasks/", plans.ScheduleTasks.as_view(), name="schedule-task-add"),
    path("projects/<int:pk>/schedule/tasks/<str:task>/drop/", plans.ScheduleDrop.as_view(), name="schedule-drop"),
    path(
        "projects/<int:pk>/schedule/tasks/<str:task>/restore/", plans.ScheduleRestore.as_view(), name="schedule-restore"
    ),
    path("projects/<int:pk>/schedule/unlink/", plans.ScheduleUnlink.as_view(), name="schedule-unlink"),
    path("projects/<int:pk>/schedule/pull-forward/", plans.SchedulePull.as_view(), name="schedule-pull"),
    path("projects/<int:pk>/schedule/template/", plans.ScheduleTemplate.as_view(), name="schedule-template"),
    path("projects/<int:pk>/schedule/pulled-levers/", plans.SchedulePulled.as_view(), name="schedule-pulled"),
    path("plan-rules/", plans.Rules.as_view(), name="plan-rules"),
    path("figure-rules/", FigureRules.as_view(), name="figure-rules"),
    path("response-policy/", Policy.as_view(), name="response-policy"),
    path("rankings/formulas/<str:formula>/", Formula.as_view(), name="ranking-formula"),
    path("warnings/rules/<str:rule>/", Rule.as_view(), name="warning-rule"),
    path("warnings/rules/<str:rule>/default/", RuleDefault.as_view(), name="warning-rule-default"),
    path("warnings/rules/<str:rule>/trial/", RuleTrial.as_view(), name="warning-rule-trial"),
    path("notice-words/<str:event>/<str:language>/", Words.as_view(), name="notice-words"),
    path("notice-choice/", Choice.as_view(), name="notice-choice"),
    path("calendar-feeds/", Feeds.as_view(), name="calendar-feeds"),
    path("calendar-feeds/<int:pk>/", Feed.as_view(), name="calendar-feed"),
    path("jobs/", Jobs.as_view(), name="jobs"),
    path("jobs/runs/<int:pk>/again/", JobAgain.as_view(), name="job-again"),
    path("projects/<int:pk>/map/", ProjectMap.as_view(), name="project-map"),
    path("projects/<int:pk>/conditions/", Conditions.as_view(), name="project-conditions"),
    path("projects/<int:pk>/conditions/preview/", ConditionsPreview.as_view(), name="project-conditions-preview"),
    path("projects/<int:pk>/notices/", Wishes.as_view(), name="project-notices"),
    path("projects/<int:pk>/news/", AllNews.as_view(), name="project-news"),
    path("projects/<int:pk>/news/read/", NewsRead.as_view(), name="project-news-read"),
    path(
        "exchange/<slug:platform>/messages/",
        ExchangeMessageViewSet.as_view({"get": "list", "post": "push"}),
        name="exchange_messages",
    ),
    path("", include(router.urls)),
]
