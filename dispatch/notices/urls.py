"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.notices import delivery_views as deliveries
from dispatch.notices import robot_views as robots
from dispatch.notices import template_views as templates
from dispatch.notices import views

urlpatterns: list[URLPattern] = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/read/", views.inbox_read, name="inbox_read"),
    path("notices/<int:pk>/", views.notice_open, name="notice_open"),
    path("notices/choices/", views.notice_choices, name="notice_choices"),
    path("notices/deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("notices/deliveries/<int:pk>/", deliveries.delivery_detail, name="delivery_detail"),
    path("notices/deliveries/<int:pk>/resend/", deliveries.delivery_resend, name="delivery_resend"),
    path("notices/robots/", robots.robot_list, name="robot_list"),
    path("notices/robots/new/", robots.robot_new, name="robot_new"),
    path("notices/robots/<int:pk>/", robots.robot_edit, name="robot_edit"),
    path("notices/robots/<int:pk>/test/", robots.robot_test, name="robot_test"),
    path("notices/robots/<int:pk>/delete/", robots.robot_delete, name="robot_delete"),
    path("notices/templates/", templates.template_list, name="template_list"),
    path("notices/templates/<slug:event>/<slug:language>/", templates.template_edit, name="template_edit"),
    path(
        "notices/templates/<slug:event>/<slug:language>/default/", templates.template_default, name="template_default"
    ),
]
