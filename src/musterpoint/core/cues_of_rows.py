"""What speaks for a row of the timeline: deeds, findings, decisions, recovery, and who noticed or was told."""

from __future__ import annotations

from musterpoint.core.cues import Cue, cue, led, words
from musterpoint.core.journal import RowKind
from musterpoint.core.vocabulary import (
    IRREGULAR_PAST,
    IRREGULAR_PROGRESSIVE,
    NO_DEED,
    REGULAR_VERBS,
    TELLING_PAST,
    any_of,
    base,
    past,
    progressive,
)

_PASTS = [past(verb) for verb in REGULAR_VERBS]
_DONE = any_of(_PASTS)
_IRREGULAR = any_of(IRREGULAR_PAST)
_DOING = any_of([progressive(verb) for verb in REGULAR_VERBS] + IRREGULAR_PROGRESSIVE)
_BASE = any_of([base(verb) for verb in REGULAR_VERBS])
_NO_DEED = any_of(NO_DEED)
_ADVERBS = r"(?:(?:just|also|now|then|have|already|manually|finally|temporarily|quickly|went|ahead|and|so|again)\s)*"
_OPENING = (
    r"^\W*(?:(?:ok|okay|and|so|then|now|just|also|done|fyi|update|right|alright|have|already|manually)\b[:,]?\s*)*"
)


DEED, FOUND, GUESS, CHOICE = RowKind.ACTION_TAKEN, RowKind.FINDING, RowKind.HYPOTHESIS, RowKind.DECISION
SEEN_WELL, AGAIN, OVER = RowKind.VERIFICATION, RowKind.RELAPSE, RowKind.RESOLUTION
NOTICED, TOLD = RowKind.DETECTION, RowKind.COMMUNICATION

