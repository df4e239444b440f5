"""Refusals of project actions that carry more than one sentence, so that pages and the API can show all of it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accounts.errors import Refused
from projects.seams import Missing


class InvalidFields(Refused):
    """Values that cannot be stored. ``errors``: {field name: [sentences]}."""

    def __init__(self, errors: Mapping[str, list[str]]):
        self.errors = dict(errors)
        super().__init__(" ".join(sentence for sentences in self.errors.values() for sentence in sentences))


class GateClosed(Refused):
    """A gate may not be passed. ``missing``: everything that stands in the way, in order.

    ``fatal``: those of them that no reason can override (a date that cannot be right).
    """

    def __init__(self, missing: Iterable[Missing], fatal: Iterable[Missing] = ()):
        self.fatal = list(fatal)
        self.missing = self.fatal + list(missing)
        super().__init__(_("Not possible yet: %(missing)s") % {"missing": "；".join(m.text for m in self.missing)})


class NeedsAcknowledgement(Refused):
    """Unusual, but possible: repeat with ``acknowledged=True``. ``warnings``: the sentences to acknowledge."""

    def __init__(self, warnings: list[str]):
        self.warnings = warnings
        super().__init__(" ".join(warnings))
