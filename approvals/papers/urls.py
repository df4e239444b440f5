"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern, path

from approvals.papers import views

STEP = "projects/<int:pk>/steps/<str:code>/papers/"
urlpatterns: list[URLPattern] = [
    path(f"{STEP}<int:requirement>/", views.paper_upload, name="paper_upload"),
    path(f"{STEP}<int:requirement>/use/<int:file>/", views.paper_use, name="paper_use"),
    path(f"{STEP}review/", views.paper_review, name="paper_review"),
    path(f"{STEP}notice/", views.paper_notice, name="paper_notice"),
    path(f"{STEP}resubmit/", views.paper_resubmit, name="paper_resubmit"),
    path("projects/<int:pk>/papers/", views.papers, name="papers"),
    path("projects/<int:pk>/papers.zip", views.papers_zip, name="papers_zip"),
    path("papers/<int:pk>/", views.paper_file, name="paper_file"),
    path("papers/<int:pk>/<str:signature>/", views.paper_download, name="paper_download"),
]
