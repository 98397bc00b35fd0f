"""What a service (OIDC, GitHub, Slack) proves about whoever it sends us."""

from __future__ import annotations

from typing import Any

from musterpoint.accounts.joining import Comer
from musterpoint.accounts.organisation import is_member
from musterpoint.process import in_force

#: Where a session remembers the invitation that is being taken up by way of a service.
INVITED = "invitation"


def _workspace(sociallogin: Any) -> str:
    """Slack's id of the workspace that it vouches for."""
    return str(sociallogin.account.extra_data.get("https://slack.com/team_id") or "")


def verified(sociallogin: Any) -> tuple[str, ...]:
    """The addresses that count as proven.

    Some services tell `email_verified` as the text "false", which would be true. In a Slack workspace its owners say
    whose address is whose, so that of any but our own proves nothing.
    """
    if sociallogin.account.provider == "slack" and not _is_ours(sociallogin):
        return ()
    told = [each for each in sociallogin.email_addresses if str(each.verified).casefold() == "true"]
    return tuple(dict.fromkeys(each.email.casefold() for each in told))


def _is_ours(sociallogin: Any) -> bool:
    return bool(in_force().join_slack) and _workspace(sociallogin) == in_force().join_slack


def comer_of(sociallogin: Any) -> Comer:
    """Who comes, as far as the service proves it."""
    account, token = sociallogin.account, sociallogin.token
    told = account.extra_data.get("userinfo") or account.extra_data
    name = str(told.get("name") or told.get("login") or told.get("preferred_username") or "")
    emails = verified(sociallogin)
    if account.provider == "github":
        login = str(told["login"]).casefold()
        return Comer(
            name, emails, (f"github:{login}",), in_organisation=lambda: is_member(in_force().join_github, token.token)
        )
    if account.provider == "slack" and _is_ours(sociallogin):
        user = str(account.extra_data.get("https://slack.com/user_id") or "")
        return Comer(name, emails, (f"slack:{user}",) if user else (), _workspace(sociallogin))
    return Comer(name, emails)
