"""Who may call: a person's token, the app by its JWT, an installation by its token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from tests.github.conftest import PLACE, Scene, path
from tests.github.github import GitHub


def signed(github: GitHub, claims: dict[str, Any] | None = None, key: str = "") -> dict[str, str]:
    """The header of a call as the app itself."""
    now = int(github.now.timestamp())
    told = {"iat": now - 60, "exp": now + 540, "iss": str(github.app_id), **(claims or {})}
    return {"Authorization": f"Bearer {jwt.encode(told, key or github.private_key, algorithm='RS256')}"}


def test_the_app_gets_a_token_for_an_hour(scene: Scene) -> None:
    github, client = scene.github, scene.client
    found = client.get(f"/repos/{PLACE}/installation", headers=signed(github)).json()
    assert found["id"] == github.installation
    answer = client.post(f"/app/installations/{found['id']}/access_tokens", headers=signed(github))
    assert (answer.status_code, answer.json()["expires_at"]) == (201, "2026-03-02T10:00:00Z")
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    ref = scene.issue()
    github.clock.move(3599)
    assert scene.get(path(ref)).status_code == 200
    github.clock.move(1)
    assert (scene.get(path(ref)).status_code, scene.get(path(ref)).json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": timedelta(minutes=11)}, "too far in the future"),
        ({"exp": timedelta(seconds=-1)}, "Expiration time"),
        ({"iat": timedelta(seconds=5)}, "Issued at"),
        ({"iss": "7"}, "Integration not found"),
    ],
)
def test_a_jwt_with_wrong_times_or_of_another_app_is_refused(
    scene: Scene, claims: dict[str, object], words: str
) -> None:
    now = scene.github.now
    told = {key: int((now + each).timestamp()) if isinstance(each, timedelta) else each for key, each in claims.items()}
    answer = scene.client.get("/app", headers=signed(scene.github, told))
    assert (answer.status_code, words in answer.json()["message"]) == (401, True)


def test_a_jwt_of_another_key_is_refused(scene: Scene) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    answer = scene.client.get("/app", headers=signed(scene.github, key=other.decode()))
    assert (answer.status_code, "could not be decoded" in answer.json()["message"]) == (401, True)
    assert scene.client.get("/app", headers=signed(scene.github)).json()["slug"] == "musterpoint"


def test_a_suspended_app_is_told_so_and_a_removed_one_is_not_there(scene: Scene) -> None:
    github, client = scene.github, scene.client
    place = f"/app/installations/{github.installation}/access_tokens"
    token = client.post(place, headers=signed(github)).json()["token"]
    github.suspend()
    assert client.post(place, headers=signed(github)).status_code == 403
    answer = client.get(f"/repos/{PLACE}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, "suspended" in answer.json()["message"]) == (403, True)
    github.unsuspend()
    assert client.post(place, headers=signed(github)).status_code == 201
    github.uninstall("halden-ferries")
    assert client.get(f"/repos/{PLACE}/installation", headers=signed(github)).status_code == 404


def test_a_withdrawn_token_is_refused(scene: Scene) -> None:
    assert scene.get("/user").json()["login"] == scene.github.token_user
    scene.github.revoke(scene.github.token)
    assert scene.get("/user").status_code == 401
    assert scene.client.post("/graphql", json={"query": "{ viewer { login } }"}).status_code == 401


def test_rights_decide_what_is_seen_and_what_is_written(scene: Scene) -> None:
    token = scene.github.new_token("ana", permissions={"issues": "read", "metadata": "read"})
    scene.client.headers["Authorization"] = f"Bearer {token}"
    refused = scene.post(f"/repos/{PLACE}/issues", title="No")
    assert (refused.status_code, "personal access token" in refused.json()["message"]) == (403, True)
    scene.github.rights(PLACE, "ana", "none")
    assert scene.get(f"/repos/{PLACE}").status_code == 404
    scene.github.rights(PLACE, "ana", "triage")
    told = scene.get(f"/repos/{PLACE}").json()["permissions"]
    assert told == {"admin": False, "maintain": False, "push": False, "triage": True, "pull": True}


def test_a_code_of_the_manifest_becomes_an_app_once(scene: Scene) -> None:
    code = scene.github.manifest_code()
    told = scene.client.post(f"/app-manifests/{code}/conversions", headers={"Authorization": ""}).json()
    assert (told["id"], told["pem"]) == (scene.github.app_id, scene.github.private_key)
    assert scene.post(f"/app-manifests/{code}/conversions").status_code == 404
    late = scene.github.manifest_code()
    scene.github.clock.move(3601)
    assert scene.post(f"/app-manifests/{late}/conversions").status_code == 404


def test_types_and_labels_are_listed(scene: Scene) -> None:
    assert [each["name"] for each in scene.get("/orgs/halden-ferries/issue-types").json()] == ["Task", "Bug", "Feature"]
    assert "incident" in [each["name"] for each in scene.get(f"/repos/{PLACE}/labels").json()]
    assert scene.get("/orgs/ana/issue-types").status_code == 404
