"""What GitHub will not do, and what a person must mend first."""

from __future__ import annotations

import pytest

from musterpoint.integrations.github import troubles
from musterpoint.integrations.github.calling import Moved, Refusal, Trouble, graphql
from musterpoint.ports import Refused
from musterpoint.store import models
from tests.github.github import GitHub
from tests.integrations.github.calls import ISSUES, PROCESS, REPOSITORY, failed, read, write
from tests.integrations.github.odd import Odd, Said, listening

pytestmark = pytest.mark.usefixtures("db")


def test_a_token_that_was_withdrawn_within_its_hour_is_replaced_and_the_call_made(as_app: GitHub) -> None:
    write()
    as_app.revoke()
    assert write().status == 201


def test_a_token_that_stays_refused_is_asked_for_once_more_and_no_oftener(odd: Odd, as_app: GitHub) -> None:
    with listening() as other:
        token = Said(201, {"token": "hidden", "expires_at": "2999-03-02T10:00:00Z"})
        no = Said(401, {"message": "Bad credentials"})
        other.says(Said(200, {"id": 7}), token, no, Said(200, {"id": 7}), token, no)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GITHUB_API_URL", other.url)
            assert failed(read).code == "bad_credentials"
        assert len(other.asked) == 6


def test_an_app_is_asked_for_by_our_repository_for_all_of_its_owner(as_app: GitHub) -> None:
    """Another repository of the owner may not be given to the app: then that call is refused, not the app."""
    assert "viewer" in graphql(PROCESS, "query { viewer { login } }", {})
    failed(read, path="/repos/halden-ferries/website/issues/1")
    read("/orgs/halden-ferries/issue-types", owner="halden-ferries")
    asked = [each.path for each in as_app.requests if each.path.endswith("/installation")]
    assert asked == [f"/repos/{REPOSITORY}/installation"]


# --- what a person must mend ---


def test_a_token_that_is_refused_is_a_trouble_and_mended_when_one_works(github: GitHub) -> None:
    github.revoke()
    error = failed(write)
    assert isinstance(error, Trouble)
    assert (error.code, error.place, error.retry_after) == ("bad_credentials", "", 60)
    assert [each.code for each in troubles.of()] == ["bad_credentials"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", github.new_token(github.token_user))
        read()
    assert troubles.of() == []


def test_a_suspended_app_is_a_trouble_until_it_is_not(as_app: GitHub) -> None:
    write()
    as_app.suspend()
    assert failed(write).code == "app_suspended"
    as_app.unsuspend()
    write()
    assert troubles.of() == []


def test_a_missing_right_to_write_is_mended_by_no_reading(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    github.repository(REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", github.new_token(github.token_user, {"issues": "read", "metadata": "read"}))
    error = failed(write)
    assert (error.code, error.place) == ("no_rights", REPOSITORY)
    read()
    assert [each.code for each in troubles.of(REPOSITORY)] == ["no_rights"]
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    write()
    assert troubles.of() == []


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        (Said(401, {"message": "Bad credentials"}), "bad_credentials", ""),
        (Said(403, {"message": "Resource not accessible by personal access token"}), "no_rights", REPOSITORY),
        (Said(403, {"message": "Must have admin rights to Repository."}), "no_rights", REPOSITORY),
        (Said(403, {"message": "This installation has been suspended"}), "app_suspended", ""),
        (Said(403, {"message": "Sorry. Your account was suspended."}), "app_suspended", ""),
        (Said(403, {"message": "Repository was archived so is read-only."}), "archived", REPOSITORY),
        (Said(410, {"message": "Issues are disabled for this repo"}), "issues_disabled", REPOSITORY),
        (Said(410, {"message": "Issues has been disabled in this repository."}), "issues_disabled", REPOSITORY),
        (Said(404, {"message": "Not Found"}), "repository_gone", REPOSITORY),
    ],
)
def test_what_a_person_must_mend_waits_and_is_told_with_a_hint(odd: Odd, said: Said, code: str, place: str) -> None:
    odd.says(said)
    error = failed(write)
    assert isinstance(error, Trouble)
    assert (error.code, error.place) == (code, place)
    row = models.Trouble.objects.get()
    assert row.code == code
    assert error.words in row.message
    assert row.hint


def test_no_right_to_read_is_another_trouble_and_names_the_permission(odd: Odd) -> None:
    headers = {"X-Accepted-GitHub-Permissions": "issues=read"}
    odd.says(Said(403, {"message": "Resource not accessible by integration"}, headers), Said(200, []))
    assert failed(read).code == "no_sight"
    assert "issues=read" in troubles.of()[0].hint
    read()
    assert troubles.of() == []


def test_what_hinders_another_repository_is_told_to_the_caller_alone(odd: Odd) -> None:
    """Nobody looks there again once whoever called has found another way."""
    odd.says(Said(403, {"message": "Resource not accessible by integration"}))
    error = failed(write, path="/repos/halden-ferries/website/issues")
    assert error.place == "halden-ferries/website"
    assert troubles.of() == []


def test_a_repository_that_is_not_ours_and_not_there_is_refused(odd: Odd) -> None:
    """Somebody may have mistyped it: to wait for it would be for ever."""
    odd.says(Said(404, {"message": "Not Found"}))
    error = failed(write, path="/repos/halden-ferries/CloudProjekt/issues")
    assert isinstance(error, Refusal)


# --- what will not work ---


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(404, {"message": "Not Found"}), "Not Found"),
        (Said(410, {"message": "This issue was deleted"}), "This issue was deleted"),
        (
            Said(
                422, {"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "x"}]}
            ),
            "Validation Failed; Issue title x",
        ),
        (Said(422, {"message": "Validation Failed", "errors": ["Sub-issues: too many"]}), "Sub-issues: too many"),
        (
            Said(422, {"message": "No", "errors": [{"code": "custom", "message": "body is too long"}]}),
            "body is too long",
        ),
        (Said(409, {"message": "is at 1 but expected 2"}), "is at 1 but expected 2"),
        (Said(403, {"message": "Unable to create comment because issue is locked."}), "issue is locked"),
        (Said(400, b"<html>"), "status 400"),
    ],
)
def test_a_refusal_has_its_status_and_githubs_words(odd: Odd, said: Said, told: str) -> None:
    odd.says(said)
    error = failed(write, path=f"{ISSUES}/5/comments")
    assert isinstance(error, Refusal)
    assert (error.status, told in str(error)) == (said.status, True)
    assert troubles.of() == []


@pytest.mark.parametrize("status", [301, 307, 308])
def test_what_moved_is_not_followed_but_told_and_can_be_asked_for(odd: Odd, status: int) -> None:
    location = f"{odd.url}/repositories/77/issues/5"
    odd.says(Said(status, {"message": "Moved Permanently"}, {"Location": location}), Said(200, {"number": 9}))
    error = failed(read, path=f"{ISSUES}/5")
    assert isinstance(error, Moved)
    assert (error.location, len(odd.asked)) == (location, 1)
    assert read(error.location).data == {"number": 9}


def test_the_token_goes_to_no_other_server(odd: Odd) -> None:
    with listening() as other:
        assert isinstance(failed(read, path=f"{other.url}/repos/x/y"), Refused)
        assert isinstance(failed(read, path=f"{odd.url}.example.com/repos/x/y"), Refused)
        assert other.asked == []
