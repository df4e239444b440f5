"""One POST of JSON to a group robot: to known hosts only, over HTTPS, without following redirects, with time limits."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from dispatch.notices.channels import CONNECT, Down, Refused, Slow

VENDOR_HOSTS = {
    "wecom": ("qyapi.weixin.qq.com",),
    "dingtalk": ("oapi.dingtalk.com",),
    "feishu": ("open.feishu.cn", "open.larksuite.com"),
}
LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """Status, the JSON object of the body ({} when it is none), seconds of Retry-After."""

    status: int
    data: dict[str, Any]
    retry_after: float | None


def fault_of(url: str, kind: str) -> str:
    """Why a webhook address is not used: "scheme", "host" or "form"; "" when it is. Own hosts: NOTICE_ROBOT_HOSTS.

    An entry there is a host, a host with a port, or with "http://" in front where a private network has no HTTPS.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "form"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "scheme"
    if parts.username is not None or parts.password is not None or parts.fragment or not url.isascii():
        return "form"
    if any(character.isspace() or ord(character) < 33 for character in url):
        return "form"
    place = parts.hostname if port is None else f"{parts.hostname}:{port}"
    own = settings.NOTICE_ROBOT_HOSTS
    if parts.scheme == "http":
        return "" if f"http://{place}" in own else "scheme"
    if place in own:
        return ""
    return "" if parts.hostname in VENDOR_HOSTS.get(kind, ()) and port in (None, 443) else "host"


def post(url: str, payload: dict[str, Any], *, patience: float) -> Answer:
    """Sends and reads the answer; redirects are answers like others. Raises Down before, Slow after it has been sent.

    Errors never hold the address: it carries the robot's key.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options: dict[str, Any] = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = kind(parts.hostname, parts.port, timeout=CONNECT, **options)
    body = json.dumps(payload, ensure_ascii=False).encode()
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as error:
            raise Down(f"no connection to {parts.hostname}: {type(error).__name__}") from None
        return exchange(connection, target, body, patience, {"Content-Type": "application/json; charset=utf-8"})
    finally:
        connection.close()


def exchange(
    connection: http.client.HTTPConnection, target: str, body: bytes, patience: float, headers: Mapping[str, str]
) -> Answer:
    """POST over an open connection. Raises Slow when no whole answer comes, Refused for what HTTP cannot carry."""
    ends = time.monotonic() + patience
    connection.sock.settimeout(patience)
    try:
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        raw = _read(response, connection.sock, ends)
    except TimeoutError:
        raise Slow(f"{connection.host} did not answer within {patience:.0f} s") from None
    except (OSError, http.client.HTTPException) as error:
        raise Slow(f"{connection.host} broke off: {type(error).__name__}") from None
    except ValueError as error:
        raise Refused(f"cannot be sent: {type(error).__name__}") from None
    return Answer(response.status, _object(raw), _seconds(response.getheader("Retry-After")))


def _read(response: http.client.HTTPResponse, sock: socket.socket | None, ends: float) -> bytes:
    """At most LARGEST_ANSWER bytes, in at most the time that is left, however slowly they drip."""
    parts, total = [], 0
    while total < LARGEST_ANSWER:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if sock is not None and sock.fileno() >= 0:
            sock.settimeout(left)
        part = response.read1(8192)
        if not part:
            break
        parts.append(part)
        total += len(part)
    return b"".join(parts)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text: str | None) -> float | None:
    return float(min(int(text), 3600)) if text and text.isdecimal() else None
