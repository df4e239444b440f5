"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern, path

from approvals.figures import views

urlpatterns: list[URLPattern] = [
    path("figures/steps/", views.figures, name="figures"),
    path("figures/steps/export/", views.figures_export, name="figures_export"),
    path("figures/steps/list/", views.figures_steps, name="figures_steps"),
    path("figures/land/", views.figures_land, name="figures_land"),
    path("figures/land/export/", views.figures_land_export, name="figures_land_export"),
]
