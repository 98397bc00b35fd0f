"""`./run demo --slack`: the demo's story in a fake workspace, with a real installation that listens to it.

Everything is on this machine: the workspace is a server that behaves like Slack, as far as the product needs it.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from musterpoint.demo.__main__ import FOREIGN
from tests.slack.shapes import Json
from tests.slack.workspace import Workspace, serving

SETTINGS = """\
[authority]
people = ["email:cto@halden.example"]

[security]
sirt = ["email:cto@halden.example"]
contact = "security@halden.example, or call Lena Brandt"

[chat]
provider = "slack"
channel = "#dept-engineering"
"""
#: Seconds after each beat, so that one can watch; and without a pause.
PACE, QUICK = 0.8, 0.15
#: Seconds in which the installation must have answered.
PATIENCE = 30


def main(arguments: Sequence[str]) -> int:
    once = "--once" in arguments or not (sys.stdin.isatty() and sys.stdout.isatty())
    home = Path(tempfile.mkdtemp(prefix="musterpoint-demo-"))
    (home / "musterpoint.toml").write_text(SETTINGS, encoding="utf-8")
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {"MUSTERPOINT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "musterpoint.settings"}
    with serving() as workspace:
        os.environ["SLACK_API_URL"] = workspace.url
        os.environ["SLACK_BOT_TOKEN"] = workspace.bot_token
        os.environ["SLACK_SIGNING_SECRET"] = workspace.signing_secret
        try:
            return _perform(home, workspace, once)
        except KeyboardInterrupt:
            print(f"\nStopped. The installation is in {home}; remove that folder when you are done with it.")
            return 0
        finally:
            if once:
                shutil.rmtree(home, ignore_errors=True)


def _perform(home: Path, workspace: Workspace, once: bool) -> int:
    import django

    django.setup()
    from musterpoint.cli.main import main as musterpoint
    from musterpoint.demo import site, telling

    musterpoint(["init", "--name", "Nils Vinter"])
    with site.running(home) as (address, server):
        workspace.deliver_to(f"{address}/hooks/slack")
        show = Transcript(workspace)
        play(workspace, QUICK if once else PACE, show)
        if once:
            return 0
        telling.tell("\nThat was the workspace. What the installation made of it:", telling.BOLD)
        site.welcome(home, address, f"account:{getpass.getuser()}", "Ingrid Aasen")
        return server.wait()


def play(workspace: Workspace, pace: float, show: Transcript) -> None:
    from musterpoint.demo import telling
    from musterpoint.demo.story import STORY
    from tests.slack.playing import Playing

    def after() -> None:
        workspace.settle()
        time.sleep(pace)
        show.news()

    playing = Playing(workspace, datetime.now(UTC), after, timed=False)
    playing.gather()
    for number, chapter in enumerate(STORY, 1):
        telling.heading(number, chapter.title, chapter.about)
        for beat in chapter.beats:
            playing.play(beat)
    show.wait_for("resolved the incident: fares are cached again", PATIENCE)


@dataclass
class Transcript:
    """What is to be seen in the workspace, told as it comes: messages, what Musterpoint edits, private answers."""

    workspace: Workspace
    told: dict[str, str] = field(default_factory=dict)
    private: int = 0

    def news(self) -> None:
        for channel in list(self.workspace.channels.values()):
            for message in self.workspace.messages(channel.id):
                self._tell(message)
        for each in self.workspace.ephemerals[self.private :]:
            self._line(f"only {self._name(each.user)} sees", each.text, "32")
        self.private = len(self.workspace.ephemerals)

    def _tell(self, message: Json) -> None:
        text = str(message.get("text", ""))
        before = self.told.get(message["ts"])
        if before == text:
            return
        self.told[message["ts"]] = text
        sign = "edits" if before is not None else "#" if not message.get("thread_ts") else ""
        who = message.get("username") or self._name(str(message.get("user", "")))
        self._line(f"{who} {sign}".strip(), text, "1" if message.get("bot_id") and message.get("metadata") else "")

    def _name(self, user: str) -> str:
        if user == self.workspace.app.user:
            return self.workspace.app.name
        known = self.workspace.users.get(user)
        return known.name if known else user

    def _line(self, who: str, text: str, colour: str) -> None:
        shown = self._readable(text).replace("\n", "\n" + " " * 28)
        line = f"  {who[:25]:>25} {shown}"
        print(f"\033[{colour}m{line}\033[0m" if colour and sys.stdout.isatty() else line, flush=True)

    def _readable(self, text: str) -> str:
        for user in [*self.workspace.users, self.workspace.app.user]:
            text = text.replace(f"<@{user}>", f"@{self._name(user)}")
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def wait_for(self, words: str, patience: float) -> None:
        """Until one of our own messages says so."""
        until = time.monotonic() + patience
        while time.monotonic() < until and not any(words in text for text in self._ours()):
            time.sleep(0.2)
        self.news()

    def _ours(self) -> Iterable[str]:
        for channel in list(self.workspace.channels.values()):
            for message in self.workspace.messages(channel.id):
                if message.get("metadata"):
                    yield str(message.get("text", ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
