"""The pages and the API through HTTP, signed in: 100,000 incidents, and one with a thread of 10,000 messages."""

from __future__ import annotations

import getpass
import html
import re
import signal
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench.installation import POSTGRESQL, Installation, answer, databases, installation
from bench.start import _answers, _resident
from bench.tables import Figure, Table
from bench.threads import written
from tests.postgresql import free_port

MANY, LONG = 100_000, 10_000
#: So many of the newest are not closed yet: 20 are open, the others wait for their write-up.
UNFINISHED = 1_000
CLIENTS, PROCESSES = 8, 2
#: Requests of one client; seconds for which eight ask at once.
TIMES, SECONDS = 200, 10.0


def run() -> list[Table]:
    tables = []
    for database in databases():
        with installation(database) as where:
            known = _filled(where)
            tables.append(_served(where, known))
            if database == POSTGRESQL:
                tables.append(_many_processes(where, known))
    return tables


def _filled(where: Installation) -> dict[str, Any]:
    """What there is to see, and how to show who one is: a session for the pages, a token for the API."""
    where.inside("bench.list:create", first=1, count=MANY)
    where.inside("bench.web:close_the_old")
    where.musterpoint("remind", "pass")
    thread, users = written(where.home, LONG, 0)
    done = where.musterpoint("import", "slack-thread", str(thread), "--users", str(users), "--channel", "C0BENCH")
    return {"long": done["incident"], **where.inside("bench.web:signed_in")}


def _served(where: Installation, known: dict[str, Any]) -> Table:
    with _process(where, "serve") as (port, number, started):
        page = {"Cookie": known["cookie"]}
        api = {"Authorization": f"Bearer {known['token']}"}
        ref = known["long"]
        one = {
            name: where.inside("bench.browsing:alone", port=port, headers=headers, paths=paths, times=times)
            for name, headers, paths, times in (
                ("now", page, ["/"], TIMES),
                ("list", page, ["/incidents"], TIMES),
                ("search", page, [f"/incidents?q={each.replace(' ', '+')}" for each in known["searched"]], TIMES),
                ("incident", page, [f"/incidents/{ref}"], TIMES),
                ("live", page, [_live(port, page, ref)], TIMES),
                ("timeline", api, [f"/api/v1/incidents/{ref}/timeline"], 20),
            )
        }
        load = _loads(where, [port], known)
        memory = _resident(number)
    ms = {name: (each["median"] * 1000, each["p95"] * 1000) for name, each in one.items()}
    peers = {"list": "132 ms", "search": "151 ms", "timeline": "886 ms"}
    names = {
        "now": ("Now", 40),
        "list": ("list", 40),
        "search": ("search", 40),
        "incident": (f"page of the incident of {LONG:,} messages", 150),
        "live": ("live poll without news", 8),
        "timeline": ("its whole timeline by API", 500),
    }
    figures = [Figure("start to first answer", started, "s", 2, peers="1.4 s")]
    for name, (told, target) in names.items():
        figures.append(Figure(f"{told}, p95", ms[name][1], "ms", target, peers=peers.get(name, "")))
        figures.append(Figure("… median", ms[name][0], "ms"))
    figures += [*_rates(load, 50), Figure("resident memory after the load", memory, "MB", 160)]
    return Table(f"{MANY:,} incidents through HTTP, {where.database}, one `serve`", figures, NOTE)


NOTE = (
    f"{UNFINISHED:,} incidents are not closed, 20 of them open. One client alone with {TIMES} requests (20 for the "
    f"timeline); then {CLIENTS} clients at once, in {PROCESSES} processes of their own, {SECONDS:.0f} s with each "
    "kind of request. Every answer is read to its end."
)


def _many_processes(where: Installation, known: dict[str, Any]) -> Table:
    with ExitStack() as stack:
        pages = [stack.enter_context(_process(where, "web")) for _ in range(2)]
        stack.enter_context(_worker(where))
        load = _loads(where, [port for port, _, _ in pages], known)
        memory = max(_resident(number) for _, number, _ in pages)
    figures = [*_rates(load, 100), Figure("resident memory of one `web` after the load", memory, "MB", 160)]
    return Table(f"{MANY:,} incidents through HTTP, {where.database}, two `web` and a `worker`", figures)


def _rates(load: dict[str, dict[str, float]], listed: float) -> Iterator[Figure]:
    wanted = {
        "list": ("list", listed, ""),
        "declare": ("declaring by API", 100, "57/s"),
        "notes": ("notes by API", 150, ""),
        "one incident": ("notes by API, all into one incident", None, ""),
    }
    for name, (told, target, peers) in wanted.items():
        yield Figure(f"{told}, {CLIENTS} clients", load[name]["rate"], "/s", target, True, peers=peers)
        yield Figure("… p95", load[name]["p95"] * 1000, "ms")
        yield Figure("… errors", load[name]["errors"], "", 0)


