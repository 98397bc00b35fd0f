"""What nobody needs any more: sessions that ended, links that were used or ran out, answers that nobody repeats."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from musterpoint.accounts import answered, calls
from musterpoint.accounts.models import Link

#: How long a link that lets nobody in is kept: who made it may want to look.
KEPT = timedelta(days=30)


def tidy() -> None:
    SessionStore.clear_expired()
    answered.swept()
    Link.objects.filter(expires_at__lt=calls.now() - KEPT).delete()
