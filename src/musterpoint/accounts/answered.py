"""A write of the API happens once for each `Idempotency-Key`: who repeats it gets the answer that the first one got.

Key, action and answer are one transaction. A repeat that comes at the same moment waits for it at the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from musterpoint.accounts import calls
from musterpoint.accounts.models import Answered, Token
from musterpoint.core.decision import NotAllowed

KEPT = timedelta(hours=24)
KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body of JSON; `again`: it was given before."""

    status: int
    body: str
    again: bool = False


def once(token: Token, key: str, request: str, act: Callable[[], Answer]) -> Answer:
    """What `act` answers, or what it answered. `request` tells one request from another. What `act` raises leaves
    nothing behind. Raises NotAllowed for a key of another request."""
    if not KEY.fullmatch(key):
        raise NotAllowed("bad_key", "A key is 1 to 200 letters, digits and signs of ASCII.", "A UUID is one.")
    with transaction.atomic():
        mine = Answered(token=token, key=key, request=request)
        Answered.objects.bulk_create([mine], ignore_conflicts=True)  # waits for whoever writes the same key
        row = Answered.objects.get(token=token, key=key)
        if row.status:  # it was committed with its answer; ours has none yet
            if row.request != request:
                message = "This Idempotency-Key was used for another request."
                raise NotAllowed("idempotency_mismatch", message, "Give each write a key of its own.")
            return Answer(row.status, row.body, again=True)
        answer = act()
        Answered.objects.filter(pk=row.pk).update(status=answer.status, body=answer.body)
        return answer


def amended(token: Token, key: str, answer: Answer) -> None:
    """What a repeat gets from now on: more is known since the write was committed."""
    Answered.objects.filter(token=token, key=key).update(status=answer.status, body=answer.body)


def swept() -> int:
    """Forget what was answered long ago. Returns how many answers."""
    return Answered.objects.filter(at__lt=calls.now() - KEPT).delete()[0]
