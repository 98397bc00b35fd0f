"""`serve`, `web`, `worker`: the processes that stay."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

from django.conf import settings

from musterpoint.cli.answer import Answer
from musterpoint.cli.installing import migrated
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.running import Busy, alive
from musterpoint.store import schema


def _on_sqlite() -> bool:
    return not settings.DATABASE_URL.startswith("postgres")


def _begin(what: str, stack: ExitStack) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        stack.enter_context(alive(settings.HOME, what))
    except Busy as error:
        raise NotAllowed("restoring", "A backup is being put back.", "Try again when it is done.") from error


def serve(session: Session) -> Answer:
    """Pages and engine in one process. It brings its own schema up to date."""
    with ExitStack() as stack:
        _begin("serve", stack)
        if migrated():
            print("The database was brought up to date.", file=sys.stderr)
        from musterpoint import worker

        stop = worker.start(settings.HOME, settings.DATABASE_URL, session.process)
        stack.callback(stop)
        return _listen(session)


def web(session: Session) -> Answer:
    with ExitStack() as stack:
        _begin("web", stack)
        _must_be_current()
        if _on_sqlite():
            hint = "Run `serve`, which holds both; or set DATABASE_URL to a PostgreSQL database."
            raise NotAllowed("needs_postgresql", "`web` alone needs PostgreSQL.", hint)
        from musterpoint import worker

        worker.only_enqueue(settings.HOME, settings.DATABASE_URL)
        return _listen(session)


def worker(session: Session) -> Answer:
    with ExitStack() as stack:
        _begin("worker", stack)
        _must_be_current()
        from musterpoint import worker as engine

        stop = engine.start(settings.HOME, settings.DATABASE_URL, session.process)
        stack.callback(stop)
        print("musterpoint worker: running. Stop it with Ctrl-C.", file=sys.stderr, flush=True)
        _until_stopped(None)
        return Answer()


def _must_be_current() -> None:
    if schema.missing():
        raise NotAllowed("old_schema", "The database is not at this version's schema.", "Run: musterpoint migrate")


def _listen(session: Session) -> Answer:
    from waitress.server import create_server

    from musterpoint.web.wsgi import application

    options = session.options
    bind = options.bind or session.process.bind
    port = session.process.port if options.port is None else options.port
    server = create_server(application, host=bind, port=port, threads=8, ident="musterpoint")
    listening = getattr(server, "effective_port", port)
    where = f"http://{'127.0.0.1' if bind in ('0.0.0.0', '::') else bind}:{listening}/"  # noqa: S104
    print(f"musterpoint: {where} (health: {where}healthz). Stop it with Ctrl-C.", file=sys.stderr, flush=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _until_stopped(thread)
    server.close()
    return Answer()


def _until_stopped(thread: threading.Thread | None) -> None:
    """Wait for Ctrl-C or a request to end (SIGTERM)."""
    over = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        over.set()

    previous: dict[int, Callable[..., object] | int | None] = {
        each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)
    }
    while not over.wait(0.5):
        if thread is not None and not thread.is_alive():
            break
    for number, handler in previous.items():
        signal.signal(number, handler)
