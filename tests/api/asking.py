"""Asking the API as programs do. Every answer is held against the document, also that of a refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from musterpoint.accounts import tokens
from musterpoint.api.app import api
from musterpoint.store.models import Person
from tests.conftest import World

ROOT = "/api/v1"
SCOPES = {"victor": ["read"], "adele": ["admin"]}


def document() -> dict[str, Any]:
    return api.get_openapi_schema()


def operations() -> dict[str, tuple[str, str]]:
    """Every operation of the document: its id → method and address, without the root."""
    return {
        operation["operationId"]: (method.upper(), address.removeprefix(ROOT))
        for address, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def template(address: str) -> str:
    """The address as the document writes it."""
    return "/" + resolve(address.partition("?")[0]).route.replace("<", "{").replace(">", "}")


@cache
def shape_of(method: str, address: str, status: int) -> jsonschema_rs.Validator | None:
    """What the document says of an answer with that status; None: it has no body. Raises KeyError for another."""
    operation = document()["paths"].get(address, {}).get(method.lower())
    if operation is None:  # an address or a method that does not exist
        schema: dict[str, Any] = {"$ref": "#/components/schemas/Error"}
    else:
        responses = operation["responses"]
        said = responses[status] if status in responses else responses[f"{status // 100}XX"]
        if "content" not in said:
            return None
        schema = said["content"].get("application/json", {}).get("schema", {})
    whole = json.loads(json.dumps({**schema, "components": document()["components"]}))
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@dataclass
class Asking:
    """Programs of the people of a world. `scopes` narrows what a person's token may do."""

    world: World
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def token(self, account: str, scope: str = "") -> str:
        """A token of that person, with the widest scope that they may have, or that one."""
        if (account, scope) not in self.texts:
            person = Person.objects.get(identities__name=f"account:{account}")
            scopes = [scope] if scope else SCOPES.get(account, ["write"])
            self.texts[account, scope] = tokens.issue(person, f"{account}'s", scopes, None)
        return self.texts[account, scope]

    def send(
        self, account: str, method: str, address: str, body: Any = None, scope: str = "", **headers: str
    ) -> HttpResponse:
        """The answer; its body and status are as the document says. `If_Match="…"` is a header."""
        content: dict[str, Any] = {}
        if body is not None:
            text = body if isinstance(body, bytes | str) else json.dumps(body)
            content = {"data": text, "content_type": "application/json"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if account:
            sent["Authorization"] = f"Bearer {self.token(account, scope)}"
        answer: Any = self.client.generic(method, f"{ROOT}{address}", headers=sent, **content)
        assert isinstance(answer, HttpResponse)
        conforms(method, f"{ROOT}{address}", answer)
        return answer

    def __call__(self, account: str, method: str, address: str, body: Any = None, status: int = 0, **more: str) -> Any:
        """The JSON of an answer, which must have that status, or any that tells of success."""
        answer = self.send(account, method, address, body, **more)
        assert answer.status_code == status or (not status and answer.status_code < 300), answer.content.decode()
        return json.loads(answer.content)

    def refused(self, account: str, method: str, address: str, body: Any = None, **more: str) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self.send(account, method, address, body, **more)
        return answer.status_code, json.loads(answer.content)["error"]["code"]


def conforms(method: str, address: str, answer: HttpResponse) -> None:
    shape = shape_of(method, template(address), answer.status_code)
    if shape is None:
        assert answer.content == b""
    elif answer["Content-Type"].partition(";")[0] == "application/json":
        shape.validate(json.loads(answer.content))
    else:
        assert answer.status_code == 200
        assert "export" in address
