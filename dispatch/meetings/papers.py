"""Minutes as .docx, and a park's own templates for them: checked, tried in the jail, then in force."""

from datetime import datetime

from django.core.files.base import File

from accounts.models import Park, User
from dispatch.files import templates
from dispatch.files.filling import fill_in_jail
from dispatch.meetings import default_paper, docx_fill
from dispatch.meetings.actions.shared import require_holder
from dispatch.meetings.minutes import minutes_of, sample
from dispatch.meetings.models import Meeting, MinutesTemplate

FOLDER = "minutes_templates"
CHILD = "dispatch.meetings.docx_fill"
WALL = 20  # seconds a template may take


def minutes_docx(meeting: Meeting) -> bytes:
    """The minutes on the template in force. Raises Refused when the park's own cannot be filled any more."""
    facts = minutes_of(meeting)
    own = template_of(meeting)
    if own is None:
        return docx_fill.fill(default_paper.template(), facts)
    with own.file.open("rb") as file:
        return fill_in_jail(CHILD, file.read(), facts, wall=WALL)


def template_of(meeting: Meeting) -> MinutesTemplate | None:
    """The newest of the park for this kind, else its newest for all kinds, else None: the default."""
    rows = MinutesTemplate.objects.filter(park=meeting.park_id, kind__in=(meeting.kind, ""), withdrawn_at=None)
    found = sorted(rows, key=lambda row: (row.kind == meeting.kind, row.at, row.pk))
    return found[-1] if found else None


def upload_template(*, park: Park, kind: str, upload: File, by: User, at: datetime) -> MinutesTemplate:
    """In force from now on. Raises PermissionDenied; Refused when it is no .docx or cannot be filled."""
    require_holder(by, park.pk)
    row = MinutesTemplate(park=park, kind=kind, by=by, at=at)
    return templates.take_in(row, upload, folder=FOLDER, child=CHILD, sample=sample(), wall=WALL)


def withdraw_template(row: MinutesTemplate, *, by: User, at: datetime) -> None:
    """The one before it, or the default, is in force again. Doing it twice does it once."""
    require_holder(by, row.park_id)
    MinutesTemplate.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=at)
