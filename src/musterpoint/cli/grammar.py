"""What every verb of the command line shares: its parser, its common options, and how wrong words are told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

TIMES = "TIME is 14:20 (the last one, UTC), 2026-03-02 14:20, 2026-03-02T14:20+01:00, or 10m ago."


#: Whether help is not shown here: the words came from elsewhere.
unseen: ContextVar[bool] = ContextVar("unseen", default=False)


class Usage(Exception):
    """The words do not make a command."""

    def __init__(self, message: str, hint: str, form: str) -> None:
        super().__init__(message)
        self.hint, self.form = hint, form


class Parser(argparse.ArgumentParser):
    words: Sequence[str] = ()
    mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Options may stand anywhere: `people add Ana --zone UTC account:ana`, which argparse alone refuses."""
        if self.mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self.mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.mixing = False

    def _print_message(self, message: str, file: Any = None) -> None:
        if not unseen.get():
            super()._print_message(message, file)

    def error(self, message: str) -> NoReturn:
        words = list(Parser.words)
        form = "json" if "--format=json" in words or ("--format", "json") in pairwise(words) else "text"
        raise Usage(message[:1].upper() + message[1:] + ".", f"See: {self.prog} --help", form)


if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[Parser]
else:
    Verbs = argparse._SubParsersAction


def reference(text: str) -> str:
    """`#7` is `7`."""
    return text.strip().removeprefix("#")


def verb(verbs: Verbs, name: str, help: str, *, acts: bool = True, more: str = "") -> Parser:
    """One verb with the options that every verb has."""
    parser = verbs.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=more or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--format", choices=["text", "json", "markdown"], default="text", help="how the answer is told")
    if acts:
        parser.add_argument("--as", dest="person", default="", metavar="PERSON", help="who acts (default: you)")
        parser.add_argument(
            "--wait", type=float, default=10.0, metavar="SECONDS", help="how long to wait for what goes outside"
        )
    return parser


def at(parser: Parser, help: str = "when it happened (default: now)") -> None:
    parser.add_argument("--at", default="", metavar="TIME", help=help)
