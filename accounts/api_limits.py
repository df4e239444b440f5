"""How often somebody may ask. Counted in this process alone: no request waits for another service or writes a row.

With N web processes a person can reach up to N times the figure; docs/api.md says so. Fixed windows: at their border
up to twice the figure within one period.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from rest_framework.throttling import BaseThrottle

from accounts import clock
from accounts.api_scopes import SAFE_METHODS

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Rate:
    """Where somebody stands: ``limit`` requests in a window, ``remaining`` of them, ``reset`` seconds to its end."""

    limit: int
    count: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.count)

    @property
    def is_exceeded(self) -> bool:
        return self.count > self.limit

    def as_headers(self) -> dict[str, str]:
        values = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return {f"RateLimit-{name}": str(value) for name, value in values.items()}


def count(kind: str, who: str) -> Rate:
    """One more request of this kind ("READ", "WRITE", "FAILURES") by somebody; kinds are settings API_RATE_<kind>."""
    limit, period = parse(getattr(settings, f"API_RATE_{kind}"))
    window, passed = divmod(int(clock.now().timestamp()), period)
    return Rate(limit, _count(f"{kind}:{who}:{window}", period), period - passed)


def parse(rate: str) -> tuple[int, int]:
    """ "120/m" → (120, 60): requests, and seconds (s, m, h or d)."""
    number, _slash, period = rate.partition("/")
    return int(number), SECONDS[period[:1]]


def _count(key: str, period: int) -> int:
    cache = caches["api_limits"]
    cache.add(key, 0, timeout=period + 1)
    try:
        return cache.incr(key)
    except ValueError:  # thrown out in between
        cache.set(key, 1, timeout=period + 1)
        return 1


class PersonThrottle(BaseThrottle):
    """Reads and writes of a person; each token counts by itself."""

    def allow_request(self, request, view) -> bool:
        kind = "READ" if request.method in SAFE_METHODS else "WRITE"
        who = f"token{request.auth.pk}" if request.auth else f"user{request.user.pk}"
        self.rate = request._request.api_rate = count(kind, who)
        return not self.rate.is_exceeded

    def wait(self) -> int:
        return self.rate.reset
