"""The record of the process, what waits and for whom, and the whole as files."""

from __future__ import annotations

import io
import zipfile
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from musterpoint import access, actions, exporting
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Name, Ref, answer
from musterpoint.api.shapes import record as shapes
from musterpoint.api.shapes.incident import Recorded
from musterpoint.reading.conformance import conformance, step_shape
from musterpoint.reading.due import due_shape, waiting_for

router = Router(tags=["record"])

Reminder = Annotated[Name, Field(description="its `name` among what is due"), Path()]
BINARY = {"schema": {"type": "string", "contentMediaType": "application/zip"}}
TEXT = {"schema": {"type": "string"}}


def _file(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"responses": {200: {"description": "The file", "content": {kind: content}}}}


@router.get("/incidents/{ref}/conformance", response=shapes.Conformance)
def show_conformance(request: Request, ref: Ref) -> HttpResponse:
    """Each step of the process with its evidence."""
    steps = conformance(request.auth.call, ref)
    return answer({"incident": ref, "steps": [step_shape(each) for each in steps]})


@router.get("/due", response=shapes.Waiting)
def list_due(
    request: Request,
    incident: Annotated[Name, Field(description="of this incident alone")] = "",
    whom: Annotated[Name, Field(description="for this person: a name, an account, `person:3` or `me`")] = "",
) -> HttpResponse:
    """What waits, the most urgent first."""
    call = request.auth.call
    person = call.actor if whom == "me" else access.actor(whom, call.process) if whom else None
    return answer({"waiting": [due_shape(each) for each in waiting_for(call, incident, person)]})


@router.put("/incidents/{ref}/reminders/{name}", response=Recorded)
def put_off(request: Request, ref: Ref, name: Reminder, payload: shapes.PutOff) -> HttpResponse:
    """Put a reminder off, or dismiss it; what waits goes on waiting."""
    return recorded(ref, actions.put_off(request.auth.call, ref, name, payload.until))


@router.delete("/incidents/{ref}/reminders/{name}", response=Recorded)
def resume_reminder(request: Request, ref: Ref, name: Reminder) -> HttpResponse:
    """It comes again at its pace."""
    return recorded(ref, actions.resume_reminder(request.auth.call, ref, name))


@router.get("/incidents/{ref}/export.zip", openapi_extra=_file("application/zip", BINARY))
def export(request: Request, ref: Ref) -> HttpResponse:
    """All of an incident: the Markdown for people and the JSON Lines for programs, in one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in exporting.texts(request.auth.call, ref).items():
            archive.writestr(name, text)
    return _attached(packed.getvalue(), "application/zip", f"incident-{ref}.zip")


@router.get("/incidents/{ref}/export.md", openapi_extra=_file("text/markdown", TEXT))
def export_markdown(request: Request, ref: Ref) -> HttpResponse:
    """The Markdown alone."""
    return _text(request, ref, "md", "text/markdown; charset=utf-8")


@router.get("/incidents/{ref}/export.jsonl", openapi_extra=_file("application/jsonl", TEXT))
def export_lines(request: Request, ref: Ref) -> HttpResponse:
    """The JSON Lines alone: first the incident, then every entry of its journal."""
    return _text(request, ref, "jsonl", "application/jsonl; charset=utf-8")


def _text(request: Request, ref: str, suffix: str, kind: str) -> HttpResponse:
    name = f"incident-{ref}.{suffix}"
    return _attached(exporting.texts(request.auth.call, ref)[name].encode(), kind, name)


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
