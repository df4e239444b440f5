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
from approvals.api_lists import (
    CertificateViewSet,
    CommitmentViewSet,
    DebtViewSet,
    FileViewSet,
    JointReviewViewSet,
)
from approvals.api_map import Figures, ProjectMap
from dispatch.briefs.api import BriefViewSet
from dispatch.dashboard.api import Dashboard
from dispatch.elements.api import FundingViewSet, NeedViewSet, PlotViewSet
from dispatch.figures.api import Rates
from dispatch.filing.api import FilingViewSet
from dispatch.group_start.api import GroupStartViewSet
from dispatch.ledger.api import LedgerItemViewSet
from dispatch.meetings.api import MeetingViewSet
from dispatch.own_reports.api import OwnReportViewSet
from dispatch.plan import api as plan
from dispatch.ranking.api import RankingViewSet
from dispatch.reports.api import BulletinViewSet
from dispatch.response.api import CaseViewSet
from dispatch.supervision.api import InstructionViewSet
from dispatch.visits.api import VisitViewSet
from dispatch.warnings.api import WarningViewSet
from projects.api import ProjectViewSet

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
    path("projects/<int:pk>/schedule/tasks/<str:task>/", plan.ScheduleTask.as_view(), name="schedule-task"),
    path("projects/<int:pk>/schedule/links/", plan.ScheduleLinks.as_view(), name="schedule-links"),
    path("projects/<int:pk>/schedule/levers/", plan.ScheduleLevers.as_view(), name="schedule-levers"),
    path("projects/<int:pk>/schedule/baselines/", plan.ScheduleBaselines.as_view(), name="schedule-baselines"),
    path("projects/<int:pk>/map/", ProjectMap.as_view(), name="project-map"),
    path("", include(router.urls)),
]
