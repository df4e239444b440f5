"""Addresses of plans and programmes; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.programme import views

urlpatterns: list[URLPattern] = [
    path("plans/", views.plan_list, name="plan_list"),
    path("plans/export/", views.plan_export, name="plan_export"),
    path("plans/<int:pk>/<int:year>/", views.plan_months, name="plan_months"),
    path("programmes/", views.programme_list, name="programme_list"),
    path("programmes/start/", views.programme_start, name="programme_start"),
    path("programmes/<int:pk>/", views.programme_detail, name="programme_detail"),
    path("programmes/<int:pk>/export/", views.programme_export, name="programme_export"),
    path("programmes/<int:pk>/take-in/", views.programme_take_in, name="programme_take_in"),
    path("programmes/<int:pk>/approve/", views.programme_approve, name="programme_approve"),
    path("programmes/<int:pk>/hand-down/", views.programme_hand_down, name="programme_hand_down"),
    path("programmes/<int:pk>/entries/<int:entry_pk>/", views.programme_entry, name="programme_entry"),
    path("programmes/<int:pk>/entries/<int:entry_pk>/out/", views.programme_take_out, name="programme_take_out"),
    path("pool-moves/", views.pool_moves, name="pool_moves"),
]
