"""Answers that are files to keep: lists as .xlsx, papers as .pdf and .docx."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def attachment(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """The file under this name, Chinese names included; the browser keeps it and does not guess at its type."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=content_type, headers=headers)
