"""The virus scanner, a clamd that speaks INSTREAM; used when CLAMD_SOCKET names one."""

import socket
import struct
from typing import BinaryIO

TIMEOUT = 30  # seconds
CHUNK = 64 * 1024


class Unreachable(Exception):
    """No answer that says whether the file is clean."""


def scan(file: BinaryIO, address: str) -> str:
    """Name of what was found, "" for a clean file. ``address``: path of a socket, or host:port. Raises Unreachable."""
    try:
        with _connect(address) as connection:
            answer = _ask(connection, file)
    except OSError as error:
        raise Unreachable(str(error)) from error
    if answer.endswith(" OK"):
        return ""
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100]
    raise Unreachable(answer[:200])


def _connect(address: str) -> socket.socket:
    host, _colon, port = address.rpartition(":")
    if host and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _ask(connection: socket.socket, file: BinaryIO) -> str:
    file.seek(0)
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))
    answer = b""
    while b"\0" not in answer and (more := connection.recv(4096)):
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
