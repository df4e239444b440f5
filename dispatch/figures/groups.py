"""By what the figures of a park are grouped, as columns of a query over projects or their parts."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts.i18n import localized
from accounts.models import Organization, Park
from projects.models import TeamMember

# int: unit; str: industry, leader, or street ("o12" an organization, "n…" a name); None: not named, or the whole park
Key = int | str | None
LONGEST_KEY = 200


class By(StrEnum):
    PARK = "park"
    UNIT = "unit"
    INDUSTRY = "industry"
    STREET = "street"
    LEADER = "leader"


ROLES = {By.STREET: TeamMember.Role.STREET, By.LEADER: TeamMember.Role.LEADER}


def joined(rows: QuerySet, by: By, path: str = "") -> QuerySet:
    """Adds ``member``, the project's street or leader (left join), where needed. ``path``: to the project."""
    if by not in ROLES:
        return rows
    condition = Q(**{f"{path}team__role": ROLES[by]})
    return rows.annotate(member=FilteredRelation(f"{path}team", condition=condition))


def columns(by: By, path: str = "") -> dict[str, F]:
    """What to group by, over rows of ``joined``."""
    match by:
        case By.INDUSTRY:
            return {"group_a": F(f"{path}industry")}
        case By.STREET:
            return {"group_a": F("member__organization"), "group_b": F("member__person_name")}
        case By.LEADER:
            return {"group_a": F("member__person_name")}
    return {"group_a": F(f"{path}responsible_unit")}


def key_of(by: By, row: dict[str, Any]) -> Key:
    """The key of a row of values; takes the columns out of it."""
    first, second = row.pop("group_a"), row.pop("group_b", None)
    if by is By.PARK:
        return None
    if by is By.STREET:
        return f"o{first}" if first else f"n{second}" if second else None
    return first or None


def only(by: By, key: Key, path: str = "") -> Q:
    """The rows of one group, over rows of ``joined``; the whole park: all of them."""
    match by:
        case By.PARK:
            return Q()
        case By.UNIT:
            return Q(**{f"{path}responsible_unit": key}) if key else Q(**{f"{path}responsible_unit__isnull": True})
        case By.INDUSTRY:
            return Q(**{f"{path}industry": key or ""})
        case By.LEADER:
            return Q(member__person_name=key) if key else _unnamed()
    text = str(key or "")
    if text.startswith("o"):
        return Q(member__organization=int(text[1:]))
    no_office = Q(member__organization__isnull=True)
    return no_office & (Q(member__person_name=text[1:]) if text else _unnamed())


def _unnamed() -> Q:
    return Q(member__isnull=True) | Q(member__person_name="")


def token(key: Key) -> str:
    """The key as addresses and frozen figures have it; not named: the empty text."""
    return "" if key is None else str(key)


def key_from(by: By, text: str) -> Key:
    """The key that ``token`` made. Raises ValueError for what no key looks like."""
    if not text or by is By.PARK:
        return None
    if len(text) > LONGEST_KEY or "\0" in text:
        raise ValueError(text)
    if by is By.UNIT:
        return _number(text)
    if by is By.STREET and text[0] == "o":
        return f"o{_number(text[1:])}"
    if by is By.STREET and text[0] != "n":
        raise ValueError(text)
    return text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def names(park: Park, by: By, keys: Iterable[Key]) -> dict[Key, str]:
    """What each group is called; "" for the one without a name. At most one query."""
    wanted = list(keys)
    if by is By.PARK:
        return dict.fromkeys(wanted, localized(park, "name"))
    offices = {key: int(str(key).removeprefix("o")) for key in wanted if key and (by is By.UNIT or _is_office(by, key))}
    found = dict(Organization.objects.filter(park=park, pk__in=offices.values()).values_list("pk", "name"))
    return {key: found.get(offices[key], "") if key in offices else _plain(by, key) for key in wanted}


def _is_office(by: By, key: Key) -> bool:
    return by is By.STREET and str(key).startswith("o")


def _plain(by: By, key: Key) -> str:
    text = str(key or "")
    return text[1:] if by is By.STREET else text
