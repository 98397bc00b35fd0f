"""Carries the public post out: exactly the text that was asked for goes onto the website, once."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from musterpoint import effects
from musterpoint.actions.publishing import last_published
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath_journal import PostPublished, PostRequested
from musterpoint.core.post_words import filled
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Post, Posted
from musterpoint.store import incidents, journal, models


def publish(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Publish one revision. Before any attempt but the first the website is looked at."""
    wanted = _wanted(effect)
    site, post, key = (
        registry.website(process, settings.HOME),
        _post(effect, wanted, process),
        effects.name_outside(effect),
    )
    if effect.tries > 1 and (there := site.find(post, key)) is not None:
        return there
    renew()
    return site.publish(post, key)


def published(effect: models.Effect, process: Process, posted: Posted) -> None:
    """Note that it is there, in the transaction that ends the effect."""
    assert effect.incident is not None
    wanted = _wanted(effect)
    row = models.Incident.objects.select_for_update().get(pk=effect.incident.pk)
    state = incidents.state(row, incidents.members(row))
    fact = PostPublished(wanted.revision, wanted.path, posted.url or wanted.url, posted.external)
    happened(process, row, state, fact, timezone.now())


def _wanted(effect: models.Effect) -> PostRequested:
    fact = journal.entry(models.Entry.objects.get(pk=json.loads(effect.data)["entry"])).fact
    assert isinstance(fact, PostRequested)
    return fact


def _post(effect: models.Effect, wanted: PostRequested, process: Process) -> Post:
    assert effect.incident is not None
    ref = effect.incident.ref
    message = f"Public post of incident {ref}" + (f", revision {wanted.revision}" if wanted.revision > 1 else "")
    was = last_published(journal.load(effect.incident, []))
    branch = filled(process.website_branch, {"ref": ref})
    return Post(wanted.path, wanted.text, branch, message, was)
