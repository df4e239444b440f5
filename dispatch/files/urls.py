"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.files import views

urlpatterns = [
    path("files/<slug:kind>/<int:pk>/add/", views.file_add, name="file_add"),
    path("files/<int:pk>/", views.file_download, name="file_download"),
    path("files/<int:pk>/remove/", views.file_remove, name="file_remove"),
]
