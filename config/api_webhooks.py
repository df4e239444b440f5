"""The messages of webhooks in the description: ``x-webhooks`` (webhooks in OpenAPI 3.1) and, as OpenAPI 3.0 has it,
callbacks of the operation that sets a webhook up. Schemas and examples are those of dispatch.webhooks.events."""

from typing import Any

from dispatch.webhooks.events import EVENTS, WebhookEventKind

WHERE = "{$request.body#/url}"
SET_UP = ("/api/v1/webhooks/", "post")
MESSAGE = {
    "id": {"type": "string", "format": "uuid", "description": "Of the event; the same when it is sent again."},
    "happened_at": {"type": "string", "format": "date-time"},
    "park": {"type": "string", "description": "Code of the park."},
}
EXAMPLE = {
    "id": "0f0c8a52-94a5-5a7e-9a57-0c3a3a8d5a55",
    "happened_at": "2026-03-02T17:00:00+08:00",
    "park": "gaoxin",
}
HEADERS = {
    "X-Navigator-Event": ("The event.", {"type": "string"}),
    "X-Navigator-Delivery": ("Number of the delivery, the same for every attempt.", {"type": "string"}),
    "X-Navigator-Timestamp": ("Seconds since 1970.", {"type": "string", "pattern": "^[0-9]+$"}),
    "X-Navigator-Signature": (
        'v1=<hex>, several separated by commas: HMAC-SHA256 of timestamp + "." + body.',
        {"type": "string"},
    ),
}


def add_webhooks(result, generator, request, public):
    """Post-processing hook."""
    schemas = result["components"]["schemas"]
    for kind in EVENTS.values():
        schemas[_name(kind)] = _message(kind)
    messages = {code: {"post": _told(kind)} for code, kind in EVENTS.items()}
    result["x-webhooks"] = messages
    path, method = SET_UP
    if path in result["paths"]:
        result["paths"][path][method]["callbacks"] = {code: {WHERE: item} for code, item in messages.items()}
    return result


def _name(kind: WebhookEventKind) -> str:
    return "Webhook" + kind.code.replace(".", "_").title().replace("_", "")


def _message(kind: WebhookEventKind) -> dict[str, Any]:
    own = {
        "event": {"type": "string", "enum": [kind.code]},
        "version": {"type": "integer", "minimum": 1},
        "data": _plain(kind.schema),
    }
    properties = MESSAGE | own
    return {
        "type": "object",
        "description": f"When {kind.label}.",
        "required": sorted(properties),
        "properties": properties,
        "example": EXAMPLE | {"event": kind.code, "version": kind.version, "data": dict(kind.example)},
    }


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema in the words of OpenAPI 3.0: what may be null is nullable, an enumeration names its type."""
    plain = dict(schema)
    if isinstance(plain.get("type"), list):
        plain["type"] = next(name for name in plain["type"] if name != "null")
        plain["nullable"] = True
    if "enum" in plain:
        plain.setdefault("type", "string")
    if "properties" in plain:
        plain["properties"] = {name: _plain(one) for name, one in plain["properties"].items()}
    return plain


def _told(kind: WebhookEventKind) -> dict[str, Any]:
    headers = [
        {"name": name, "in": "header", "required": True, "description": words, "schema": schema}
        for name, (words, schema) in HEADERS.items()
    ]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{_name(kind)}"}}}
    return {
        "operationId": f"told_{kind.code.replace('.', '_')}",
        "summary": f"{kind.code}, version {kind.version}",
        "description": f"Sent to webhooks that want it when {kind.label}. Signed, tried ten times, in no set order.",
        "parameters": headers,
        "requestBody": {"required": True, "content": content},
        "responses": {"2XX": {"description": "Taken; anything else, or no answer in 10 seconds, is tried again."}},
        "security": [],
    }
