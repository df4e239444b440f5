"""The same workbook handed back with every remark in its cell: coloured, with a comment, and a list in front.

It is made by a child in the jail (annotate_child). A hidden name in it says which import it belongs to, so that the
corrected copy is known when it comes back.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO

from django.core import signing
from django.utils.translation import gettext as _

from accounts import jail
from accounts.errors import Refused
from projects.ledger.annotate_child import MARK, NAME
from projects.ledger.findings import Finding
from projects.models import ImportBatch, ImportRow

CHILD = "projects.ledger.annotate_child"
MOST_ROWS = 5000
WALL = 90  # seconds
_HIDDEN = re.compile(rf'<definedName[^>]*name="{NAME}"[^>]*>"([^"<]{{1,120}})"</definedName>')
_LARGEST_PART = 2 * 1024 * 1024  # bytes of xl/workbook.xml
Action = ImportRow.Action
Mark = dict[str, str]
UNSURE, CONFLICT, ASKED = "要确认是哪一个：{names}", "两边都改过；系统中现为：{here}", "请说明这一列的含义"


def annotated(batch: ImportBatch) -> BinaryIO:
    """An open temporary file. Raises Refused (not a workbook, too many rows), FileNotFoundError (the file is gone)."""
    if batch.file_name.lower().endswith((".csv", ".txt", ".tsv")):
        text = _(
            "Only an Excel workbook can be marked; this is a text file. "
            "Put the cells right on this page, or save it as .xlsx and hand it in again."
        )
        raise Refused(text)
    if batch.rows_total > MOST_ROWS:
        text = _(
            "At most %(n)s rows can be marked in the file. "
            "Put the cells right on this page, or correct your own file and hand it in again."
        )
        raise Refused(text % {"n": f"{MOST_ROWS:,}"})
    with TemporaryDirectory() as folder, batch.file.open("rb") as file:
        source, told, made = (Path(folder) / name for name in ("source.xlsx", "marks.json", "marked.xlsx"))
        source.write_bytes(file.read())
        marks = {"marks": list(marks_of(batch)), "id": _signer(batch).sign(str(batch.pk)), "name": batch.file_name}
        told.write_text(json.dumps(marks), encoding="utf-8")
        try:
            jail.run(CHILD, [str(source), str(told), str(made)], wall=WALL)
        except jail.Broke as error:
            raise Refused(_("This file cannot be marked; please correct it as it is.")) from error
        result = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
        result.write(made.read_bytes())
    result.seek(0)
    return result


def marks_of(batch: ImportBatch) -> Iterator[Mark]:
    """Everything found: {"sheet", "cell", "tone", "text"}; tones error, warning, question, conflict."""
    for each in batch.summary.get("questions", ()):
        sheet, _sign, letter = each["place"].rpartition("!")
        yield {"sheet": sheet, "cell": f"{letter}{each.get('row') or 1}", "tone": "question", "text": ASKED}
    for each in batch.summary.get("findings", ()):
        if each["cell"]:
            yield _mark(each["sheet"], each)
    for row in batch.rows.exclude(action=Action.SKIPPED).defer("before", "kept").order_by("sheet", "row").iterator():
        yield from _marks_of_row(row)


def _marks_of_row(row: ImportRow) -> Iterator[Mark]:
    for each in row.findings:
        if each["kind"] != "IDENTITY_UNSURE":
            yield _mark(row.sheet, each)
    if row.action == Action.UNSURE:
        names = "、".join(each["name"] for each in row.proposals)
        cell = next((each["cell"] for each in row.findings if each["kind"] == "IDENTITY_UNSURE"), f"A{row.row}")
        yield {"sheet": row.sheet, "cell": cell, "tone": "question", "text": UNSURE.format(names=names)}
    for change in row.changes:
        if change.get("choice") == "":
            text = CONFLICT.format(here=_plain(change["theirs"]))
            yield {"sheet": row.sheet, "cell": change["cell"], "tone": "conflict", "text": text}


def _mark(sheet: str, found: dict[str, Any]) -> Mark:
    return {"sheet": sheet, "cell": found["cell"], "tone": found["severity"], "text": found["message_zh"]}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value") or "、".join(str(each) for each in value.values() if each)
    return "—" if value is None else str(value)


def followed(batch: ImportBatch) -> int | None:
    """The import of the same park and kind whose marked copy this file is; the file has been read without a refusal."""
    try:
        with batch.file.open("rb") as file, zipfile.ZipFile(file) as archive, archive.open("xl/workbook.xml") as part:
            found = _HIDDEN.search(part.read(_LARGEST_PART).decode("utf-8", "replace"))
        pk = int(_signer(batch).unsign(found[1])) if found else 0
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, signing.BadSignature):
        return None
    earlier = ImportBatch.objects.filter(pk=pk, park=batch.park_id, kind=batch.kind).exclude(pk=batch.pk)
    return earlier.values_list("pk", flat=True).first()


def _signer(batch: ImportBatch) -> signing.Signer:
    return signing.Signer(salt=f"projects.ledger.annotate.{batch.park_id}")


def is_ours(found: Finding) -> bool:
    """A comment that holds nothing but what we have written into a marked copy."""
    note = str(found.params.get("note", ""))
    return found.kind == "COMMENT_NOTE" and MARK in note and not note.partition(MARK)[0].strip()
