"""The one clock. Only the edge (views, API, tasks, commands) reads it and passes the value down."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware."""
    return timezone.now()


def today() -> date:
    """The present day in Asia/Shanghai (settings.TIME_ZONE)."""
    return timezone.localdate()
