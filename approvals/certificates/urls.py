"""Addresses of certificates."""

from django.urls import path

from approvals.certificates import views

urlpatterns = [
    path("certificates/", views.certificate_list, name="certificate_list"),
    path("certificates/export/", views.certificate_export, name="certificate_export"),
    path("certificates/<int:pk>/renew/", views.certificate_renew, name="certificate_renew"),
    path("certificates/<int:pk>/void/", views.certificate_void, name="certificate_void"),
]
