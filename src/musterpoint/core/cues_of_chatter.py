"""What speaks against a row of the timeline (intentions, wishes, thanks, jokes, talk about later), and what says
nothing about whether a message is a row, but which kind of row it would be."""

from __future__ import annotations

from musterpoint.core.cues import Cue, cue, led, words
from musterpoint.core.journal import RowKind
from musterpoint.core.vocabulary import IRREGULAR_PAST, REGULAR_VERBS, TELLING_PAST, any_of, base, past

# A cue's name, weight, kind and reason stand on one line.
# fmt: off
CUES_OF_CHATTER: tuple[Cue, ...] = (
    cue(
        "intention", -1.6, None, "",
        words(
            r"""
            i'll | ill | i will | let me | lemme | gonna | going to | i can | i'd | about to | happy to | i could
            """
        ),
    ),
    cue(
        "condition", -0.5, None, "",
        r"^\W*(?:(?:and|but|so|or)\s)?if\b",
        words(
            r"""
            would | in unless | otherwise | eventually | some day | one day
            """
        ),
    ),
    cue(
        "later", -2.1, None, "",
        words(
            r"""
            follow[ -]?up | post-?mortem | retro(?:spective)? | action item | to-?do |
            next (?:week|sprint|quarter|time|month) | we should(?: (?:also|really|probably|add|have))? |
            someone should | should have | need to add | would be (?:nice|good|great) | nice to have | backlog item |
            write-?up | blameless | lesson\w* | ought to | someone (?:must|needs|ping|has to) |
            somebody (?:must|should) | we'd need | we (?:also )?(?:could|need an?) | could just | put it in the |
            book | in the (?:doc|report) | write (?:it|this) up | long[ -]term | worth (?:adding|having|a)
            """
        ),
        led("tomorrow|monday|later", r"\b", before=r"(?<!until\s)(?<!till\s)"),
    ),
    cue(
        "thanks", -0.9, None, "",
        words(
            r"""
            thanks | thank you | thx | ty | cheers | kudos | great (?:work|job|catch) |
            good (?:work|job|catch|call|spot) | nice (?:work|one|find|catch|job) | well done | appreciate\w* | props |
            awesome | sorry | apologies | welcome | congrats
            """
        ),
    ),
    cue(
        "chat", -1.6, None, "",
        words(
            r"""
            just saying | for what (?:it's|that's) | btw | by the way | feel | feels | don't worry | no worries |
            remember when | last year | tell me | you guys | told you | i love | i hate |
            my (?:bad|fault|kids?|phone|laptop|train|wife|husband|dog) | welcome | guess we | at least | good luck |
            imagine | people will | never again | every time | why do we | who wrote | honestly | tbh | rather not |
            fwiw | ofc | anyways? | welcome to | oh no | oh god | careful
            """
        ),
        r"!!|\?\?|[:;]-?[)(]",
        r"^well\b",
    ),
    cue(
        "joke", -1.1, None, "",
        words(
            r"""
            lol | haha\w* | lmao | rofl | heh | hehe | famous last | murphy | coffee | lunch | dinner | beer | pizza |
            cake | weekend | holiday | sigh | ugh | yikes | wow | omg | classic | of course | naturally | always dns |
            hates? us | cursed | joke | funny | cat | kids? | popcorn | gremlins?
            """
        ),
        r"[😂🤣😅😆🙃😭🎉🍕☕🍿🙏🤞]|:(?:joy|laughing|sweat_smile|rofl|tada|pray|crossed_fingers|coffee|upside_down_face|"
        r"facepalm|face_palm)\w*:",
    ),
    cue(
        "looking", -0.5, None, "",
        words(
            r"""
            looking | checking | on it | investigating | digging | taking a look | take a look | having a look |
            will look | will check | poking | having a poke | eyes on | ack\w* | i'm (?:here|around|in|on) | joining |
            jumping | hopping | brb | afk | back in | give me | one (?:sec|moment|min\w*) | hang on | bear with |
            stand by | standing by | waiting | available | watching | monitoring | keeping an eye | fingers crossed |
            pulling up | let's (?:see|wait|hope)
            """
        ),
    ),
    cue(
        "asking", -1.1, None, "",
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
#: What one does oneself: to systems, or towards a vendor ("called their hotline").
_OWN_DEED = any_of(
    [
        *_DEED,
        *(verb for verb in IRREGULAR_PAST if verb not in ("got", "failed", "grew")),
        *"mailed e-mailed emailed called phoned contacted filed submitted".split(),
    ]
)
_CHOOSE = any_of(
    [*map(base, REGULAR_VERBS), *"stay wait go leave keep send hold accept treat live move don't won't".split()]
)
#: Words after which a past tense is a state, or the deed of somebody outside ("they upgraded their gateway").
_NO_DOER = "was|were|is|are|been|be|being|they|he|she|it|who|which|that|has|have|had|got|not|no|the|and|if|when"

CUES_OF_KINDS: tuple[Cue, ...] = (
    cue(
        "own_deed", 0.0, RowKind.ACTION_TAKEN, "reports what was done",
        led(
            "i|we|i've|we've|and i|then i",
            r"\s(?:just\s|also\s|now\s|have\s|already\s|manually\s)*(?:" + _OWN_DEED + r")\b",
        ),
        r"^\W*(?:(?:ok|okay|and|so|then|now|just|also|done|update)\b[:,]?\s*)*(?:" + _OWN_DEED + r")\b",
        votes=1.5,
    ),
    cue(
        "clause_of_a_deed", 0.0, RowKind.ACTION_TAKEN, "reports what was done",
        led(
            _DEED,
            r"(?=\W*(?:$|[,;(]|by\shand|everywhere|and\b|again\b|to\b|at\s\d))",
            before=r"(?<!was\s)(?<!were\s)(?<!been\s)",
        ),
        led(_DEED, r"\s(?:it|the|them|both|all|our|that|these|those|this|my)\b"),
        words("by hand | we're trying | opened a | ticket (?:is )?open(?:ed)? | called (?:our|their|the|my)"),
        rf"^\W*(?:(?!(?:{_NO_DOER})\s)[\w./'-]+\s){{1,3}}(?:{any_of(_DEED)})\b(?!\sby\b)",
        votes=1.3,
    ),
    cue(
        "change_is_through", 0.0, RowKind.ACTION_TAKEN, "reports that a change went through",
        led(
            "rollback|revert|deploy|deployment|failover|restart|rollout|restore|migration|upgrade|hotfix|fix|patch|rebuild|"
            r"reindex|release|merge|backfill|flag|rule|limit|config|cron\w*|check|mitigation|workaround|switch|version",
            r"\s(?:\S+\s){0,3}(?:is\s|are\s)?(?:done|finished|live|merged|deployed|applied|rolled|in|on|off|suspended|paused|"
            r"removed|raised|rolling)(?=\W)",
        ),
        votes=1.0,
    ),
    cue(
        "maybe", 0.0, RowKind.HYPOTHESIS, "offers a hypothesis",
        words(
            r"""
            maybe | i bet | bet | gotta be | has to be | could (?:it|that|this) be | might |
            would (?:explain|fit|look) | or something | guess | if it thinks | or could | what if | i'd say |
            my money | one idea | idea: | shouldn't be | what about | chances are | i wonder | coincidence |
            wild guess | hunch | could explain | might explain | assume
            """
        ),
        votes=1.6,
    ),
    cue(
        "ruled_out", 0.0, RowKind.FINDING, "withdraws or rules something out",
        words(
            r"""
            so no\b | ruled out | no correlation | nothing there | red herring | that isn't it | isn't it | not the |
            innocent | is wrong | are wrong | was wrong | so not | no proof |
            same (?:slope|error|file|result|symptoms?|picture) | as well | theory is | correction | correct myself |
            does not fit
            """
        ),
        led("theory|hypothesis|idea|guess", r"\s(?:is|was|turned\sout)\s(?:wrong|dead|out|false)\b"),
        led("kills|killed|disproves|rules out", r"\s(?:the|that|my|it|our)\b"),
        votes=1.8,
    ),
    cue(
        "trouble_again", 0.0, RowKind.RELAPSE, "says that the trouble came back",
        words(
            r"""
            spoke too soon | started again | starting again | seeing it again | flapping | second wave |
            still happening | not so fast | too early | not out of the woods | happened again | happening again |
            (?:errors?|alerts?|problem|issue|trouble|failures?|timeouts?|symptoms?|complaints?|5xx|50[0234]s?)
            (?:is|are) back(?! to| under| below| down| at) |
            relaps\w+ | re-?occurr\w+ | resurfac\w+ | reappear\w+ | we're back to | back to (?:failing|square) |
            same (?:thing|problem|issue|symptoms?|error) (?:again|as before|is back) | again at \d |
            (?:is|are) back, (?:slower|faster|worse)
            """
        ),
        led(
            r"fail\w*|down|broken|erroring|crash\w*|stuck|slow|dead|blank|empty|expired|missing|gone|offline|idle|worse|error\w*|"
            "timing|declined|climbing|rising|spiking|growing|dropping",
            r"\b[^\n,.;]{0,30}\sagain\b",
        ),
        votes=2.4,
    ),
    cue(
        "earlier_report", 0.0, RowKind.DETECTION, "tells of an earlier report",
        led(
            r"alerts?|tickets?|mails?|posts?|warnings?|phoned|wrote|mailed|complain\w*|reported|report",
            r"\b[^\n]*\b(?:already|yesterday|the\s(?:evening|day|night)\sbefore|last\snight|nobody\s(?:acked|answered|noticed|saw|"
            r"looked|replied)|no\s?one\s(?:acked|answered|noticed|saw|looked|replied|got\spaged)|asleep|(?:mon|tues|wednes|thurs|fri|"
            r"satur|sun)day|severity|low\surgency|sorted\sunder|sat\sin|in\sthe\s(?:[\w\"]+\s){0,2}(?:queue|inbox)|earlier|"
            r"went\sunnoticed|its?\sown\salert)\b",
        ),
        led(
            "there was|there were|there's|there is|there are|had|found|saw",
            r"\s(?:an?\s|already\s|[\w-]+\s){0,3}(?:alerts?|warnings?|tickets?|mails?|e-?mails?|complaints?|reports?|posts?)\b"
            r"[^\n]*\b(?:at\s\d|from\s(?:\d|yesterday|last)|yesterday|already|before|earlier)",
        ),
        led("first", r"\s(?:customer\s|user\s)?(?:ticket|report|complaint|mail|alert)\b"),
        votes=2.6,
    ),
    cue(
        "to_customers", 0.0, RowKind.COMMUNICATION, "tells people outside",
        words(
            r"""
            status ?page | status page | banner | macro | the press | tweet\w* | newsletter | announcement | comms |
            posted (?:to|in|on|a) | wrote (?:to|in) | apologi[sz]ed | apology | apologies sent | informed |
            told (?:them|the|all|our|support|everyone|customers?|users?) | next update |
            support (?:is|has been|was|team) (?:informed|told) | pinned a post |
            customers? (?:were|are|have been) (?:told|informed|notified)
            """
        ),
        led(
            TELLING_PAST,
            r"\s(?:to\s|all\s|our\s|the\s|\d+\s|affected\s)*(?:customers?|users?|support|clients?|partners?|everyone|stakeholders)\b",
        ),
        led(
            "call|spoke|talked|meeting",
            r"\s(?:with|to)\s(?:the\s|our\s|all\s)?(?:customers?|clients?|users?|tenants?|press)\b",
        ),
        led(
            "mail|email|message|apology|post|update|notice|push",
            r"\b[^\n,.]{0,40}\s(?:is\sout|sent|is\sup|went\sout|out\sto)\b",
        ),
        votes=2.6,
    ),
    cue(
        "closing", 0.0, RowKind.RESOLUTION, "closes it",
        words(
            r"""
            closing | incident (?:is )?(?:closed|over|resolved) | mark(?:ing|ed) (?:this|it) (?:as )?resolved |
            stand(?:ing)? down | we're done | good to close | close (?:this|it|the incident) | (?:i|we) close |
            all clear | calling it | i call it | call it (?:done|resolved|fixed|over) | false alarm |
            done for (?:users|customers|everyone) | we're out of it | resolved from | for customers |
            done from my side
            """
        ),
        r"\n(?:all\s)?done\W*\Z|\n(?:resolved|fixed)\b(?!\sitself)",
        votes=2.2,
    ),
    cue(
        "not_over", 0.0, RowKind.RESOLUTION, "",
        led(
            "not|never|isn't|aren't|wasn't|n't|until|when|once|if|before|cannot|can't",
            r"\s(?:\w+\s){0,3}(?:solved|fixed|resolved|over|mitigated|closed|closing|fix)\b",
        ),
        words(r"reopen\w* | re-open\w*"),
        led("resolved|fixed|solved|mitigated", r"\b", before=r"(?<=[\"“])"),
        votes=-3.0,
    ),
    cue(
        "good_figures", 0.0, RowKind.VERIFICATION, "reports good signs",
        words(
            r"""
            looks? good | looking good | as expected | passes | passing | loads (?:fine|again) | no complaints |
            no (?:more|new|further|single) | no \w+ (?:since|for \d+|in the last) | without an? | not a single |
            nothing (?:killed|dropped|lost) | (?:customers?|users?|support|they|tickets|merchants?) confirm\w* |
            confirmed (?:ok|working|fixed) | no oom |
            no (?:502|503|500|5xx|errors?|dip|drops?|failures?|restarts?|alerts?) | works |
            (?:phone|app|site|page|checkout|login) (?:is )?ok | is possible | good again | flat at | and falling |
            succeeded | tested | connects
            """
        ),
        led("all", r"\s(?:\d+\s)?(?:\w+\s){0,2}(?:running|ready|ok|up|green|healthy|normal|connected|passing|pass)\b"),
        votes=1.5,
    ),
    cue(
        "settled", 0.0, RowKind.DECISION, "states a decision",
        words(
            r"""
            agreed | says? ok | (?:is|are) ok for | only for | we do | we don't (?:wait|touch|do) | do that |
            not doing that | treat it as | yes please | do it
            """
        ),
        r"^\W*(?:yes|no|ok|okay)\W+(?:we|do|let|go|not)\b|^\W*no\s(?:[\w-]+\s){1,4}(?:until|till|before|for\snow|today|tonight)\b",
        led("we", r"\s(?:" + _CHOOSE + r")\b"),
        votes=1.8,
    ),
    cue(
        "hands_over", 0.0, RowKind.STATUS, "sums up",
        words(
            r"""
            handing off | hand-?off | signing off | status update | next steps | where things stand | summary |
            sum up | recap | current (?:state|status) | so far | status: | takes over | hand(?:ing)? over | handover |
            going home | off for the night | where we are | just contained | no impact
            """
        ),
        votes=1.6,
    ),
)
# fmt: on
