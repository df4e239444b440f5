from django.urls import path

from approvals import views

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
    path("enterprise/", views.enterprise_home, name="enterprise_home"),
]
