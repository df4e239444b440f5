"""Addresses of webhooks; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.webhooks import views

urlpatterns: list[URLPattern] = [
    path("webhooks/", views.webhook_list, name="webhook_list"),
    path("webhooks/new/", views.webhook_new, name="webhook_new"),
    path("webhooks/<int:pk>/", views.webhook_detail, name="webhook_detail"),
    path("webhooks/<int:pk>/edit/", views.webhook_edit, name="webhook_edit"),
    path("webhooks/<int:pk>/secret/", views.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<int:pk>/delete/", views.webhook_delete, name="webhook_delete"),
    path("webhooks/<int:pk>/replay/", views.webhook_replay, name="webhook_replay"),
    path("webhooks/<int:pk>/do/<slug:act>/", views.webhook_act, name="webhook_act"),
    path("webhooks/deliveries/<int:pk>/", views.webhook_delivery, name="webhook_delivery"),
    path("webhooks/deliveries/<int:pk>/again/", views.webhook_again, name="webhook_again"),
]
