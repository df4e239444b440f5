"""Examples of the description, made from it: one request and one answer for every operation. All of it is invented."""

import re
from typing import Any

NOTE = "示例（虚构）"
# By name of the property; what is not here is made from its type.
VALUES: dict[str, Any] = {
    "address": "示例大道 1 号",
    "code": "YL-2026-001",
    "contact_name": "示例联系人",
    "contact_phone": "0000-0000000",
    "content": "年产示例产品 10 万套（虚构）",
    "detail": "示例说明（虚构）",
    "enterprise_name": "示例新能源有限公司",
    "evidence": "示例：现场照片与会议纪要",
    "industry": "新能源",
    "location": "云岭示范区示例大道以东",
    "name": "示例新能源电池项目（虚构）",
    "next": None,
    "number": 1,
    "phone": "0000-0000000",
    "previous": None,
    "reason": "示例原因（虚构）",
    "remark": "示例备注（虚构）",
    "stage": "L08",
    "text": "示例内容（虚构）",
    "title": "协调项目用地（虚构）",
    "username": "shili",
    "version": 3,
    "year": 2026,
    "month": 3,
}
FORMATS = {
    "date": "2026-03-20",
    "date-time": "2026-03-02T17:00:00+08:00",
    "decimal": "12000.00",
    "uri": "https://navigator.example/api/v1/projects/1/",
    "email": "shili@navigator.example",
    "uuid": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
CANDIDATES = ("12000.00", "12000", "100.00", "100.0", "10.0", "10", "1.0", "1", "0.5", "2026-03", "L08", "abc")
DEEPEST = 8


def add_examples(result, generator, request, public):
    """Post-processing hook: ``example`` on every body and answer in JSON that has none."""
    maker = Maker(result["components"]["schemas"])
    for operations in result["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
            for body in bodies:
                content = body.get("content", {}).get("application/json")
                if content and "schema" in content and not {"example", "examples"} & set(content):
                    content["example"] = maker.make(content["schema"])
    return result


class Maker:
    """Values that a schema allows."""

    def __init__(self, schemas: dict[str, Any]):
        self.schemas = schemas

    def make(self, schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:
        schema = self._resolved(schema)
        for given in ("example", "default"):
            if given in schema:
                return schema[given]
        if "enum" in schema:
            return next(value for value in schema["enum"] if value not in ("", None))
        if "oneOf" in schema or "anyOf" in schema:
            return self.make((schema.get("oneOf") or schema["anyOf"])[0], name, depth)
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self._object(schema, depth)
        if kind == "array":
            return [] if depth > DEEPEST else [self.make(schema["items"], name, depth + 1)]
        return self._plain(schema, name)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema or len(schema.get("allOf", ())) == 1:
            inner = schema["allOf"][0] if "allOf" in schema else self.schemas[schema["$ref"].rsplit("/", 1)[1]]
            schema = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")} | inner
        return schema

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            return {}
        return {name: self.make(one, name, depth + 1) for name, one in schema.get("properties", {}).items()}

    def _plain(self, schema: dict[str, Any], name: str) -> Any:
        kind = schema.get("type")
        if name in VALUES and _fits(VALUES[name], schema):
            return VALUES[name]
        if kind in ("integer", "number"):
            return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
        if kind == "boolean":
            return True
        if kind == "string":
            return _string(schema, name)
        return {} if kind is None else None


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    match value:
        case None:
            return bool(schema.get("nullable"))
        case str():
            plain = schema.get("type") == "string" and not {"format", "pattern"} & set(schema)
            return plain and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    return schema.get("type") == "integer" and schema.get("minimum", 0) <= value <= schema.get("maximum", value)


def _string(schema: dict[str, Any], name: str) -> str:
    if pattern := schema.get("pattern"):
        return next((text for text in CANDIDATES if re.search(pattern, text)), NOTE)
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    return NOTE[: schema.get("maxLength", len(NOTE))]
