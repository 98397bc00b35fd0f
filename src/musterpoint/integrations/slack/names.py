"""Who is behind an id, from the answer of `users.list`, the `users.json` of an export, or profiles inside messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from musterpoint.integrations.slack.bad_file import BadFile
from musterpoint.integrations.slack.shapes import Object, inner, string

SLACKBOT = "USLACKBOT"
_HINT = 'Give the answer of users.list, or the users.json of an export: each user has an "id" and names.'


@dataclass(frozen=True, slots=True)
class Names:
    """id -> name, time zone (`Europe/Berlin`) and e-mail where known; `people` are ids known not to be apps."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    emails: Mapping[str, str] = field(default_factory=dict)
    people: Set[str] = frozenset()

    @classmethod
    def from_users(cls, users: object, where: str = "The users file") -> Names:
        """Reads an answer (or several, its pages, in a list), a list of users, or an object id -> user or name.

        `where` begins the sentence of an error. Raises BadFile.
        """
        names: dict[str, str] = {}
        zones: dict[str, str] = {}
        emails: dict[str, str] = {}
        people: set[str] = set()
        for identity, user in _users(users, where):
            names[identity] = _name(user) or identity
            zones[identity] = string(user, "tz")
            emails[identity] = string(inner(user, "profile"), "email") or string(user, "email")
            if user.get("is_bot") is False and identity != SLACKBOT:  # Slack says is_bot false of Slackbot
                people.add(identity)
        return cls(names, _known(zones), _known(emails), frozenset(people))

    @classmethod
    def merged(cls, parts: Iterable[Names]) -> Names:
        """Several files as one; what an earlier one says of an id counts."""
        whole = cls()
        for part in parts:
            whole = cls(
                {**part.by_id, **whole.by_id},
                {**part.zones, **whole.zones},
                {**part.emails, **whole.emails},
                whole.people | (part.people - whole.by_id.keys()),
            )
        return whole

    def with_profiles(self, messages: Iterable[Object]) -> Names:
        """Adds the people whom only a `user_profile` inside a message names, as messages of an export have it."""
        found: dict[str, str] = {}
        for message in messages:
            identity, profile = string(message, "user"), inner(message, "user_profile")
            if identity and identity not in self.by_id and profile:
                found.setdefault(identity, _name({"profile": profile, "name": profile.get("name")}))
        return replace(self, by_id={**_known(found), **self.by_id}) if found else self


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {identity: value for identity, value in values.items() if value}


def _name(user: Object) -> str:
    """The name that Slack itself shows first: the chosen one, then the real one, then the handle."""
    profile = inner(user, "profile")
    candidates = (
        string(profile, "display_name"),
        string(profile, "real_name"),
        string(user, "real_name"),
        string(user, "name"),
    )
    return next((name for name in (" ".join(text.split()) for text in candidates) if name), "")


def _users(users: object, where: str) -> Iterable[tuple[str, Object]]:
    if isinstance(users, Mapping):
        if users.get("ok") is False:
            error = string(users, "error") or "unknown error"
            raise BadFile(f"{where} holds an error that Slack answered: {error}.", _HINT)
        if "members" in users:
            return _listed(users["members"], where)
        return _keyed(users, where)
    if isinstance(users, list) and users and all(isinstance(page, Mapping) and "members" in page for page in users):
        return [pair for page in users for pair in _users(page, where)]
    return _listed(users, where)


def _listed(users: object, where: str) -> list[tuple[str, Object]]:
    if not isinstance(users, list):
        raise BadFile(f"{where} holds no list of users.", _HINT)
    pairs: list[tuple[str, Object]] = []
    for number, user in enumerate(users, 1):
        if not isinstance(user, Mapping) or not string(user, "id"):
            raise BadFile(f"{where}: user {number} has no id.", _HINT)
        pairs.append((string(user, "id"), user))
    return pairs


def _keyed(users: Mapping[str, object], where: str) -> list[tuple[str, Object]]:
    pairs: list[tuple[str, Object]] = []
    for identity, user in users.items():
        if isinstance(user, str):
            pairs.append((identity, {"name": user}))
        elif isinstance(user, Mapping):
            pairs.append((identity, user))
        else:
            raise BadFile(f"{where}: what stands under {identity!r} is not a user.", _HINT)
    return pairs
