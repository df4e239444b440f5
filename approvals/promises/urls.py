"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import path

from approvals.promises import views

STEP = "projects/<int:pk>/steps/<str:code>/"
urlpatterns = [
    path("debts/", views.debts, name="debts"),
    path("debts/export.xlsx", views.debts_export, name="debts_export"),
    path("commitments/", views.commitments, name="commitments"),
    path("projects/<int:pk>/build-first/", views.build_first, name="build_first"),
    path(f"{STEP}papers/<int:requirement>/renew/", views.debt_renew, name="debt_renew"),
    path(f"{STEP}commitment/", views.commitment_decide, name="commitment_decide"),
    path(f"{STEP}commitment/check/", views.commitment_check, name="commitment_check"),
]
