"""A park's own .docx templates: checked and filled with sample facts in the jail before they are in force."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from approvals.papers.checks import checked
from dispatch.files.filling import fill_in_jail

Row = TypeVar("Row", bound=models.Model)


def take_in(row: Row, upload: File, *, folder: str, child: str, sample: Mapping[str, Any], wall: int) -> Row:
    """Stores the row with its file. ``child``, ``wall``: as of ``fill_in_jail``.

    Raises Refused when it is no .docx or cannot be filled.
    """
    with checked(upload) as paper:
        if paper.kind.extension != "docx":
            raise Refused(_("A template is a .docx file."))
        if not paper.is_scanned:
            raise Refused(_("The virus scanner does not answer. Please try again later."))
        content = paper.file.read()
        fill_in_jail(child, content, sample, wall=wall)
        row.original_name = paper.name
    with transaction.atomic():
        row.file.save(f"{folder}/{uuid4().hex}.docx", ContentFile(content), save=False)
        row.save(force_insert=True)
    return row
