"""Remarks on an item: anybody who sees it may comment, mention others who see it, and take an own comment back."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.ledger import mentions, telling
from dispatch.ledger.models import LedgerComment, LedgerItem


@transaction.atomic
def comment(item: LedgerItem, *, text: str, mentioned: Iterable[User] = (), by: User, at, on) -> LedgerComment:
    """Writes the comment and tells who is mentioned, by ``@name`` in the text or by ``mentioned``.

    Raises PermissionDenied to who does not see the item, Refused for an empty text or somebody who does not see it.
    """
    if not LedgerItem.objects.visible_to(by).filter(pk=item.pk).exists():
        raise PermissionDenied
    text = text.strip()
    if not text:
        raise Refused(_("Please write the comment; it cannot be empty."))
    people = {person.pk: person for person in telling.who_sees(item)}
    chosen = {person.pk for person in mentioned}
    if chosen - set(people):
        raise Refused(_("Only people who see this item can be mentioned."))
    named = mentions.named(text, {pk: str(person) for pk, person in people.items()})
    row = LedgerComment.objects.create(item=item, text=text, by=by, at=at)
    row.mentions.set(sorted(chosen | named))
    telling.commented(item, row, [people[pk] for pk in sorted(chosen | named)], on=on)
    return row


@transaction.atomic
def take_back(row: LedgerComment, *, by: User, at) -> LedgerComment:
    """The author takes it back: the text goes, the row stays. A second time changes nothing."""
    if row.by_id != by.pk or not LedgerItem.objects.visible_to(by).filter(pk=row.item_id).exists():
        raise PermissionDenied
    taken = LedgerComment.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(text="", withdrawn_at=at)
    if taken:
        row.mentions.clear()
        telling.took_back(row, at=at)
    row.refresh_from_db()
    return row
