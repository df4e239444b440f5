"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.measures import views

urlpatterns: list[URLPattern] = [
    path("measures/", views.measure_list, name="measure_list"),
    path("measures/export/", views.measure_export, name="measure_export"),
    path("measures/similar/", views.measure_similar, name="measure_similar"),
    path("measures/<int:pk>/", views.measure_detail, name="measure_detail"),
    path("measures/<int:pk>/edit/", views.measure_edit, name="measure_edit"),
    path("measures/<int:pk>/withdraw/", views.measure_withdraw, name="measure_withdraw"),
    path("ledger/<int:pk>/publish/", views.measure_publish, name="measure_publish"),
    path("ledger/<int:pk>/take/", views.measure_take, name="measure_take"),
]
