"""The files on a ledger item's page, and what the nightly sweep has to know of them."""

from django.utils.translation import gettext_lazy as _

from approvals.papers import sweep
from dispatch.files import queries
from dispatch.files.models import Attachment
from dispatch.ledger.parts import Part, sources


def files_part(item, user, today) -> Part | None:
    """Nothing when there are no files and the person may add none."""
    shelf = queries.shelf(item, user)
    if not (shelf.files or shelf.may_add):
        return None
    return Part(_("Files"), "dispatch/files/_part.html", {"shelf": shelf}, order=10)


def _kept():
    return Attachment.objects.filter(removed_at=None)


def register() -> None:
    """On the item's page and among the rows whose bytes the sweep leaves alone."""
    if files_part not in sources:
        sources.append(files_part)
    sweep.keepers["attachment"] = sweep.Keeper(_kept, "at")
