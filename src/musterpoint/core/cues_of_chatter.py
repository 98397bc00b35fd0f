"""What speaks against a row of the timeline: intentions, wishes, thanks, jokes, and talk about later."""

from __future__ import annotations

from musterpoint.core.cues import Cue, cue, words

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
            would | in case | unless | otherwise | eventually | some day | one day
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
