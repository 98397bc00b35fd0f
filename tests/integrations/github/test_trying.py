"""The check says what works, what does not and how to mend it; nothing is written, and a trial makes no trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.integrations.github import credentials, manifest, sending, throttle, troubles, trying
from musterpoint.integrations.github.answers import Trouble
from musterpoint.store import models
from tests.github import shapes_hooks
from tests.github.github import GitHub, serving
from tests.integrations.github.odd import Said, listening

REPOSITORY = "halden-ferries/CloudProject"
ADDRESS = "https://incidents.example.com"
HOOK = f"{ADDRESS}/hooks/github"
PROCESS = Process(tracker="github", github_repository=REPOSITORY, github_type="Bug", github_assignees=("ana",))
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _new_process(db: None, monkeypatch: Patch) -> None:
    """What hinders is noted in the database. The memory of a process that has just begun, and nothing of GitHub in its
    environment."""
    monkeypatch.setattr(credentials, "_tokens", {})
    monkeypatch.setattr(troubles, "_memory", {"there": False, "looked_at": float("-inf")})
    for name in "TOKEN APP_ID APP_PRIVATE_KEY APP_INSTALLATION WEBHOOK_SECRET URL API_URL".split():
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)


@pytest.fixture
def github(monkeypatch: Patch) -> Iterator[GitHub]:
    with serving() as running:
        running.repository(REPOSITORY)
        running.user("ana")
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        monkeypatch.setenv("GITHUB_TOKEN", running.token)
        yield running


@pytest.fixture
def as_app(github: GitHub, monkeypatch: Patch) -> GitHub:
    monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key)
    return github


def outcome(process: Process = PROCESS, address: str = ADDRESS, **ahead: float) -> dict[str, trying.Tried]:
    """`ahead` moves this machine's clock."""
    now = datetime.now(UTC) + timedelta(**ahead)
    return {each.name: each for each in trying.tried(process, address, now, 3)}


def broken(found: dict[str, trying.Tried]) -> list[str]:
    return [each.name for each in found.values() if each.broken]


def test_with_a_token_everything_works_and_nothing_is_written(github: GitHub) -> None:
    github.open_issue("ana", REPOSITORY, "Something else")
    found = outcome()
    assert broken(found) == []
    assert [each.name for each in found.values() if not each.works] == []
    named = [name for name, _ in trying.STEPS]
    assert list(found) == [each for each in named if each not in ("installation", "deliveries")]
    assert len(github.issues(REPOSITORY)) == 1
    assert [each.status for each in github.writes] == [422]
    assert models.Trouble.objects.count() == 0
    assert "muster-robot" in found["credentials"].told
    assert "Poll-only" in found["webhook"].told


def test_with_an_app_everything_works_and_only_a_token_of_it_is_made(as_app: GitHub, monkeypatch: Patch) -> None:
    _calls(as_app, monkeypatch, 200, 401, 200)
    found = outcome()
    assert [each.name for each in found.values() if not each.works] == []
    assert list(found) == [name for name, _ in trying.STEPS]
    assert as_app.writes == []
    assert "GITHUB_TOKEN is not used" in found["credentials"].told
    assert "1 of 3" in found["deliveries"].told
    assert HOOK in found["webhook"].told


def test_it_costs_few_requests(github: GitHub) -> None:
    github.open_issue("ana", REPOSITORY, "Something else")
    outcome()
    assert len(github.requests) <= 12


# --- credentials ---------------------------------------------------------------------------------------------------


