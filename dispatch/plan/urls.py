from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.plan import learned_views, lever_views, print_views, rule_views, template_views

urlpatterns: list[URLPattern] = [
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
