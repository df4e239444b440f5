"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
