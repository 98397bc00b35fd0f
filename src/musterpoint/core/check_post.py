"""Reads a post as somebody outside will, and says what to look at: advice, with its passage.

Only a customer's name and what looks like a secret keep a post from being published, until somebody says "anyway".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from musterpoint.core import front_matter, public_ids
from musterpoint.core.advice import Advice
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.incident import Incident
from musterpoint.core.post_words import DAY
from musterpoint.core.process import Process
from musterpoint.core.public_words import Known, customers_in, names_in, titled_in

#: Not published without somebody saying so.
GRAVE = frozenset({"customer_named", "secret"})
MORE = "<!--more-->"
SHORTEST, LONGEST, META = 80, 220, 60

_IMPACT = re.compile(
    r"\b(affect\w*|impact\w*|customers?|users?|could not|couldn['’]t|unable|unavailable|disrupt\w*|degrad\w*|slow\w*|"
    r"interrupt\w*|fail\w*|errors?|down|lost|delay\w*|not (?:work|reach|load|available)\w*)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(because|caused by|due to|root cause|triggered by|resulted from|owing to|as a result of)\b", re.IGNORECASE
)
_OUTAGE = re.compile(r"\boutages?\b", re.IGNORECASE)
_TIME = re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])")
_ZONE = re.compile(r"\b(?:UTC|GMT|[A-Z]{2,4}T)\b|[+-]\d{2}:?\d{2}\b")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*$", re.MULTILINE)

_TECHNICAL = {
    "address": ("address", "An address that the public has no use for. Take it out."),
    "telephone": ("address", "A telephone number. Take it out."),
    "id": ("id", "An account or an id. Take it out, or say what it stands for."),
    "host": ("host", "An internal host. Say what it does instead."),
    "link": ("private_link", "Nobody outside can open this. Take the link out, or give the public address."),
    "secret": ("secret", "This looks like a secret. Take it out, and change it wherever it is used."),
}


def check(text: str, incident: Incident, people: Iterable[Known], process: Process) -> list[Advice]:
    """What to look at, in the order of the text's parts: front matter, introduction, body."""
    readers: list[Callable[[], Iterator[Advice]]] = [
        lambda: _front_matter(text),
        lambda: _introduction(text),
        lambda: _named(text, people, process),
        lambda: _technical(text, process),
        lambda: _outage(text, incident),
        lambda: _sections(text, incident),
        lambda: _zone(text),
    ]
    return [advice for reader in readers for advice in reader()]


def grave(advice: Advice) -> bool:
    return advice.code in GRAVE


def _front_matter(text: str) -> Iterator[Advice]:
    part = "front matter"
    if front_matter.block(text) is None:
        yield Advice("front_matter", part, text.strip()[:40], "The post has no front matter between two lines `---`.")
        return
    values, wrong = front_matter.read(text)
    for line in wrong:
        yield Advice("front_matter", part, line.strip(), 'This line is not YAML. Put the value into quotes: "…".')
    for key in sorted(set(values) - set(front_matter.KEYS)):
        yield Advice("front_matter", part, key, "The website does not know this key, and drops it without a word.")
    if not values.get("title"):
        yield Advice("front_matter", part, "title", "The post has no title.")
    date = values.get("date")
    if date is not None and not re.match(r"\d{4}-\d{2}-\d{2}", str(date)):
        yield Advice("front_matter", part, f"date: {date}", "Write the day as 2026-03-02.")
    yield from _lengths(str(values.get("description", "")), str(values.get("metaTitle", "")))


def _lengths(description: str, meta_title: str) -> Iterator[Advice]:
    if not SHORTEST <= len(description) <= LONGEST:
        said = (
            f"The description has {len(description)} characters; {SHORTEST} to {LONGEST} are good, about 160 is best."
        )
        yield Advice("description_length", "front matter", description, said)
    if len(meta_title) > META:
        said = f"The metaTitle has {len(meta_title)} characters; search engines cut it after {META}."
        yield Advice("meta_title_length", "front matter", meta_title, said)


def _introduction(text: str) -> Iterator[Advice]:
    body = front_matter.body(text)
    first, found, _ = body.partition(MORE)
    if not found:
        yield Advice(
            "no_introduction", "introduction", MORE, f"Nothing is marked as introduction: put {MORE} after it."
        )
        first = body.strip().partition("\n\n")[0]
    impact, cause = _IMPACT.search(first), _CAUSE.search(first)
    passage = " ".join(first.split())[:160]
    if impact is None:
        yield Advice("cause_first", "introduction", passage, "Say first whom it affected, and how.")
    elif cause is not None and cause.start() < impact.start():
        yield Advice("cause_first", "introduction", passage, "Say whom it affected, and how, before what caused it.")


def _named(text: str, people: Iterable[Known], process: Process) -> Iterator[Advice]:
    plain = DAY.sub("", text)  # May and April are people, too
    for name in customers_in(plain, process):
        yield Advice("customer_named", "text", name, "A customer's name. Write “a customer”.")
    for name in titled_in(plain):
        yield Advice("person_named", "text", name, "Somebody's name. Write what they are: “a customer”.")
    for name in names_in(plain, people):
        yield Advice("person_named", "text", name, "A person's name. Write what they are: “an engineer”, “we”.")


def _technical(text: str, process: Process) -> Iterator[Advice]:
    seen: set[tuple[str, str]] = set()
    for kind, passage in public_ids.found(text, process.internal_hosts):
        open_to_all = kind == "link" and public_ids.public_link(passage, process.internal_hosts)
        if open_to_all or (kind, passage) in seen:
            continue
        seen.add((kind, passage))
        code, said = _TECHNICAL[kind]
        yield Advice(code, "text", passage, said)


def _outage(text: str, incident: Incident) -> Iterator[Advice]:
    """Never "outage" unless it was: somebody said so of the incident itself."""
    if _OUTAGE.search(f"{incident.title} {incident.affected}"):
        return
    for found in list(_OUTAGE.finditer(text))[:1]:
        yield Advice("outage", "text", found.group(), "Was everything down? If not, write “disruption”.")


def _sections(text: str, incident: Incident) -> Iterator[Advice]:
    headings = list(_HEADING.finditer(text))
    for number, heading in enumerate(headings):
        last = number + 1 == len(headings)
        end = len(text) if last else headings[number + 1].start()
        inner = not last and len(headings[number + 1].group(1)) > len(heading.group(1))
        if not inner and not text[heading.end() : end].strip():
            yield Advice(
                "empty_section", heading.group(2), heading.group(), "This section is empty. Fill it or drop it."
            )
    if not any(
        re.fullmatch(r"next steps|what we (?:do|will do|are doing) next", each.group(2).lower()) for each in headings
    ):
        open_ones = [each for each in incident.after.actions if each.status is not ActionStatus.DECLINED]
        said = f"There are {len(open_ones)} actions to tell of." if open_ones else "No action is on record yet."
        yield Advice("next_steps_missing", "Next Steps", "## Next Steps", f"What is done about it is missing. {said}")


def _zone(text: str) -> Iterator[Advice]:
    body = front_matter.body(text)
    time = _TIME.search(body)
    if time is not None and not _ZONE.search(body):
        yield Advice("no_zone", "text", time.group(), "Say once in which zone the times are: “All times are UTC.”")
