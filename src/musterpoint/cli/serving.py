"""`serve`, `web`, `worker`: the processes that stay."""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import threading
from contextlib import ExitStack
from types import FrameType
from typing import Any

from django.conf import settings

from musterpoint import logs
from musterpoint.cli.answer import Answer
from musterpoint.cli.installing import migrated
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.process import in_force
from musterpoint.running import Busy, alive
from musterpoint.store import schema

#: Parameters of glibc's mallopt(3).
TRIM_FROM, MAP_FROM, ARENAS = -1, -3, -8
#: Seconds after which freed memory is given back.
TRIM_EVERY = 5
#: Seconds that requests have to end in when the process is asked to.
GRACE = 5


def _on_sqlite() -> bool:
    return not settings.DATABASE_URL.startswith("postgres")


def _begin(what: str, stack: ExitStack) -> threading.Event:
    """What all three have in common. Set when the process is asked to stop."""
    logs.begin(settings.LOG_FORMAT)
    _give_memory_back()
    process = in_force()  # pages and engine go by the same settings, whatever becomes of the file
    _must_be_set_up(process)
    try:
        stack.enter_context(alive(settings.HOME, what))
    except Busy as error:
        raise NotAllowed("restoring", "A backup is being put back.", "Try again when it is done.") from error
    return _asked_to_stop(stack)


def _must_be_set_up(process: Process) -> None:
    if why := registry.missing(process):
        raise NotAllowed("not_set_up", why, "`musterpoint slack check` says what else is missing.")
    if why := registry.missing_for_issues(process):
        raise NotAllowed("not_set_up", why, "`musterpoint github check` says what else is missing.")
    if told := registry.told_of_issues(process):
        print(f"musterpoint: {told}", file=sys.stderr)


def _give_memory_back() -> None:
    """glibc keeps what each thread has had once, in an arena of its own: with our threads tens of megabytes."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        for name, value in (ARENAS, 1), (TRIM_FROM, 128 * 1024), (MAP_FROM, 64 * 1024):
            mallopt(name, value)


def _trim() -> None:
    """What was freed in the middle of its arena goes back as well; takes some milliseconds."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def serve(session: Session) -> Answer:
    """Pages and engine in one process. It brings its own schema up to date."""
    with ExitStack() as stack:
        over = _begin("serve", stack)
        if migrated():
            print("The database was brought up to date.", file=sys.stderr)
        from musterpoint import worker

        stop = worker.start(settings.HOME, settings.DATABASE_URL, session.process, pages=True)
        stack.callback(stop)
        return _listen(session, over)


def web(session: Session) -> Answer:
    with ExitStack() as stack:
        over = _begin("web", stack)
        _must_be_current()
        if _on_sqlite():
            hint = "Run `serve`, which holds both; or set DATABASE_URL to a PostgreSQL database."
            raise NotAllowed("needs_postgresql", "`web` alone needs PostgreSQL.", hint)
        from musterpoint import worker

        stack.callback(worker.only_enqueue(settings.HOME, settings.DATABASE_URL, session.process))
        return _listen(session, over)


def worker(session: Session) -> Answer:
    with ExitStack() as stack:
        over = _begin("worker", stack)
        _must_be_current()
        from musterpoint import worker as engine

        stop = engine.start(settings.HOME, settings.DATABASE_URL, session.process, pages=False)
        stack.callback(stop)
        print("musterpoint worker: running. Stop it with Ctrl-C.", file=sys.stderr, flush=True)
        over.wait()
        return Answer()


def _must_be_current() -> None:
    if schema.missing():
        raise NotAllowed("old_schema", "The database is not at this version's schema.", "Run: musterpoint migrate")


def _listen(session: Session, over: threading.Event) -> Answer:
    from waitress.server import create_server

    from musterpoint.accounts.links import set_up_link
    from musterpoint.web.wsgi import application

    options, process = session.options, session.process
    bind = options.bind or process.bind
    port = process.port if options.port is None else options.port
    server = create_server(application, host=bind, port=port, **_limits(process))
    host = "127.0.0.1" if bind in ("0.0.0.0", "::") else bind  # noqa: S104
    where = f"http://{f'[{host}]' if ':' in host else host}:{getattr(server, 'effective_port', port)}"
    if not settings.ADDRESS and bind not in ("127.0.0.1", "::1", "localhost"):
        told = "Others are answered once MUSTERPOINT_ADDRESS is the address that they use (docs/install.md)."
        print(f"musterpoint: {told}", file=sys.stderr)
    if first := set_up_link(settings.ADDRESS or where):
        print(f"musterpoint: nobody has an account yet. Make the first here: {first}", file=sys.stderr)
    print(f"musterpoint: {where}/ (health: {where}/healthz). Stop it with Ctrl-C.", file=sys.stderr, flush=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection needs to look at it again
    while not over.wait(TRIM_EVERY) and thread.is_alive():
        _trim()
    server.task_dispatcher.shutdown(timeout=GRACE)
    thread.join(0.2)  # it never ends by itself; it sends the last answers meanwhile
    server.close()
    return Answer()


def _limits(process: Process) -> dict[str, Any]:
    """How waitress runs. Only the proxy that is named may say who asked, by what name and whether over TLS; what
    anybody else says of that is cut off."""
    proxy = {
        "trusted_proxy": process.trusted_proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }
    return {
        "ident": "musterpoint",
        "threads": 8,
        "connection_limit": 1000,  # browsers keep theirs open
        "asyncore_use_poll": True,
        "channel_timeout": 60,
        "max_request_header_size": 64 * 1024,
        "max_request_body_size": 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE,  # Django refuses in words before
        "clear_untrusted_proxy_headers": True,
        **(proxy if process.trusted_proxy else {}),
    }


def _asked_to_stop(stack: ExitStack) -> threading.Event:
    """Set by Ctrl-C or a request to end (SIGTERM), from now on: whoever asks while we start is heard, too."""
    over = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        over.set()
        signal.signal(number, signal.SIG_DFL)  # the second time it ends at once

    for each in (signal.SIGTERM, signal.SIGINT):
        stack.callback(signal.signal, each, signal.signal(each, stop))
    return over