def _none(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_TOKEN", "")


def _half_an_app(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_TOKEN", "")
    patch.setenv("GITHUB_APP_ID", "7")


def _revoked(github: GitHub, patch: Patch) -> None:
    github.revoke()


def _hidden(github: GitHub, patch: Patch) -> None:
    github.rights(REPOSITORY, github.token_user, "none")


def _reads_only(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_TOKEN", github.new_token(github.token_user, {"issues": "read", "metadata": "read"}))


def _triage(github: GitHub, patch: Patch) -> None:
    github.rights(REPOSITORY, github.token_user, "triage")


def _archived(github: GitHub, patch: Patch) -> None:
    github.repo(REPOSITORY).archived = True


def _no_issues(github: GitHub, patch: Patch) -> None:
    github.repo(REPOSITORY).has_issues = False


def _no_label(github: GitHub, patch: Patch) -> None:
    github.repo(REPOSITORY).labels.clear()


def _no_type(github: GitHub, patch: Patch) -> None:
    github.account("halden-ferries").issue_types = ["Task"]


def _nobody(github: GitHub, patch: Patch) -> None:
    github.rights(REPOSITORY, "ana", "none")


def _no_history(github: GitHub, patch: Patch) -> None:
    github.fails("POST", "/graphql", 403, message="Resource not accessible by personal access token")


def _down(github: GitHub, patch: Patch) -> None:
    github.fails("GET", f"/repos/{REPOSITORY}/labels", 502)


@pytest.mark.parametrize(
    ("wrong", "name", "word"),
    [
        (_none, "credentials", "GITHUB_TOKEN is empty"),
        (_half_an_app, "credentials", "GITHUB_APP_PRIVATE_KEY is empty"),
        (_revoked, "credentials", "does not accept our token"),
        (_hidden, "repository", "[github] repository"),
        (_archived, "repository", "Unarchive it"),
        (_no_issues, "repository", "Switch them on"),
        (_reads_only, "rights", "Issues"),
        (_triage, "rights", "the role Write"),
        (_no_label, "labels", "New label"),
        (_no_type, "type", "It has: Task"),
        (_nobody, "assignees", "Cannot be assigned: ana"),
        (_no_history, "history", "Issues: Read and write"),
        (_down, "labels", "githubstatus"),
    ],
)
def test_what_is_missing_is_said_with_how_to_mend_it(
    github: GitHub, monkeypatch: Patch, wrong: Callable[[GitHub, Patch], None], name: str, word: str
) -> None:
    wrong(github, monkeypatch)
    found = outcome()
    assert broken(found)[0] == name
    assert word in f"{found[name].told} {found[name].hint}"
    assert found[name].hint
    assert github.issues(REPOSITORY) == []


def test_without_a_repository_it_is_asked_for(github: GitHub) -> None:
    found = outcome(replace(PROCESS, github_repository=""))
    assert broken(found) == ["repository"]
    assert found["credentials"].works


def test_an_account_that_may_not_set_labels_is_fine_where_none_are_wanted(github: GitHub) -> None:
    github.rights(REPOSITORY, github.token_user, "triage")
    bare = replace(PROCESS, github_labels=(), github_type="", github_assignees=())
    assert broken(outcome(bare)) == []


def test_a_token_that_ends_soon_and_a_classic_one_are_worth_a_word(github: GitHub, monkeypatch: Patch) -> None:
    soon = datetime.now(UTC) + timedelta(days=5, hours=1)
    told: dict[str, str] = {"github-authentication-token-expiration": f"{soon:%Y-%m-%d %H:%M:%S} UTC"}
    _tells(monkeypatch, "/user", told)
    found = outcome()["credentials"]
    assert (found.works, found.broken) == (False, False)
    assert f"it ends on {soon:%Y-%m-%d}" in found.told
    told["github-authentication-token-expiration"] = "2099-01-01 00:00:00 UTC"
    assert outcome()["credentials"].works
    told["x-oauth-scopes"] = "repo, admin:org"
    found = outcome()["credentials"]
    assert (found.works, found.broken) == (False, False)
    assert "admin:org" in found.told
    assert "fine-grained" in found.hint


def _tells(patch: Patch, path: str, headers: dict[str, str]) -> None:
    """GitHub's answer to that path has these headers, too."""

    def send(method: str, url: str, *arguments: Any, **named: Any) -> Any:
        reply = sending.send(method, url, *arguments, **named)
        return replace(reply, headers={**reply.headers, **headers}) if url.endswith(path) else reply

    patch.setattr("musterpoint.integrations.github.trial.send", send)


# --- the app -------------------------------------------------------------------------------------------------------


def _wrong_key(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_APP_ID", "1")


def _no_key(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_APP_PRIVATE_KEY", "-----BEGIN NOTHING-----")


def _suspended(github: GitHub, patch: Patch) -> None:
    github.suspend()


def _elsewhere(github: GitHub, patch: Patch) -> None:
    github.installations.clear()
    github.organisation("kelp-and-co")
    github.install("kelp-and-co")


def _nowhere(github: GitHub, patch: Patch) -> None:
    github.installations.clear()


def _other_number(github: GitHub, patch: Patch) -> None:
    patch.setenv("GITHUB_APP_INSTALLATION", "5")


def _not_accepted(github: GitHub, patch: Patch) -> None:
    next(iter(github.installations.values())).permissions = {"issues": "read", "metadata": "read"}


@pytest.mark.parametrize(
    ("wrong", "name", "word"),
    [
        (_wrong_key, "credentials", "GITHUB_APP_ID"),
        (_no_key, "credentials", "PEM"),
        (_suspended, "installation", "suspended"),
        (_elsewhere, "installation", "installed on kelp-and-co, not on halden-ferries"),
        (_nowhere, "installation", "apps/musterpoint/installations/new"),
        (_other_number, "installation", "GITHUB_APP_INSTALLATION"),
        (_not_accepted, "rights", "An owner accepts it"),
    ],
)
def test_what_is_missing_of_an_app_is_said_with_how_to_mend_it(
    as_app: GitHub, monkeypatch: Patch, wrong: Callable[[GitHub, Patch], None], name: str, word: str
) -> None:
    wrong(as_app, monkeypatch)
    found = outcome()
    assert broken(found) == [name]
    assert word in f"{found[name].told} {found[name].hint}"
    assert found[name].hint


def test_a_right_that_only_tells_more_may_be_left_out(as_app: GitHub) -> None:
    next(iter(as_app.installations.values())).permissions = {"issues": "write", "metadata": "read"}
    found = outcome()["rights"]
    assert found.works
    assert "Left out: pull_requests" in found.told


def test_an_app_that_is_installed_without_the_repository_is_told_so(as_app: GitHub) -> None:
    found = outcome(replace(PROCESS, github_repository="halden-ferries/Elsewhere"))
    assert broken(found) == ["installation"]
    assert "not in its reach" in found["installation"].told


# --- the repository and what is in it ------------------------------------------------------------------------------


def test_a_renamed_repository_is_called_by_its_new_name(github: GitHub) -> None:
    github.rename_repository(REPOSITORY, "Cloud")
    found = outcome()
    assert broken(found) == []
    assert not found["repository"].works
    assert "is called halden-ferries/Cloud by now" in found["repository"].told
    assert found["labels"].works


def test_an_app_follows_a_renamed_repository(as_app: GitHub) -> None:
    as_app.rename_repository(REPOSITORY, "Cloud")
    found = outcome()
    assert broken(found) == []
    assert "is called halden-ferries/Cloud by now" in found["repository"].told


def test_a_public_repository_is_said_to_be_one(github: GitHub) -> None:
    github.repo(REPOSITORY).private = False
    assert "public" in outcome()["repository"].told


def test_labels_are_found_on_every_page_whatever_their_letters(github: GitHub) -> None:
    github.repository("halden-ferries/Many", labels=[*(f"label {number}" for number in range(150)), "Incident"])
    assert outcome(replace(PROCESS, github_repository="halden-ferries/Many"))["labels"].works


def test_a_person_has_no_issue_types(github: GitHub) -> None:
    github.repository("ana/CloudProject")
    found = outcome(replace(PROCESS, github_repository="ana/CloudProject"))
    assert broken(found) == ["type"]
    assert "no organisation" in found["type"].told


def test_types_that_we_must_not_see_break_nothing(github: GitHub) -> None:
    github.fails("GET", "/orgs/halden-ferries/issue-types", 403, message="Resource not accessible")
    found = outcome()
    assert broken(found) == []
    assert "Issue types: Read" in found["type"].hint
    assert models.Trouble.objects.count() == 0


def test_without_sub_issues_actions_are_lines_and_nothing_is_broken(github: GitHub) -> None:
    github.open_issue("ana", REPOSITORY, "Something else")
    github.fails("GET", f"/repos/{REPOSITORY}/issues/1/sub_issues", 404, message="Not Found")
    found = outcome()
    assert broken(found) == []
    assert "no sub-issues" in found["sub-issues"].told


# --- the way back --------------------------------------------------------------------------------------------------


def _calls(github: GitHub, patch: Patch, *statuses: int) -> None:
    """An app's webhook that has our address and our secret. What it sent was answered with these, the newest last."""
    patch.setenv("GITHUB_WEBHOOK_SECRET", github.webhook_secret)
    answers = list(statuses)
    github.deliver_to(lambda body, headers: answers.pop(0))
    github.hook_url = HOOK
    for number in range(len(statuses)):
        github.open_issue("ana", REPOSITORY, f"Issue {number}")
        github.settle()


def _seen(github: GitHub, patch: Patch, config: dict[str, Any] | None = None, **more: Any) -> None:
    """The token may see the webhooks of the repository; ours is as usual, but for `config` and `more`."""
    rights = {"issues": "write", "metadata": "read", "repository_hooks": "read"}
    patch.setenv("GITHUB_TOKEN", github.new_token(github.token_user, rights))
    patch.setenv("GITHUB_WEBHOOK_SECRET", github.webhook_secret)
    github.hook_url, github.hook_of = HOOK, "repository"
    usual, ours = shapes_hooks.hook, shapes_hooks.config(HOOK) | (config or {})
    ours = {name: value for name, value in ours.items() if value}
    patch.setattr(shapes_hooks, "hook", lambda *given: usual(*given) | {"config": ours} | more)


def test_a_webhook_that_we_must_not_see_is_no_fault(github: GitHub, monkeypatch: Patch) -> None:
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "a-made-up-secret")
    found = outcome()
    assert found["webhook"].works
    assert "we must not see" in found["webhook"].told
    assert models.Trouble.objects.count() == 0


def test_a_secret_without_a_webhook_is_worth_a_word(github: GitHub, monkeypatch: Patch) -> None:
    _seen(github, monkeypatch)
    github.hook_url = ""
    found = outcome()["webhook"]
    assert (found.works, found.broken) == (False, False)
    assert HOOK in found.hint


@pytest.mark.parametrize(
    ("config", "more", "word"),
    [
        ({}, {}, f"GitHub calls {HOOK}"),
        ({"url": "https://old.example.com/hooks/github"}, {}, f"our address is {HOOK}"),
        ({}, {"active": False}, "not active"),
        ({"secret": ""}, {}, "without a secret"),
        ({"content_type": "form"}, {}, "only JSON"),
        ({}, {"events": ["issues"]}, "issue_comment"),
        ({}, {"events": ["*"]}, f"GitHub calls {HOOK}"),
        ({"url": "https://example.com/another"}, {}, "no webhook to us"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_told(
    github: GitHub, monkeypatch: Patch, config: dict[str, Any], more: dict[str, Any], word: str
) -> None:
    _seen(github, monkeypatch, config, **more)
    found = outcome()["webhook"]
    assert word in found.told
    assert found.works == word.startswith("GitHub calls")


def test_without_our_secret_or_address_what_is_sent_is_in_vain(github: GitHub, monkeypatch: Patch) -> None:
    _seen(github, monkeypatch)
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "")
    assert "GITHUB_WEBHOOK_SECRET is empty" in outcome()["webhook"].told
    assert "MUSTERPOINT_ADDRESS is not set" in outcome(address="")["webhook"].told
    assert broken(outcome(address="")) == ["webhook"]


@pytest.mark.parametrize(
    ("code", "works", "word"), [(200, True, "arrived"), (None, True, "lately"), (401, False, "401")]
)
def test_what_the_repository_says_of_the_last_delivery_is_told(
    github: GitHub, monkeypatch: Patch, code: int | None, works: bool, word: str
) -> None:
    _seen(github, monkeypatch, last_response={"code": code, "status": "active", "message": None})
    found = outcome()["deliveries"]
    assert (found.works, word in found.told) == (works, True)


@pytest.mark.parametrize(
    ("statuses", "works", "word"),
    [([], True, "not sent anything"), ([200, 200], True, "All of the last 2"), ([200, 401], False, "firewall")],
)
def test_what_an_app_says_of_its_deliveries_is_told(
    as_app: GitHub, monkeypatch: Patch, statuses: list[int], works: bool, word: str
) -> None:
    _calls(as_app, monkeypatch, *statuses)
    found = outcome()["deliveries"]
    assert (found.works, word in f"{found.told} {found.hint}") == (works, True)


def test_an_app_that_nobody_calls_polls(as_app: GitHub) -> None:
    found = outcome()
    assert "every 60 s" in found["webhook"].told
    assert "deliveries" not in found


# --- limits and clock ----------------------------------------------------------------------------------------------


def test_few_requests_left_are_worth_a_word(github: GitHub) -> None:
    github.limits = "real"
    github.rates.primary["core"] = 7
    found = outcome()["limits"]
    assert (found.works, found.broken) == (False, False)
    assert "0 of 7 requests" in found.told


def test_while_too_much_is_written_the_right_to_write_is_not_tried(github: GitHub) -> None:
    once = replace(PROCESS, github_writes_an_hour=1)
    assert outcome(once)["rights"].works
    found = outcome(once)
    assert "was not tried" in found["rights"].told
    assert broken(found) == []
    assert len(github.writes) == 1


def test_a_server_that_counts_nothing_is_fine(github: GitHub) -> None:
    github.fails("GET", "/rate_limit", 404, message="Rate limiting is not enabled.")
    assert "counts no requests" in outcome()["limits"].told


@pytest.mark.parametrize(("minutes", "word"), [(5, "ahead of"), (-5, "behind")])
def test_a_wrong_clock_is_told(github: GitHub, minutes: float, word: str) -> None:
    found = outcome(minutes=minutes)
    assert broken(found) == ["clock"]
    assert f"s {word} GitHub's" in found["clock"].told


def test_while_github_asked_us_to_wait_nothing_is_asked(github: GitHub) -> None:
    throttle.held(90, datetime.now(UTC))
    found = outcome()
    assert "asked us to wait" in found["credentials"].told
    assert [each.path for each in github.requests] == ["/rate_limit"]


@pytest.mark.parametrize("said", [[], {}, 7, None, "words", [None], {"resources": []}])
@pytest.mark.parametrize("as_an_app", [False, True])
def test_what_is_no_answer_of_github_breaks_the_check_and_not_us(
    github: GitHub, monkeypatch: Patch, said: Any, as_an_app: bool
) -> None:
    if as_an_app:
        monkeypatch.setenv("GITHUB_APP_ID", "7")
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key)
    with listening() as odd:
        odd.says(Said(body=said))
        monkeypatch.setenv("GITHUB_API_URL", odd.url)
        found = outcome()
    assert broken(found)
    assert all(each.hint for each in found.values() if each.broken)


# --- what it leaves behind -----------------------------------------------------------------------------------------


def test_what_hinders_is_noted_and_gone_when_the_check_finds_it_mended(github: GitHub, monkeypatch: Patch) -> None:
    now = datetime.now(UTC)
    for code, place in (("no_rights", REPOSITORY), ("repository_gone", REPOSITORY), ("bad_credentials", "")):
        troubles.noted(Trouble(code, place), now)
    _reads_only(github, monkeypatch)
    outcome()
    assert [each.code for each in troubles.of()] == ["no_rights"]
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    assert broken(outcome()) == []
    assert troubles.of() == []


def test_a_broken_token_is_noted(github: GitHub) -> None:
    github.revoke()
    outcome()
    assert [each.code for each in troubles.of()] == ["bad_credentials"]


def test_the_check_of_everything_asks_the_same(github: GitHub) -> None:
    github.fails("GET", "/orgs/halden-ferries/issue-types", 403, message="Resource not accessible")
    told = registry.tried_issues(PROCESS, ADDRESS, datetime.now(UTC), 3)
    assert told is not None
    assert all(works for works, _ in told)
    github.revoke()
    told = registry.tried_issues(PROCESS, ADDRESS, datetime.now(UTC), 3)
    assert told is not None
    assert not told[0][0]
    assert registry.tried_issues(Process(), ADDRESS, datetime.now(UTC), 3) is None


def test_no_secret_is_told(as_app: GitHub, monkeypatch: Patch) -> None:
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "hush-hush")
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", as_app.private_key.replace("A", "B"))
    for process in (PROCESS, replace(PROCESS, github_repository="")):
        said = " ".join(f"{each.told} {each.hint}" for each in outcome(process).values())
        assert "hush-hush" not in said
        assert "BEGIN" not in said
        assert as_app.token not in said


def test_the_rights_asked_for_are_those_that_are_tried() -> None:
    assert set(manifest.OPTIONAL) < set(manifest.PERMISSIONS)
    assert {level for level, _ in manifest.PERMISSIONS.values()} <= set(manifest.LEVELS)
