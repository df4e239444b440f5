"""挂图作战: all projects over the months, on screen, on paper and on the projector."""

from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.wall import views

urlpatterns: list[URLPattern] = [
    path("wall/", views.wall, name="wall"),
    path("wall/screen/", views.wall_screen, name="wall_screen"),
    path("wall/print/", views.wall_print, name="wall_print"),
    path("wall/export/", views.wall_export, name="wall_export"),
]
