"""Group robots of 企业微信, 钉钉 and 飞书: text messages to a webhook, signed where the vendor has signatures.

Signatures as the vendors' documents give them: 钉钉 HMAC-SHA256 with the secret as key over "timestamp\\nsecret"
(milliseconds), Base64, URL-encoded in the address; 飞书 the same hash with "timestamp\\nsecret" (seconds) as key over
nothing, Base64, in the body. 企业微信 has none: the key in the address is the secret. Text, not Markdown: what people
typed cannot become a link or a mention.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

from dispatch.notices import wording
from dispatch.notices.channels import Down, Envelope, Later, Refused, http

SENT = 0
OVER_LIMIT_WAIT = 60.0
MESSAGE_FAULTS = {
    "wecom": {40001, 40008, 40035, 40058, 44004, 93000},
    "dingtalk": {40035, 43004, 300001, 310000, 400101},
    "feishu": {9499, 19001, 19002, 19003, 19021, 19022, 19024},
}
TOO_OFTEN = {
    "wecom": {45009, 45033},
    "dingtalk": {130101, 410100, 90030},
    "feishu": {11232, 11233, 99991400},
}
# Bytes of the text in one message; the vendors' own limits are 2048, 20000 and 20 KiB of request.
LIMITS = {"wecom": 2000, "dingtalk": 18_000, "feishu": 18_000}


@dataclass
class GroupRobot:
    """One robot; ``robot``: the row with its address and secret."""

    robot: Any

    def send(self, envelope: Envelope) -> None:
        """One message. Raises Refused when the address is not one of the vendor's or the robot is switched off."""
        if not self.robot.is_enabled:
            raise Refused("The robot is switched off.")
        if fault := http.fault_of(self.robot.webhook_url, self.robot.kind):
            raise Refused(f"The webhook address is not allowed ({fault}).")
        url, payload = request_of(self.robot, envelope)
        judge(self.robot, http.post(url, payload, patience=envelope.patience))

    def close(self) -> None:
        """Nothing is kept open."""


def request_of(robot, envelope: Envelope) -> tuple[str, dict[str, Any]]:
    """(address, JSON body) of a message, signed for its moment."""
    text = f"{envelope.subject}\n{envelope.body}" if envelope.subject else envelope.body
    text = wording.cut_line(text, LIMITS[robot.kind])
    match robot.kind:
        case "dingtalk":
            return _dingtalk_address(robot, envelope.at), {"msgtype": "text", "text": {"content": text}}
        case "feishu":
            # In a text of 飞书 "<at …>" is a mention.
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": text.replace("<", "＜")}}
            return robot.webhook_url, _feishu_sign(robot.secret, envelope.at) | body
    return robot.webhook_url, {"msgtype": "text", "text": {"content": text}}


def dingtalk_sign(secret: str, timestamp: int) -> str:
    """Base64 signature for a moment in milliseconds."""
    return _base64_hmac(secret, f"{timestamp}\n{secret}")


def feishu_sign(secret: str, timestamp: int) -> str:
    """Base64 signature for a moment in seconds."""
    return _base64_hmac(f"{timestamp}\n{secret}", "")


def _base64_hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _dingtalk_address(robot, now: datetime) -> str:
    if not robot.secret:
        return robot.webhook_url
    timestamp = round(now.timestamp() * 1000)
    sign = quote_plus(dingtalk_sign(robot.secret, timestamp))
    joint = "&" if urlsplit(robot.webhook_url).query else "?"
    return f"{robot.webhook_url}{joint}timestamp={timestamp}&sign={sign}"


def _feishu_sign(secret: str, now: datetime) -> dict[str, str]:
    if not secret:
        return {}
    timestamp = int(now.timestamp())
    return {"timestamp": str(timestamp), "sign": feishu_sign(secret, timestamp)}


def judge(robot, answer: http.Answer) -> None:
    """Returns when the vendor took the message, else raises why not."""
    code = answer.data.get("errcode", answer.data.get("code", answer.data.get("StatusCode")))
    told = answer.data.get("errmsg") or answer.data.get("msg") or answer.data.get("StatusMessage") or ""
    words = scrub(f"{answer.status} {code} {told}", robot)[:300]
    if answer.status == 429 or code in TOO_OFTEN[robot.kind] or _is_frequency(robot.kind, code, told):
        raise Later(words, answer.retry_after or OVER_LIMIT_WAIT)
    if 300 <= answer.status < 500 and answer.status != 408:
        raise Refused(words)
    if answer.status != 200:
        raise Down(words)
    if code == SENT:
        return
    raise Refused(words) if code in MESSAGE_FAULTS[robot.kind] else Later(words)


def _is_frequency(kind: str, code: Any, told: str) -> bool:
    """9499 of 飞书 stands for "too many request" and for a bad request; only the words tell which."""
    return kind == "feishu" and code == 9499 and "too many" in str(told).lower()


def scrub(text: str, robot) -> str:
    """The text without the robot's secret, its address and the keys in it."""
    parts = urlsplit(robot.webhook_url)
    keys = [pair.partition("=")[2] for pair in parts.query.split("&")] + [parts.path.rpartition("/")[2]]
    hidden = [robot.webhook_url, robot.secret, *(key for key in keys if len(key) >= 8)]
    for value in sorted(filter(None, hidden), key=len, reverse=True):
        text = text.replace(value, "***")
    return text
