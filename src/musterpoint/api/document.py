"""What the OpenAPI document says of every operation: the shape of errors, the headers of writes."""

from __future__ import annotations

from typing import Any

from ninja.openapi.schema import OpenAPISchema

ERROR = {
    "type": "object",
    "title": "Error",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "for programs: it stays the same"},
                "message": {"type": "string", "description": "for people: what happened"},
                "field": {"type": "string", "description": "where in the request, if it is about one place"},
                "hint": {"type": "string", "description": "what would work"},
            },
            "required": ["code", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "A name of your own for this write. A repeat within 24 hours is answered, and not done again.",
}
MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "examples": ['"12-0f3a55c2"']},
    "description": "The ETag of the incident as it was seen: nothing is written if it has changed since.",
}
REPLAY = {
    "description": "`true` where the answer is the one that was given before",
    "schema": {"type": "string", "enum": ["true"]},
}
REFUSED = {
    "description": "Refused, with the reason",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def completed(document: OpenAPISchema) -> OpenAPISchema:
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            said = operation.get("description", "")
            operation["summary"] = said.partition(". ")[0].rstrip(".") or operation["summary"]
            operation["responses"] |= {"4XX": REFUSED, "5XX": {**REFUSED, "description": "Failed"}}
            if method != "get":
                _completed_write(address, operation)
    document["components"]["schemas"]["Error"] = ERROR
    return document


def _completed_write(address: str, operation: dict[str, Any]) -> None:
    operation["security"] = [each for each in operation["security"] if "SignedIn" not in each]
    operation["parameters"] += [KEY, MATCH] if "{ref}" in address else [KEY]
    for status, response in operation["responses"].items():
        if isinstance(status, int):
            response["headers"] = {"Idempotent-Replay": REPLAY}
