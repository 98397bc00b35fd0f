"""What people wrote calls nobody on a tracker and closes nothing there, and is read back as they wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.action_lines import read, read_again, title_and_about, written
from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.quiet_words import JOINER, as_written, quiet
from musterpoint.core.regions import inside, lines_of, regions
from musterpoint.core.regions import written as region


@pytest.mark.parametrize(
    ("text", "quieted"),
    [
        ("@kim look", "@·kim look"),
        ("(@kim/ops)", "(@·kim/ops)"),
        ("_@kim_ **@ben**", "_@·kim_ **@·ben**"),
        ("\\`@kim\\`", "\\`@·kim\\`"),
        ("a ` b\n@kim ` c", "a ` b\n@·kim ` c"),
        ("[log](https://logs.example.com/x)@kim", "[log](https://logs.example.com/x)@·kim"),
        ("https://@kim", "https://@·kim"),
        ("Fixes #12", "Fixes· #12"),
        ("closed: halden-ferries/web#3", "closed·: halden-ferries/web#3"),
        ("resolve GH-7", "resolve· GH-7"),
        ("fix https://github.com/halden-ferries/web/issues/3", "fix· https://github.com/halden-ferries/web/issues/3"),
        ("```\nunfinished @kim", "```\nunfinished @·kim"),
    ],
)
def test_a_mention_and_a_closing_keyword_get_a_joiner(text: str, quieted: str) -> None:
    assert quiet(text) == quieted.replace("·", JOINER)


@pytest.mark.parametrize(
    "text",
    [
        "kim@example.com",
        "50 % @ 10:00, see #12",
        "prefixes #12",
        "`npm install @halden/lights`",
        "``a ` @kim``",
        "run\n```sh\nnpm install @halden/lights\n```\n",
        "https://blog.example.com/@kim/post",
    ],
)
def test_what_calls_nobody_stays_as_it_is(text: str) -> None:
    assert quiet(text) == text


PIECES = some.sampled_from(
    ["@kim", "fixes #1", "closes: GH-2", "`", "```\n", "\n", " ", JOINER, "https://a.example/", "@", "x"]
)


@given(some.lists(PIECES).map("".join))
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    assert as_written(quiet(text)) == text


@given(some.lists(PIECES).map("".join))
def test_any_text_of_a_region_is_read_back_as_it_was_written(text: str) -> None:
    lines = lines_of("".join(region("summary", text)))
    assert inside(lines, regions(lines)["summary"]) == text


@pytest.mark.parametrize("status", [ActionStatus.OPEN, ActionStatus.DECLINED])
def test_the_title_of_an_action_comes_back_from_its_line(status: ActionStatus) -> None:
    action = Action(3, "Ask @kim whether it fixes #12", status=status, reason="too dear, says @ben")
    lines = lines_of("".join(region("actions", written(action))))
    assert f"@{JOINER}kim" in lines[1]
    line = read(inside(lines, regions(lines)["actions"]))
    assert line is not None
    title, about = title_and_about(line.said)
    assert title == action.title
    assert read_again(line.said, title, about) == (action.title, about)
