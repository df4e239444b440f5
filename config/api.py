"""The API's composition: the shape of its errors and of its description."""

from typing import Any

from accounts.api_ops import CREATES, UNVERSIONED
from accounts.api_problems import TITLES, URN, respond
from approvals.actions.progress import NeedsAcknowledgement as StepNeedsAcknowledgement
from approvals.actions.progress import StepRefused
from projects.errors import GateClosed, InvalidFields, NeedsAcknowledgement

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Names the kind of problem for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for the person, in the language asked for."},
        "errors": {"type": "object", "additionalProperties": {}, "description": "Problems by field."},
        "missing": {"type": "array", "items": {"type": "object"}, "description": "What keeps a gate closed."},
        "warnings": {"type": "array", "items": {"type": "string"}, "description": "What has to be acknowledged."},
        "codes": {"type": "array", "items": {"type": "string"}, "description": "Names of the warnings."},
        "scope": {"type": "string", "description": "The scope that the token lacks."},
        "results": {"type": "array", "items": {"type": "object"}, "description": "What became of each item."},
        "reasons": {"type": "array", "items": {"type": "string"}, "description": "Every reason of a refusal."},
    },
}
TELLS = {
    "400": "A value, parameter or body that cannot be accepted",
    "401": "Not signed in, or a token that is unknown, expired or withdrawn",
    "403": "The role or the token's scopes do not allow it",
    "404": "Not there, or not for you",
    "406": "Asked for something other than JSON",
    "409": "The rules or the present state do not allow it",
    "412": "Somebody else has changed it since the version named",
    "415": "The body is not JSON",
    "422": "The Idempotency-Key belongs to another request",
    "428": "If-Match is missing",
    "429": "Too many requests; Retry-After says when to come back",
}
GONE = "Done; the row is not among those you see any more"
KINDS_OF_STATUS = {
    "400": "invalid",
    "401": "not-signed-in",
    "409": "refused",
    "412": "conflict",
    "422": "idempotency-key-reused",
    "428": "version-required",
    "429": "too-many-requests",
}
ANSWER_HEADERS = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}},
    "429": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}},
}
WRITES = ("post", "patch", "put", "delete")
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": 'The version seen, for example "3": from ETag or the field version.',
}


def problem_details(exc, context):
    """Every error of the API as application/problem+json (RFC 9457)."""
    return respond(exc, context, _beyond_words(exc))


def _beyond_words(exc: Exception) -> dict[str, Any]:
    """What a refusal tells programs beside its sentence."""
    match exc:
        case InvalidFields():
            return {"errors": exc.errors}
        case GateClosed():
            fatal = {item.code for item in exc.fatal}
            missing = [{"code": m.code, "text": m.text, "final": m.code in fatal} for m in exc.missing]
            return {"kind": "gate-closed", "missing": missing}
        case NeedsAcknowledgement():
            return {"kind": "needs-acknowledgement", "warnings": exc.warnings}
        case StepNeedsAcknowledgement():
            return {"kind": "needs-acknowledgement", "warnings": list(exc.reasons), "codes": list(exc.codes)}
        case StepRefused():
            return {"reasons": list(exc.reasons)}
    return {}


def document_problems(result, generator, request, public):
    """Adds to the description what holds for all operations: problems, If-Match on writes, ETag on single rows."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _document(path, method, operation)
    return result


def _document(path: str, method: str, operation: dict[str, Any]) -> None:
    one_row, writes = "{" in path, method in WRITES
    creates = operation.pop(CREATES, False)
    if creates and "200" in operation["responses"]:
        operation["responses"]["201"] = operation["responses"].pop("200")
    if writes and (one_row or creates):
        operation["responses"].setdefault("204", {"description": GONE})
    codes = ["400", "401", "403", "404", "406", "429"] + ["409", "415", "422"] * writes
    if one_row and writes and not operation.get(UNVERSIONED):
        operation.setdefault("parameters", []).append(IF_MATCH)
        codes += ["412", "428"]
    for code in codes:
        operation["responses"].setdefault(code, _answer(code))


def _answer(code: str) -> dict[str, Any]:
    example = {"type": "about:blank", "title": str(TITLES[int(code)]), "status": int(code), "detail": TELLS[code]}
    if kind := KINDS_OF_STATUS.get(code):
        example["type"] = f"{URN}{kind}"
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    answer = {"description": TELLS[code], "content": {"application/problem+json": content}}
    return answer | ({"headers": ANSWER_HEADERS[code]} if code in ANSWER_HEADERS else {})
