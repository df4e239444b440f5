"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.own_reports import change_views, views

urlpatterns: list[URLPattern] = [
    path("my-reports/", views.own_report_list, name="own_report_list"),
    path("my-reports/new/", change_views.own_report_new, name="own_report_new"),
    path("my-reports/examples/<slug:key>/", views.own_report_example, name="own_report_example"),
    path("my-reports/<int:pk>/", views.own_report_detail, name="own_report_detail"),
    path("my-reports/<int:pk>/edit/", change_views.own_report_edit, name="own_report_edit"),
    path("my-reports/<int:pk>/copy/", change_views.own_report_copy, name="own_report_copy"),
    path("my-reports/<int:pk>/delete/", change_views.own_report_delete, name="own_report_delete"),
    path("my-reports/<int:pk>/export/", views.own_report_export, name="own_report_export"),
]
