"""Whatever is sent, in whatever form: nothing breaks, and every answer is as the document says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CheckFunction, not_a_server_error, unsupported_method
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from musterpoint import actions
from musterpoint.web.wsgi import application
from tests.actions.telling import brought_in, declared, message, secretly_declared, source
from tests.api.asking import Asking, document
from tests.api.cases import Told

CHECKS: list[CheckFunction] = [
    unsupported_method,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Requests to each operation; `SCHEMA_EXAMPLES=500` looks longer.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "10"))
#: Values that mean something here take the place of made-up ones in some of the addresses.
KNOWN: dict[str, list[Any]] = {
    "ref": ["1", "2", "3", "4"],
    "entry": [1, 2, 3, 4, 5, 6, 7, 8],
    "number": [1],
    "part": ["summary", "factors"],
    "name": ["no_lead", "action_due:1"],
    "person": ["bob", "person:1", "me"],
    "identity": ["account:charlie"],
}


def bounded(part: Any) -> Any:
    """The document without the limits of long texts: to make up longer ones takes minutes (`test_errors` has one)."""
    if isinstance(part, dict):
        return {
            str(name): bounded(each)
            for name, each in part.items()
            if name != "maxLength" or not isinstance(each, int) or each <= 300
        }
    return [bounded(each) for each in part] if isinstance(part, list) else part


schema = schemathesis.openapi.from_dict(bounded(document()))
schema.app = application


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: _known(name, value) for name, value in (path_parameters or {}).items()} or path_parameters


@schema.hook
def map_headers(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """A made-up tag is of no incident: with it nothing would be done."""
    kept = {name: value for name, value in (headers or {}).items() if name != "If-Match" or len(str(value)) % 8 == 1}
    return kept if headers else headers


def _known(name: str, value: Any) -> Any:
    chosen = sum(map(ord, str(value)))
    return KNOWN[name][chosen % len(KNOWN[name])] if name in KNOWN and chosen % 4 else value


@pytest.fixture
def filled(ask: Asking) -> Iterator[Asking]:
    """Incidents of every kind: open, resolved, imported, restricted, withdrawn."""
    world = ask.world
    request_started.disconnect(close_old_connections)  # the test's transaction lives in the connection
    request_finished.disconnect(close_old_connections)
    told = Told(world)
    actions.resolve(world.by("bob"), told.other)
    said = [message(number, f"error {number}, restarted it at 09:0{number} UTC") for number in range(8)]
    brought_in(world, source(*said), title="Imported")
    for account in ("adele", "bob"):
        secretly_declared(world, by=account)
    actions.restrict(world.by("bob"), declared(world, "Data leaked", "charlie"))
    yield ask
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_the_document_says(case: Case[Any], filled: Asking) -> None:
    case.headers["Authorization"] = f"Bearer {filled.token('adele')}"
    case.call_and_validate(checks=CHECKS)
