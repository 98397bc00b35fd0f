"""What speaks against a row of the timeline (intentions, wishes, thanks, jokes, talk about later), and what says
nothing about whether a message is a row, but which kind of row it would be."""

from __future__ import annotations

from musterpoint.core.cues import Cue, cue, led, words
from musterpoint.core.journal import RowKind
from musterpoint.core.vocabulary import IRREGULAR_PAST, REGULAR_VERBS, any_of, past

CUES_OF_CHATTER: tuple[Cue, ...] = (
    cue(
        "intention",
        -1.6,
        None,
        "",
        words(
            r"""
            i'll | ill | i will | let me | lemme | gonna | going to | i can | i'd | about to | happy to | i
            could
            """
        ),
    ),
    cue(
        "condition",
        -0.5,
        None,
        "",
        r"^\W*(?:(?:and|but|so|or)\s)?if\b",
        words(
            r"""
            would | in unless | otherwise | eventually | some day | one day
            """
        ),
    ),
    cue(
        "later",
        -2.1,
        None,
        "",
        words(
            r"""
            follow[ -]?up | post-?mortem | retro(?:spective)? | action item | to-?do | next
            (?:week|sprint|quarter|time|month) | we should(?: (?:also|really|probably|add|have))? | someone
            should | should have | need to add | would be (?:nice|good|great) | nice to have | backlog item |
            write-?up | blameless | tomorrow | monday | later | lesson\w* | ought to | someone
            (?:must|needs|ping|has to) | somebody (?:must|should) | we'd need | we (?:also )?(?:could|need an?)
            | could just | put it in the | book | in the (?:doc|report) | write (?:it|this) up | long[ -]term |
            worth (?:adding|having|a)
            """
        ),
    ),
    cue(
        "thanks",
        -0.9,
        None,
        "",
        words(
            r"""
            thanks | thank you | thx | ty | cheers | kudos | great (?:work|job|catch) | good
            (?:work|job|catch|call|spot) | nice (?:work|one|find|catch|job) | well done | appreciate\w* | props
            | awesome | sorry | apologies | welcome | congrats
            """
        ),
    ),
    cue(
        "chat",
        -1.6,
        None,
        "",
        words(
            r"""
            just saying | for what (?:it's|that's) | btw | by the way | feel | feels | don't worry | no worries
            | remember when | last year | tell me | you guys | told you | i love | i hate | my
            (?:bad|fault|kids?|phone|laptop|train|wife|husband|dog) | welcome | guess we | at least | good luck
            | imagine | people will | never again | every time | why do we | who wrote | honestly | tbh | rather
            not | fwiw | ofc | anyways? | welcome to | oh no | oh god | careful
            """
        ),
        r"!!|\?\?|[:;]-?[)(]",
        r"^well\b",
    ),
    cue(
        "joke",
        -1.1,
        None,
        "",
        words(
            r"""
            lol | haha\w* | lmao | rofl | heh | hehe | famous last | murphy | coffee | lunch | dinner | beer |
            pizza | cake | weekend | holiday | sigh | ugh | yikes | wow | omg | classic | of course | naturally
            | always dns | hates? us | cursed | joke | funny | cat | kids? | popcorn | gremlins?
            """
        ),
        r"[😂🤣😅😆🙃😭🎉🍕☕🍿🙏🤞]|:(?:joy|laughing|sweat_smile|rofl|tada|pray|crossed_fingers|coffee|upside_down_face|"
        r"facepalm|face_palm)\w*:",
    ),
    cue(
        "looking",
        -0.5,
        None,
        "",
        words(
            r"""
            looking | checking | on it | investigating | digging | taking a look | take a look | having a look |
            will look | will check | poking | having a poke | eyes on | ack\w* | i'm (?:here|around|in|on) |
            joining | jumping | hopping | brb | afk | back in | give me | one (?:sec|moment|min\w*) | hang on |
            bear with | stand by | standing by | waiting | available | watching | monitoring | keeping an eye |
            fingers crossed | pulling up | let's (?:see|wait|hope)
            """
        ),
    ),
    cue(
        "asking",
        -1.1,
        None,
        "",
        words(
            r"""
            can (?:you|someone|somebody|anyone|we) | could (?:you|someone|we) | please | pls | plz | anyone |
            anybody | does anyone | who's | who is | do you | do we | have you | did you | are you | would you |
            shall we | should (?:we|i) | not sure | no idea | dunno | don't know | wondering
            """
        ),
    ),
)

