"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path
from django.urls.resolvers import URLPattern

from dispatch.elements import funding_views, plot_views, views

urlpatterns: list[URLPattern] = [
    path("elements/", views.elements, name="elements"),
    path("elements/export/", views.elements_export, name="elements_export"),
    path("elements/of/<slug:element>/", views.element_kind, name="element_kind"),
    path("elements/of/<slug:element>/supply/", views.element_supply, name="element_supply"),
    path("elements/projects/", views.element_table, name="element_table"),
    path("elements/projects/export/", views.element_table_export, name="element_table_export"),
    path("elements/projects/<int:pk>/needs/new/", views.element_need_new, name="element_need_new"),
    path("elements/needs/<int:pk>/", views.element_need, name="element_need"),
    path("elements/needs/<int:pk>/remove/", views.element_need_drop, name="element_need_drop"),
    path("elements/projects/<int:pk>/output/", funding_views.output_edit, name="output_edit"),
    path("elements/projects/<int:pk>/funding/new/", funding_views.funding_new, name="funding_new"),
    path("elements/funding/", funding_views.funding_list, name="funding_list"),
    path("elements/funding/export/", funding_views.funding_export, name="funding_export"),
    path("elements/funding/<int:pk>/", funding_views.funding_detail, name="funding_detail"),
    path("elements/funding/<int:pk>/edit/", funding_views.funding_edit, name="funding_edit"),
    path("elements/funding/<int:pk>/<slug:verb>/", funding_views.funding_move, name="funding_move"),
    path("elements/per-mu/", funding_views.per_mu, name="per_mu"),
    path("elements/per-mu/export/", funding_views.per_mu_export, name="per_mu_export"),
    path("elements/plots/", plot_views.plot_list, name="plot_list"),
    path("elements/plots/export/", plot_views.plot_export, name="plot_export"),
    path("elements/plots/new/", plot_views.plot_new, name="plot_new"),
    path("elements/plots/<int:pk>/", plot_views.plot_detail, name="plot_detail"),
    path("elements/plots/<int:pk>/edit/", plot_views.plot_edit, name="plot_edit"),
    path("elements/plots/<int:pk>/progress/", plot_views.plot_progress, name="plot_progress"),
    path("elements/plots/<int:pk>/clear/", plot_views.plot_clear, name="plot_clear"),
    path("elements/plots/<int:pk>/reopen/", plot_views.plot_reopen, name="plot_reopen"),
]
