"""Routes of this part, joined in ``dispatch.urls``."""

from django.urls import path

from dispatch.filing import centre_views, views

urlpatterns = [
    path("filings/", views.filing_mine, name="filing_mine"),
    path("filings/<int:pk>/", views.filing_detail, name="filing_detail"),
    path("filings/<int:pk>/edit/", views.filing_edit, name="filing_edit"),
    path("filings/<int:pk>/restate/", views.filing_restate, name="filing_restate"),
    path("filings/<int:pk>/accept/", centre_views.filing_accept, name="filing_accept"),
    path("filings/<int:pk>/return/", centre_views.filing_return, name="filing_return"),
    path("filings/months/", centre_views.filing_round_list, name="filing_round_list"),
    path("filings/months/<int:pk>/", centre_views.filing_round, name="filing_round"),
    path("filings/months/<int:pk>/export/", centre_views.filing_round_export, name="filing_round_export"),
    path("filings/months/<int:pk>/accept/", centre_views.filing_accept_many, name="filing_round_accept"),
    path("filings/months/<int:pk>/include/", centre_views.filing_include, name="filing_round_include"),
    path("filings/months/<int:pk>/remind/", centre_views.filing_remind, name="filing_round_remind"),
    path("filings/months/<int:pk>/lock/", centre_views.filing_lock, name="filing_round_lock"),
    path("filings/restatements/", centre_views.filing_restatements, name="filing_restatements"),
    path("filings/restatements/<int:pk>/decide/", centre_views.filing_decide, name="filing_decide"),
    path("filings/projects/<int:pk>/", centre_views.filing_filer, name="filing_filer"),
]
