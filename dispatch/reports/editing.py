"""Sentences changed by hand before a bulletin is issued. Every change is kept; the newest of a sentence counts.

An edit was made of what the facts said then (``before``). When they say something else now it is outdated: it has to be
confirmed, changed or taken back before the bulletin can be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Verb
from dispatch.reports.actions import UNCHECKED, require, swap, write
from dispatch.reports.models import Bulletin, BulletinEntry, SentenceEdit
from dispatch.reports.sentences import Notice, Sentence, notice, with_final

LONGEST = 2000


@dataclass(frozen=True)
class Marked:
    """A sentence of a draft with its edit in force, if any."""

    sentence: Sentence
    edit: SentenceEdit | None

    @property
    def is_outdated(self) -> bool:
        return self.edit is not None and self.edit.before != self.sentence.assembled


def edits_in_force(bulletin: Bulletin) -> dict[str, SentenceEdit]:
    """Key → newest edit that is not a return to the facts, of sentences the bulletin has. One query."""
    newest: dict[str, SentenceEdit] = {}
    for edit in SentenceEdit.objects.filter(bulletin=bulletin).select_related("by").order_by("at", "pk"):
        newest[edit.key] = edit
    keys = {one.key for one in notice(bulletin.snapshot).sentences}
    return {key: edit for key, edit in newest.items() if edit.after and key in keys}


def as_stored(edits: Mapping[str, SentenceEdit]) -> dict[str, Any]:
    """The edits as the snapshot keeps them."""
    return {key: {"before": edit.before, "after": edit.after} for key, edit in edits.items()}


def marked(paper: Notice, edits: Mapping[str, SentenceEdit]) -> list[Marked]:
    return [Marked(one, edits.get(one.key)) for one in paper.sentences]


def outdated(bulletin: Bulletin) -> list[Marked]:
    """Edits whose facts have changed since."""
    edits = edits_in_force(bulletin)
    shown = notice(with_final(bulletin.snapshot, edits=as_stored(edits)))
    return [one for one in marked(shown, edits) if one.is_outdated]


def edit_sentence(bulletin: Bulletin, key: str, *, after: str, by: User, at: datetime, version: int) -> None:
    """Writes the sentence; "" or the assembled words go back to the facts. A checked bulletin is a draft again.

    The same words over changed facts confirm them. Raises PermissionDenied; Refused for an issued bulletin or a
    sentence that does not exist; Conflict.
    """
    require(by, Verb.MAKE_BULLETIN, bulletin.park_id)
    after = " ".join(after.split())
    if len(after) > LONGEST:
        raise Refused(_("A sentence has at most %(n)d characters.") % {"n": LONGEST})
    with transaction.atomic():
        present = Bulletin.objects.get(pk=bulletin.pk)
        if present.state == Bulletin.State.ISSUED:
            raise Refused(_("This bulletin has been issued and no longer changes."))
        assembled = {one.key: one.assembled for one in notice(present.snapshot).sentences}.get(key)
        if assembled is None:
            raise Refused(_("This sentence is no longer in the bulletin."))
        edit = edits_in_force(present).get(key)
        after = "" if after == assembled else after
        if (edit.after if edit else "") == after and (edit is None or edit.before == assembled):
            return
        swap(present, version, Bulletin.State.DRAFT, Bulletin.State.CHECKED, **UNCHECKED)
        SentenceEdit.objects.create(bulletin=present, key=key, before=assembled, after=after, by=by, at=at)
        write(present, BulletinEntry.Verb.EDITED, by, at, note=key)
    bulletin.refresh_from_db()
