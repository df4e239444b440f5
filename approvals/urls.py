from django.urls import path

from approvals import views
from approvals.agency import urls as agency_urls
from approvals.certificates import urls as certificates_urls
from approvals.exchange import urls as exchange_urls
from approvals.figures import urls as figures_urls
from approvals.guide import urls as guide_urls
from approvals.joint import urls as joint_urls
from approvals.navmap import urls as navmap_urls
from approvals.papers import urls as papers_urls
from approvals.portal import urls as portal_urls
from approvals.promises import urls as promises_urls
from approvals.questions import urls as questions_urls

app_name = "approvals"

STEP = "projects/<int:pk>/steps/<str:code>/"
urlpatterns = [
    path(STEP, views.step, name="step"),
    path(f"{STEP}move/<slug:verb>/", views.step_move, name="step_move"),
    path(f"{STEP}undo/", views.step_undo, name="step_undo"),
    path(f"{STEP}applicability/<slug:choice>/", views.step_applicability, name="step_applicability"),
    path(f"{STEP}documents/<int:requirement>/", views.step_document, name="step_document"),
    path(f"{STEP}extend/", views.step_extend, name="step_extend"),
    path(f"{STEP}delivery/", views.step_delivery, name="step_delivery"),
    path(f"{STEP}unit/", views.step_unit, name="step_unit"),
    *agency_urls.urlpatterns,
    *certificates_urls.urlpatterns,
    *exchange_urls.urlpatterns,
    *figures_urls.urlpatterns,
    *guide_urls.urlpatterns,
    *joint_urls.urlpatterns,
    *navmap_urls.urlpatterns,
    *papers_urls.urlpatterns,
    *portal_urls.urlpatterns,
    *promises_urls.urlpatterns,
    *questions_urls.urlpatterns,
]
