"""Rows that the morning's work makes about projects: they go with a project whose import is taken back.

What a person has done still holds the project: an answered case, an item, a figure that was filed.
"""

from django.db.models import Q

from dispatch.filing.models import Filing
from dispatch.notices.models import Delivery, Notice
from dispatch.plan.models import PlanForecast
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.warnings.models import Warning, WarningEvent
from projects import seams

DERIVED = (Warning, WarningEvent, ResponseCase, PlanForecast, Notice, Delivery, Delivery.notices.through)


def register() -> None:
    seams.born_with.update({model: lambda at: Q() for model in DERIVED})
    seams.born_with[ResponseEvent] = lambda at: Q(by=None)
    seams.born_with[Filing] = lambda at: Q(state=Filing.State.DRAFT, version=1)
