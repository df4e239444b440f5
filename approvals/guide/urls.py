"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern, path

from approvals.guide import views

urlpatterns: list[URLPattern] = [
    path("guide/", views.home, name="guide_home"),
    path("guide/<slug:park>/", views.guide, name="guide"),
    path("guide/<slug:park>/steps/<str:code>/", views.step, name="guide_step"),
    path("guide/<slug:park>/templates/<int:pk>/", views.template, name="guide_template"),
]
