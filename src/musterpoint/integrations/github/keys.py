"""The secrets that we call GitHub with, and where it is, from the environment: they are never in musterpoint.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from musterpoint.environment import environment

API = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class Keys:
    """A fine-grained `token`, or an app by its `app_id` and `private_key` (PEM), which goes first; `installation` is
    that app's id at the owner, empty to ask for it. `webhook_secret` tells GitHub's own requests from forged ones.

    `api` and `graphql` are addresses without a slash at the end.
    """

    token: str = field(default="", repr=False)
    app_id: str = ""
    private_key: str = field(default="", repr=False)
    installation: str = ""
    webhook_secret: str = field(default="", repr=False)
    api: str = API
    graphql: str = f"{API}/graphql"

    @property
    def as_app(self) -> bool:
        return bool(self.app_id and self.private_key)


def keys() -> Keys:
    """Raises OSError where a file that holds one cannot be read."""
    api, graphql = _addresses()
    return Keys(
        environment("GITHUB_TOKEN").strip(),
        environment("GITHUB_APP_ID").strip(),
        # in a variable of one line the line ends are often written as \n
        environment("GITHUB_APP_PRIVATE_KEY").strip().replace("\\n", "\n"),
        environment("GITHUB_APP_INSTALLATION").strip(),
        environment("GITHUB_WEBHOOK_SECRET").strip(),
        api,
        graphql,
    )


def missing() -> str:
    """What hinders us from calling GitHub at all, in a sentence with what to do; empty if nothing does."""
    found = keys()
    if found.token or found.as_app:
        return ""
    if found.app_id:
        return "GITHUB_APP_PRIVATE_KEY is empty: set it to the app's private key, a PEM file (docs/github.md)."
    if found.private_key:
        return "GITHUB_APP_ID is empty: set it to the number that the app's settings show as App ID (docs/github.md)."
    return (
        "GITHUB_TOKEN is empty, and so are GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY: set the first to a fine-grained "
        "token, or the other two to those of an app (docs/github.md)."
    )


def _addresses() -> tuple[str, str]:
    """Of the REST and the GraphQL API.

    https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api and, for
    companies whose data has its own place (NAME.ghe.com), https://docs.github.com/en/enterprise-cloud/admin/data-residency
    """
    if api := environment("GITHUB_API_URL").strip().rstrip("/"):
        return api, f"{api}/graphql"
    web = environment("GITHUB_URL").strip().rstrip("/")
    host = (urlsplit(web).hostname or "").removeprefix("www.")
    if not web or host == "github.com":
        return API, f"{API}/graphql"
    if host.endswith(".ghe.com"):
        return f"https://api.{host}", f"https://api.{host}/graphql"
    return f"{web}/api/v3", f"{web}/api/graphql"
