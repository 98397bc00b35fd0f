"""The account that the demo gives while it plays: coloured on a terminal that wants it, plain anywhere else."""

from __future__ import annotations

import textwrap

from musterpoint.cli.screen import paint
from musterpoint.core.describe import describe
from musterpoint.core.journal import Deletion, Edit, Entry, Message, Note, ReactionAdded, ReactionRemoved

WIDTH = 110
BOLD, DIM, RED, GREEN, BLUE = "1", "2", "31", "32", "36"


def tell(text: str = "", colour: str = "") -> None:
    print(paint(text, colour) if colour and text else text, flush=True)


def heading(number: int, title: str, about: str) -> None:
    tell()
    tell(f"{number}. {title}", BOLD)
    tell(textwrap.fill(about, WIDTH), DIM)
    tell()


def entry(each: Entry) -> None:
    """What was just recorded: chat as people see it, anything else as the one sentence that describes it."""
    fact, place = each.fact, "huddle" if "-huddle-" in each.ref else ""
    sign, colour = _look(each)
    said = f"{each.who.name if each.who else 'Somebody'}: " if isinstance(fact, (Message, Note)) else ""
    text = f"{said}{describe(each)}".replace("\n", " ")
    if isinstance(fact, Edit):
        text += f", which reads now: {fact.text}"
    if each.at.replace(second=0) < each.known_at.replace(second=0):
        text += f" (said at {each.known_at:%H:%M})"
    head = f"  {each.at:%H:%M} {sign} {place:<7}"
    tell(textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head)), colour)


def _look(each: Entry) -> tuple[str, str]:
    match each.fact:
        case Message():
            return " ", ""
        case Edit() | Deletion() | ReactionAdded() | ReactionRemoved():
            return " ", DIM
        case Note():
            return "●", GREEN
    return "●", RED if each.kind == "status" else BLUE


def command(words: str, home: str = "") -> None:
    """A command that the reader could type as well."""
    tell(f"$ {home}./run musterpoint {words}", GREEN)
