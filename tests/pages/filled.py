"""An installation with something to look at: the demo's incident, one that burns, and one that was resolved."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.journeys.commands import OURS, Musterpoint

#: name → address; `ingrid` leads the demo's incident and has authority there
ADDRESSES = {
    "now": "/",
    "declare": "/declare",
    "incidents": "/incidents",
    "search": "/incidents?q=fare",
    "search-empty": "/incidents?q=nowhere",
    "thread": "/incidents/1",
    "thread-open": "/incidents/2",
    "timeline": "/incidents/1/timeline",
    "writeup": "/incidents/1/writeup",
    "writeup-edit": "/incidents/3/writeup/summary",
    "actions-of-one": "/incidents/1/actions",
    "publication": "/incidents/3/publication",
    "publication-published": "/incidents/1/publication",
    "record": "/incidents/1/record",
    "actions": "/actions",
    "settings": "/settings",
    "settings-people": "/settings/people",
    "settings-tokens": "/settings/tokens",
    "settings-effects": "/settings/effects",
    "settings-process": "/settings/process",
    "settings-github": "/settings/github?code=a180b1a3d263c81bc6441d7b990bae27d4c10679",
    "settings-me": "/settings/me",
    "not-found": "/incidents/99",
}

BURNING = """
declare "Payments fail with 504" --affected "card payments" --severity critical --at "47m ago" --detected "49m ago" --as ingrid
lead 2 --at "46m ago" --as tomasz
note 2 "Error rate of pay-gateway went from 0.1 % to 38 % at the deploy of 5.13.0" --mark finding --at "41m ago" --as tomasz
did 2 "Stopped the rollout, half of the pods still run 5.12.1" --at "36m ago" --as ingrid
note 2 "Is it only cards? Invoices go through." --at "31m ago" --as joel
note 2 "Only cards: the new pods do not trust the card vault, its certificate changed on Monday" --mark finding --at "24m ago" --as priya
note 2 "We roll back, and look at the certificate afterwards" --mark decision --at "19m ago" --as tomasz
did 2 "Rolling back to 5.12.1, 14 of 20 pods are done" --at "6m ago" --as ingrid
declare "Timetable shows yesterday" --affected timetable --severity minor --at "5h ago" --detected "5h ago" --as joel
note 3 "The nightly import stopped at the new harbour code" --mark finding --at "4h ago" --as joel
did 3 "Ran the import by hand" --at "3h ago" --as joel
resolve 3 --at "3h ago" --as joel
action add 3 "Alert when the import is late" --due 2w --owner joel --as joel
"""  # noqa: E501  (a command a line reads like one)


def filled(folder: Path) -> Musterpoint:
    """Plays the demo in `folder`, and goes on from there."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    done = subprocess.run(
        [sys.executable, "-m", "musterpoint.demo", "--once"],
        env=clean | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(rf"{re.escape(str(folder))}/musterpoint-demo-\w+", done.stdout)
    assert found, done.stdout + done.stderr
    installed = Musterpoint(Path(found[0]))
    for done_ in installed.batch([shlex.split(line) for line in BURNING.strip().splitlines()]):
        assert done_.code == 0, done_.error
    return installed
