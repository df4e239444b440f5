"""Files that were ordered by schedule go along with the mail that tells of them."""

from collections.abc import Sequence

from dispatch.exports.models import FileJob
from dispatch.exports.registry import may_have
from dispatch.notices.attachments import MOST_BYTES, Attached
from dispatch.notices.models import Notice


def files_of(notices: Sequence[Notice]) -> list[Attached]:
    """The files these notices tell of, for whoever may have them now; large ones are left to the link."""
    found = []
    for notice in notices:
        person = notice.recipient
        if notice.event != "report_sent" or notice.about_type != "file_job" or person is None:
            continue
        ready = FileJob.objects.of(person).filter(pk=notice.about_id, state=FileJob.State.DONE, size__lte=MOST_BYTES)
        for job in ready:
            if may_have(job.kind, person, job.params):
                with job.file.open("rb") as file:
                    found.append(Attached(job.file_name, job.content_type, file.read()))
    return found
