"""Addresses of the warnings; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.warnings import views as warnings

urlpatterns = [
    path("warnings/", warnings.warning_list, name="warning_list"),
]
