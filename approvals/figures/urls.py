"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
