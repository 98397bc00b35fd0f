"""What the pages of signing in ask: which services there are, whether mail goes out, who may sign up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django import template
from django.conf import settings
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def services(context: Context) -> list[Any]:
    found: list[Any] = get_social_adapter().list_providers(context["request"])
    return found


@register.simple_tag
def mail_works() -> bool:
    return bool(settings.SMTP_URL)


@register.simple_tag(takes_context=True)
def may_sign_up(context: Context) -> bool:
    return bool(get_adapter().is_open_for_signup(context["request"]))
