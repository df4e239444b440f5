"""Addresses of the responsibility ledger; joined in dispatch/urls.py."""

from django.urls import path

from dispatch.ledger import bulk_views as bulk
from dispatch.ledger import change_views as changes
from dispatch.ledger import views as ledger

urlpatterns = [
    path("ledger/", ledger.ledger_list, name="ledger_list"),
    path("ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("ledger/new/", changes.ledger_new, name="ledger_new"),
    path("ledger/bulk/", bulk.ledger_bulk, name="ledger_bulk"),
    path("ledger/<int:pk>/", ledger.ledger_detail, name="ledger_detail"),
    path("ledger/<int:pk>/edit/", changes.ledger_edit, name="ledger_edit"),
    path("ledger/<int:pk>/move/<slug:verb>/", changes.ledger_move, name="ledger_move"),
    path("ledger/<int:pk>/comment/", changes.ledger_comment, name="ledger_comment"),
    path("ledger/comments/<int:pk>/back/", changes.ledger_comment_back, name="ledger_comment_back"),
]