def _loads(where: Installation, ports: list[int], known: dict[str, Any]) -> dict[str, dict[str, float]]:
    page = {"headers": {"Cookie": known["cookie"]}, "method": "GET", "body": None}
    api = {"headers": {"Authorization": f"Bearer {known['token']}"}, "method": "POST"}
    notes = api | {"body": {"text": "Still looking at it, {} says"}}
    refs = where.inside("bench.web:declared", count=CLIENTS)
    kinds: dict[str, list[dict[str, Any]]] = {
        "list": [page | {"paths": ["/incidents"]}],
        "declare": [api | {"paths": ["/api/v1/incidents"], "body": {"title": "Checkout is down, {} says"}}],
        "notes": [notes | {"paths": [f"/api/v1/incidents/{ref}/notes"]} for ref in refs],
        "one incident": [notes | {"paths": [f"/api/v1/incidents/{refs[0]}/notes"]}],
    }
    return {name: _together(where, ports, asked, name.replace(" ", "-")) for name, asked in kinds.items()}


def _together(where: Installation, ports: list[int], asked: list[dict[str, Any]], name: str) -> dict[str, float]:
    """Clients share the ports out as a proxy does."""
    all_of_them = [
        {**asked[each % len(asked)], "port": ports[each % len(ports)], "name": f"{name}-{len(ports)}-{each}"}
        for each in range(CLIENTS)
    ]
    started = [
        where.start("bench.browsing:together", clients=all_of_them[each::PROCESSES], seconds=SECONDS)
        for each in range(PROCESSES)
    ]
    for each in started:
        assert each.stdout is not None
        each.stdout.readline()
    begun = time.perf_counter()
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    answers = [answer(each) for each in started]
    took = sorted(seconds for found in answers for seconds in found["times"])
    return {
        "rate": len(took) / (max(each["ended"] for each in answers) - begun),
        "p95": statistics.quantiles(took, n=20)[-1] if len(took) > 1 else 0.0,
        "errors": sum(each["errors"] for each in answers),
    }


@contextmanager
def _process(where: Installation, verb: str) -> Iterator[tuple[int, int, float]]:
    """`serve` or `web`: its port, its number, and the seconds until its first answer."""
    port = free_port()
    with (where.home / f"{verb}-{port}.log").open("w") as log:
        begun = time.perf_counter()
        process = where.begin("musterpoint.cli", verb, "--port", str(port), stderr=log)
        try:
            while not _answers(f"http://127.0.0.1:{port}/readyz"):
                if process.poll() is not None or time.perf_counter() - begun > 60:
                    raise RuntimeError(f"{verb} does not answer")
                time.sleep(0.01)
            yield port, process.pid, time.perf_counter() - begun
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


@contextmanager
def _worker(where: Installation) -> Iterator[None]:
    process = where.begin("musterpoint.cli", "worker", stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        process.stderr.readline()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def _live(port: int, headers: dict[str, str], ref: str) -> str:
    """What the page of the incident asks every few seconds."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/incidents/{ref}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as page:  # noqa: S310  # ours
        found = re.search(rf'"(/incidents/{ref}/live\?[^"]*)"', page.read().decode())
    assert found, "the page of an incident asks for no news"
    return html.unescape(found[1])


# --- in a process of the installation ---


def signed_in() -> dict[str, Any]:
    """A session and a token of whoever initialised the installation; and what they look for."""
    from django.test import Client

    from bench.incidents import COMMON, RARE
    from musterpoint import access
    from musterpoint.accounts import tokens
    from musterpoint.accounts.models import Account

    person = access.person(f"account:{getpass.getuser()}")
    account = Account.objects.create(email="bench@example.com", person=person)
    client = Client()
    client.force_login(account, backend="musterpoint.accounts.backend.OfAccounts")
    token = tokens.issue(person, "bench", ["write"], None)
    searched = [RARE, COMMON, f"{COMMON} {RARE}", "xylophone"]
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}", "token": token, "searched": searched}


def close_the_old() -> None:
    """A team that has had very many incidents has closed nearly all of them."""
    from musterpoint.store import models

    newest = models.Incident.objects.order_by("-pk")[UNFINISHED].pk
    models.Incident.objects.filter(pk__lte=newest).update(status="closed")


def declared(count: int) -> list[str]:
    """The references of so many new incidents."""
    from bench.inside import me
    from musterpoint import actions
    from musterpoint.core.declare import DeclareRequest

    return [actions.declare(me(), DeclareRequest("Checkout is down")).state.ref for _ in range(count)]
