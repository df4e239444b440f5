"""Addresses of this part; approvals.urls joins them under its own name space."""

from django.urls import URLPattern, path

from approvals.joint import views

urlpatterns: list[URLPattern] = [
    path("joint/", views.joint_list, name="joint_list"),
    path("joint/export/", views.joint_export, name="joint_export"),
    path("joint/<int:pk>/", views.joint_detail, name="joint_detail"),
    path("joint/<int:pk>/answer/<str:code>/", views.joint_answer, name="joint_answer"),
    path("joint/<int:pk>/issue/", views.joint_issue, name="joint_issue"),
    path("joint/<int:pk>/cancel/", views.joint_cancel, name="joint_cancel"),
    path("projects/<int:pk>/joint/", views.joint_project, name="joint_project"),
    path("projects/<int:pk>/joint/<str:bundle>/", views.joint_open, name="joint_open"),
]
