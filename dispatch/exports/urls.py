"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.exports import views

urlpatterns: list[URLPattern] = [
    path("my-files/", views.file_job_list, name="file_job_list"),
    path("my-files/ask/", views.file_ask, name="file_ask"),
    path("my-files/<int:pk>/", views.file_job, name="file_job"),
    path("my-files/<int:pk>/again/", views.file_job_again, name="file_job_again"),
    path("my-files/<int:pk>/cancel/", views.file_job_cancel, name="file_job_cancel"),
    path("my-files/<int:pk>/download/", views.file_job_download, name="file_job_download"),
]
