"""Addresses of webhooks."""

urlpatterns: list = []