# A cue's name, weight, kind and reason stand on one line.
# fmt: off
CUES_OF_ROWS: tuple[Cue, ...] = (
    cue(
        "did", 1.6, DEED, "reports what was done",
        led("i|we|i've|we've|ive|weve", rf"\s{_ADVERBS}(?:{_DONE}|{_IRREGULAR}|(?!(?:{_NO_DEED})\b)[a-z]{{3,}}ed)\b"),
        rf"{_OPENING}(?:{_DONE}|{_IRREGULAR}|(?!resolved|reported|related|required|remembered|received|reproduced|requested|recovered)re-?[a-z]+ed|un[a-z]+ed)\b",
        led(_PASTS, r"\s(?:it|the|them|to|all|both|our|my|that|those|from|back|on|in|into|out|off|up|down|for|away)\b"),
        led("is|are|was|were|been|got|now|has|have|getting", rf"\s(?:{_DONE})\b"),
        telling=True, votes=0.9,
    ),
    cue(
        "order", 0.9, CHOICE, "calls for a step",
        rf"^\W*(?:please\s|pls\s|go\s|@\w+\s)?(?:{_BASE}|keep|wait|stay|use|stick|ignore|leave|stand|treat|assume|focus)\b(?!\s?(?:is|was|are|looks|says|failed|done|has|log|went|in|on|up|still|of|merged|live|took|\d\S*|\w+\sis|\w+ing|\w+ed)\b)",
        telling=True, votes=0.9,
    ),
    cue(
        "doing", 1.2, DEED, "says what is being done",
        rf"{_OPENING}(?:i'm\s|i\sam\s|we're\s|we\sare\s|im\s|trying\s)?{_ADVERBS}(?:{_DOING})\b",
        led("i'm|i am|we're|we are|im|is|are|started|by|tried|trying", rf"\s(?:now\s|just\s)?(?:{_DOING})\b"),
        led("i'm|i am|we're|im", rf"\s(?:now\s)?(?:going\sto|gonna|about\sto)\s(?:{_BASE})\b"),
        led("will try|tried|trying", r"\s(?:to\s|a\s)?[a-z]+"),
        telling=True, votes=0.9,
    ),
    cue(
        "milestone_of_a_deed", 0.6, DEED, "reports that a change went through",
        led(
            "rollback|roll-back|revert|deploy|deployment|failover|fail-over|restart|rollout|restore|migration|upgrade|"
            "hotfix|fix|patch|reindex|resync|rebuild|switchover|redeploy|release|pr|build|change|merge|reboot|backfill|job",
            r"\s(?:\S+\s){0,3}(?:is\s|was\s|has\s)?(?:done|complete|completed|finished|live|out|merged|in|started|"
            r"running|rolling|deployed|applied|through|landed|succeeded|failed|up|in\sprogress|under\sway|underway|"
            r"going\sout)\b",
        ),
        led("is|are|was|went|now|goes", r"\s(?:live|out|in\splace|through|merged|on|off|applied|active|running)\b"),
        led("live", r"\s(?:in|on|for|everywhere|since|now)\b"),
        led("on|off|out|live|merged|done|through|gone", r",\s"),
        telling=True, votes=0.6,
    ),
    cue(
        "cause", 1.1, FOUND, "names a cause",
        words(
            r"""
            because | caused by | due to | root cause | culprit | the cause | turns out | turned out | triggered by |
            stems from | comes? from | coming from | result of | the reason | that's why | explains |
            introduced (?:by|in) | thanks to the | which (?:is why|means|meant) | traced (?:it |this )?(?:back )?to |
            is to blame | blames? | boils down to
            """
        ),
        led(
            "the|that's|that is|here's the|found the|got",
            r"\s(?:\w+\s){0,2}(?:problem|issue|bug|cause|culprit|smoking\sgun)\b",
        ),
        telling=True, votes=1.2,
    ),
    cue(
        "found", 0.7, FOUND, "reports a finding",
        words(
            r"""
            found | discovered | noticed | spotted | identified | i see | i'm seeing | we see | we're seeing |
            can see | seeing | saw | shows? | showed | showing | logs? says? | says? | logs indicate | indicates? |
            according to | confirmed | reproduced | repro | can reproduce | figured out | tracked (?:it )?down |
            narrowed | diff(?:ed)? | correlates? | lines up | matches | coincides |
            started (?:at|around|right|just|after|when|with) | starts (?:at|around) | began | since | went from |
            jumped | climbed | climbing | dropped (?:to|from|by) | spiked? | pegged | maxed
            """
        ),
        votes=1.0,
    ),
    cue(
        "trouble", 0.6, FOUND, "describes the trouble",
        words(
            r"""
            errors? | failing | fails? | failed | failures? | timing out | times? out | timeouts? | timed out |
            crash\w* | oom\w* | stuck | hung | hanging | blocked | refused | rejected | rejecting | denied | expired |
            exhausted | full | leak\w* | deadlock\w* | unreachable | unavailable | down | dead | broken | corrupt\w* |
            missing | mismatch | stale | saturated | overloaded | throttled | backlog | lag | lagging | latency |
            slow | degraded | dropping | dropped | lost | wrong | duplicate[ds]? | conflict\w* | empty | evicted |
            pending | unhealthy | panic\w* | exceptions? | 5xx | 5\d\d'?s? | 429s? | 40[134]s? | limits? | bad
            """
        ),
        votes=0.5,
    ),
    cue(
        "measure", 0.2, FOUND, "gives figures",
        led(
            r"\d",
            r"[\d.,]*\s?(?:%|percent|ms|secs?|seconds?|s\b|minutes?|mins?|h\b|hours?|gb|gib|mb|mib|tb|kb|k\b|m\b|rps|"
            r"qps|req|/\s?\d|x\b|connections?|pods?|nodes?|hosts?|requests?|errors?|jobs?|messages?|rows?|users?|"
            r"customers?|tickets?|replicas?|instances?|cores?|cpus?|restarts?|retries|times)",
        ),
        led("from", r"\s\d\S*\sto\s\d"),
        led(r"v\d|\d", r"\d*\.\d+\.\d+\b"),
        led(r"\d", r"\d?:\d\d(?![\w:])", before=r"(?<![\w:.])"),
        votes=0.3,
    ),
    cue(
        "guess", 0.7, GUESS, "offers a hypothesis",
        words(
            r"""
            i think | i suspect | suspect(?:ing|ed)? | my (?:guess|hunch|theory|bet|money) | hunch | theory |
            hypothesis | guessing | might be | may be | could be | could (?:it|that|this) be | could have |
            might have | must be(?! \w+ed\b) | must have | maybe it | maybe the | maybe this | probably | possibly |
            perhaps | presumably | likely | looks like | looks as if | seems (?:like|to) | smells like | sounds like |
            wonder(?:ing)? (?:if|whether) | suspicious | suspiciously | feels like | points? (?:to|at) |
            pointing (?:to|at) | smelling
            """
        ),
        telling=True, votes=1.6,
    ),
    cue(
        "withdrawn", 1.0, FOUND, "withdraws or rules something out",
        words(
            r"""
            scratch that | forget (?:that|it|what|about) | so no\b | that's not | never ?mind | red herring |
            rul(?:ed?|ing) (?:it |that |this |\w+ )?out | ignore (?:that|my|me) | i was wrong | was wrong |
            wrong (?:tree|track|trail|rabbit|place) | dead end | not it | isn't (?:it|the) | wasn't (?:it|the|a|our) |
            it isn't (?:the|a|our) | false (?:alarm|positive|lead|trail) | unrelated | not related |
            not the (?:cause|problem|issue|culprit|reason|deploy\w*|database|db|network|cache) | disproved |
            disproves | strike that | correction | i take (?:that|it) back | turns out not |
            doesn't (?:fit|explain|add up) | can't be | cannot be | couldn't be | so not (?:the|a) |
            it's not (?:the|a|us|our) | not our | not us | nothing wrong | looks fine |
            looks (?:ok|okay|normal|healthy|clean) | exonerat\w+ | crossing (?:that|it|this) |
            off the (?:list|table|hook)
            """
        ),
        led(
            "not|it's not|that's not|so not|so it's not",
            r"\s(?:the\s|a\s|our\s)?[\w-]+(?:\s[\w-]+)?\W*$",
            before=r"(?:(?<=[\n,])|(?<=,\s))",
        ),
        telling=True, votes=1.1,
    ),
    cue(
        "failed_attempt", 1.2, FOUND, "says that it did not help",
        words(
            r"""
            still (?:fail\w*|broken|down|see\w*|bad|high|erroring|happening|there|timing|getting|throwing|
            returning|stuck|slow|not|no|the same|climbing|going|affected|red|unhealthy|dropping|\d+|elevated|
            5\d\d\S*|nothing|an?)
            """
        ),
        led(
            "did not|didn't|didnt|hasn't|has not|doesn't|does not|not",
            r"\s(?:seem\sto\s|appear\sto\s|really\s|have\s)?(?:help\w*|work\w*|fix\w*|do\s(?:it|anything|the\strick)|"
            r"change\w*|make\sa\sdifference|any\seffect|recover\w*)\b",
        ),
        led("no", r"\s(?:change|difference|effect|luck|improvement|joy|better)\b"),
        words(
            r"""
            same (?:error|result|thing|problem|symptoms?) | made (?:it|things) worse | getting worse | worse
            """
        ),
        telling=True, votes=1.1,
    ),
    cue(
        "choice", 1.1, CHOICE, "states a decision",
        words(
            r"""
            let's | lets | we'll | we will | we're going (?:to|with) | we are going (?:to|with) | going with |
            decided | decision | agreed | i'm calling | calling (?:it|this) | i (?:vote|propose|say we) | hold off |
            holding off | plan (?:is|:) | the plan | go ahead | freeze | frozen | not going to | won't |
            leave (?:it|the|that) | leaving (?:it|the) | we keep | keeping the | keep the |
            no (?:more )?(?:deploys|merges|changes) | do not (?:deploy|merge|restart|touch) |
            don't (?:deploy|merge|restart|touch) |
            we (?:wait|stay|go|leave|take|move|need to|don't|do not|hold|ship|run|use|stop|start|declare|treat) |
            for (?:now|today|tonight|the moment) | first,? then | until (?:then|we|the|monday|tomorrow) | prefer to |
            rather than | instead of | i'd rather | settled on | opting | option [ab12]
            """
        ),
        telling=True, votes=1.2,
    ),
    cue(
        "well_again", 1.6, SEEN_WELL, "says that it works again",
        words(
            r"""
            back (?:up|to (?:normal|baseline|healthy|green|usual|zero|0|where|its|under|below|\d\S*)|online|
            in service|down to|under|below|again) |
            (?:works?|working|healthy|responding|up|green|stable|serving|loading|running|connected|flowing|fine|
            normal|reachable) (?:again|now|for (?:me|us)) |
            now (?:works?|working|healthy|green|up|stable|serving|loading|at) |
            (?:all|everything|things|both)
            (?:is |are |looks? )?(?:now )?(?:green|healthy|good|working|clear|up|fine|stable|normal) |
            recover\w* | stabili[sz]\w* | holding | healthy | stable | caught up | catching up | drained | draining |
            falling | flat | subsid\w+ | cleared | normali[sz]\w+ |
            (?:dropping|falling|going|coming|trending|went|came|is|are|heading) (?:back )?down | improv\w+ |
            (?:no|zero|0|not a single)
            (?:more |new |further )?(?:\w+ )?(?:errors?|failures?|5\d\d\w*|5xx\w*|alerts?|timeouts?|restarts?|
            complaints|reports|issues|occurrences?) |
            (?:that|this|it) (?:did it|did the trick|worked|helped|fixed it|fixes (?:it|this|both)) |
            (?:can|could|able to) (?:\w+ )?(?:log ?in|connect|check ?out|pay|upload|load|reach|open|sign in)\w*
            """
        ),
        led("at|to", r"\s(?:baseline|zero|0(?![.,]?\d)|normal)\b"),
        telling=True, votes=1.0,
    ),
    cue(
        "checked", 0.5, SEEN_WELL, "confirms it",
        words(
            r"""
            confirm(?:ed|s|ing)? | verif(?:y|ied|ies|ying) | tested | double-?checked | validated | reproduc\w+ |
            smoke test\w* | checked
            """
        ),
        votes=0.3,
    ),
    cue(
        "over", 2.2, OVER, "says that it is over",
        words(
            r"""
            resolved | fixed | mitigated | solved | all clear | closing (?:this|the|it|out|as) |
            (?:incident|outage) (?:is )?(?:over|closed|resolved|done) | calling (?:it|this) | closing(?=\W*$| for) |
            call(?:ing)? it | we're (?:good|back|done|clear|out) | we are (?:good|back|done|clear) |
            fully (?:recovered|restored|back) | stand(?:ing)? down | declar\w+ (?:it|this|victory|resolved) |
            resolution | should be (?:fixed|good|fine|ok|back) | no longer (?:impacted|affected|failing|seeing)
            """
        ),
        telling=True, votes=2.2,
    ),
    cue(
        "again", 1.4, AGAIN, "",
        words(
            r"""
            spoke too soon | too early | not (?:over|fixed|resolved|out of the woods) |
            (?:happening|failing|down|broken|erroring|firing|climbing|rising|crashing|crashed|failed|red|spiking|
            stuck|slow|dying|died) (?:yet )?again |
            again (?:today|this morning|since|at) |
            (?:is|are|it's|they're|we're|errors|alerts?|problem|issue|5\d\ds?) (?:coming )?back(?!
            (?:up|to|online|in|down|under|below|green|healthy|and forth|now))\b |
            again(?=\W*(?:$|on|in|for|everywhere|from)) | came back | resurfac\w+ | recur\w+ | re-?occur\w+ |
            reappear\w+ | relaps\w+ | return(?:ed|ing)\b | re-?open\w* |
            same (?:as|thing|problem|issue|symptoms?|error) (?:as )?(?:yesterday|again|before|last|earlier) |
            (?:up|climbing|rising|growing|creeping) (?:up )?again | back down | back to (?:failing|erroring|square)
            """
        ),
        telling=True, votes=0.6,
    ),
    cue(
        "told", 1.9, TOLD, "",
        words(
            r"""
            status ?page | statuspage | status update |
            support (?:team|has|is|have|was|knows|told|says|got|ticket\w*|case) |
            customers? (?:success|have been|were|was|told|notified|informed|comms) | banner |
            public (?:update|note|post) | comms | press | tweet\w* | newsletter | announcement | macro | vendor |
            provider
            """
        ),
        led(
            TELLING_PAST,
            r"\s(?:to\s|on\s|in\s|the\s|all\s|our\s|affected\s|it\s|an?\s)*(?:customers?|users?|support|status|public|"
            r"everyone|clients?|partners?|channel|team|stakeholders|vendor|them|update|case|ticket)\b",
        ),
        telling=True, votes=0.7,
    ),
    cue(
        "reported", 1.2, NOTICED, "reports the trouble",
        led(
            "users?|customers?|people|clients?|support|someone|reports?|tickets?|complain\\w*|guests?|members?|colleagues?|"
            "sales|merchants?|tenants?",
            r"\s(?:\w+\s){0,2}(?:report\w*|complain\w*|say\w*|see\w*|get\w*|can't|cannot|can\snot|couldn't|unable|hitting|"
            r"affected|locked|asking|saying|that|of|about|came|coming)\b",
        ),
        led(
            "got|getting|receiving|received|have|had|seeing",
            r"\s(?:a\s|an\s|\d+\s|some\s|several\s|many\s|multiple\s|few\s|more\s)*"
            r"(?:reports?|alerts?|pages?|tickets?|complaints?|calls?|messages?)\b",
        ),
        words(
            r"""
            paged | alert(?:s|ed|ing)? (?:fired|firing|triggered) | firing | pagerduty | alarm |
            monitor\w* (?:fired|says|shows) | is down | are down | went down | just died
            """
        ),
        telling=True, votes=0.7,
    ),
    cue(
        "impact", 0.8, FOUND, "says who is affected",
        words(
            r"""
            impact\w* | affect(?:s|ed|ing) | only (?:the |for |in |on |affects?|\d) |
            all (?:of )?(?:the |our )?(?:\w+ ){0,2}(?:are|is|pods|requests|users|customers|regions|nodes|come|came) |
            scope | blast radius | data ?loss | no data | every (?:request|customer|user|pod|node|host) |
            customer-facing | both (?:regions|nodes|clusters|replicas)
            """
        ),
    ),
    cue(
        "summary", 1.0, RowKind.STATUS, "sums up",
        r"^\W*(?:update|status|summary|sitrep|tl;?dr|recap|current\sst\w+|state|where\swe\sare|"
        r"for\sthe\srecord|fyi|so\sfar|timeline|note|heads[\s-]?up)\b\s?[:—–,-]",
        words(
            r"""
            for the (?:record|timeline|log|thread) | from the (?:huddle|call) | on the (?:huddle|call) |
            in the (?:huddle|call) | summary | to summari[sz]e | recap
            """
        ),
        votes=0.6,
    ),
    cue(
        "command", 0.3, DEED, "shows a command",
        led(
            r"kubectl|systemctl|terraform|helm|git|aws|gcloud|docker|ssh|curl|psql|select|alter|drop|sudo|ansible\S*|"
            r"redis-cli|az|nomad|consul",
            r"\s\S",
        ),
        votes=0.1,
    ),
    cue(
        "change_of_figure", 0.9, FOUND, "gives figures",
        led(
            r"\d",
            r"\S*(?:\s?(?:->|→|=>)\s?\d|\s(?:and|still)\s(?:falling|climbing|rising|growing|counting|dropping))",
        ),
    ),
    cue(
        "same_again", 0.8, FOUND, "compares",
        words(
            r"""
            the same | same \w+ | as before | like (?:before|yesterday) | again | once more | another
            """
        ),
        votes=0.2,
    ),
)
# fmt: on
