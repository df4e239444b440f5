"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.visits import plan_views, views

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/export/", views.visit_export, name="visit_export"),
    path("visits/figures/", views.visit_figures, name="visit_figures"),
    path("visits/figures/export/", views.visit_figures_export, name="visit_figures_export"),
    path("visits/findings/", views.visit_findings, name="visit_findings"),
    path("visits/new/", views.visit_new, name="visit_new"),
    path("visits/<int:pk>/", views.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", views.visit_edit, name="visit_edit"),
    path("visits/plan/", plan_views.visit_plan, name="visit_plan"),
    path("visits/plan/make/", plan_views.visit_plan_make, name="visit_plan_make"),
    path("visits/plan/<int:pk>/change/", plan_views.visit_plan_change, name="visit_plan_change"),
    path("visits/plan/<int:pk>/drop/", plan_views.visit_plan_drop, name="visit_plan_drop"),
    path("visits/grids/", plan_views.visit_grids, name="visit_grids"),
    path("visits/grids/new/", plan_views.visit_grid_new, name="visit_grid_new"),
    path("visits/grids/<int:pk>/", plan_views.visit_grid_edit, name="visit_grid_edit"),
    path("visits/grids/places/", plan_views.visit_places, name="visit_places"),
]
