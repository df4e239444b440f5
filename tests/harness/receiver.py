"""A receiver of webhooks on 127.0.0.1, written from docs/webhooks.md and apart from the code under test."""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """``mode``: "", "500", "404", "redirect", "slow", "drip", "close"; ``taken``: every message that was answered 2xx
    or cut off; ``seen``: {delivery number: how often}; ``wrong``: with a wrong signature or an old timestamp."""

    secret: str = ""
    mode: str = ""
    pause: float = 0.0
    clock: object = None
    window: int = 300
    taken: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    wrong: int = 0
    asked: int = 0
    server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self):
                outer.asked += 1
                _reply(self, 200)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.place}/hooks/navigator?key=1"

    def is_genuine(self, headers, raw: bytes) -> bool:
        timestamp = headers["X-Navigator-Timestamp"]
        now = self.clock.at.timestamp() if self.clock else time.time()
        if abs(now - int(timestamp)) > self.window:
            return False
        right = "v1=" + hmac.new(self.secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return any(hmac.compare_digest(right, part) for part in headers["X-Navigator-Signature"].split(","))

    def answer(self, handler, raw: bytes) -> None:
        self.asked += 1
        if self.mode in ("500", "404"):
            return _reply(handler, int(self.mode))
        if self.mode == "redirect":
            return _reply(handler, 302, {"Location": f"{self.place}/elsewhere"})
        if not self.is_genuine(handler.headers, raw):
            self.wrong += 1
            return _reply(handler, 401)
        number = handler.headers["X-Navigator-Delivery"]
        self.seen[number] = self.seen.get(number, 0) + 1
        if self.seen[number] == 1:
            self.taken.append(json.loads(raw))
            self.headers.append(dict(handler.headers))
        if self.mode == "slow":
            time.sleep(self.pause)
        if self.mode == "drip":
            return _drip(handler, self.pause)
        if self.mode == "close":
            handler.close_connection = True
            return None
        return _reply(handler, 204)


def _reply(handler, status: int, headers: dict | None = None) -> None:
    try:
        handler.send_response(status)
        for name, value in ({"Content-Length": "0"} | (headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
    except OSError:
        pass


def _drip(handler, pause: float) -> None:
    """Headers that never end, one byte now and then."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(1000):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(pause)
    except OSError:
        pass
