"""Projects without news: the open warnings of one rule, so list, desk and meetings mean the same by it.

How long is too long is the park's own choice (rule PROJECT_STALE); the answer is that of the last evaluation.
"""

from django.db.models import Q, QuerySet

from dispatch.warnings import rules
from dispatch.warnings.models import Warning
from projects import seams


def silent() -> QuerySet[Warning]:
    """One warning a project; ``due_on`` is the day of the last record."""
    return Warning.objects.active().filter(rule=rules.STALE)


def condition() -> Q:
    return Q(pk__in=silent().values("project"))


def register() -> None:
    if condition not in seams.quiet:
        seams.quiet.append(condition)
