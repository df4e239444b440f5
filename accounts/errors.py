"""Errors that carry a sentence for the person at the screen. Nothing has been changed when one is raised."""


class Refused(Exception):
    """The rule or the present state does not allow this; the message says why and what to do. Status 409."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences, one for each reason."""
        return (str(self),)


class Conflict(Refused):
    """Somebody else changed the row first; the message asks to reload. Status 409 (API: 412 with If-Match)."""
