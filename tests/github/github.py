"""The fake GitHub as tests see it: `with serving() as github:`, people act, the product calls `github.url`.

Every request and every answer is held against GitHub's own description (`description/`), GraphQL against its schema:
what is wrong is answered with 500, kept in `github.violations`, and `serving` fails at its end.

    github.url              what goes into GITHUB_API_URL; GraphQL is at `url/graphql`
    credentials             token (of the machine user `token_user`), new_token(login, permissions, repositories);
                            app_id, private_key, installation, slug, install(owner), uninstall(owner), manifest_code();
                            revoke(token), suspend(owner), unsuspend()
    people and places       user() organisation() repository("owner/name") rights(repository, login, "read");
                            rename_repository() rename_user() delete_user()
    what people do          open_issue() edit() rename() tick() comment() edit_comment() delete_comment() close()
                            reopen() assign() label() delete() transfer() add_sub_issue() remove_sub_issue()
                            pull_request(closes=...) merge() close_unmerged() forget_edit()
                            `who` is a login, an issue is "OWNER/REPO#N"; `found(issue)` is the record itself
    what is there           issue("OWNER/REPO#N") issues("OWNER/REPO") requests writes most_writes_at_once
    webhooks                deliver_to(address or function) settle() hold() release() redeliver() ping() webhook_secret
                            webhooks.lose/.duplicate/.shuffle/.lose_next/.duplicate_next/.sent/.lost; hook_url hook_of
    oddities                line_ends = "\\r\\n" (as browsers send them), transfer_keeps_edits
    what goes wrong         fails(method, path, status, stored=, late=, reset=, times=, retry_after=)
                            between("PATCH /repos/*", function); down = True or "reset"
    limits                  limits = "real"; rates.primary, .a_minute, .an_hour, .points, .refused
    time                    clock.now clock.move(seconds); what GitHub tells has whole seconds

Ids are larger than 32 bits, as GitHub's are by now: GraphQL's `databaseId` is null, `fullDatabaseId` is a string.
Redirects and the Link header name a repository by its number (`/repositories/ID/...`), as GitHub's do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.github import events, shapes_hooks
from tests.github.answering import Request
from tests.github.delivery import Delivery, Order
from tests.github.faults import Between, Fault, Faults
from tests.github.looking import Looked, looked
from tests.github.people import People
from tests.github.posting import by_http
from tests.github.rates import Rates
from tests.github.records import Account, Json, Repository
from tests.github.routing import Reply
from tests.github.server import Server
from tests.github.state import Receiver
from tests.github.tokens import Installation, Token

__all__ = ["GitHub", "Looked", "Request", "serving"]


class GitHub(People):
    """Everything of it; see the module."""

    def __init__(self, start: datetime | None = None) -> None:
        super().__init__(start)
        self.rates = Rates(self.clock)
        #: "real": GitHub's limits hold, by the fake's clock; "": they do not.
        self.limits = ""
        #: True: everything is answered 503; "reset": every connection is reset.
        self.down: bool | str = False
        self.faults = Faults()
        self.webhooks = Delivery()
        self.subscribed = {"issues", "sub_issues", "issue_comment", "pull_request", "installation"}
        #: The address that is set as a webhook ("": none), of the "app" or of each "repository".
        self.hook_url, self.hook_of = "", "app"
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.writes_at_once = self.most_writes_at_once = 0

    @property
    def writes(self) -> list[Request]:
        """Every request that arrived to change something; `done` tells which did."""
        with self.lock:
            return [each for each in self.requests if each.write]

    def issue(self, ref: str) -> Looked:
        """An issue as it is now, transfers followed; it does not change any more when the issue does."""
        with self.lock:
            return looked(self.found(ref))

    def issues(self, repository: str) -> list[Looked]:
        """Those of a repository that are not gone, pull requests left out, by number."""
        with self.lock:
            every = self.repo(repository).issues.values()
            return [looked(each) for each in every if not each.gone and each.pull is None]

    def fails(
        self,
        method: str = "*",
        path: str = "*",
        status: int = 502,
        *,
        stored: bool = False,
        times: int = 1,
        late: float = 0.0,
        reset: bool = False,
        retry_after: int | None = None,
        message: str = "",
    ) -> None:
        """Let the next `times` matching requests go wrong; see `Fault`. `status` 0: they are only late, or reset."""
        self.faults.add(Fault(method, path, status, stored, times, late, reset, retry_after, message))

    def between(self, pattern: str, function: Callable[[], object], times: int = 1) -> None:
        """Call the function when the next matching request ("PATCH /repos/*") has arrived, before it is carried out."""
        self.faults.put_between(Between(pattern, function, times))

    def deliver_to(self, receiver: str | Receiver) -> None:
        """Where webhooks go: an address, or a function (body, headers) -> status (or an object with `.status`).

        What happens before that is lost, unless it is held. A function is called in the thread of whoever calls
        `settle`, so that a test may stay within one transaction.
        """
        self.webhooks.background = isinstance(receiver, str)
        self.hook_url = receiver if isinstance(receiver, str) else "https://musterpoint.example.com/hooks/github"
        if isinstance(receiver, str):
            self.webhooks.receiver = by_http(receiver, timeout=10.0)
        else:
            self.webhooks.receiver = receiver

    def announce(self, event: str, action: str, actor: Account, repository: Repository, **parts: Any) -> None:
        """A webhook about what has just happened, as it is now. One that is against the description is a violation."""
        if event not in self.subscribed:
            return
        self._send(event, action, events.body(self, event, action, actor, repository, parts))

    def announce_app(self, action: str, installation: Installation) -> None:
        self._send("installation", action, events.of_app(self, action, installation))

    def ping(self) -> None:
        """What GitHub sends when a webhook is saved."""
        self._send("ping", "", shapes_hooks.ping(self, self.hook_url))

    def _send(self, event: str, action: str, told: Json) -> None:
        wrong = events.wrong(event, action, told)
        if wrong:
            self.violated(f"the webhook {event}.{action} is wrong: {wrong}")
        self.webhooks.emit(event, action, told, self.now)

    def settle(self, timeout: float = 20.0) -> None:
        """Wait until every webhook that is not held was sent and answered."""
        self.webhooks.settle(timeout)

    def hold(self) -> None:
        self.webhooks.hold()

    def release(self, order: Order | None = None) -> None:
        self.webhooks.release(order)

    def redeliver(self, guid: str = "") -> None:
        """Send a webhook again, under the same X-GitHub-Delivery; without a guid all, those that were lost too."""
        self.webhooks.redeliver(guid)

    @property
    def webhook_secret(self) -> str:
        return self.webhooks.secret

    @webhook_secret.setter
    def webhook_secret(self, secret: str) -> None:
        self.webhooks.secret = secret

    def caller(self, token: Token | None) -> str:
        """Whose limit a request counts against, as GitHub names it."""
        if token is None:
            return "127.0.0.1"
        installed = self.installation_of(token.owner.login) if token.owner else None
        return f"installation ID {installed.id}" if installed else f"user ID {token.actor.id}"

    def violated(self, what: str) -> Reply:
        """Keep it for the end of the test; a 500 for who asked."""
        with self.lock:
            self.violations.append(what)
        return Reply(500, {"message": f"the fake GitHub objects: {what}"})


@contextmanager
def serving(start: datetime | None = None, port: int = 0) -> Iterator[GitHub]:
    """A GitHub that listens. With `start` its clock stands there until it is moved; without, it runs.

    Raises AssertionError at the end where a request or an answer was not as GitHub describes it.
    """
    github = GitHub(start)
    server = Server(github, port=port)
    try:
        yield github
    finally:
        github.webhooks.close()
        server.close()
    assert not github.violations, "against GitHub's description:\n" + "\n".join(github.violations)
