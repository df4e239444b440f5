"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import path

from approvals.questions import views

urlpatterns = [path("projects/<int:pk>/conditions/", views.conditions, name="conditions")]
