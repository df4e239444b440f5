"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.supervision import views

urlpatterns: list[URLPattern] = [
    path("instructions/", views.instruction_list, name="instruction_list"),
    path("instructions/export/", views.instruction_export, name="instruction_export"),
    path("instructions/new/", views.instruction_new, name="instruction_new"),
    path("instructions/<int:pk>/", views.instruction_detail, name="instruction_detail"),
    path("instructions/<int:pk>/print/", views.instruction_print, name="instruction_print"),
    path("instructions/<int:pk>/report/", views.instruction_report, name="instruction_report"),
    path("instructions/<int:pk>/answer/", views.instruction_answer, name="instruction_answer"),
]
