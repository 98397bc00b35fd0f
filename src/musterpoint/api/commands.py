"""`POST /commands`: the words of a command line elsewhere, carried out here by the same verbs.

Who acts is the token's person. The words reach nothing of this machine (`api/elsewhere.py`): what a verb needs of the
other one it asks for, and is run again with it. A write is done once for each `Idempotency-Key`, its effects are the
engine's, and the answer waits a little for them.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from musterpoint import __version__, effects
from musterpoint.accounts import answered
from musterpoint.api import errors
from musterpoint.api.caller import Bearer, Request, must_have
from musterpoint.api.elsewhere import Edited, Elsewhere, Needed, What
from musterpoint.cli import afar
from musterpoint.cli.answer import Answer
from musterpoint.cli.arguments import parse_unseen
from musterpoint.cli.grammar import Usage
from musterpoint.cli.running import Session
from musterpoint.cli.running import answered as told_by_the_verb
from musterpoint.cli.screen import Screen, shown_on
from musterpoint.core.decision import NotAllowed

#: The longest that an answer waits for what goes outside, in seconds, and how many may at the same time: each of them
#: has a thread, and the pages need theirs.
LONGEST_WAIT, WAITERS = 5.0, threading.BoundedSemaphore(3)
PAUSE = 0.05
JSON = "application/json; charset=utf-8"

router = Router(tags=["commands"])


class TheirScreen(Schema):
    """Where the answer is shown."""

    coloured: bool = False
    width: int = Field(default=100, ge=20, le=1000)


class TheirEdit(Schema):
    """What came of a text that the server wanted edited: both, as `needs` named it."""

    draft: str
    before: str
    after: str


class Command(Schema):
    """The words after `musterpoint`, and what the server asked for when it answered with `needs`."""

    model_config = ConfigDict(extra="forbid")

    words: list[str] = Field(min_length=1, max_length=1000, examples=[["note", "7", "All from the new pods"]])
    screen: TheirScreen = TheirScreen()
    drafts: str = Field(default="drafts", description="the folder that messages name for what is kept on your side")
    input: str | None = Field(default=None, description="standard input")
    files: dict[str, str] = Field(default={}, description="the texts of files that the words name")
    edited: TheirEdit | None = None
    kept: bool = Field(default=False, description="what `needs` wanted kept is")


class Needs(Schema):
    """What the other machine is to give (`input`, `file`, `edit`) or to do (`keep`) before the same words are sent
    again. Nothing was written."""

    what: What
    name: str = ""
    text: str = ""


class Outcome(Schema):
    """What the command line shows: `data` as JSON, `text`, or `markdown`; and its exit code."""

    code: int = 0
    data: dict[str, Any] = {}
    text: str = ""
    markdown: str = ""
    left: int = Field(default=0, description="how much of what goes outside is not there yet")
    files: dict[str, str] = Field(default={}, description="to be written into the folder that the words name")
    finished: list[str] = Field(default=[], description="drafts that are not needed any more")
    needs: Needs | None = None


class OfAnyScope(Bearer):
    """Which scope is needed depends on the words."""

    def needed(self, request: HttpRequest) -> str:
        return "read"


def command(request: Request, payload: Command) -> HttpResponse:
    """For `musterpoint` on another machine (`MUSTERPOINT_URL`). Programs of your own are better off with the operations
    of this document, whose answers do not change with the words."""
    sent = _whole(payload.model_dump())
    try:
        session = _session(request, sent)
    except Usage as error:
        answer = errors.error(400, "usage", str(error), error.hint)
    else:
        with shown_on(Screen(**sent["screen"])):
            answer = _ran(request, session)
    answer["Musterpoint-Version"] = __version__
    return answer


command.once_by_itself = True  # type: ignore[attr-defined]  # what `done_once` looks for
router.post("/commands", response=Outcome, auth=OfAnyScope(), summary="Carry out a command line")(command)


def _whole(value: Any) -> Any:
    """Without NUL, which no database takes."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


def _session(request: Request, sent: dict[str, Any]) -> Session:
    """Raises Usage, NotAllowed."""
    caller = request.auth
    assert caller.token is not None
    options = parse_unseen(sent["words"])
    needed = afar.scope(options) if options else ""
    if options is None or not needed:
        why = afar.NOT_FROM_AFAR.get(afar.full(options), "it is of the machine itself") if options else "it is help"
        message = f"A server does not do this for somebody elsewhere: {why}."
        raise NotAllowed("not_from_afar", message, "Do it at the machine itself.")
    must_have(caller.token, needed)
    edit = Edited(**sent["edited"]) if sent["edited"] else None
    here = Elsewhere(
        caller.call, caller.token, sent["input"], sent["files"], edit, keeps=sent["kept"], drafts=sent["drafts"]
    )
    return Session(options, here, caller.call.process, caller.call.now)


def _ran(request: Request, session: Session) -> HttpResponse:
    key = request.headers.get("Idempotency-Key")
    try:
        if key is not None and afar.scope(session.options) != afar.READ:
            return _once(request, session, key)
        with effects.noted() as keys:
            answer = told_by_the_verb(session)
        return _told(session, answer, _left(keys, session))
    except Needed as needs:
        return _response(Outcome(needs=Needs(what=needs.what, name=needs.name, text=needs.text)))


def _once(request: Request, session: Session, key: str) -> HttpResponse:
    token, answers = request.auth.token, list[Answer]()
    assert token is not None

    def act() -> answered.Answer:
        answers.append(told_by_the_verb(session))
        return _to_repeat(session, _told(session, answers[0]))

    with effects.noted() as keys:
        given = answered.once(token, key, hashlib.sha256(request.body).hexdigest(), act)
    if given.again:
        response = HttpResponse(given.body, status=given.status, content_type=JSON)
        response["Idempotent-Replay"] = "true"
        return response
    response = _told(session, answers[0], _left(keys, session))
    if keys:
        answered.amended(token, key, _to_repeat(session, response))
    return response


def _to_repeat(session: Session, answer: HttpResponse) -> answered.Answer:
    """What a repeat gets. A token is shown once, and its text is in no table."""
    if afar.full(session.options) == "token issue":
        hint = "Revoke it (`token list` shows its number) and issue another one."
        answer = errors.error(409, "shown_once", "The token was issued, and its text is not kept.", hint)
    return answered.Answer(answer.status_code, answer.content.decode())


def _left(keys: list[str], session: Session) -> int:
    """Waits until what was sent on its way has arrived, within bounds. How much of it has not."""
    until = time.monotonic() + min(session.options.wait, LONGEST_WAIT)
    left = effects.unfinished(keys)
    if not left or effects.held() or not WAITERS.acquire(blocking=False):
        return left
    try:
        while left and time.monotonic() < until:
            time.sleep(PAUSE)
            left = effects.unfinished(keys)
    finally:
        WAITERS.release()
    return left


def _told(session: Session, answer: Answer, left: int = 0) -> HttpResponse:
    try:
        answer = answer.afterwards() if answer.afterwards else answer
    except NotAllowed as refusal:  # after the deed, so what was written stays
        return errors.error(errors.status_of(refusal), refusal.code, refusal.message, refusal.hint)
    here = session.here
    assert isinstance(here, Elsewhere)
    told = Outcome(
        code=answer.code,
        data=answer.data,
        text=answer.text,
        markdown=answer.markdown,
        left=left,
        files=here.exports,
        finished=here.done,
    )
    return _response(told)


def _response(outcome: Outcome) -> HttpResponse:
    return HttpResponse(json.dumps(outcome.model_dump(), ensure_ascii=False), content_type=JSON)
