"""Who is told that a bulletin is issued, in the transaction that issues it: whoever may read it, but the issuer."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.notices.outbox import About, Message, tell, tell_groups
from dispatch.reports.models import Bulletin
from dispatch.reports.sentences import notice


def issued(bulletin: Bulletin, *, by: User, at: datetime) -> int:
    """Tells units and leaders once for each revision; returns how many notices that are."""
    paper = notice(bulletin.snapshot)
    url = reverse("dispatch:bulletin_detail", args=[bulletin.pk])
    title = f"{paper.title.text}{paper.issue}"
    about = About("bulletin", bulletin.pk, url)
    message = Message(bulletin.park, "bulletin_issued", f"bulletin/{bulletin.pk}/issued", about, {"title": title})
    people = User.objects.filter(organization__park=bulletin.park_id, is_active=True, role__isnull=False)
    people = people.exclude(role__scope="enterprise").exclude(pk=by.pk).select_related("role", "organization")
    readers = [person for person in people.order_by("pk") if may(person, Verb.VIEW_BULLETIN)]
    edge = {"as_of": bulletin.as_of, "at": at}
    return tell(message, readers, **edge) + tell_groups(message, unit_id=None, **edge)
