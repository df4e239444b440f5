"""Block of the desk about plans: whose forecast misses its target, worst first. Reads only."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.i18n import localized
from dispatch.desk.frame import MOST_SHOWN, Block, Desk, Entry, address, whole
from dispatch.plan.models import PlanForecast
from projects.models import Project
from projects.stages import STAGES, Stage


def short_plans(desk: Desk) -> Block:
    """Plans that cannot keep their target as things stand; the number counts exactly those of the wall's filter."""
    rows = PlanForecast.objects.visible_to(desk.user).filter(short_wd__gt=0, project__status=Project.Status.ACTIVE)
    number = rows.count()
    first = rows.select_related("project").defer("rows").order_by("-short_wd", "target_on", "pk")[:MOST_SHOWN]
    title, fine = _("Plans that miss their target"), _("Every plan with a target can keep it.")
    entries = [_entry(row) for row in (first if number else [])]
    return Block("plans", title, number, entries, fine, whole("dispatch:wall", "?short=1", number))


def _entry(row: PlanForecast) -> Entry:
    goal = localized(STAGES[Stage(row.goal)], "name")
    text = _("%(goal)s: target %(target)s, forecast %(forecast)s") % {
        "goal": goal,
        "target": row.target_on.isoformat(),
        "forecast": row.goal_on.isoformat(),
    }
    plan = address("projects:detail", "?tab=schedule", row.project_id)
    short = ngettext("short by %(n)s working day", "short by %(n)s working days", row.short_wd) % {"n": row.short_wd}
    return Entry(row.project.name, plan, text, state=short)
