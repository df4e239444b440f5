"""Who is told about a ranking and about appeals, in the transaction of the cause."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, User
from accounts.permissions import Verb
from dispatch.notices.outbox import About, Message, tell, tell_groups, tell_many
from dispatch.ranking.models import Appeal, Ranking
from dispatch.ranking.notice import own_words

THING, APPEAL = "ranking", "ranking_appeal"
OUTCOMES_ZH = {Appeal.State.UPHELD: "申诉被采纳", Appeal.State.REJECTED: "申诉未被采纳"}


def title_of(ranking: Ranking) -> str:
    again = f"（第{ranking.revision}次更正）" if ranking.revision else ""
    kind = "擂台赛排名" if ranking.kind == Ranking.Kind.CONTEST else "排名"
    return f"{ranking.period_name}{kind}{again}"


def published(ranking: Ranking, *, by: User, at: datetime, on: date) -> None:
    """Each unit its own place in words; who sees the whole park the text of the ranking."""
    url, key = reverse("dispatch:ranking_detail", args=[ranking.pk]), f"ranking/{ranking.pk}/published"
    title, rows = title_of(ranking), ranking.snapshot["ranking"]
    people = _readers(ranking.park_id, by)
    facts = {"title": title, "text": "".join(ranking.snapshot["notice"][1:2]) or title}
    whole = [person for person in people if person.role.scope == "park"]
    # The park's own message comes first, so that a robot for everybody gets this one and no unit's.
    entries = [(Message(ranking.park, "ranking_published", key, About(THING, ranking.pk, url), facts), whole, None)]
    for row in rows:
        own = [person for person in people if person.organization_id == row["unit"] and person not in whole]
        about = About(THING, ranking.pk, reverse("dispatch:ranking_unit", args=[ranking.pk, row["unit"]]))
        facts = {"title": title, "text": own_words(row, len(rows))}
        entries.append((Message(ranking.park, "ranking_published", key, about, facts), own, row["unit"]))
    tell_many(entries, as_of=on, at=at)


def appealed(row: Appeal, *, by: User, at: datetime, on: date) -> None:
    """The people who make rankings."""
    people = [one for one in _holding(row.ranking.park_id, Verb.MAKE_RANKING) if one.pk != by.pk]
    _tell(row, f"{row.unit}申诉：{row.text}", people, f"appeal/{row.pk}/made", at=at, on=on)


def answered(row: Appeal, *, by: User, at: datetime, on: date) -> None:
    """The people of the unit."""
    people = User.objects.filter(organization=row.unit_id, is_active=True, role__isnull=False)
    text = f"{OUTCOMES_ZH[Appeal.State(row.state)]}：{row.answer}"
    _tell(row, text, people.select_related("organization"), f"appeal/{row.pk}/answered", at=at, on=on)


def _tell(row: Appeal, text: str, people: Iterable[User], key: str, *, at: datetime, on: date) -> None:
    about = About(APPEAL, row.pk, reverse("dispatch:appeal_detail", args=[row.pk]))
    message = Message(row.ranking.park, "ranking_appeal", key, about, {"title": title_of(row.ranking), "text": text})
    tell(message, people, as_of=on, at=at)
    tell_groups(message, unit_id=row.unit_id, as_of=on, at=at)


def _readers(park_id: int, by: User) -> list[User]:
    return [person for person in _holding(park_id, Verb.VIEW_RANKING) if person.pk != by.pk]


def _holding(park_id: int, verb: Verb) -> list[User]:
    roles = [role.pk for role in Role.objects.exclude(scope="enterprise") if verb in role.verbs]
    people = User.objects.filter(Q(organization__park=park_id, role__in=roles), is_active=True)
    return list(people.select_related("organization", "role").order_by("pk"))
