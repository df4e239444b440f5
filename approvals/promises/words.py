"""What history rows about papers owed and promises say, in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy, CommittedStep


def in_words(data: Mapping[str, Any]) -> Iterator[str]:
    """Sentences for ``StepTransition.data``."""
    if data.get("due_from"):
        yield _("due %(before)s → %(after)s") % {"before": data["due_from"], "after": data["due_on"]}
    if data.get("lapsed"):
        yield _("rule of the park: the case %(rule)s") % {"rule": _rule(data["rule"])}
        yield from data["lapsed"]
    if promise := data.get("promise"):
        yield _("promised by %(who)s on %(on)s") % {"who": promise["signed_by"], "on": promise["signed_on"]}
    if check := data.get("check"):
        yield _outcome(check["outcome"])
        if check.get("check_due_on"):
            yield _("to be put right and checked again by %(on)s") % {"on": check["check_due_on"]}


def _rule(code: str) -> str:
    return str(ApprovalPolicy.AtDeadline(code).label)


def _outcome(code: str) -> str:
    return _("commitment %(outcome)s") % {"outcome": CommittedStep.Outcome(code).label}
