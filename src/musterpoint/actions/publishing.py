"""The public post: whether there is one, which rows it shows, what people write into it, and publishing it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from musterpoint import access, posting
from musterpoint.actions.recording import Call, intend, record, touched, write
from musterpoint.actions.responding import own_ref, target
from musterpoint.actions.writeup import Written, recorded
from musterpoint.core import post_words, writeup
from musterpoint.core import publish as publication
from musterpoint.core.aftermath import Decision
from musterpoint.core.aftermath_journal import PostPublished, PostRequested
from musterpoint.core.check_post import check, grave
from musterpoint.core.decision import NotAllowed, must_respond
from musterpoint.core.front_matter import stamped, unstamped
from musterpoint.core.incident import Incident, Role
from musterpoint.core.journal import Entry
from musterpoint.core.post import day_of
from musterpoint.core.process import Process
from musterpoint.core.public_words import COLLEAGUE, ENGINEER, Known, people_of
from musterpoint.core.writeup_parts import PartText
from musterpoint.store import models


def decide_publication(call: Call, ref: str, decision: Decision | None, reason: str = "") -> Entry:
    """To publish a post, to skip it, or (None) to take the decision back."""
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = publication.decide(state, call.actor, decision, call.now, reason, given_up=given_up(row, state))
        return record(call, row, state, draft)[0]


def choose_row(call: Call, ref: str, entry: str, *, public: bool) -> Entry:
    """Choose a row of the timeline for the public, or keep it from the public."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, entry)
        draft = publication.choose_row(state, call.actor, own_ref(about), public, call.now)
        touched(row)
        return write(call, row, draft, about.thread, about.anchor)


def write_post(call: Call, ref: str, text: str, base: str | None = None, seen: int | None = None) -> Written:
    """Write the post. `base` is the text that the writer saw, or `seen` its version; see `write_part`."""
    must_respond(call.actor)
    with access.locked(call.actor, ref) as [(row, state)]:
        publication.must_be_public(state)
        entries = access.entries(access.NOBODY, row)
        part = post_part(call.process, state, entries)
        if seen is not None:
            base = writeup.text_seen(part, seen)
        draft = writeup.edit(state, call.actor, part, unstamped(text), call.now, base=base)
        return Written(None, False, part) if draft is None else recorded(call, row, state, part, entries, draft)


def reset_post(call: Call, ref: str) -> Written:
    """Let the post be composed from the record again; what people wrote stays among its versions."""
    must_respond(call.actor)
    with access.locked(call.actor, ref) as [(row, state)]:
        publication.must_be_public(state)
        entries = access.entries(access.NOBODY, row)
        part = post_part(call.process, state, entries)
        return recorded(call, row, state, part, entries, writeup.reset(state, call.actor, part, call.now))


def publish(call: Call, ref: str, *, anyway: bool = False) -> Entry:
    """Publish the post as it stands, or its next revision. `anyway`: though it holds what looks like a secret or a
    customer's name."""
    must_respond(call.actor)
    with access.locked(call.actor, ref) as [(row, state)]:
        publication.must_be_public(state)
        entries = access.entries(access.NOBODY, row)
        was = last_published(entries)
        text = as_published(post_part(call.process, state, entries), call, was)
        if not state.after.publication.path:
            _alone()
        path, url = place(call, row, state)
        dropped = given_up(row, state)
        wanted = publication.request(state, call.actor, call.now, path, url, text, was=was, given_up=dropped)
        if not anyway:
            _must_be_fit(call, state, entries, text)
        decided = state
        if state.after.publication.decision is None:
            by_default = publication.decide(state, call.actor, Decision.PUBLISH, call.now)
            decided = record(call, row, state, by_default)[1]
        entry, after = record(call, row, decided, wanted)
        intend("publish", effect_key(row, after.after.publication.requested), row, entry=entry.id)
        return entry


def _must_be_fit(call: Call, state: Incident, entries: Sequence[Entry], text: str) -> None:
    people = people_of(state, entries, known_people())
    if found := [each for each in check(text, state, people, call.process) if grave(each)]:
        listed = "; ".join(f"{each.passage}: {each.text}" for each in found[:5])
        raise NotAllowed(
            "not_fit",
            f"The post has what the public must not see. {listed}",
            f"Take it out with `publication edit {state.ref}`; if it may be there: publication publish --anyway",
        )


# --- what the post is made of -------------------------------------------------------------------------------------


def post_part(process: Process, state: Incident, entries: Sequence[Entry]) -> PartText:
    """The post as it stands, composed or written. Raises NotAllowed for a template that is broken."""
    return posting.post_part(state, entries, process, known_people())[0]


def as_published(part: PartText, call: Call, was: str) -> str:
    """With the dates that publishing it now gives it."""
    return stamped(part.text.rstrip() + "\n", post_words.utc_day(call.now), was)


def known_people() -> list[Known]:
    """Everybody whom the installation knows: none of their names is in a post."""
    rows = models.Person.objects.order_by("pk").values_list("name", "role")
    return [Known(name, COLLEAGUE if role == Role.VIEWER else ENGINEER) for name, role in rows]


def last_published(entries: Sequence[Entry]) -> str:
    """The text that is on the website, empty before there is any."""
    there = [entry.fact.revision for entry in entries if isinstance(entry.fact, PostPublished)]
    asked = {entry.fact.revision: entry.fact.text for entry in entries if isinstance(entry.fact, PostRequested)}
    return asked.get(max(there, default=0), "")


def effect_key(row: models.Incident, revision: int) -> str:
    return f"publish:{row.ref}:{revision}"


def given_up(row: models.Incident, state: Incident) -> bool:
    """A person dropped what was on its way: it will not arrive."""
    key = effect_key(row, state.after.publication.requested)
    return models.Effect.objects.filter(key=key, status="dropped").exists()


def place(call: Call, row: models.Incident, state: Incident) -> tuple[str, str]:
    """Path and address of the post. They stay what they were; a new post takes no other's."""
    known = state.after.publication
    if known.path:
        return known.path, known.url
    today = post_words.utc_day(call.now)
    values = post_words.names(row.ref, day_of(state) or today, today)
    slug = post_words.slug(post_words.filled(call.process.website_slug, values))
    path = _path(call.process.website_path, values, slug)
    if _taken(row, path):
        slug = f"{slug}-{row.ref}"
        path = _path(call.process.website_path, values, slug)
    return path, post_words.filled(call.process.website_url, {**values, "slug": slug})


def _path(pattern: str, values: dict[str, str], slug: str) -> str:
    return post_words.filled(pattern, {**values, "slug": slug})


def _taken(row: models.Incident, path: str) -> bool:
    """Whether another incident's post is there."""
    return models.Incident.objects.filter(after__publication__path=path).exclude(pk=row.pk).exists()


def _alone() -> None:
    """Whoever publishes a first post at the same moment waits here until this one is written."""
    models.Counter.objects.get_or_create(name="post")
    models.Counter.objects.filter(name="post").update(value=F("value") + 1)
