"""Addresses of the periodic jobs; joined in dispatch/urls.py. The health check stands in config/urls.py."""

from django.urls import path

from dispatch.jobs import views

urlpatterns = [
    path("jobs/", views.job_list, name="job_list"),
    path("jobs/<int:pk>/again/", views.job_again, name="job_again"),
]
