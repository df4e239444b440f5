"""Fills a .docx with placeholders. Pure, and able to run as a child process in the jail of uploaded files:
``python -m dispatch.meetings.docx_fill TEMPLATE FACTS.json OUT`` answers {"ok": true, "used": […]} or {"bad": code}.

Facts are text and stay text: whatever they hold is neither XML nor a placeholder. Source: reliability rules 3.13.
"""

import io
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from docx import Document
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unfit(ValueError):
    """A template that cannot be filled; ``code``: SYNTAX, UNKNOWN (``name``: which placeholder) or NONE."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code, name)
        self.code, self.name = code, name


def environment() -> SandboxedEnvironment:
    """No globals, nothing unknown passes silently, everything escaped."""
    sandbox = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    sandbox.globals.clear()
    return sandbox


def fill(template: bytes, facts: Mapping[str, Any]) -> bytes:
    """The document. Raises Unfit."""
    paper = DocxTemplate(io.BytesIO(template))
    try:
        paper.render(storable(facts), environment(), autoescape=True)
    except UndefinedError as error:
        raise Unfit("UNKNOWN", str(error)[:80]) from error
    except (TemplateError, TypeError, ValueError, OverflowError) as error:
        raise Unfit("SYNTAX", str(error)[:80]) from error
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def names_used(template: bytes) -> set[str]:
    """The placeholders a template asks for. Raises Unfit for one that cannot be read."""
    try:
        found = DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(environment())
    except TemplateError as error:
        raise Unfit("SYNTAX", str(error)[:80]) from error
    return {str(name) for name in found}


def check(template: bytes, facts: Mapping[str, Any]) -> tuple[set[str], bytes]:
    """The placeholders used and the filled document, which opens. Raises Unfit: also for a template without any."""
    used = names_used(template)
    if unknown := sorted(used - set(facts)):
        raise Unfit("UNKNOWN", "、".join(unknown)[:80])
    if not used:
        raise Unfit("NONE")
    filled = fill(template, facts)
    Document(io.BytesIO(filled))
    return used, filled


def storable(value: Any) -> Any:
    """The same without characters that XML cannot hold."""
    if isinstance(value, str):
        return NOT_IN_XML.sub("", value.replace("\r\n", "\n"))
    if isinstance(value, Mapping):
        return {key: storable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(one) for one in value]
    return value


def main(arguments: list[str]) -> dict[str, Any]:
    """One template filled in the jail."""
    from accounts import jail

    template_path, facts_path, out_path = arguments
    jail.lock(out_path)
    with open(template_path, "rb") as file, open(facts_path, encoding="utf-8") as facts:
        template, data = file.read(), json.load(facts)
    try:
        used, filled = check(template, data)
    except Unfit as unfit:
        return {"bad": unfit.code, "name": unfit.name}
    with open(out_path, "wb") as out:
        out.write(filled)
    return {"ok": True, "used": sorted(used)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
