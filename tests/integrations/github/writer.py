"""A process that says when it is ready, and at a word writes to GitHub as often as it is told."""

from __future__ import annotations

import sys

import django


def main(times: int) -> None:
    django.setup()
    from musterpoint.core.process import Process
    from musterpoint.integrations.github.calling import call
    from musterpoint.ports import NotSent

    print("ready", flush=True)
    sys.stdin.readline()
    done = 0
    while done < times:
        try:
            call(Process(), "POST", "/repos/halden-ferries/CloudProject/issues", json={"title": "x"}, write=True)
            done += 1
        except NotSent:
            continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
