"""Meetings on a ledger item's page: where it was decided and where it was discussed; and on the project's page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.parts import Part, sources
from dispatch.meetings.actions import may_hold
from dispatch.meetings.models import AgendaItem, Meeting
from projects import seams

MOST_SHOWN = 5


def meeting_part(item, user, today) -> Part | None:
    """The meeting it comes from, and those that had it on the agenda, newest first; None when there is none."""
    visible = Meeting.objects.visible_to(user)
    origin = item.meeting if item.meeting_id else None
    points = AgendaItem.objects.filter(item=item, meeting__in=visible.values("pk"))
    points = points.exclude(state=AgendaItem.State.DROPPED).select_related("meeting").order_by("-meeting__held_on")
    points = list(points[:MOST_SHOWN])
    if origin is None and not points:
        return None
    is_seen = origin is not None and visible.filter(pk=origin.pk).exists()
    context = {"origin": origin, "is_seen": is_seen, "points": points}
    return Part(_("Meetings"), "dispatch/meetings/_item_part.html", context, order=40)


def panel_context(project, user, today) -> dict:
    """Meetings about the project or with points about it, newest first; nothing for enterprises."""
    visible = Meeting.objects.visible_to(user).exclude(state=Meeting.State.CANCELLED)
    points = AgendaItem.objects.filter(project=project).exclude(state=AgendaItem.State.DROPPED)
    about = visible.filter(pk__in=points.values("meeting")) | visible.filter(project=project)
    holds = user.role_id is not None and may_hold(user, project.park_id)
    return {
        "meetings": list(about.order_by("-held_on", "-pk")[:MOST_SHOWN]),
        "new_url": f"{reverse('dispatch:meeting_new')}?project={project.pk}" if holds else "",
        "is_shown": user.role_id is not None and user.role.scope != "enterprise",
    }


def register() -> None:
    """On the item's page and on the project's page."""
    if meeting_part not in sources:
        sources.append(meeting_part)
    panel = seams.Panel("meetings", _("Meetings"), "dispatch/meetings/_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
