"""The demo's last scenes: from the resolved incident to the closed and published one, by the commands people type."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from musterpoint.cli.main import main as musterpoint
from musterpoint.demo import telling

TRIGGER = """\
The import of the summer timetable at 13:40 UTC emptied the whole fare cache and set the lifetime of every fare in it to
60 seconds instead of one hour (`FARE_TTL`)."""
FACTORS = """\
- Every payment asks fare-service for a fare, and fare-service computes it anew when the cache has none: 4 seconds.
- booking-api holds a database connection while it waits, so that its pool of 25 was used up at once.
- Release 5.12.0 asked once more per payment. Rolling it back eased the load, and looked like the cure.
- The alert fired at 13:41 UTC into #ops-alerts, which was muted."""
IMPACT = """\
From 13:40 to 15:36 UTC between one in ten and one in three payments failed, in the web shop and the app. Two customers
were charged without getting a ticket; both were refunded. Support counted 12 mails."""
LUCKY = "The newsletter to 30,000 customers could be stopped before most of it had gone out."

WRITEUP = (
    "The write-up has been there since the incident was resolved: every sentence of it cites its evidence, and what "
    "nobody said is an open question. Tomasz answers some; the reader of drafts says what is still thin."
)
ISSUE = "Tomasz was nominated, so he raises the issue. The follow-ups become actions with an owner and a date."
EARLY = "Sam tidies up and closes the issue. It does not stay closed: the comment says why."
DONE = (
    "Priya ticks her action off in the issue itself; the other one is declined, with a reason. With the write-up done "
    "nothing is outstanding any more, and the issue closes by itself."
)
POST = "A public post is the default. It is drafted from the record, without names, and checked before it goes out."
END = "Now the incident closes, and every step of the process has its evidence."


def run(*words: str) -> int:
    """Show a command and run it, as a person would. Returns its exit code."""
    shown = [each if "\n" not in each else f"{each.partition(chr(10))[0][:40]}…" for each in words]
    telling.command(shlex.join(shown))
    return musterpoint(words)


class Afterwards:
    """`number` gives the number of an entry by the label that the story has for it."""

    def __init__(self, ref: str, home: Path, number: Callable[[str], str]) -> None:
        self.ref, self.home, self.number = ref, home, number

    def scenes(self) -> list[tuple[str, str, Callable[[], None]]]:
        return [
            ("The write-up", WRITEUP, self.writeup),
            ("The issue and its actions", ISSUE, self.issue),
            ("Closed too early", EARLY, self.closed_early),
            ("Nothing is outstanding", DONE, self.done),
            ("The public post", POST, self.post),
            ("The end", END, self.end),
        ]

    def writeup(self) -> None:
        run("writeup", "show", self.ref, "factors")
        for part, text in (("trigger", TRIGGER), ("factors", FACTORS), ("impact", IMPACT), ("lucky", LUCKY)):
            run("writeup", "set", self.ref, part, text, "--as", "tomasz")
        run("writeup", "check", self.ref)

    def issue(self) -> None:
        run("raise", self.ref, "--as", "tomasz")
        title = "An import replaces fares one by one and never empties the cache"
        adopted = ("--from", self.number("follow-up"), "--owner", "priya", "--due", "2w", "--kind", "prevent")
        run("action", "add", self.ref, title, *adopted, "--as", "tomasz")
        title = "Forbid to mute #ops-alerts"
        run("action", "add", self.ref, title, "--owner", "ingrid", "--due", "3d", "--kind", "detect", "--as", "tomasz")
        run("action", "list", self.ref)

    def closed_early(self) -> None:
        run("issue", "close", self.ref, "--as", "sam")
        run("blockers", self.ref)

    def done(self) -> None:
        run("issue", "tick", self.ref, "1", "--as", "priya")
        reason = "alerts page whoever is on call since this morning; the channel is for reading"
        run("action", "decline", self.ref, "2", "--reason", reason, "--as", "cto")
        run("writeup", "done", self.ref, "--as", "tomasz")
        run("issue", "show", self.ref)

    def post(self) -> None:
        run("publication", "check", self.ref)
        run("publication", "publish", self.ref, "--as", "joel")
        for file in sorted((self.home / "website").rglob("*.md")):
            telling.tell(f"\n{file}\n", telling.BLUE)
            telling.tell(file.read_text(encoding="utf-8"))

    def end(self) -> None:
        run("close", self.ref, "--as", "ingrid")
        run("conformance", self.ref)
