"""Addresses of the connector to approval platforms."""

urlpatterns: list = []
