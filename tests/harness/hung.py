"""A broker that is there and says nothing: accepts every connection and never answers."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Silent:
    """``held``: the connections it has accepted so far."""

    port: int
    held: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextlib.contextmanager
def silent_server() -> Iterator[Silent]:
    """A server that accepts and keeps silent."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    silent = Silent(listener.getsockname()[1])

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                silent.held.append(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield silent
    finally:
        listener.close()
        for one in silent.held:
            one.close()
