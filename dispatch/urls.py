from django.urls import path

from dispatch.dashboard import views as dashboard
from dispatch.ledger import views as ledger
from dispatch.reports import views as reports
from dispatch.warnings import views as warnings

app_name = "dispatch"
urlpatterns = [
    path("bulletins/", reports.bulletin_list, name="bulletin_list"),
    path("bulletins/draft/", reports.bulletin_draft, name="bulletin_draft"),
    path("bulletins/<int:pk>/", reports.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<int:pk>/refresh/", reports.bulletin_refresh, name="bulletin_refresh"),
    path("bulletins/<int:pk>/issue/", reports.bulletin_issue, name="bulletin_issue"),
    path("bulletins/<int:pk>/download/", reports.bulletin_download, name="bulletin_download"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("ledger/", ledger.ledger_list, name="ledger_list"),
    path("ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("ledger/new/", ledger.ledger_new, name="ledger_new"),
    path("ledger/<int:pk>/", ledger.ledger_detail, name="ledger_detail"),
    path("ledger/<int:pk>/edit/", ledger.ledger_edit, name="ledger_edit"),
    path("ledger/<int:pk>/move/<slug:verb>/", ledger.ledger_move, name="ledger_move"),
    path("warnings/", warnings.warning_list, name="warning_list"),
]
