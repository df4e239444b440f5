from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.plan import baseline_views, learned_views, lever_views, print_views, rule_views, template_views, views

urlpatterns: list[URLPattern] = [
    path("plans/<int:pk>/target/", views.plan_target, name="plan_target"),
    path("plans/<int:pk>/template/", views.plan_template_copy, name="plan_template_copy"),
    path("plans/<int:pk>/forward/", views.plan_pull, name="plan_pull"),
    path("plans/<int:pk>/preview/", views.plan_preview, name="plan_preview"),
    path("plans/<int:pk>/tasks/new/", views.plan_task_add, name="plan_task_add"),
    path("plans/<int:pk>/tasks/<str:task>/", views.plan_task, name="plan_task"),
    path("plans/<int:pk>/tasks/<str:task>/drop/", views.plan_task_drop, name="plan_task_drop"),
    path("plans/<int:pk>/tasks/<str:task>/restore/", views.plan_task_restore, name="plan_task_restore"),
    path("plans/<int:pk>/links/new/", views.plan_link_add, name="plan_link_add"),
    path("plans/<int:pk>/links/<str:before>/<str:after>/", views.plan_link_edit, name="plan_link_edit"),
    path("plans/<int:pk>/links/<str:before>/<str:after>/remove/", views.plan_link_remove, name="plan_link_remove"),
    path("plans/<int:pk>/baselines/", baseline_views.plan_baselines, name="plan_baselines"),
    path("plans/<int:pk>/baselines/new/", baseline_views.plan_baseline_add, name="plan_baseline_add"),
    path("plans/<int:pk>/baselines/xlsx/", baseline_views.plan_baselines_xlsx, name="plan_baselines_xlsx"),
    path("plans/<int:pk>/history/", baseline_views.plan_history, name="plan_history"),
    path("plans/<int:pk>/print/", print_views.plan_print, name="plan_print"),
    path("plans/<int:pk>/xlsx/", print_views.plan_xlsx, name="plan_xlsx"),
    path("plans/<int:pk>/levers/", lever_views.plan_levers, name="plan_levers"),
    path("plans/<int:pk>/levers/pull/", lever_views.plan_levers_pull, name="plan_levers_pull"),
    path("plans/levers/<int:pk>/withdraw/", lever_views.plan_lever_withdraw, name="plan_lever_withdraw"),
    path("planning/durations/", learned_views.plan_durations, name="plan_durations"),
    path("planning/durations/xlsx/", learned_views.plan_durations_export, name="plan_durations_export"),
    path("planning/rules/", rule_views.plan_rules, name="plan_rules"),
    path("planning/templates/", template_views.plan_template_list, name="plan_template_list"),
    path("planning/templates/new/", template_views.plan_template_new, name="plan_template_new"),
    path("planning/templates/<int:pk>/", template_views.plan_template_edit, name="plan_template_edit"),
    path("planning/templates/<int:pk>/retire/", template_views.plan_template_retire, name="plan_template_retire"),
]
