"""Where to go and whom to call for a step in a park: what the park has entered, else what the catalogue says."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.i18n import localized
from approvals.models import Step, StepContact


@dataclass(frozen=True)
class Contact:
    """Texts for the page; "" is unknown."""

    window: str
    address: str
    hours: str
    person: str
    phone: str
    online_url: str
    note: str

    @property
    def call(self) -> str:
        """Name and number in one line."""
        return f"{self.person} {self.phone}".strip()


def contacts_of(park) -> dict[str, StepContact]:
    """The park's own entries by code of the step, in one query; empty without a park."""
    if park is None:
        return {}
    return {row.step_code: row for row in StepContact.objects.filter(park=park)}


def contact_of(step: Step, park, contacts: Mapping[str, StepContact] | None = None) -> Contact:
    """Contact for a step of any version in this park. ``contacts``: from ``contacts_of``, when many steps are asked."""
    own = (contacts_of(park) if contacts is None else contacts).get(step.code)
    if own is None:
        own = StepContact(step_code=step.code)
    return Contact(
        window=localized(own, "window") or localized(step, "window"),
        address=own.address or step.address,
        hours=own.hours,
        person=own.contact_name or step.contact_name,
        phone=own.contact_phone or step.contact_phone,
        online_url=own.online_url,
        note=own.note,
    )
