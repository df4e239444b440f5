"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern, path

from approvals.navmap import views

urlpatterns: list[URLPattern] = [
    path("guide/<slug:park>/map.<str:fmt>", views.guide_map_file, name="guide_map_file"),
    path("projects/<int:pk>/map.<str:fmt>", views.project_map_file, name="project_map_file"),
]
