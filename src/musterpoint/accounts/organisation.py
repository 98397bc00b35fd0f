"""Asks GitHub whether somebody is a member of an organisation, with their own token (scope `read:org`)."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter


def is_member(organisation: str, token: str) -> bool:
    """Raises requests.RequestException where GitHub does not answer."""
    address = f"{GitHubOAuth2Adapter.api_url}/user/memberships/orgs/{organisation}"
    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers={"Authorization": f"token {token}"}, allow_redirects=False)
    if answer.status_code in (403, 404):  # no member; or the organisation does not let this application look
        return False
    answer.raise_for_status()
    return answer.status_code == 200 and bool(answer.json().get("state") == "active")
