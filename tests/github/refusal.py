"""What GitHub refuses, with the status and the words that it uses."""

from __future__ import annotations

from tests.github.records import Json

DOCS = "https://docs.github.com/rest"


class Refusal(Exception):
    """Answered as `{"message": ..., "documentation_url": ..., "status": "404"}`; `errors` as 422 has them."""

    def __init__(
        self, status: int, message: str, errors: list[Json] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status, self.message, self.errors, self.headers = status, message, errors, headers or {}

    @property
    def body(self) -> Json:
        told: Json = {"message": self.message, "documentation_url": DOCS, "status": str(self.status)}
        if self.errors is not None:
            told["errors"] = self.errors
        if "location" in self.headers:
            told["url"] = self.headers["location"]
        return told


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", **more: str) -> Refusal:
    """422 for one field; `code` is missing, missing_field, invalid, already_exists, unprocessable or custom."""
    return Refusal(422, "Validation Failed", [{"resource": resource, "code": code, "field": field, **more}])
