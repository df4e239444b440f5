"""Files of an approval platform as a whole: handed in, tried, taken over or set aside."""

import hashlib
from contextlib import suppress
from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from approvals.exchange import actions, records
from approvals.models import ExchangeMessage, ExchangePlatform
from projects.errors import InvalidFields


def hand_in(platform: ExchangePlatform, file: File, *, by: User, at: datetime) -> tuple[str, list[actions.Taken]]:
    """Keeps the records of a file, which wait to be confirmed: (SHA-256 of the file, what became of each).

    Raises InvalidFields for a file that cannot be read, PermissionDenied, Refused for a platform switched off.
    """
    data, name = file.read(records.LARGEST_FILE + 1), file.name or ""
    try:
        found = records.read_file(data, name)
    except records.Unreadable as error:
        raise InvalidFields({"file": [words_of(error.code)]}) from None
    source = actions.Source(name, hashlib.sha256(data).hexdigest())
    return source.file_sha256, actions.keep(platform, found, by=by, at=at, source=source)


def messages_of(platform: ExchangePlatform, sha256: str):
    """The messages of a file, those of one step together in the order of their moments."""
    rows = platform.messages.filter(file_sha256=sha256).select_related("platform", "step__project")
    return rows.order_by("project_code", "item_code", "happened_at", "pk")


def waiting_of(platform: ExchangePlatform, sha256: str) -> list[ExchangeMessage]:
    """Those nobody has confirmed yet."""
    return list(messages_of(platform, sha256).filter(state=ExchangeMessage.State.WAITING))


def set_aside(waiting: list[ExchangeMessage], *, by: User, at: datetime) -> None:
    """Sets the messages of a file aside that nobody has settled meanwhile. Raises PermissionDenied."""
    for message in waiting:
        with suppress(Refused):
            actions.dismiss(message, reason=_("The file was not taken over."), by=by, at=at)


def words_of(code: str) -> str:
    """Why a whole file is refused."""
    return {
        "size": _("The file is too large: at most 10 MB."),
        "many": _("The file has more than 20,000 records."),
        "unsafe": _("The file holds something that is not opened here: macros, links, a password or a document type."),
        "headers": _("No line names the columns 项目代码, 事项编码, 状态代码 and 状态时间."),
        "kind": _("This is neither .xlsx nor .csv, .json or .xml."),
    }.get(code, _("The file is damaged and cannot be read."))
