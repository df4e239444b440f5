"""Where Celery looks for the app's tasks."""

from projects.ledger.tasks import import_ledger

__all__ = ["import_ledger"]
