"""All papers of a project as one ZIP, written while it is sent, with an index as .xlsx."""

import io
import zipfile
from collections.abc import Iterable, Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl import Workbook

from approvals.models import StepFile
from approvals.papers.kinds import clean_name
from approvals.papers.queries import StepPapers
from projects.ledger.sheet import streamed_cell

CHUNK = 256 * 1024


class _Pipe(io.RawIOBase):
    """What the ZIP writer has written and nobody has taken yet."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def newest_files(steps: Iterable[StepPapers]) -> list[StepFile]:
    """The files the ZIP holds: the newest version of each paper that has been scanned."""
    newest = [paper.newest for step in steps for paper in step.papers]
    return [file for file in newest if file is not None and file.scan == StepFile.Scan.AVAILABLE]


def stream(steps: list[StepPapers]) -> Iterator[bytes]:
    """The ZIP in pieces; memory does not grow with the papers. A file that is gone is named in the index only."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        index: list[tuple] = []
        for step in steps:
            for paper in step.papers:
                for file in paper.files:
                    place = _place(step, paper, file) if file is paper.newest else ""
                    if place:
                        place = yield from _pack(package, pipe, file, place)
                    index.append(_line(step, paper, file, place))
        package.writestr("index.xlsx", _index(index))
    yield pipe.take()


def _pack(package: zipfile.ZipFile, pipe: _Pipe, file: StepFile, place: str) -> Iterator[bytes]:
    """Yields pieces; returns the place in the ZIP, "" when the file could not be read."""
    if file.scan != StepFile.Scan.AVAILABLE:
        return ""
    try:
        source = file.file.open("rb")
    except OSError:
        return ""
    when = localtime(file.uploaded_at).timetuple()[:6]
    with source, package.open(zipfile.ZipInfo(place, date_time=when), "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
            yield pipe.take()
    return place


def _place(step: StepPapers, paper, file: StepFile) -> str:
    """S02/S02-D1 name v2.pdf"""
    extension = file.file.name.rpartition(".")[2]
    name = clean_name(f"{paper.asked.code} {paper.asked.name} v{file.version_no}.{extension}".replace("/", "／"))
    return f"{step.step.code}/{name}"


def _line(step: StepPapers, paper, file: StepFile, place: str) -> tuple:
    sent = localtime(file.uploaded_at).replace(tzinfo=None)
    return (
        step.step.code, step.step.step.name, paper.asked.code, paper.asked.name, file.version_no, file.original_name,
        file.size, file.uploader_name, sent, file.get_review_display(), file.review_reason,
        str(file.reviewed_by or ""), file.sha256, place,
    )  # fmt: skip


def _index(lines: list[tuple]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Papers"))
    heads = [_("Step"), _("Name of the step"), _("Code"), _("Paper"), _("Version"), _("File"), _("Size (bytes)")]
    heads += [_("Sender"), _("Sent at"), _("Review"), _("Reason"), _("Reviewed by"), "SHA-256", _("In this ZIP as")]
    sheet.append([streamed_cell(sheet, head) for head in heads])
    for line in lines:
        sheet.append([streamed_cell(sheet, value) for value in line])
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()
