"""One POST to a webhook: to the address that was judged, redirects not followed, ten seconds in all.

Reading and faults are those of the group robots (``notices.channels.http``); here the host is anybody's, so the
connection is pinned and an alarm clock ends what drips.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping

from dispatch.notices.channels import CONNECT, Down, Refused, Slow
from dispatch.notices.channels.http import Answer, exchange
from dispatch.webhooks import addresses

PATIENCE = 10.0  # seconds from the connection to the end of the answer
LARGEST_BODY = 64 * 1024


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends and reads the answer, whatever its status. Raises Down before, Slow after it has been sent, Refused for an
    address that is not allowed or a body over 64 KiB. Errors hold no address, it may carry a key."""
    if len(body) > LARGEST_BODY:
        raise Refused("larger than 64 KiB")
    try:
        parts = addresses.checked(url)
        place = addresses.pinned(parts)
    except addresses.Forbidden as error:
        if error.code == "unknown":
            raise Down("the host has no address") from None
        raise Refused(f"the address is not allowed ({error.code})") from None
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, place)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    ends = time.monotonic() + PATIENCE
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as error:
            raise Down(f"no connection: {type(error).__name__}") from None
        return _within(ends, connection, target, body, headers)
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, place: str) -> http.client.HTTPConnection:
    """A connection that goes to ``place`` and nowhere else; the certificate must be the host's."""
    made: http.client.HTTPConnection
    if scheme == "https":
        made = http.client.HTTPSConnection(host, port, timeout=CONNECT, context=ssl.create_default_context())
    else:
        made = http.client.HTTPConnection(host, port, timeout=CONNECT)

    def connect(address, timeout=None, source_address=None):
        return socket.create_connection((place, address[1]), timeout)

    made._create_connection = connect  # type: ignore[attr-defined]
    return made


def _within(
    ends: float, connection: http.client.HTTPConnection, target: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    """The answer, unless the alarm rang: half a header that was cut off reads like a whole one."""
    rung = threading.Event()
    alarm = threading.Timer(max(ends - time.monotonic(), 0.05), _break_off, [connection.sock, rung])
    alarm.daemon = True
    alarm.start()
    try:
        answer = exchange(connection, target, body, PATIENCE, headers)
    finally:
        alarm.cancel()
    if rung.is_set():
        raise Slow(f"{connection.host} did not answer within {PATIENCE:.0f} s")
    return answer


def _break_off(sock: socket.socket | None, rung: threading.Event) -> None:
    rung.set()
    try:
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
