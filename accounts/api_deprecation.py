"""What will go: said in the headers of every answer (RFC 9745, RFC 8594) and in the description."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.http import http_date


@dataclass(frozen=True)
class Deprecation:
    """Not to be used since a day, gone after another (at least twelve months later), explained at an address."""

    since: date
    sunset: date
    link: str

    def as_headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{_seconds(self.since)}",
            "Sunset": http_date(_seconds(self.sunset)),
            "Link": f'<{self.link}>; rel="deprecation"; type="text/html"',
        }


def deprecated(*, since: date, sunset: date, link: str) -> Callable:
    """For a view class or one of its methods. Raises ValueError when less than a year is left to change over."""
    if (sunset - since).days < 365:
        raise ValueError("A deprecated operation lives for at least a year.")

    def mark(view):
        view.deprecation = Deprecation(since, sunset, link)
        return view

    return mark


def deprecation_of(view) -> Deprecation | None:
    """Of the operation a view is answering."""
    name = getattr(view, "action", None) or view.request.method.lower()
    return getattr(getattr(view, name, None), "deprecation", None) or getattr(view, "deprecation", None)


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
