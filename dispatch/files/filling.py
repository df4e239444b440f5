"""Somebody's own .docx template, filled in the jail of uploaded files."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from accounts import jail
from accounts.errors import Refused


def fill_in_jail(child: str, template: bytes, facts: Mapping[str, Any], *, wall: int) -> bytes:
    """The filled document. ``child``: module that is run as ``-m child TEMPLATE FACTS.json OUT`` and answers as
    ``dispatch.meetings.docx_fill`` does; ``wall``: seconds it may take. Raises Refused."""
    with TemporaryDirectory(prefix="template-") as folder:
        paper, data, out = (Path(folder) / name for name in ("in.docx", "facts.json", "out.docx"))
        paper.write_bytes(template)
        data.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        try:
            said = jail.run(child, [str(paper), str(data), str(out)], wall=wall)
        except jail.Broke as error:
            raise Refused(_("This template cannot be filled: it takes too long or breaks.")) from error
        if "bad" in said:
            raise Refused(_sentence(said["bad"], said["name"]))
        return out.read_bytes()


def _sentence(code: str, name: str) -> str:
    if code == "UNKNOWN":
        return _("The template asks for something that does not exist: %(name)s") % {"name": name}
    if code == "NONE":
        return _("The template has no placeholders, so it would give an empty paper.")
    return _("A placeholder of the template is written wrongly: %(name)s") % {"name": name}
