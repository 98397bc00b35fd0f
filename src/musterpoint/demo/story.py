"""An afternoon at Halden Ferries, which sells ferry tickets: nobody can pay any more. Company and people are made up."""

from __future__ import annotations

from musterpoint.core.incident import Severity
from musterpoint.core.journal import MarkKind
from musterpoint.demo.beats import (
    Chapter,
    Declare,
    Delete,
    Did,
    Huddle,
    Lead,
    Mark,
    Nominate,
    Person,
    React,
    Relapse,
    Resolve,
    Rewrite,
    Say,
    Severe,
)

TEAM = (
    Person("joel", "Joel Farris", "Europe/London"),  # customer support
    Person("ingrid", "Ingrid Aasen", "Europe/Oslo"),  # on call
    Person("tomasz", "Tomasz Wilk", "Europe/Warsaw"),  # writes booking-api
    Person("priya", "Priya Raman", "Europe/London"),  # platform
    Person("cto", "Lena Brandt", "Europe/Berlin"),  # authority, by musterpoint.toml
    Person("sam", "Sam Okoro", "Europe/London"),  # another team's responder: no part of this
)
APPS = {"alerts": "Alerts", "deploys": "Deploys"}

SETTINGS = """\
[authority]
people = ["cto"]

[security]
sirt = ["account:cto"]
contact = "security@halden-ferries.example, or call Lena Brandt"
"""

REPORTED = Chapter(
    "Customers report it",
    "Joel of customer support declares the incident. From then on the thread on its page is the record.",
    (
        Declare("13:58", "joel", "Paying for a ticket fails", "web shop and app: whoever wants to pay"),
        Say("13:59", "joel", "Four customers wrote since 13:52 UTC: they press Pay, wait half a minute and get “please try again”. No ticket."),
        Say("14:00", "ingrid", "Looking"),
        Lead("14:01", "ingrid"),
        Say("14:02", "ingrid", "I can reproduce it: POST /pay answers 504 after 30 seconds, about one time in four", "reproduced"),
        React("14:02", "joel", "reproduced", "eyes"),
        Severe("14:03", "ingrid", Severity.MAJOR),
        Say("14:03", "priya", "joining"),
        Say("14:03", "tomasz", "me too, one moment"),
        Say("14:04", "alerts", "[FIRING] BookingLatencyHigh: p99 of POST /pay is 30 s, limit 2 s. https://grafana.halden.example/d/booking"),
    ),
)  # fmt: skip

WRONG_TRAIL = Chapter(
    "A wrong trail",
    "The card provider looks guilty. A huddle begins, with a thread of its own that the incident reads as well.",
    (
        Say("14:05", "tomasz", "booking-api's log is full of this:\n```TimeoutError: pool of size 25 reached, connection timed out after 30.0```", "pool"),
        Say("14:06", "priya", "The database itself is bored: 12 % CPU, no locks. https://grafana.halden.example/d/database", "bored"),
        Say("14:07", "tomasz", "so who holds all those connections?"),
        Say("14:09", "ingrid", "Could be Paybridge: their status page is yellow since this morning, and we hold a connection while we wait for them", "suspect"),
        React("14:09", "tomasz", "suspect", "thinking_face"),
        Say("14:10", "joel", "do I tell customers that it's the card provider?"),
        Say("14:10", "ingrid", "not yet, please"),
        Huddle("14:11", "ingrid"),
        Say("14:13", "priya", "What we say here gets lost, so I type it", place="huddle"),
        Say("14:15", "tomasz", "Called Paybridge's test endpoint from inside a pod: it answers in 300 ms", "sandbox", place="huddle"),
        Mark("14:15", "ingrid", "sandbox", MarkKind.FINDING),
        Say("14:16", "cto", "I'm here if you need a decision. Ingrid leads."),
        Did("14:17", "priya", "Raised booking-api's connection pool from 25 to 60, as a stopgap"),
        Say("14:18", "joel", "Is it the app as well, or the web shop alone?"),
        Say("14:18", "tomasz", "both, they use the same endpoint"),
        Say("14:19", "ingrid", "On the phone with Paybridge: their delay concerns Brazil only", "brazil", place="huddle"),
        Say("14:20", "ingrid", "It is not Paybridge: their delay concerns Brazil only, and our calls to them take 300 ms", "not-paybridge"),
        Say("14:21", "priya", "504s are down to one in ten, but the 60 connections fill up as well"),
        Say("14:22", "joel", "nine tickets in the queue now"),
    ),
)  # fmt: skip

