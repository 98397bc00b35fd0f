"""GraphQL at /graphql: queries are executed against a slice of GitHub's own schema (`description/schema.graphql`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphql

from tests.github.clock import text
from tests.github.graph_fields import FIELDS, TYPES, Missing
from tests.github.records import Json
from tests.github.refusal import Refusal
from tests.github.routing import Reply
from tests.github.tokens import Token

if TYPE_CHECKING:
    from tests.github.github import GitHub

SCHEMA = Path(__file__).parent / "description" / "schema.graphql"


@dataclass
class Context:
    """What a field may ask for: everything, and who asks."""

    github: GitHub
    token: Token


@cache
def schema() -> graphql.GraphQLSchema:
    return graphql.build_schema(SCHEMA.read_text())


@cache
def _checked(query: str) -> tuple[graphql.DocumentNode | None, list[graphql.GraphQLError]]:
    """The query as parsed, and what GitHub's schema has against it."""
    try:
        document = graphql.parse(query)
    except graphql.GraphQLError as error:
        return None, [error]
    return document, graphql.validate(schema(), document)


def complaints(query: str) -> list[str]:
    """Why GitHub's schema does not know this query; a mutation is one that the fake does not know."""
    return [each.message for each in _checked(query)[1]]


def answered(github: GitHub, body: Json, token: Token | None) -> Reply:
    """200 with `data` and, where something is missing, `errors` of type NOT_FOUND or FORBIDDEN."""
    if token is None or token.kind == "app":
        raise Refusal(401, "This endpoint requires you to be authenticated." if token is None else "Bad credentials")
    document, errors = _checked(str(body.get("query", "")))
    if document is None or errors:
        return Reply(200, {"errors": [{"message": each.message} for each in errors]})
    result = graphql.execute_sync(
        schema(),
        document,
        context_value=Context(github, token),
        variable_values=body.get("variables") or {},
        operation_name=body.get("operationName"),
        field_resolver=_field,
        type_resolver=lambda value, *_: TYPES[type(value)](value),
    )
    told: Json = {"data": result.data}
    if result.errors:
        told["errors"] = [_error(each) for each in result.errors]
    return Reply(200, told)


def _field(source: Any, info: graphql.GraphQLResolveInfo[Any], **args: Any) -> Any:
    key = f"{info.parent_type.name}.{info.field_name}"
    if key in FIELDS:
        return FIELDS[key](info.context, source, **args)
    if isinstance(source, dict):
        return source[info.field_name]
    raise NotImplementedError(f"the fake GitHub has no answer for {key} yet: add it to graph_fields.py")


def _error(error: graphql.GraphQLError) -> Json:
    places = [{"line": each.line, "column": each.column} for each in error.locations or []]
    told: Json = {"path": error.path, "locations": places, "message": error.message}
    if isinstance(error.original_error, Missing):
        return {"type": error.original_error.kind, **told}
    if isinstance(error.original_error, NotImplementedError | KeyError | AttributeError | TypeError):
        raise error.original_error
    return told


def now(context: Context) -> str:
    return text(context.github.now)
