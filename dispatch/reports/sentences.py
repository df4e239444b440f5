"""The notice as it reads: the assembled sentences of a snapshot with the edits in force. Pure.

A snapshot that was issued carries ``final``: number, day, addressees, the edits in force, and for a restatement what
changed. A draft's is made for showing it (``with_final``). Snapshots of the first schema have paragraphs instead of
sentences; a paragraph counts as one sentence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from dispatch.reports.words import long_day

TITLE, OPENING = "t.1", "s0.1"


@dataclass(frozen=True)
class Sentence:
    """One sentence that can be changed by hand. ``assembled``: what the facts say; ``text``: what is read."""

    key: str
    assembled: str
    text: str
    paragraph: int = 1

    @property
    def is_edited(self) -> bool:
        return self.text != self.assembled


@dataclass(frozen=True)
class Section:
    heading: str
    sentences: tuple[Sentence, ...]

    @property
    def paragraphs(self) -> list[tuple[Sentence, ...]]:
        return [tuple(part) for _number, part in groupby(self.sentences, lambda one: one.paragraph)]


@dataclass(frozen=True)
class Notice:
    """Everything the first part of the bulletin says, line by line; ``day`` "" before it is issued."""

    title: Sentence
    issue: str
    centre: str
    day: str
    as_of: str
    salutation: str
    opening: Sentence | None
    sections: tuple[Section, ...]
    attachments: tuple[str, ...]
    send_to: str
    copy_to: str
    contact: str
    phone: str
    notes: tuple[Sentence, ...]
    reason: str = ""
    edits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentences(self) -> list[Sentence]:
        """All that can be changed by hand, in the order of reading."""
        parts = [self.title, *([self.opening] if self.opening else [])]
        return [*parts, *(one for section in self.sections for one in section.sentences), *self.notes]


def with_final(snapshot: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """The snapshot as it would be issued with these values of ``final``."""
    return {**snapshot, "final": {**EMPTY, **values}}


EMPTY: Mapping[str, Any] = {
    "number": None, "revision": 0, "reason": "", "on": "", "send_to": "", "copy_to": "", "edits": {}, "restates": "",
    "changes": None,
}  # fmt: skip


def notice(snapshot: Mapping[str, Any]) -> Notice:
    """The notice of a snapshot of any schema, with what its ``final`` says."""
    text, park, final = snapshot["text"], snapshot["park"], snapshot.get("final") or EMPTY
    edits = {key: edit["after"] for key, edit in final["edits"].items()}
    send_to, copy_to = _addressees(text, final)
    opening = text.get("opening")
    return Notice(
        title=_read(TITLE, text["title"], edits),
        issue=_issue(snapshot, final),
        centre=park["centre"],
        day=long_day(date.fromisoformat(final["on"])) if final["on"] else "",
        as_of=long_day(date.fromisoformat(snapshot["as_of"])),
        salutation=f"{send_to}：" if opening else text["salutation"],
        opening=_read(OPENING, opening, edits) if opening else None,
        sections=tuple(_section(n, section, edits) for n, section in enumerate(text["sections"], 1)),
        attachments=tuple(text["attachments"]),
        send_to=send_to,
        copy_to=copy_to,
        contact=park["contact"],
        phone=park["phone"],
        notes=tuple(_read(f"n.{n}", note, edits) for n, note in enumerate(text["notes"], 1)),
        reason=final["reason"],
        edits=final["edits"],
    )


def _read(key: str, assembled: str, edits: Mapping[str, str], paragraph: int = 1) -> Sentence:
    return Sentence(key, assembled, edits.get(key) or assembled, paragraph)


def _section(number: int, section: Mapping[str, Any], edits: Mapping[str, str]) -> Section:
    if "sentences" in section:
        rows: Iterable[tuple[str, int, str]] = ((s["key"], s["paragraph"], s["text"]) for s in section["sentences"])
    else:
        rows = ((f"s{number}.{n}", n, text) for n, text in enumerate(section["paragraphs"], 1))
    return Section(section["heading"], tuple(_read(key, text, edits, place) for key, place, text in rows))


def _issue(snapshot: Mapping[str, Any], final: Mapping[str, Any]) -> str:
    """（2025年第4期）; the month's number stands until there is one, and a restatement says which it is."""
    if final["number"] is None and not final["revision"]:
        return str(snapshot["text"]["issue"])
    restated = f"·第{final['revision']}次重述" if final["revision"] else ""
    return f"（{snapshot['year']}年第{final['number'] or snapshot['month']}期{restated}）"


def _addressees(text: Mapping[str, Any], final: Mapping[str, Any]) -> tuple[str, str]:
    """主送 and 抄送: as issued, else as proposed; the first schema has both in one line."""
    if "send_to" in text:
        return final["send_to"] or text["send_to"], final["copy_to"] or text["copy_to"]
    send_to, _sep, copy_to = text["addressees"].partition("　抄送：")
    return send_to.removeprefix("主送："), copy_to
