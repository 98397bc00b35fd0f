"""People who write, edit, delete and react in several threads of the fake workspace, as chance has it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from tests.slack.workspace import Workspace

#: Real seconds between two edits of one message: Slack tells their time in whole seconds.
APART = 2.5


@dataclass
class Crowd:
    workspace: Workspace
    dice: random.Random
    channel: str = ""
    people: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    acts: int = 0
    deleted: dict[str, str] = field(default_factory=dict)
    _said: dict[str, list[str]] = field(default_factory=dict)
    _edited: dict[str, float] = field(default_factory=dict)

    def gather(self, threads: int) -> Crowd:
        self.people = [self.workspace.user(name, name.capitalize()) for name in ("ana", "ben", "caro", "dev")]
        self.channel = self.workspace.channel("dept-engineering", members=self.people)
        for number in range(threads):
            root = self.workspace.say(self.dice.choice(self.people), self.channel, f"Incident {number} begins")
            self.roots.append(root)
            self._said[root] = []
        return self

    def act(self) -> None:
        """One thing that somebody does."""
        self.acts += 1
        root = self.dice.choice(self.roots)
        said, who = self._said[root], self.dice.choice(self.people)
        what = self.dice.choices(["say", "edit", "delete", "react", "unreact"], [60, 15, 7, 13, 5])[0]
        if what == "say" or not said:
            text = f"number {self.acts} of {who}"
            said.append(self.workspace.reply(who, self.channel, root, text, broadcast=self.dice.random() < 0.03))
            return
        stamp = self.dice.choice(said[-40:])
        if what == "edit" and time.monotonic() - self._edited.get(stamp, -APART) > APART:
            self._edited[stamp] = time.monotonic()
            self.workspace.edit(who, self.channel, stamp, f"number {self.acts}, edited by {who}")
        elif what == "delete":
            said.remove(stamp)
            self.deleted[stamp] = root
            self.workspace.delete(who, self.channel, stamp)
        else:
            name = self.dice.choice(["eyes", "heart", "tada"])
            self.workspace.react(who, self.channel, stamp, name, on=what != "unreact")
