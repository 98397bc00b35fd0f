"""A follow-up action with an issue of its own on the tracker: wanted in a repository, taken from an address, given up.

A reference is `OWNER/REPOSITORY#NUMBER`, as GitHub writes it. In a repository of another owner the issue cannot be a
sub-issue of the Incident issue (https://docs.github.com/en/rest/issues/sub-issues): the action's line links to it then.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, when
from musterpoint.core.followup import known
from musterpoint.core.incident import Incident, Who
from musterpoint.core.issue_journal import ActionIssueWanted
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import one_line

#: Characters of an issue's title on GitHub.
TITLE_LIMIT = 256
_OWNER, _NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})", r"[A-Za-z0-9._-]{1,100}"
_PLACE = re.compile(rf"{_OWNER}/{_NAME}")
_REF = re.compile(rf"({_OWNER}/{_NAME})#([1-9][0-9]{{0,9}})")
_SHORT = re.compile(r"#?([1-9][0-9]{0,9})")
_PATH = re.compile(rf"/({_OWNER}/{_NAME})/(issues|pull)/([1-9][0-9]{{0,9}})/?")
FORM = "Write OWNER/REPOSITORY#12, or its address."


def is_address(text: str) -> bool:
    """Whether this is meant to be an existing issue: an address, or `OWNER/REPOSITORY#12`."""
    text = text.strip()
    return text.lower().startswith(("http://", "https://")) or bool(_REF.fullmatch(text))


def reference(text: str, process: Process, incident: Incident) -> str:
    """The reference that an address, `OWNER/REPOSITORY#12` or (of the settings' repository) `#12` means.

    Raises NotAllowed: not_an_issue, another_server.
    """
    text = one_line(text)
    if found := _REF.fullmatch(text):
        return f"{found[1]}#{found[2]}"
    if (found := _SHORT.fullmatch(text)) and process.github_repository:
        return f"{process.github_repository}#{found[1]}"
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _no_issue(text) from None
    found = _PATH.fullmatch(parts.path) if parts.scheme in ("http", "https") and parts.netloc else None
    if found is None:
        raise _no_issue(text)
    if found[2] == "pull":
        hint = "Give the address of an issue; a pull request that closes it finishes the action, too."
        raise NotAllowed("not_an_issue", f"{found[1]}#{found[3]} is a pull request.", hint)
    _must_be_there(parts.netloc, incident)
    return f"{found[1]}#{found[3]}"


def _no_issue(text: str) -> NotAllowed:
    return NotAllowed("not_an_issue", f"“{text[:80]}” is not an issue's address.", FORM)


def _must_be_there(host: str, incident: Incident) -> None:
    issue = incident.after.issue
    ours = urlsplit(issue.url).netloc if issue and issue.url else ""
    if ours and host.casefold().removeprefix("www.") != ours.casefold().removeprefix("www."):
        raise NotAllowed(
            "another_server",
            f"That issue is on {host[:80]}, and the Incident issue on {ours}.",
            f"Keep it as a link: action set {incident.ref} NUMBER --tracked URL",
        )


def want(incident: Incident, actor: Actor, number: int, place: str, process: Process, now: datetime) -> Draft:
    """An issue of its own is to be made for the action, in the repository `place` (empty: that of the settings).

    Raises NotAllowed: read_only, cancelled, would_leak, lines_only, no_issue, no_such_action, has_issue, on_its_way,
    not_open, no_repository, bad_repository.
    """
    _may(incident, actor, number, process)
    place = one_line(place) or process.github_repository
    if not place:
        raise NotAllowed("no_repository", "It is not said in which repository.", "Give OWNER/REPOSITORY.")
    if not _PLACE.fullmatch(place):
        raise NotAllowed("bad_repository", f"“{place[:80]}” is no repository.", "Write it as OWNER/REPOSITORY.")
    return Draft(ActionIssueWanted(number, place=place), when(now, None))


def attach(incident: Incident, actor: Actor, number: int, address: str, process: Process, now: datetime) -> Draft:
    """The issue at that address is to be the action's own: its title counts, whether it is open, and whom it is
    assigned to, if it is.

    Raises NotAllowed: as `want`, not_an_issue, another_server, taken.
    """
    _may(incident, actor, number, process)
    ref = reference(address, process, incident)
    if what := _what_it_is(incident, ref):
        raise taken(ref, what)
    return Draft(ActionIssueWanted(number, issue=ref), when(now, None))


def taken(ref: str, what: str) -> NotAllowed:
    """The refusal of an issue that is something else already."""
    return NotAllowed("taken", f"{ref} is {what} already.", "An issue belongs to one action.")


def detach(incident: Incident, actor: Actor, number: int, now: datetime) -> Draft:
    """The action is a line of the Incident issue alone from now on; the issue that it had stays as it is.

    Raises NotAllowed: read_only, cancelled, no_such_action, unchanged.
    """
    must_respond(actor)
    must_be_live(incident)
    action = known(incident, number)
    if not action.issue and not action.wanted:
        raise NotAllowed("unchanged", f"Action {number} of incident {incident.ref} has no issue of its own.")
    return Draft(ActionIssueWanted(number), when(now, None))


def _what_it_is(incident: Incident, ref: str) -> str:
    issue = incident.after.issue
    if issue is not None and issue.ref.casefold() == ref.casefold():
        return f"the issue of incident {incident.ref}"
    same = (each for each in incident.after.actions if each.issue.casefold() == ref.casefold())
    return next((f"the issue of action {each.number}" for each in same), "")


def _may(incident: Incident, actor: Actor, number: int, process: Process) -> None:
    must_respond(actor)
    must_be_live(incident)
    if incident.restricted:
        raise NotAllowed(
            "would_leak",
            f"Incident {incident.ref} is restricted: an issue in the tracker would show it to others.",
            "The action is kept here.",
        )
    if process.tracker != "github":
        raise NotAllowed(
            "lines_only",
            "Actions are lines of the issue here: its tracker has no issues of their own.",
            "With [issue] tracker = github they may have them.",
        )
    action = known(incident, number)
    if (issue := incident.after.issue) is None or not issue.ref:
        what = f"Incident {incident.ref} has no issue yet" if issue is None else "The Incident issue is on its way"
        raise NotAllowed("no_issue", f"{what}: an action's issue hangs on it.", f"First: raise {incident.ref}")
    _must_be_free(incident, action)


def _must_be_free(incident: Incident, action: Action) -> None:
    if action.issue:
        hint = f"To give it up first: action issue {incident.ref} {action.number} --none"
        raise NotAllowed("has_issue", f"Action {action.number} has the issue {action.issue}.", hint)
    if action.wanted:
        raise NotAllowed("on_its_way", f"The issue of action {action.number} is on its way.", "See: effects")
    if action.status is not ActionStatus.OPEN:
        hint = f"If it is not: action reopen {incident.ref} {action.number}"
        raise NotAllowed("not_open", f"Action {action.number} is {action.status}.", hint)


# --- what stands there --------------------------------------------------------------------------------------------


def title(action: Action) -> str:
    """The issue's title: the action's, as far as the tracker takes it."""
    text = one_line(action.title)
    return text if len(text) <= TITLE_LIMIT else f"{text[: TITLE_LIMIT - 1].rstrip()}…"


def body(incident: Incident, address: str) -> str:
    """The body with which an action's issue begins; it is people's from then on. `address`: the incident's page."""
    issue = incident.after.issue
    page = f" ([its page]({address}))" if address else ""
    where = f", whose issue is {issue.ref}" if issue and issue.ref else ""
    return (
        f"A follow-up action of incident {incident.ref}{page}{where}. Its due date and what it is for stand there.\n\n"
        "Closing this issue finishes the action; closed as not planned, it counts as declined. Title and assignee are "
        "kept in step with it.\n"
    )


def reason_asked(incident: Incident, action: Action, closed_by: Who | None, address: str) -> str:
    """The comment that asks why an action was declined. `closed_by` is mentioned if they are somebody on GitHub."""
    identity = closed_by.identity if closed_by else ""
    whom = f"@{identity.removeprefix('github:')}: t" if identity.startswith("github:") else "T"
    page = f"on [its page]({address}), " if address else ""
    return (
        f"{whom}his is action {action.number} of incident {incident.ref}. Closed like this, it counts as declined, and "
        "the record needs the reason: why is it not done?\n\n"
        f"Please say so {page}in the incident's thread with `declined {action.number} because …`, or with "
        f"`musterpoint action decline {incident.ref} {action.number} --reason WHY`."
    )
