"""`python -m tests.github --port 0`: the fake as a process of its own; prints its address, then serves."""

from __future__ import annotations

import argparse
import signal
import threading
from datetime import UTC, datetime

from tests.github.github import serving


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.github", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--deliver-to", default="", metavar="URL", help="where webhooks go")
    parser.add_argument("--webhook-secret", default="", help="what they are signed with")
    parser.add_argument("--limits", choices=("real",), help="GitHub's limits; without, there are none")
    parser.add_argument("--start", help="where the clock stands, ISO 8601 in UTC; without, it runs with the real one")
    given = parser.parse_args()
    start = datetime.fromisoformat(given.start) if given.start else None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(start.replace(tzinfo=start.tzinfo or UTC) if start else None, given.port) as github:
        github.limits = given.limits or ""
        github.webhook_secret = given.webhook_secret or github.webhook_secret
        if given.deliver_to:
            github.deliver_to(given.deliver_to)
        print(github.url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
