"""Addresses of group starts; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.group_start import views

ONE = "group-starts/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("group-starts/", views.group_start_list, name="group_start_list"),
    path("group-starts/preview/", views.group_start_preview, name="group_start_preview"),
    path("group-starts/new/", views.group_start_new, name="group_start_new"),
    path(ONE, views.group_start_detail, name="group_start_detail"),
    path(f"{ONE}edit/", views.group_start_edit, name="group_start_edit"),
    path(f"{ONE}add/", views.group_start_add, name="group_start_add"),
    path(f"{ONE}hold/", views.group_start_hold, name="group_start_hold"),
    path(f"{ONE}cancel/", views.group_start_cancel, name="group_start_cancel"),
    path(f"{ONE}export/", views.group_start_export, name="group_start_export"),
    path(f"{ONE}print/", views.group_start_print, name="group_start_print"),
    path(f"{ONE}projects/<int:place>/note/", views.group_start_note, name="group_start_note"),
    path(f"{ONE}projects/<int:place>/out/", views.group_start_take_out, name="group_start_take_out"),
    path(f"{ONE}projects/<int:place>/ledger/", views.group_start_ledger, name="group_start_ledger"),
]
