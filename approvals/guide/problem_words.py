"""The problems of a draft in the reader's language; the checks themselves speak English, as in a catalogue file."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

WORDS = [
    (r"duplicate (?P<what>[\w ]+?) (?P<code>\S+(?: \S+)?)$", noop("%(code)s is there twice.")),
    (r"no steps$", noop("There are no steps.")),
    (r"(?P<code>\S+): unknown phase", noop("%(code)s stands in a phase of another version.")),
    (r"(?P<code>\S+): unknown line", noop("%(code)s stands on a line of another version.")),
    (r"(?P<code>\S+): unknown predecessor (?P<other>\S+)", noop("%(code)s waits for %(other)s, which is not here.")),
    (r"(?P<code>\S+): predecessor (?P<other>\S+) is listed twice", noop("%(code)s waits for %(other)s twice.")),
    (r".*predecessors form a cycle through (?P<codes>.+)$", noop("These steps wait for each other: %(codes)s.")),
    (r"(?:bundle|gate) (?P<name>\S+): unknown step (?P<code>\S+)",
     noop("%(name)s contains %(code)s, which is not here.")),
    (r"(?P<code>\S+): a conditional step", noop("%(code)s: a conditional step, and only that, has a condition.")),
    (r"(?P<code>\S+): (?:condition|variant \S+) (?P<source>.+?): (?P<why>.*)$",
     noop("%(code)s: the condition %(source)s cannot be used (%(why)s).")),
    (r"(?P<code>\S+): (?P<paper>\S+) is deferrable, the step is not",
     noop("%(code)s: %(paper)s may follow later, but the step does not allow it.")),
    (r"(?P<code>\S+): every paper is deferrable",
     noop("%(code)s: every paper may follow later; a core one is needed.")),
    (r"(?P<code>\S+): two papers are the same as (?P<key>.+)$",
     noop("%(code)s: two papers have the key %(key)s of one paper.")),
    (r"(?P<code>\S+): (?P<paper>\S+) is due before (?P<other>\S*),",
     noop("%(code)s: %(paper)s is due before %(other)s, which is not a later step.")),
    (r"(?P<code>\S+): (?P<paper>\S+) has due_before",
     noop("%(code)s: %(paper)s names a latest step but may not follow later.")),
    (r"(?P<code>\S+): validity", noop("%(code)s: the life of the result is not complete (kind, months, renewals).")),
]  # fmt: skip
COMPILED = [(re.compile(pattern), words) for pattern, words in WORDS]


def in_words(problems: Iterable[str]) -> list[str]:
    """The same problems, translated; one that has no translation stays as it is."""
    return [_one(problem) for problem in problems]


def _one(problem: str) -> str:
    for pattern, words in COMPILED:
        if found := pattern.match(problem):
            return _(words) % found.groupdict()
    return problem
