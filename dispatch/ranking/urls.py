"""Addresses of this sub-package; joined in dispatch/urls.py."""

from django.urls import URLPattern, path

from dispatch.ranking import appeal_views, rule_views, views

urlpatterns: list[URLPattern] = [
    path("rankings/", views.ranking_list, name="ranking_list"),
    path("rankings/freeze/", views.ranking_freeze, name="ranking_freeze"),
    path("rankings/contest/figures/", rule_views.contest_entries, name="contest_entries"),
    path("rankings/formula/<str:formula>/", rule_views.ranking_formula, name="ranking_formula"),
    path("rankings/formula/<str:formula>/edit/", rule_views.ranking_formula_edit, name="ranking_formula_edit"),
    path("rankings/appeals/", appeal_views.appeal_list, name="appeal_list"),
    path("rankings/appeals/<int:pk>/", appeal_views.appeal_detail, name="appeal_detail"),
    path("rankings/appeals/<int:pk>/answer/", appeal_views.appeal_answer, name="appeal_answer"),
    path("rankings/appeals/<int:pk>/withdraw/", appeal_views.appeal_withdraw, name="appeal_withdraw"),
    path("rankings/<int:pk>/", views.ranking_detail, name="ranking_detail"),
    path("rankings/<int:pk>/units/<int:unit>/", views.ranking_unit, name="ranking_unit"),
    path("rankings/<int:pk>/compare/", views.ranking_compare, name="ranking_compare"),
    path("rankings/<int:pk>/print/", views.ranking_print, name="ranking_print"),
    path("rankings/<int:pk>/download/", views.ranking_download, name="ranking_download"),
    path("rankings/<int:pk>/pdf/", views.ranking_pdf, name="ranking_pdf"),
    path("rankings/<int:pk>/publish/", views.ranking_publish, name="ranking_publish"),
    path("rankings/<int:pk>/restate/", views.ranking_restate, name="ranking_restate"),
    path("rankings/<int:pk>/appeal/", appeal_views.appeal_new, name="appeal_new"),
]
