"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path

from dispatch.figures import rule_views, views

urlpatterns = [
    path("rates/", views.rates, name="rates"),
    path("rates/export/", views.rates_export, name="rates_export"),
    path("rates/projects/", views.rate_projects, name="rate_projects"),
    path("rates/projects/export/", views.rate_projects_export, name="rate_projects_export"),
    path("rates/rules/", rule_views.figure_rules, name="figure_rules"),
]
