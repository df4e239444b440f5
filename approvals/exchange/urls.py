"""Addresses of the connector to approval platforms."""

from django.urls import URLPattern, path

from approvals.exchange import views

urlpatterns: list[URLPattern] = [
    path("exchange/", views.exchange_list, name="exchange_list"),
    path("exchange/upload/", views.exchange_upload, name="exchange_upload"),
    path("exchange/messages/<int:pk>/", views.exchange_message, name="exchange_message"),
    path("exchange/messages/<int:pk>/apply/", views.exchange_apply, name="exchange_apply"),
    path("exchange/messages/<int:pk>/set-aside/", views.exchange_dismiss, name="exchange_dismiss"),
    path("exchange/messages/<int:pk>/take-up/", views.exchange_take_up, name="exchange_take_up"),
    path("exchange/platforms/", views.exchange_platforms, name="exchange_platforms"),
    path("exchange/platforms/new/", views.exchange_platform_new, name="exchange_platform_new"),
    path("exchange/platforms/<int:pk>/", views.exchange_platform, name="exchange_platform"),
    path("exchange/platforms/<int:pk>/rerun/", views.exchange_rerun, name="exchange_rerun"),
    path("exchange/platforms/<int:pk>/files/<slug:sha>/", views.exchange_file, name="exchange_file"),
]
