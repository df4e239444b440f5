"""Leaders and the centre are told of a published brief, in the transaction that publishes it."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Verb
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import ZONE
from dispatch.notices.outbox import About, Message, tell, tell_groups

ABOUT = "weekly_brief"


def published(brief: WeeklyBrief, *, by: User | None, at: datetime) -> int:
    """One notice for everybody who may read briefs but who published it; returns how many."""
    url = reverse("dispatch:brief_detail", args=[brief.pk])
    changes = "\n".join(sentence["text"] for sentence in brief.snapshot["compared"]["sentences"])
    facts = {"title": brief.snapshot["title"], "changes": changes}
    message = Message(brief.park, "brief_published", f"brief/{brief.pk}/published", About(ABOUT, brief.pk, url), facts)
    as_of = at.astimezone(ZONE).date()
    tell_groups(message, unit_id=None, as_of=as_of, at=at)
    return tell(message, [person for person in readers(brief) if person != by], as_of=as_of, at=at)


def readers(brief: WeeklyBrief) -> list[User]:
    """People of the park whose role shows the whole of it and briefs."""
    people = User.objects.filter(is_active=True, organization__park=brief.park_id, role__scope="park")
    people = people.select_related("role", "organization__park").order_by("pk")
    return [person for person in people if Verb.VIEW_BRIEF in person.verbs]
