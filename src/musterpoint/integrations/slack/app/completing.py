"""What was declared without a form is completed: by the form that came late, or by the answer about security.

The card of such an incident asks: could security or personal data be involved?
"""

from __future__ import annotations

from musterpoint import access, actions
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Milestone
from musterpoint.integrations.slack.app import modals, telling
from musterpoint.integrations.slack.app.asking import Reply, Request
from musterpoint.integrations.slack.app.clicking import answer
from musterpoint.integrations.slack.app.keyed import once
from musterpoint.integrations.slack.app.modals import Origin


def completed(request: Request, asking: Call, ref: str, wanted: DeclareRequest) -> Reply:
    """The form was shown after all, when the incident was declared from its words already."""
    with once(modals.key_of(request.payload), request.now) as click:
        if not click.before:
            click.made = ref
            _settle(asking, ref, wanted.security)  # before anything is said of what was filled in
            _add(asking, ref, wanted)
            if wanted.security is Security.NO:
                answer(request, f"Incident {ref} was declared already; what you filled in is added to it.")
    return telling.shown(asking, ref)


def _add(asking: Call, ref: str, wanted: DeclareRequest) -> None:
    state = access.find(asking.actor, ref).state
    for field, text, stands in (
        ("title", wanted.title, state.title),
        ("affected", wanted.affected, state.affected),
    ):
        if text and text != stands:
            actions.correct_text(asking, ref, field, text)
    if wanted.detected is not None and not wanted.detected_ref:
        actions.correct_time(asking, ref, Milestone.DETECTED, wanted.detected.at)


def _settle(asking: Call, ref: str, security: Security) -> None:
    """Somebody else may have answered meanwhile: then a "no" adds nothing."""
    try:
        actions.answer_security(asking, ref, security)
    except NotAllowed as refusal:
        if refusal.code not in ("unchanged", "already_restricted"):
            raise


def answered(request: Request, asking: Call, origin: Origin) -> Reply:
    """The form with that one question was sent."""
    security = modals.answers_of(request.payload).security or Security.UNSURE
    with once(modals.key_of(request.payload), request.now) as click:
        if not click.before:
            click.made = origin.ref
            _settle(asking, origin.ref, security)
    return telling.shown(asking, origin.ref)