FIXED = Chapter(
    "“Fixed”",
    "An alert turns up that is older than the thread. A deployment is rolled back, the errors stop, and Ingrid resolves.",
    (
        Say("14:24", "ingrid", "The first BookingLatencyHigh alert fired at 13:41 UTC already, in #ops-alerts. The channel was muted, nobody saw it.", "alert"),
        Say("14:26", "tomasz", "booking-api 5.12.0 went live at 13:36 UTC: https://ci.halden.example/deployments/812", "deployed"),
        Say("14:27", "tomasz", "It brings the new seat check, which asks seat-service in the middle of the transaction. My connections are all waiting there.", "seat-check"),
        Rewrite("14:28", "seat-check", "It brings the new seat check, which asks fare-service in the middle of the transaction. Every connection is waiting there."),
        Say("14:29", "cto", "Roll it back. The seat check can wait until tomorrow.", "roll-back"),
        Mark("14:29", "ingrid", "roll-back", MarkKind.DECISION),
        React("14:29", "tomasz", "roll-back", "+1"),
        Did("14:31", "tomasz", "Rolled booking-api back to 5.11.3"),
        Say("14:33", "deploys", "booking-api 5.11.3 is live in production, 6 of 6 pods: https://ci.halden.example/deployments/813"),
        Say("14:35", "ingrid", "No 504 for two minutes", "no-504"),
        React("14:35", "joel", "no-504", "tada"),
        Say("14:37", "joel", "A customer just paid, it works again"),
        Resolve("14:38", "ingrid", "5.12.0 is rolled back"),
        Say("14:39", "tomasz", "I owe everybody a coffee :coffee:"),
        Say("14:41", "joel", "New report: Mrs. Nilsen from Bergen was charged twice, the first payment failed at 14:12, card ending in 4417", "customer"),
        Mark("14:42", "priya", "customer", MarkKind.FINDING),
        Delete("14:43", "customer"),
        Say("14:43", "joel", "Deleted what I wrote: it named a customer. Two people were charged without a ticket, support refunds them."),
    ),
)  # fmt: skip

RELAPSE = Chapter(
    "It was not",
    "At 14:50 the newsletter goes out, and everything fails again. The resolution is withdrawn, but stays in the record.",
    (
        Say("14:52", "joel", "It's back: three new mails, same error"),
        Say("14:53", "alerts", "[FIRING] BookingLatencyHigh: p99 of POST /pay is 30 s, limit 2 s. https://grafana.halden.example/d/booking"),
        Relapse("14:54", "ingrid", "payments fail again", "14:50"),
        Severe("14:55", "ingrid", Severity.CRITICAL),
        Say("14:56", "priya", "504s are at one in three, worse than before"),
        Say("14:57", "tomasz", "All pods run 5.11.3, so the seat check is out of it. There is something else."),
        Say("14:59", "joel", "how long, roughly? people are asking"),
        Say("15:00", "ingrid", "no idea yet, sorry"),
        Say("15:01", "priya", "One fare takes 4 seconds to compute in fare-service, usually it's 20 ms", place="huddle"),
        Say("15:03", "tomasz", "all of fare-service's pods at 100 % CPU", place="huddle"),
        Say("15:05", "priya", "Found it: the fare cache's hit rate fell from 98 % to 3 % at 13:40 UTC. https://grafana.halden.example/d/fares", "hit-rate"),
        Mark("15:06", "ingrid", "hit-rate", MarkKind.FINDING),
        Say("15:07", "tomasz", "13:40 is when the summer timetable was imported. The import empties the whole cache."),
        Say("15:08", "cto", "Why is it still empty after an hour and a half?"),
        Say("15:10", "priya", "Because the import set the lifetime of every fare to 90 seconds, not one hour: `FARE_TTL`", "lifetime"),
        Rewrite("15:11", "lifetime", "Because the import set the lifetime of every fare to 60 seconds, not one hour: `FARE_TTL=60`, it should be 3600"),
        Say("15:12", "ingrid", "Then two things: set it back to 3600, and fill the cache before we let everybody in"),
        Say("15:13", "cto", "Do it. And stop the newsletter: 30,000 more would click into this.", "go"),
        Mark("15:13", "joel", "go", MarkKind.TIMELINE),
        Say("15:14", "joel", "Newsletter is stopped. Status page says: paying may fail, we are on it."),
        Say("15:16", "priya", "one minute, writing the change"),
    ),
)  # fmt: skip

OVER = Chapter(
    "Over",
    "The cause goes, and this time they wait before they say so. Ingrid resolves with the time at which it was over.",
    (
        Did("15:18", "priya", "Set FARE_TTL back to 3600 and restarted fare-service"),
        Say("15:20", "deploys", "fare-service configuration 2209 is live in production: https://ci.halden.example/deployments/814"),
        Say("15:22", "tomasz", "filling the cache, 300 busiest routes first", place="huddle"),
        Did("15:31", "tomasz", "Filled the fare cache for the 300 busiest routes"),
        Say("15:32", "tomasz", "is it any better, @priya?"),
        Say("15:34", "priya", "Hit rate is at 91 % and rising, p99 of POST /pay is 400 ms", "recovered"),
        React("15:34", "ingrid", "recovered", "white_check_mark"),
        React("15:34", "sam", "recovered", "tada"),
        React("15:35", "sam", "recovered", "tada", on=False),
        Say("15:36", "alerts", "[RESOLVED] BookingLatencyHigh: p99 of POST /pay is 0.4 s"),
        Say("15:37", "joel", "I bought a ticket myself, twice. Works!"),
        Say("15:38", "ingrid", "This time I wait a while before I say it"),
        Say("15:39", "tomasz", "wise :sweat_smile:"),
        Say("15:55", "ingrid", "No 504 for 20 minutes, with more traffic than at 14:50", "quiet"),
        Huddle("15:56", "ingrid", people=("ingrid", "tomasz", "priya")),
        Resolve("15:57", "ingrid", "fares are cached again", "15:36"),
        Nominate("15:58", "cto", "tomasz"),
        Say("15:59", "tomasz", "For the follow-up: an import must not empty the whole cache, and #ops-alerts must not be muted", "follow-up"),
        Mark("15:59", "cto", "follow-up", MarkKind.FOLLOW_UP),
        Say("16:00", "joel", "Thanks everybody! Status page is green."),
    ),
)  # fmt: skip

STORY = (REPORTED, WRONG_TRAIL, FIXED, RELAPSE, OVER)