_DEED = sorted(past(verb) for verb in REGULAR_VERBS)

CUES_OF_KINDS: tuple[Cue, ...] = (
    cue(
        "own_deed",
        0.0,
        RowKind.ACTION_TAKEN,
        "",
        led(
            "i|we|i've|we've|and i|then i",
            r"\s(?:just\s|also\s|now\s|have\s|already\s|manually\s)*(?:" + any_of([*_DEED, *IRREGULAR_PAST]) + r")\b",
        ),
        r"^\W*(?:(?:ok|okay|and|so|then|now|just|also|done|update)\b[:,]?\s*)*(?:" + any_of([*_DEED, *IRREGULAR_PAST]) + r")\b",
        votes=1.2,
    ),
    cue(
        "clause_of_a_deed",
        0.0,
        RowKind.ACTION_TAKEN,
        "",
        led(_DEED, r"(?=\W*(?:$|[,;(]|by\shand|everywhere|and\b|again\b|to\b|at\s\d))"),
        words("by hand | we're trying | opened a | ticket (?:is )?open(?:ed)? | called (?:our|their|the|my)"),
        votes=0.9,
    ),
    cue(
        "maybe",
        0.0,
        RowKind.HYPOTHESIS,
        "",
        words(
            r"""
            maybe | i bet | bet | gotta be | has to be | could (?:it|that|this) be | might | would (?:explain|fit|look) |
            or something | guess | if it thinks | or could | what if | i'd say | my money | one idea | theory | idea: |
            shouldn't be | suspect
            """
        ),
        votes=0.9,
    ),
    cue(
        "ruled_out",
        0.0,
        RowKind.FINDING,
        "",
        words(
            r"""
            so no\b | that isn't it | isn't it | not the | innocent | is wrong | are wrong | was wrong |
            so not | no proof | same (?:slope|error|file|result|symptoms?|picture) | as well | theory is
            | correction | correct myself | does not fit
            """
        ),
        votes=1.0,
    ),
    cue(
        "trouble_again",
        0.0,
        RowKind.RELAPSE,
        "",
        words(
            r"""
            spoke too soon | not so fast | too early | not out of the woods | happened again | happening again |
            (?:failing|down|broken|erroring|firing|crashing|crashed|failed|red|stuck|slow|dead|blank|empty|expired|missing|gone|offline|idle|worse|timing out) again
            | (?:errors?|alerts?|problem|issue|trouble|failures?|timeouts?|symptoms?|complaints?|\d?5xx|502s?|503s?|500s?) (?:is|are) back(?! to| under| below| down| at) |
            (?:declined|climbing|rising|spiking|growing|dropping) again | relaps\w+ | re-?occurr\w+ | resurfac\w+ | reappear\w+ |
            we're back to | back to (?:failing|square) | same (?:thing|problem|issue|symptoms?|error) (?:again|as before|is back)
            | again at \d | (?:is|are) back, (?:slower|faster|worse)
            """
        ),
        votes=2.4,
    ),
    cue(
        "earlier_report",
        0.0,
        RowKind.DETECTION,
        "",
        led(
            "alerts?|tickets?|mails?|warnings?|posts?|pages?|phoned|wrote|mailed|called|complained|customers?|users?|clients?|reported",
            r"\b[^\n]*\b(?:already|yesterday|the\sevening\sbefore|last\snight|nobody\s(?:\w+)|no\s?one\s(?:\w+)|was\sasleep|"
            r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|severity|sorted\sunder|sat\sin|in\sthe\s(?:\w+\s){0,2}(?:queue|inbox)|"
            r"low\surgency|earlier|hours?\sbefore|went\sunnoticed)\b",
        ),
        led("first", r"\s(?:customer\s|user\s)?(?:ticket|report|complaint|mail|alert)\b"),
        votes=2.2,
    ),
    cue(
        "to_customers",
        0.0,
        RowKind.COMMUNICATION,
        "",
        words(
            r"""
            status ?page | status page | banner | macro | press | tweet\w* | newsletter | announcement | comms |
            posted (?:to|in|on|a) | wrote (?:to|in) | apologi[sz]ed | apology | apologies sent | informed |
            told (?:them|the|all|our|support|everyone|customers?|users?) | statement | next update | support (?:is|has been|was|team) (?:informed|told)
            | pinned a post | customers? (?:were|are|have been) (?:told|informed|notified)
            """
        ),
        led("mail|email|message|apology|post|update|notice|push", r"\b[^\n]{0,40}\s(?:is\sout|sent|is\sup|went\sout|out\sto)\b"),
        votes=2.0,
    ),
    cue(
        "closing",
        0.0,
        RowKind.RESOLUTION,
        "",
        words(
            r"""
            closing | close (?:this|it|the incident) | (?:i|we) close | all clear | calling it | i call it | call it (?:done|resolved|fixed|over)
            | false alarm | done for (?:users|customers|everyone) | we're out of it | resolved from | for customers | done from my side
            """
        ),
        r"\n(?:all\s)?done\W*\Z|\n(?:resolved|fixed)\b",
        votes=1.6,
    ),
    cue(
        "not_over",
        0.0,
        RowKind.RESOLUTION,
        "",
        led(
            "not|never|isn't|aren't|wasn't|n't|until|when|once|if|before|cannot|can't",
            r"\s(?:\w+\s){0,3}(?:solved|fixed|resolved|over|mitigated|closed|closing|fix)\b",
        ),
        votes=-3.0,
    ),
    cue(
        "good_figures",
        0.0,
        RowKind.VERIFICATION,
        "",
        words(
            r"""
            no (?:more|new|further|single) | no \w+ (?:since|for \d+|in the last) | without an? | not a single | nothing (?:killed|dropped|lost)
            | confirms? | confirmed ok | clean | no oom | no (?:502|503|500|5xx|errors?|dip|drops?|failures?|restarts?|alerts?)
            | works | (?:phone|app|site|page|checkout|login) (?:is )?ok | is possible | good again
            | flat at | and falling | succeeded | tested | connects
            """
        ),
        led("all", r"\s(?:\d+\s)?(?:\w+\s){0,2}(?:running|ready|ok|up|green|healthy|normal|connected|passing|pass)\b"),
        votes=1.0,
    ),
    cue(
        "settled",
        0.0,
        RowKind.DECISION,
        "",
        words(
            r"""
            agreed | says? ok | (?:is|are) ok for | only for | until (?:then|we|monday|tomorrow|this|that|they|the) | till (?:we|this)
            | for (?:tonight|today) | we live with\w* | we do | we don't (?:wait|touch|do) | do that | not doing that | we stop |
            we send | we move | we stay | treat it as | yes please | do it | no more | we keep
            """
        ),
        r"^\W*(?:yes|no|ok|okay)\W+(?:we|do|let|go|not)",
        votes=1.1,
    ),
    cue(
        "hands_over",
        0.0,
        RowKind.STATUS,
        "",
        words(
            r"""
            summary | sum up | recap | current (?:state|status) | so far | status: | takes over | hand(?:ing)? over | handover |
            going home | off for the night | where we are | just contained | no impact
            """
        ),
        votes=1.6,
    ),
)
