from django.urls import path

from dispatch.briefs import urls as briefs_urls
from dispatch.charts import urls as charts_urls
from dispatch.dashboard import views as dashboard
from dispatch.elements import urls as elements_urls
from dispatch.exports import urls as exports_urls
from dispatch.feeds import urls as feeds_urls
from dispatch.figures import urls as figures_urls
from dispatch.files import urls as files_urls
from dispatch.filing import urls as filing_urls
from dispatch.group_start import urls as group_start_urls
from dispatch.jobs import urls as jobs_urls
from dispatch.ledger import urls as ledger_urls
from dispatch.measures import urls as measures_urls
from dispatch.meetings import urls as meetings_urls
from dispatch.notices import urls as notices_urls
from dispatch.own_reports import urls as own_reports_urls
from dispatch.plan import urls as plan_urls
from dispatch.programme import urls as programme_urls
from dispatch.ranking import urls as ranking_urls
from dispatch.reports import urls as reports_urls
from dispatch.response import urls as response_urls
from dispatch.supervision import urls as supervision_urls
from dispatch.visits import urls as visits_urls
from dispatch.wall import urls as wall_urls
from dispatch.warnings import urls as warnings_urls
from dispatch.webhooks import urls as webhooks_urls

app_name = "dispatch"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    *briefs_urls.urlpatterns,
    *charts_urls.urlpatterns,
    *elements_urls.urlpatterns,
    *exports_urls.urlpatterns,
    *figures_urls.urlpatterns,
    *filing_urls.urlpatterns,
    *own_reports_urls.urlpatterns,
    *programme_urls.urlpatterns,
    *ranking_urls.urlpatterns,
    *reports_urls.urlpatterns,
    *files_urls.urlpatterns,
    *jobs_urls.urlpatterns,
    *ledger_urls.urlpatterns,
    *measures_urls.urlpatterns,
    *meetings_urls.urlpatterns,
    *notices_urls.urlpatterns,
    *response_urls.urlpatterns,
    *supervision_urls.urlpatterns,
    *visits_urls.urlpatterns,
    *warnings_urls.urlpatterns,
    *feeds_urls.urlpatterns,
    *group_start_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *wall_urls.urlpatterns,
    *webhooks_urls.urlpatterns,
]
