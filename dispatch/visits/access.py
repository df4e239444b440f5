"""Which enterprises a person may visit, and who may do what with visits."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.visits.models import PlannedVisit, Visit, VisitGrid
from projects.models import Enterprise


def visitable(user: User) -> QuerySet[Enterprise]:
    """Enterprises the user knows of: through a project, through the plan, or because its grid is the unit's own."""
    seen = Enterprise.objects.visible_to(user)
    if user.role is None or user.role.scope != "unit":
        return seen
    planned = PlannedVisit.objects.visible_to(user).filter(cancelled_at=None)
    own = VisitGrid.objects.visible_to(user).filter(unit__in=user.organization.branch_ids())
    reached = Q(pk__in=seen.values("pk")) | Q(pk__in=planned.values("enterprise")) | Q(grid_place__grid__in=own)
    return Enterprise.objects.filter(reached, park=user.organization.park_id)


def may_record(user: User) -> bool:
    return may(user, Verb.RECORD_VISIT)


def may_plan(user: User) -> bool:
    return may(user, Verb.PLAN_VISITS)


def may_correct(visit: Visit, user: User) -> bool:
    """Who made the visit, and whoever plans visits."""
    own = visit.visitor_id == user.pk and may_record(user)
    return own or (may_plan(user) and user.organization.park_id == visit.park_id)
