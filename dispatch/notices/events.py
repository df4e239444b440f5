"""What people can be told about: one row an event, with its defaults. Codes are stored, so they never change.

``mandatory``: nobody can switch it off. ``urgent``: it does not wait for the digest. ``channels``: what a person gets
who has chosen nothing. ``subject``/``text``: default words with named placeholders from the notice's ``facts``.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NoticeEvent:
    """One kind of notice."""

    code: str
    label: Any
    subject: Any
    text: Any
    mandatory: bool = False
    urgent: bool = False
    channels: tuple[str, ...] = ("in_app", "email")


EVENTS: dict[str, NoticeEvent] = {
    event.code: event
    for event in (
        NoticeEvent(
            "ledger_assigned",
            _("a ledger item is given to my unit"),
            _("Ledger item {number} is given to you"),
            _("{number} {title}: to be done by {unit} until {due_on}. Please sign for it."),
            mandatory=True,
        ),
        NoticeEvent(
            "ledger_imported",
            _("an imported ledger gives items to my unit"),
            _("{count} ledger items are given to you"),
            _("{file} gives {count} items to {unit}, the earliest to be done until {due_on}. Please sign for them."),
            mandatory=True,
        ),
        NoticeEvent(
            "ledger_returned",
            _("a ledger item is returned or reopened"),
            _("Ledger item {number} is returned"),
            _("{number} {title}: returned by {by}. Reason: {reason}"),
            mandatory=True,
        ),
        NoticeEvent(
            "ledger_closing",
            _("a closure waits for verification"),
            _("Closure of {number} waits for verification"),
            _("{number} {title}: {unit} asks for closure. Evidence: {evidence}"),
        ),
        NoticeEvent(
            "ledger_closed",
            _("a ledger item of mine is closed"),
            _("Ledger item {number} is closed"),
            _("{number} {title}: verified and closed by {by}."),
            channels=("in_app",),
        ),
        NoticeEvent(
            "ledger_hung",
            _("a ledger item is moved up or comes back"),
            _("Ledger item {number} is at dispatch tier {tier}"),
            _("{number} {title}: {reason}"),
        ),
        NoticeEvent(
            "ledger_extension",
            _("an extension is asked for or decided"),
            _("Extension of {number}: {outcome}"),
            _("{number} {title}: {workdays} working days. {reason}"),
        ),
        NoticeEvent(
            "ledger_mention",
            _("somebody mentions me"),
            _("{by} mentions you at {number}"),
            _("{number} {title}: {text}"),
        ),
        NoticeEvent(
            "ledger_comment",
            _("somebody comments on an item of mine"),
            _("New comment on {number}"),
            _("{number} {title}: {by}: {text}"),
            channels=("in_app",),
        ),
        NoticeEvent(
            "reminder",
            _("something of mine is due within three working days"),
            _("Due on {due_on}: {about}"),
            _("{project} {about}: due on {due_on}."),
        ),
        NoticeEvent(
            "response",
            _("a response case is opened or its level rises"),
            _("Level {level} response: {about}"),
            _("{project} {about}: {reason}. Acknowledge by {acknowledge_by}, cleared by {clear_by}."),
            mandatory=True,
        ),
        NoticeEvent(
            "response_closed",
            _("a response case is closed or its level falls"),
            _("Response ended or lowered: {about}"),
            _("{project} {about}: {reason}."),
            channels=("in_app",),
        ),
        NoticeEvent(
            "meeting_invited",
            _("I am invited to a meeting, or it changes"),
            _("Meeting on {held_on}: {title}"),
            _("{title}, {held_on} {starts_at}, {place}. {change}"),
        ),
        NoticeEvent(
            "meeting_minutes",
            _("minutes of a meeting of mine are there"),
            _("Minutes: {title}"),
            _("{title} of {held_on}: {decisions} decisions."),
        ),
        NoticeEvent(
            "visit_planned",
            _("a visit is planned for me"),
            _("Visits of the quarter: {count}"),
            _("{count} enterprises are to be visited in {quarter}."),
        ),
        NoticeEvent(
            "instruction_issued",
            _("a leader's instruction concerns my unit"),
            _("Instruction {number} of {leader}"),
            _("{number}: {text} Due on {due_on}."),
            mandatory=True,
            urgent=True,
        ),
        NoticeEvent(
            "instruction_feedback",
            _("a report on an instruction is there, or due, or answered"),
            _("Feedback on {number}"),
            _("{number}: {text}"),
        ),
        NoticeEvent(
            "brief_published",
            _("the weekly brief is published"),
            _("Weekly brief: {title}"),
            _("{title}\n{changes}"),
        ),
        NoticeEvent(
            "bulletin_issued",
            _("a bulletin is issued"),
            _("Bulletin issued: {title}"),
            _("{title}"),
            channels=("in_app",),
        ),
        NoticeEvent(
            "report_ready",
            _("a file or report of mine is ready"),
            _("Ready: {title}"),
            _("{title} is ready."),
            channels=("in_app",),
        ),
        NoticeEvent(
            "filing_due",
            _("the monthly filing of my projects is due"),
            _("Filing of {month}: {count} projects still to hand in"),
            _("{words} {count} projects are to be filed for {month} until {closes_on}; locked on {locks_on}."),
        ),
        NoticeEvent(
            "filing_returned",
            _("a filing of mine is returned"),
            _("Filing of {month} is returned: {project}"),
            _("{project}, {month}: returned by {by}. Reason: {reason}"),
            mandatory=True,
        ),
        NoticeEvent(
            "filing_accepted",
            _("a filing of mine is accepted"),
            _("Filing of {month} is accepted: {project}"),
            _("{project}, {month}: accepted."),
            channels=("in_app",),
        ),
        NoticeEvent(
            "filing_restated",
            _("a restatement of a locked filing is asked for or decided"),
            _("Restatement of {month}, {project}: {outcome}"),
            _("{project}, {month}: {outcome}. {reason}"),
        ),
        NoticeEvent(
            "ranking_published",
            _("a ranking of the units is published"),
            _("Published: {title}"),
            _("{title}: {text}"),
        ),
        NoticeEvent(
            "ranking_appeal",
            _("an appeal against a ranking is made or answered"),
            _("Appeal: {title}"),
            _("{title}: {text}"),
        ),
        NoticeEvent(
            "report_sent",
            _("a report comes by its schedule"),
            _("Report: {title}"),
            _("{title} is ready, and is kept for a week among your files."),
        ),
        NoticeEvent(
            "machine_alarm",
            _("a job or a delivery was given up"),
            _("Given up: {what}"),
            _("{what} was given up after {attempts} attempts: {error}"),
            mandatory=True,
            urgent=True,
        ),
        NoticeEvent(
            "enterprise_news",
            _("news about the project of an enterprise"),
            _("News about your project {project}"),
            _("{text}"),
        ),
    )
}
