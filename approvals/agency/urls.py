"""Addresses of the services on behalf."""

from django.urls import path

from approvals.agency import views

urlpatterns = [
    path("agency/", views.agency, name="agency"),
    path("agency/export/", views.agency_export, name="agency_export"),
    path("agency/<int:pk>/cancel/", views.agency_cancel, name="agency_cancel"),
    path("projects/<int:pk>/agency/new/", views.agency_record, name="agency_record"),
]
