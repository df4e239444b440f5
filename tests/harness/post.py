"""Fakes of the outside world on 127.0.0.1: a mail server and the three group robots. They check what the real ones
check (signatures, rates, sizes) and can be told to fail: down, slow, 500, another errcode, silent after taking it."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller

from tools.servers import free_port

MOST_PER_MINUTE = {"wecom": 20, "dingtalk": 20, "feishu": 100}
MOST_BYTES = {"wecom": 2048, "dingtalk": 20_000, "feishu": 20_000}
KEY, SECRET = "0f2d51f6-key-of-the-robot", "SEC-of-the-robot"


@dataclass
class Taken:
    """One message that arrived. ``reference``: its Message-ID, or the one in the text of a robot's message."""

    to: str
    reference: str
    subject: str
    text: str
    at: datetime | None = None


class Mailbox:
    """An SMTP server. ``mode``: "", "slow", "silent" (takes it, never answers), "421", "451", "550"; ``refuses``:
    addresses it does not know."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.mode, self.pause = "", 0.0
        self.refuses: set[str] = set()
        self.controller: Controller | None = None
        self.port = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.mode in ("421", "451", "550"):
            return f"{self.mode} not now"
        message = message_from_bytes(envelope.content, policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        for address in envelope.rcpt_tos:
            self.taken.append(Taken(address, message["Message-ID"], message["Subject"], text))
        if self.mode in ("slow", "silent"):
            await asyncio.sleep(self.pause if self.mode == "slow" else 3600)
        return "250 taken"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port or free_port())
        self.controller.start()
        self.port = self.controller.port

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@dataclass
class Robots:
    """The webhooks of one vendor. ``now``: the vendor's clock; ``mode``: "", "500", "429", "slow", "silent",
    "redirect", "errcode N"."""

    kind: str
    now: object = None
    mode: str = ""
    pause: float = 0.0
    secret: str = SECRET
    taken: list[Taken] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None
    port: int = 0

    def start(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, json.loads(raw))

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        paths = {
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={KEY}",
            "feishu": f"/open-apis/bot/v2/hook/{KEY}",
        }
        return self.place + paths[self.kind]

    def answer(self, handler, payload: dict) -> None:
        if self.mode == "slow":
            self._take(payload)
            time.sleep(self.pause)
            return _reply(handler, 200, self._words(0, "ok"))
        if self.mode == "silent":
            self._take(payload)
            time.sleep(self.pause)
            handler.close_connection = True
            return None
        if self.mode in ("500", "429"):
            return _reply(handler, int(self.mode), {}, {"Retry-After": "90"} if self.mode == "429" else {})
        if self.mode == "redirect":
            return _reply(handler, 302, {}, {"Location": "http://127.0.0.1:1/elsewhere"})
        code, told = self._verdict(handler.path, payload)
        if code == 0:
            self._take(payload)
        else:
            self.refused.append(code)
        return _reply(handler, 200, self._words(code, told))

    def _verdict(self, path: str, payload: dict) -> tuple[int, str]:
        if self.mode.startswith("errcode "):
            return int(
                self.mode.split()[1]
            ), f"failed, key {KEY} secret {self.secret if self.kind != 'wecom' else None}"
        if KEY not in path:
            return {"wecom": 93000, "dingtalk": 300001, "feishu": 19001}[self.kind], "invalid webhook url"
        if not self._is_signed(path, payload):
            return {"wecom": 0, "dingtalk": 310000, "feishu": 19021}[self.kind], "sign not match"
        text = self.text_of(payload)
        if len(text.encode()) > MOST_BYTES[self.kind]:
            return 40058, "content exceed max length"
        minute_ago = self.now().timestamp() - 60
        if sum(t.at.timestamp() > minute_ago for t in self.taken) >= MOST_PER_MINUTE[self.kind]:
            return {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}[self.kind], "too many request"
        return 0, "ok"

    def _is_signed(self, path: str, payload: dict) -> bool:
        """Written from the vendors' documents, apart from the code under test."""
        if self.kind == "wecom":
            return True
        if self.kind == "dingtalk":
            query = parse_qs(urlsplit(path).query)
            timestamp, sign = query.get("timestamp", ["0"])[0], query.get("sign", [""])[0]
            seconds = int(timestamp) / 1000
            key, text = self.secret.encode(), (timestamp + "\n" + self.secret).encode()
        else:
            timestamp, sign = payload.get("timestamp", "0"), payload.get("sign", "")
            seconds = int(timestamp)
            key, text = (timestamp + "\n" + self.secret).encode(), b""
        fresh = abs(self.now().timestamp() - seconds) <= 3600
        return fresh and sign == base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()

    def text_of(self, payload: dict) -> str:
        if self.kind == "feishu":
            assert payload["msg_type"] == "text"
            return payload["content"]["text"]
        assert payload["msgtype"] == "text"
        return payload["text"]["content"]

    def _words(self, code: int, told: str) -> dict:
        return {"code": code, "msg": told} if self.kind == "feishu" else {"errcode": code, "errmsg": told}

    def _take(self, payload: dict) -> None:
        text = self.text_of(payload)
        reference = (re.search(r"pn-[0-9a-f]{24}", text) or [""])[0]
        self.taken.append(Taken(self.kind, reference, text.partition("\n")[0], text, self.now()))


def _reply(handler, status: int, data: dict, headers: dict | None = None) -> None:
    raw = json.dumps(data).encode()
    try:
        handler.send_response(status)
        for name, value in ({"Content-Length": str(len(raw))} | (headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)
    except OSError:
        pass


@contextmanager
def started(*fakes):
    for fake in fakes:
        fake.start()
    try:
        yield fakes
    finally:
        for fake in fakes:
            fake.stop()
