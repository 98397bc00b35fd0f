"""Who calls: a person's fine-grained token, an installation's token, or the app itself by a signed JWT."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.github.moving import Moving
from tests.github.records import Account, Repository
from tests.github.refusal import Refusal

PERMISSIONS = {"issues": "write", "metadata": "read", "contents": "write", "pull_requests": "write"}
LEVELS = ("none", "read", "write", "admin")


@dataclass(eq=False)
class Token:
    """`kind` is "token", "installation" or "app". `repositories` None: all that the owner or the person has."""

    text: str
    kind: str
    actor: Account
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    owner: Account | None = None
    repositories: list[Repository] | None = None
    ends: datetime | None = None
    revoked: bool = False

    def has(self, permission: str, level: str) -> bool:
        return LEVELS.index(self.permissions.get(permission, "none")) >= LEVELS.index(level)


@dataclass(eq=False)
class Installation:
    id: int
    account: Account
    permissions: dict[str, str]
    created: datetime
    suspended: datetime | None = None


def _key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


#: Made once a process: a key takes a tenth of a second.
PRIVATE, PUBLIC = _key_pair()


class Tokens(Moving):
    """The app `slug` (its account is a Bot), its installation for each owner, and every token that was given out."""

    def __init__(self, start: datetime | None) -> None:
        super().__init__(start)
        self.app_id, self.private_key, self.public_key = 240_071, PRIVATE, PUBLIC
        self.slug = "musterpoint"
        self.bot = self._account(self.slug, "Bot", "BOT", name="Musterpoint")
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        #: Codes of the manifest flow that were not used yet, and when they were given.
        self.codes: dict[str, datetime] = {}
        #: The account that the token of a machine user acts as, and the token.
        self.token_user = self.user("muster-robot", name="Muster Robot")
        self.token = self.new_token(self.token_user)

    def repository(self, full_name: str, *, install: bool = True, **given: Any) -> str:
        """See `State.repository`. The app is installed for the owner, unless `install` is False."""
        with self.lock:
            name = super().repository(full_name, **given)
            if install and self.installation_of(name.split("/")[0]) is None:
                self.install(name.split("/")[0])
            return name

    def install(self, owner: str, permissions: dict[str, str] | None = None) -> int:
        """Install the app for an owner; the id of the installation. A new repository's owner has it at once."""
        with self.lock:
            made = Installation(
                70_000_000 + len(self.installations) + 1,
                self.account(owner),
                dict(permissions or PERMISSIONS),
                self.now,
            )
            self.installations[made.id] = made
            return made.id

    @property
    def installation(self) -> int:
        """The id of the first installation."""
        return next(iter(self.installations))

    def installation_of(self, owner: str) -> Installation | None:
        return next((each for each in self.installations.values() if each.account.login.lower() == owner.lower()), None)

    def new_token(
        self, login: str, permissions: dict[str, str] | None = None, repositories: list[str] | None = None
    ) -> str:
        """A fine-grained token of a person."""
        with self.lock:
            chosen = None if repositories is None else [self.repo(each) for each in repositories]
            text = f"github_pat_{secrets.token_hex(20)}"
            given = dict(permissions or PERMISSIONS)
            self.tokens[text] = Token(text, "token", self.account(login), given, repositories=chosen)
            return text

    def installation_token(self, installation: Installation) -> Token:
        text = f"ghs_{secrets.token_hex(secrets.choice((20, 60)))}"
        made = Token(text, "installation", self.bot, dict(installation.permissions), installation.account)
        made.ends = self.now + timedelta(hours=1)
        self.tokens[text] = made
        return made

    def revoke(self, token: str = "") -> None:
        """Withdraw a token; without one, every token."""
        with self.lock:
            for each in self.tokens.values():
                each.revoked = each.revoked or token in ("", each.text)

    def suspend(self, owner: str = "") -> None:
        """The owner suspends the app (without an owner, all do)."""
        with self.lock:
            for each in self.installations.values():
                if owner in ("", each.account.login):
                    each.suspended = self.now
                    self.announce_app("suspend", each)

    def unsuspend(self) -> None:
        with self.lock:
            for each in self.installations.values():
                each.suspended = None
                self.announce_app("unsuspend", each)

    def uninstall(self, owner: str) -> None:
        """The owner removes the app: its tokens are worth nothing, and nothing is delivered."""
        with self.lock:
            found = self.installation_of(owner)
            assert found is not None, f"the app is not installed for {owner}"
            del self.installations[found.id]
            self.announce_app("deleted", found)

    def announce_app(self, action: str, installation: Installation) -> None:
        """Something happened to an installation; whoever delivers webhooks overrides this."""

    def manifest_code(self) -> str:
        """What GitHub gives to the browser when somebody makes the app from a manifest: works once, for an hour."""
        with self.lock:
            code = secrets.token_hex(20)
            self.codes[code] = self.now
            return code

    def authenticated(self, header: str) -> Token | None:
        """Who calls, by the Authorization header; nobody without one. Raises Refusal 401 or 403."""
        scheme, _, text = header.partition(" ")
        if not header:
            return None
        if scheme.lower() not in ("bearer", "token"):
            raise Refusal(401, "Bad credentials")
        if text.count(".") == 2 and scheme.lower() == "bearer" and text not in self.tokens:
            return self._app(text)
        token = self.tokens.get(text)
        if token is None or token.revoked or (token.ends is not None and token.ends <= self.now):
            raise Refusal(401, "Bad credentials")
        if token.kind == "installation" and token.owner is not None:
            installed = self.installation_of(token.owner.login)
            if installed is None:
                raise Refusal(401, "Bad credentials")
            if installed.suspended:
                raise Refusal(403, "This installation has been suspended")
        return token

    def _app(self, text: str) -> Token:
        try:
            claims = jwt.decode(
                text, self.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.PyJWTError:
            raise Refusal(401, "A JSON web token could not be decoded") from None
        now = self.now.timestamp()
        starts, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(ends, int) or ends <= now:
            what = "must be a numeric value representing the future time at which the assertion expires"
            raise Refusal(401, f"'Expiration time' claim ('exp') {what}")
        if ends > now + 600:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
        if not isinstance(starts, int) or starts > now:
            what = "must be an Integer representing the time that the assertion was issued"
            raise Refusal(401, f"'Issued at' claim ('iat') {what}")
        if str(claims.get("iss")) != str(self.app_id):
            raise Refusal(401, "Integration not found")
        return Token(text, "app", self.bot, {})

    def pushes(self, token: Token, repo: Repository) -> bool:
        """Whether labels, assignees and types that this caller sets are taken over."""
        if token.kind == "installation":
            return token.has("issues", "write") and token.owner is repo.owner
        return self.may(token.actor, repo, "write") and token.has("issues", "write")

    def sees(self, token: Token | None, repo: Repository) -> bool:
        if not repo.private:
            return True
        if token is None or token.kind == "app":
            return False
        if token.repositories is not None and repo not in token.repositories:
            return False
        if token.kind == "installation":
            return token.owner is repo.owner
        return self.may(token.actor, repo, "read")

    def require(self, token: Token | None, repo: Repository, permission: str, level: str) -> Token:
        """404 for what the caller cannot see, 403 for what it may not do."""
        if not self.sees(token, repo):
            raise Refusal(404, "Not Found")
        if token is None:
            raise Refusal(401, "Requires authentication")
        theirs = "integration" if token.kind == "installation" else "personal access token"
        foreign = token.kind == "installation" and token.owner is not repo.owner and level == "write"
        outside = token.repositories is not None and repo not in token.repositories and level == "write"
        if not token.has(permission, level) or foreign or outside:
            raise Refusal(403, f"Resource not accessible by {theirs}")
        if level == "write" and repo.archived:
            raise Refusal(403, "Repository was archived so is read-only.")
        return token
