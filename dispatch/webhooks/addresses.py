"""Which addresses a webhook may have, and where on the network they lie. No request reaches a private network.

A host is looked up once for every message and the message goes to the address that was found and judged, so that a
name that answers differently the second time gains nothing. Own hosts (settings.WEBHOOK_HOSTS: "host", "host:port", or
with "http://" in front where a private network has no HTTPS) are not judged.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LONGEST = 500


class Forbidden(Exception):
    """The address is not used; ``code``: "scheme", "form", "private" or "unknown" (no such host)."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


def checked(url: str) -> SplitResult:
    """The parts of an address that has an allowed form; nothing is looked up. Raises Forbidden."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("form") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Forbidden("scheme")
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise Forbidden("form")
    if not url.isascii() or len(url) > LONGEST or any(not sign.isprintable() or sign in " \\" for sign in url):
        raise Forbidden("form")
    if parts.scheme == "http" and f"http://{_place(parts)}" not in settings.WEBHOOK_HOSTS:
        raise Forbidden("scheme")
    return parts


def fault_of(url: str, look_up: Callable[[str, int], list[str]] | None = None) -> str:
    """Code of what is wrong with the address of a webhook; "" when nothing is. A host that is unknown now is allowed:
    it may have an address by the time a message leaves."""
    try:
        pinned(checked(url), look_up)
    except Forbidden as error:
        return "" if error.code == "unknown" else error.code
    return ""


def pinned(parts: SplitResult, look_up: Callable[[str, int], list[str]] | None = None) -> str:
    """The address to connect to. Raises Forbidden when any address of the host is private, or there is none."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = (look_up or addresses_of)(host, port)
    if not found:
        raise Forbidden("unknown")
    if not _is_own(parts) and not all(is_public(text) for text in found):
        raise Forbidden("private")
    return found[0]


def addresses_of(host: str, port: int) -> list[str]:
    """What the resolver says; [] when it knows nothing. It also reads 2130706433 and 0x7f.1 as IPv4 addresses."""
    try:
        answers: Iterable[tuple] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(text: str) -> bool:
    """Whether an IP address lies on the open internet, also the one it carries inside (mapped, 6to4, NAT64, Teredo)."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in (address, *_inside(address)))


def _inside(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [part for part in (address.ipv4_mapped, address.sixtofour) if part]
    found += list(address.teredo or ())
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def _place(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if parts.port is None else f"{host}:{parts.port}"


def _is_own(parts: SplitResult) -> bool:
    place = _place(parts)
    return (f"http://{place}" if parts.scheme == "http" else place) in settings.WEBHOOK_HOSTS
