"""The fake as a process of its own."""

from __future__ import annotations

import httpx
import pytest

from tests.github.conftest import PLACE
from tests.github.remote import started


def test_everything_can_be_done_from_outside() -> None:
    with started("--start", "2026-03-02T09:00:00", "--limits", "real") as github:
        github("user", "ana")
        github("repository", PLACE)
        state = github("state")
        client = httpx.Client(base_url=github.url, headers={"Authorization": f"Bearer {state['token']}"})
        with client:
            assert client.post(f"/repos/{PLACE}/issues", json={"title": "Down", "body": "One"}).status_code == 201
            edit = {"who": "ana", "issue": f"{PLACE}#1", "body": "Two"}
            github("between", pattern="PATCH *", does="edit", given=edit)
            client.patch(f"/repos/{PLACE}/issues/1", json={"body": "Three"})
            github("set", a_minute=2)
            assert client.patch(f"/repos/{PLACE}/issues/1", json={"body": "Four"}).status_code == 403
        assert github("move", seconds=60) == "2026-03-02T09:01:00+00:00"
        assert github("issue", f"{PLACE}#1")["bodies"] == ["One", "Two", "Three"]
        with pytest.raises(AssertionError, match="no such verb"):
            github("reboot")
        with pytest.raises(AssertionError, match="taken"):
            github("user", "ana")
