"""Addresses of the warnings and their rules; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.warnings import rule_views
from dispatch.warnings import views as warnings

urlpatterns = [
    path("warnings/", warnings.warning_list, name="warning_list"),
    path("warnings/export/", warnings.warning_export, name="warning_export"),
    path("warnings/rules/", rule_views.rule_list, name="rule_list"),
    path("warnings/rules/<slug:rule>/", rule_views.rule_detail, name="rule_detail"),
    path("warnings/rules/<slug:rule>/edit/", rule_views.rule_edit, name="rule_edit"),
    path("warnings/rules/<slug:rule>/switch/", rule_views.rule_switch, name="rule_switch"),
    path("warnings/rules/<slug:rule>/default/", rule_views.rule_default, name="rule_default"),
]
