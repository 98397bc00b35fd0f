"""Requests and answers against GitHub's own description of its REST API, a slice of which is in `description/`.

A request with a property that the description does not know is wrong as well: GitHub would ignore it without a word.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

DESCRIPTION = Path(__file__).parent / "description" / "rest.json"
HOST = "https://api.github.com"
VERSION = "2022-11-28"
#: What every operation may answer, described or not.
EVERYWHERE = {301, 307, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503}


class Asked:
    """A request as openapi-core wants it."""

    host_url = HOST

    def __init__(self, method: str, template: str, at: dict[str, str], query: dict[str, str], body: bytes) -> None:
        self.method = method.lower()
        self.path = re.sub(r"\{(\w+)\}", lambda found: quote(at[found[1]], safe=""), template)
        self.body = body or None
        self.content_type = "application/json"
        empty: Any = {}
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(empty), cookie=ImmutableMultiDict(empty), path=dict(at)
        )


class Told:
    """An answer as openapi-core wants it."""

    def __init__(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.status_code, self.data = status, data
        self.content_type, self.headers = "application/json", Headers(list(headers.items()))


@cache
def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return found


class Kept(SchemaValidatorsFactory):
    """Makes the validator of each part of the description once; openapi-core would make it for every request."""

    def __init__(self, validator: Any) -> None:
        super().__init__(validator)
        self._made: dict[Any, SchemaValidator] = {}

    def create(self, spec: SchemaPath, schema: SchemaPath, *given: Any, **more: Any) -> SchemaValidator:
        key = schema.parts, tuple(more.items())
        if key not in self._made:
            self._made[key] = super().create(spec, schema, *given, **more)
        return self._made[key]


@cache
def _checker(of_requests: bool) -> OpenAPI:
    kept = Kept(OAS30WriteValidator if of_requests else OAS30ReadValidator)
    if of_requests:
        config = Config(
            schema_validators_factory=kept, spec_validator_cls=None, additional_properties_default_policy="forbid"
        )
    else:
        config = Config(schema_validators_factory=kept, spec_validator_cls=None)
    return OpenAPI.from_dict(described(), config=config)


def wrong_request(
    method: str, template: str, at: dict[str, str], query: dict[str, str], body: bytes, headers: dict[str, str]
) -> str:
    """What the description has against a request; "" for nothing."""
    if headers.get("x-github-api-version", VERSION) != VERSION:
        return f"X-GitHub-Api-Version is {headers['x-github-api-version']}; the description here is of {VERSION}"
    if not headers.get("user-agent"):
        return "a request without a User-Agent is refused by GitHub"
    known = {each["name"] for each in _parameters(method, template)}
    if not set(query) <= known:
        return f"{method} {template} knows no {', '.join(sorted(set(query) - known))}"
    return _against(method, template, tuple(at.items()), tuple(query.items()), body)


@lru_cache(2000)
def _against(
    method: str, template: str, at: tuple[tuple[str, str], ...], query: tuple[tuple[str, str], ...], body: bytes
) -> str:
    """The same request is looked at once."""
    try:
        _checker(True).validate_request(Asked(method, template, dict(at), dict(query), body))
    except OpenAPIError as error:
        return _words(error)
    return ""


@cache
def _parameters(method: str, template: str) -> list[dict[str, Any]]:
    given = described()["paths"][template][method.lower()].get("parameters", [])
    return [_referred(each["$ref"]) if "$ref" in each else each for each in given]


def _referred(reference: str) -> dict[str, Any]:
    found: Any = described()
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


@lru_cache(2000)
def wrong_answer(method: str, template: str, status: int, data: bytes) -> str:
    """What the description has against an answer of this fake; "" for nothing. The same answer is looked at once."""
    codes = described()["paths"][template][method.lower()]["responses"]
    if str(status) not in codes:
        return "" if status in EVERYWHERE else f"{method} {template} never answers {status}"
    if not data:
        return "" if "content" not in codes[str(status)] else f"{method} {template} {status} has no content"
    at = dict.fromkeys(re.findall(r"\{(\w+)\}", template), "1")
    try:
        _checker(False).validate_response(Asked(method, template, at, {}, b""), Told(status, data, {}))
    except OpenAPIError as error:
        return _words(error)
    return ""


def _words(error: BaseException) -> str:
    """The causes down to the words of the schema, without the value that they are about."""
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        errors = getattr(cause, "schema_errors", None)
        if errors:
            found += [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:300]}" for each in errors]
        else:
            found.append(f"{type(cause).__name__}: {str(cause)[:200]}")
        cause = cause.__cause__
    return "; ".join(found)
