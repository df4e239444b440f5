"""Addresses of the responsibility ledger; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.ledger import views as ledger

urlpatterns = [
    path("ledger/", ledger.ledger_list, name="ledger_list"),
    path("ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("ledger/new/", ledger.ledger_new, name="ledger_new"),
    path("ledger/<int:pk>/", ledger.ledger_detail, name="ledger_detail"),
    path("ledger/<int:pk>/edit/", ledger.ledger_edit, name="ledger_edit"),
    path("ledger/<int:pk>/move/<slug:verb>/", ledger.ledger_move, name="ledger_move"),
]
