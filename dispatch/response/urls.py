"""Addresses of the response; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.response import policy_views, views

urlpatterns = [
    path("cases/", views.case_list, name="case_list"),
    path("cases/export/", views.case_export, name="case_export"),
    path("cases/<int:pk>/", views.case_detail, name="case_detail"),
    path("cases/<int:pk>/answer/<slug:answer>/", views.case_answer, name="case_answer"),
    path("tiers/<int:tier>/", views.tier_queue, name="tier_queue"),
    path("response/policy/", policy_views.policy_detail, name="response_policy"),
    path("response/policy/edit/", policy_views.policy_edit, name="response_policy_edit"),
    path("response/duties/add/", policy_views.duty_add, name="duty_add"),
    path("response/duties/<int:pk>/remove/", policy_views.duty_remove, name="duty_remove"),
]
