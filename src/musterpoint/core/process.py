"""The settings of a team as one frozen value; `musterpoint.process` reads it from musterpoint.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from musterpoint.core.incident import Severity
from musterpoint.core.marks import MarkKind
from musterpoint.core.own_steps import OwnStep
from musterpoint.core.pace import PACES, Pace

#: what may be said in the thread
SAID = ("resolved", "relapse", "cancelled", "merged", "issue_raised", "closed", "note", "reminder")


@dataclass(frozen=True, slots=True)
class Process:
    """Defaults follow the handbook's process. Durations are seconds.

    `authority` and `sirt` name people: an identity (`email:ana@example.com`, `slack:U123`, `account:cto`) or,
    without a colon, an account or a person's full name.
    """

    authority: tuple[str, ...] = ("cto",)
    sirt: tuple[str, ...] = ()
    security_contact: str = ""
    severities: Mapping[Severity, str] = field(default_factory=lambda: {each: each.value for each in Severity})
    chat: str = "local"
    chat_url: str = ""
    chat_token: str = ""
    channel: str = "#dept-engineering"
    workspace: str = ""
    #: what is said in an incident's thread besides its card
    say: tuple[str, ...] = SAID
    #: the reaction that makes an incident of a thread
    reaction: str = "rotating_light"
    #: the reactions that mark a message
    mark_timeline: str = "pushpin"
    mark_finding: str = "mag"
    mark_action_taken: str = "wrench"
    mark_decision: str = "scales"
    mark_follow_up: str = "soon"
    mark_ignore: str = "no_entry_sign"
    #: seconds after which the chat's history is compared anew with what was captured of a live thread
    history_every: float = 900.0
    lease: float = 30.0
    #: with pauses that double up to ten minutes, most of a day: an outage of the chat parks nothing
    attempts: int = 100
    retry_after: float = 5.0
    timeout: float = 10.0
    port: int = 8000
    bind: str = "127.0.0.1"
    #: the proxy that may say who asked and how: its address as we see it
    trusted_proxy: str = ""
    tracker: str = "local"
    #: who raises the issue where nobody was nominated: a name as in `authority`
    nominee: str = ""
    #: how often the guard opens the issue again before somebody with authority is asked
    reopenings: int = 3
    #: the three sections of the issue, in their order, and their headings
    sections: tuple[str, ...] = ("timeline", "rca", "actions")
    heading_timeline: str = "Timeline"
    heading_rca: str = "RCA"
    heading_actions: str = "Actions"
    #: where the Incident issue is raised, `OWNER/REPOSITORY`, and what it is given there
    github_repository: str = ""
    github_labels: tuple[str, ...] = ("incident",)
    github_type: str = ""
    #: logins
    github_assignees: tuple[str, ...] = ()
    #: seconds between two edits of a body, two questions for what changed, and two looks at everything
    github_edit_every: float = 30.0
    github_poll_every: float = 60.0
    github_reconcile_every: float = 1800.0
    #: fewer than GitHub allows (80 and 500); an Enterprise Server may allow more
    github_writes_a_minute: int = 75
    github_writes_an_hour: int = 480
    #: a timeline with a longer gap than this (seconds) is pointed out
    silence: float = 3600.0
    website: str = "folder"
    #: the website's folder, from the home if it is relative; a git checkout gets a branch and a commit
    website_folder: str = "website"
    website_path: str = "nuxt/content/blog/{year}/{month}/{slug}.md"
    website_url: str = "/blog/{year}/{month}/{slug}/"
    website_branch: str = "incident-{ref}"
    website_title: str = "Service Disruption Report for {date}"
    website_slug: str = "service-disruption-report-{day}"
    website_tags: tuple[str, ...] = ("posts", "flowfuse", "news")
    website_authors: tuple[str, ...] = ()
    #: a file in the home that replaces the template of the post
    website_template: str = ""
    #: names that must not be in a post: "a customer" stands there instead
    customers: tuple[str, ...] = ()
    #: hosts that the public must not see, such as `*.corp.example.com`
    internal_hosts: tuple[str, ...] = ()
    #: when people work: for reminders that are not urgent
    zone: str = "UTC"
    work_days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    work_begins: str = "09:00"
    work_ends: str = "17:00"
    #: `YYYY-MM-DD`
    holidays: tuple[str, ...] = ()
    #: kind of reminder → when it is given
    reminders: Mapping[str, Pace] = field(default_factory=lambda: PACES)
    #: the team's own steps of the process, besides those of the handbook
    steps: tuple[OwnStep, ...] = ()

    #: who may join without an invitation: whose verified e-mail is of one of these domains, the members of a GitHub
    #: organisation, the members of a Slack workspace (`T…`); and the role that they get
    join_domains: tuple[str, ...] = ()
    join_github: str = ""
    join_slack: str = ""
    join_role: str = "responder"

    @property
    def announces(self) -> bool:
        """Whether there is a chat to tell; the local one is the incident's own page."""
        return self.chat != "local"

    @property
    def marks(self) -> dict[str, MarkKind]:
        """Reaction → the mark that it gives."""
        return {str(getattr(self, f"mark_{kind.value}")): kind for kind in MarkKind}
