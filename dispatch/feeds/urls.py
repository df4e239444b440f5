"""Addresses of calendar feeds; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.feeds import views

urlpatterns: list[URLPattern] = [
    path("calendar/", views.feed_list, name="feed_list"),
    path("calendar/everybody/", views.feed_all, name="feed_all"),
    path("calendar/<int:pk>/withdraw/", views.feed_withdraw, name="feed_withdraw"),
    path("calendar/project/<int:pk>/", views.feed_project, name="feed_project"),
    path("calendar/<str:secret>.ics", views.feed, name="feed"),
]
