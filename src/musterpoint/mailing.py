"""Mail: where no chat is connected, a reminder also goes to those whom it is for. Who receives it is asked once more
when it goes out: somebody may have lost sight of the incident since.

A mail server cannot be asked what it took. A repeat carries the `Message-ID` of the first, so that mail programs show
one. Of a restricted incident a mail says that something waits, and where: mail is read on locked screens.
"""

from __future__ import annotations

import hashlib
import json
import smtplib
from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings

from musterpoint import access, effects
from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.process import Process
from musterpoint.ports import Posted, Refused, Unavailable
from musterpoint.store import journal, models
from musterpoint.store.addresses import mail_address

#: An SMTP server's answers from here on are for good (RFC 5321, 4.2.1).
FOR_GOOD = 500


def configured() -> bool:
    """Whether there is a server that takes our mail."""
    return bool(settings.SMTP_URL)


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry an effect `mail` out. Raises Unavailable or Refused."""
    if not configured():
        raise Refused("SMTP_URL is not set any more: no mail goes out.")
    row = effect.incident
    assert row is not None
    data = json.loads(effect.data)
    person = models.Person.objects.filter(pk=data["person"]).first()
    address = mail_address(person) if person else ""
    if person is None or not address or not _may_see(person, row, process):
        return Posted("")
    subject, text = _written(row, data["entry"], process)
    renew()
    _send(address, subject, text, message_id(effect))
    return Posted(message_id(effect))


def message_id(effect: models.Effect) -> str:
    digest = hashlib.sha256(effects.name_outside(effect).encode()).hexdigest()[:32]
    return f"<{digest}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2] or 'localhost'}>"


def _may_see(person: models.Person, row: models.Incident, process: Process) -> bool:
    return access.visible(access.actor_of(person, process)).filter(pk=row.pk).exists()


def _written(row: models.Incident, entry: int, process: Process) -> tuple[str, str]:
    """The subject and the text."""
    link = f"{settings.ADDRESS or f'http://127.0.0.1:{process.port}'}/incidents/{row.ref}"
    if row.restricted:
        return "Something waits for you", f"Something waits in an incident that you are a member of:\n\n{link}\n"
    fact = journal.entry(models.Entry.objects.get(pk=entry)).fact
    assert isinstance(fact, Reminder)
    return " ".join(f"Incident {row.ref}: {row.title}".split())[:200], f"{fact.text}.\n\n{link}\n"


def _send(address: str, subject: str, text: str, message_id: str) -> None:
    from django.core.mail import EmailMessage  # the command line is not to wait for it

    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, text, to=[address], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        _fail(*next(iter(error.recipients.values()), (0, b"")))
    except smtplib.SMTPResponseException as error:
        _fail(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"The mail server cannot do what SMTP_URL asks for: {error}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"The mail server does not answer: {type(error).__name__}") from error


def _fail(code: int, answer: bytes | str) -> None:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    kind = Refused if code >= FOR_GOOD else Unavailable
    raise kind(f"The mail server answers {code}: {' '.join(words.split())[:300]}")
