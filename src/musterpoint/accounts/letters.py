"""The mail that takes a one-time link to whom it is for, where mail is configured."""

from __future__ import annotations

import smtplib

from django.conf import settings

from musterpoint.accounts.models import Link


def sent(link: Link, address: str) -> bool:
    """Whether the mail server took it. If not, the address is to be passed on by hand."""
    if not settings.SMTP_URL or not link.email:
        return False
    from django.core.mail import EmailMessage  # the command line is not to wait for it

    by = f"{link.made_by.name} invites you" if link.made_by else "You are invited"
    text = f"{by} to Musterpoint, where your team works on incidents.\n\nJoin here, until {link.expires_at:%Y-%m-%d}:"
    text += f"\n\n{address}\n\nThe link works once. If you do not know what this is about, leave it.\n"
    try:
        return EmailMessage("Join Musterpoint", text, to=[link.email]).send() == 1
    except (smtplib.SMTPException, OSError):
        return False
