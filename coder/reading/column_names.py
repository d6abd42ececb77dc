"""Names by which the columns of survey exports are detected.

All are compared folded: lower case, with single spaces for everything but letters and digits
("comment-body" is "comment body"). Patterns are searched in folded names and questions.
"""

import re

# Names of columns of free text, the most telling first.
TEXT_NAMES = (
    "comment text",
    "comment body",
    "comment",
    "comments",
    "free text",
    "freetext",
    "free text response",
    "open text",
    "open response",
    "open answer",
    "open ended response",
    "verbatim",
    "verbatims",
    "verbatim comment",
    "response text",
    "answer text",
    "response",
    "responses",
    "answer",
    "answers",
    "text",
    "feedback",
    "suggestion",
    "suggestions",
    "opinion",
    "body",
    "message",
    "statement",
    "argument",
)
# Words of a name that speak for free text.
TEXT_WORDS = frozenset(
    (
        "comment",
        "comments",
        "response",
        "responses",
        "answer",
        "answers",
        "text",
        "feedback",
        "verbatim",
        "suggestion",
        "suggestions",
    )
)
# Words of a name that speak against free text.
NOT_TEXT_WORDS = frozenset(
    (
        "id",
        "ids",
        "ref",
        "reference",
        "code",
        "codes",
        "number",
        "no",
        "count",
        "date",
        "time",
        "timestamp",
        "datetime",
        "created",
        "updated",
        "sentiment",
        "type",
        "category",
        "categorical",
        "url",
        "link",
        "email",
        "language",
        "lang",
        "version",
    )
)
# Names of columns of ids, the most telling first.
COMMENT_IDS = (
    "comment id",
    "commentid",
    "response id",
    "responseid",
    "answer id",
    "answerid",
    "id",
    "unique id",
    "uid",
    "uuid",
    "guid",
    "record id",
    "submission id",
    "ref",
    "reference",
    "response ref",
    "reference number",
)
# Names of columns that identify people, the most telling first.
PERSON_IDS = (
    "respondent id",
    "respondentid",
    "respondent",
    "participant id",
    "participantid",
    "participant",
    "author id",
    "author",
    "user id",
    "userid",
    "username",
    "user name",
    "person id",
    "case id",
    "caseid",
    "respid",
    "idno",
    "member id",
    "panellist id",
    "panelist id",
    "contact id",
    "customer id",
)
# Words of a name that speak for an id.
ID_WORDS = frozenset(("id", "ref", "reference", "identifier", "serial", "uuid", "guid"))
# Words of a name that speak for a point in time.
DATE_WORDS = frozenset(("date", "time", "timestamp", "datetime"))
# Names of columns that hold where a comment came from.
SOURCE_NAMES = (
    "source",
    "route",
    "channel",
    "sample",
    "sample source",
    "response channel",
    "survey route",
)
# Words of a name that speak for survey weights.
WEIGHT_WORDS = frozenset(
    (
        "weight",
        "weights",
        "weighting",
        "weightvar",
        "wt",
        "wgt",
        "wgts",
        "pweight",
        "pweights",
        "pwgt",
        "finalwt",
    )
)
# Names of columns that hold the question.
QUESTION_NAMES = (
    "question",
    "question text",
    "survey question",
    "prompt",
    "question wording",
    "question title",
    "question label",
    "question name",
    "question code",
    "qname",
)
# Words of a name that speak for people's own weight.
BODY_WEIGHT_WORDS = frozenset(("body", "kg", "kilos", "lb", "lbs", "stone", "birth"))
# Words of other columns beside which a column `weight` is a person's own.
BODY_WORDS = frozenset(("height", "bmi", "waist"))

# ---------------------------------------------------------------- questions and their answers

# What asks people to write in their own words.
ASKS_OPENLY = re.compile(
    r"\b(?:why|comments?|explain|explanation|describe|elaborate|suggestions?|suggest|feedback|"
    r"own words|(?:use )?th(?:is|e) (?:space|box|field)|free ?text|open text|open ended|open end|"
    r"verbatim|tell us|tell me|let us know|anything (?:else|you|we|that|to)|"
    r"any ?thing (?:further|more|not)|further (?:details?|information|views)|more detail|"
    r"(?:give|provide|set out|add|share|outline|write)\b.{0,40}\b(?:details?|reasons?|views?|"
    r"thoughts?|ideas?|examples?|evidence|experiences?|answer|response|opinions?)|"
    r"reasons? (?:for|behind|why|you)|your (?:views?|reasons?|thoughts|opinions?|ideas?|story)|"
    r"(?:views|thoughts|opinions|ideas|concerns|observations) (?:on|about|do you)|"
    r"other (?:issues|views|thoughts|ideas|ways|points|concerns|priorities|questions|remarks)|"
    r"pain points?|improve|improvements?|what\b.{0,60}\b"
    r"(?:change|better|different|differently|like (?:best|most|least|about|to see)|dislike|"
    r"think|hope|worry|enjoy|difficult|challenges|barriers|benefits|impacts?|problems?|issues|"
    r"concerns?|difficulties|effects?|aspects)|what if anything|how\b.{0,30}\baffect\w*|"
    r"how (?:could|can|should|would|do you feel|did you)|what role|what question|"
    r"qualitative|remarks?|recommendations?|kommentar\w*|anmerkung\w*|warum|begründ\w*|"
    r"commentaires?|pourquoi|précisez|remarques?|comentarios?|por qué|sugerencias|commenti|perché|"
    r"sylwadau|pam)\b"
)
# What asks for an entry of a form: a name, a place, a number, a link.
ASKS_FOR_DETAILS = re.compile(
    r"\b(?:names?|e ?mails?|phone|telephone|mobile number|(?:your|home|postal|full) address|"
    r"url|urls|link|links|web ?page|web ?address|"
    r"web ?site|post ?codes?|zip|job title|title|organi[sz]ations?|company|employer|institution|"
    r"universit(?:y|ies)|school|department|occupation|profession|job role|"
    r"(?:which|what|name of|your) (?:town|city|country|county|borough|ward|village|council|area|"
    r"region|state|language|religion|ethnicity|nationality)|"
    r"what is your (?:age|gender|sex|job|role|field|ethnic|relig|primary|main|first|current)\w*|"
    r"date of birth|year of birth|how many|how much|how old|how often|how long|how far|"
    r"reference number|username|twitter|linkedin|github)\b"
)
# What is answered from a list, or by a number on a scale.
ASKS_FROM_A_LIST = re.compile(
    r"\b(?:select (?:all|one|up to|the)|choose (?:all|one|up to|the|from)|tick (?:all|one)|"
    r"check (?:all|one)|all that apply|(?:which|any) of the following|which of these|please rank|"
    r"rank the|on a scale|how (?:likely|satisfied|important|useful|often|confident|concerned)|"
    r"to what extent|do you agree or disagree|rate the|please rate)\b"
)
# The text beside an option "Other" of a list.
IS_OTHER = re.compile(
    r"(?:^|[-–:_[(/>;.|]\s*)(?:other|others|autre|andere|sonstiges|otros?|altro|arall)\W*(?:text|open|answer|"
    r"specify|specified|details?|response|please specify)?\W*$|"
    r"\bother\b.{0,60}\b(?:specify|state|write in|details?|tell us what|which)\b|"
    r"(?:please|pls) (?:specify|state which)|"
    r"\bif (?:you (?:selected|answered|ticked|chose) )?['\"‘“]?other\b",
    re.IGNORECASE,
)
# ... and what only sounds like it.
IS_NOT_OTHER = re.compile(
    r"\b(?:any|anything|are there)\b.{0,20}\bother\b|\bother (?:comments?|issues?|views?|"
    r"thoughts?|suggestions?|ideas?|feedback|remarks?|concerns?|points?|ways)\b",
    re.IGNORECASE,
)
# Points of scales, and answers to questions of yes or no.
SCALE_ANSWER = re.compile(
    r"(?:\d+ ?[-=:.)]? ?)?(?:(?:very|strongly|tend to|slightly|somewhat|extremely|quite|fairly|"
    r"moderately|mostly|completely|totally|partly|partially|neither|not at all|not very|not so|"
    r"not|a little|a lot|a great deal|much|about the same|no|far|definitely|probably|"
    r"(?:dis)?agree|(?:un|dis)?satisfied|(?:un)?likely|(?:un)?important|(?:un)?useful|"
    r"(?:un)?favou?rabl[ey]|(?:un)?familiar|better|worse|good|poor|bad|excellent|average|fair|"
    r"support|oppose|neutral|undecided|effective|ineffective|positive|negative)"
    r"(?:[ /,]+(?:agree|disagree|nor|or|satisfied|dissatisfied|likely|unlikely|important|useful|"
    r"unimportant|at all|all|support|oppose|strongly|very|good|poor|bad|well|much|more|less|"
    r"better|worse|positive|negative|effective|ineffective|favou?rably|unfavou?rably|familiar|"
    r"unfamiliar|neutral|difference|change|impact|opinion|sure|know|concerned|confident|extent|"
    r"the same|it|a|an|to|\(?n/a\)?|some|small|large|great|moderate)){0,6}|"
    r"yes|no|maybe|none|true|false|y|n|n/?a|not applicable|don['’]?t know|do not know|"
    r"not sure|unsure|prefer not to say|rather not say|no answer|other|always|often|usually|"
    r"sometimes|occasionally|rarely|never|daily|weekly|monthly|yearly|annually|every \w+|"
    r"male|female|man|woman|non-?binary|checked|unchecked|selected|not selected|ticked|x|"
    r"high|medium|low)"
)
# Words by which people say something, in the languages of most consultations here. Titles and
# names of places and bodies have "of", "and", "for", "the" too, so these are left out.
SPEECH = """
i we you they he she it me us them my our your their his her its is are was were be  been
being am do does did don't doesn't didn't have has had having should would could  can cannot
can't will won't wouldn't shouldn't must may might not this that these those  there here
what when where which who why how because but so if then than very too also  just only even
more less most least many much enough some any all every need needs  please think feel want
like make get keep stop give take let help nothing something  better i'm i've it's that's
there's we're they're isn't aren't wasn't  ich wir sie es ist sind war nicht kein keine mehr
weniger aber weil dass wenn sollte  muss kann wird haben hat sein zu sehr auch nur man  je
nous vous ils elle il est sont pas plus moins mais parce que qui quand doit peut  faut avoir
être trop très aussi ne  yo nosotros ustedes ellos es son está no más menos pero porque que
cuando debe puede  hay muy también se  io noi loro è sono non più meno ma perché che quando
deve può troppo molto anche  mae nid yn wedi eu ei ond achos mwy dylai
"""
SPEECH_WORDS = frozenset(SPEECH.split())

# ---------------------------------------------------------------- what is no answer

# Folded names and wordings, whole.
PERSONAL = re.compile(
    r"(?:(?:what is |what s )?(?:your |the )?(?:recipient |respondent |contact |full |first |"
    r"last |sur|given |family |middle |user |panel recipient )*names?(?: first| last| full)?|"
    r"name \w+|(?:what is |what s )?(?:your )?(?:e ?mail)(?: address)?"
    r"|.{0,40}\be ?mail(?: address(?:es)?)?|(?:.{0,30} )?(?:tele)?phone(?: number)?|mobile"
    r"(?: number)?|ip ?address|.{0,20} ip address|(?:what is )?(?:your )?(?:full |home )?"
    r"(?:post ?code|zip(?: ?code)?|postal(?: code)?)|(?:what is )?(?:your )?(?:home |street |"
    r"location |postal )?address(?: line)?(?: \d)?|street|signature|dob|"
    r"(?:twitter|linkedin|github)(?: \w+)?|initials|username)"
)
# ... those that are personal also where people share them, as first names are.
OF_ONE_PERSON = re.compile(
    r"\b(?:first|last|full|sur|surname|given|family|middle|recipient|e ?mail|phone|telephone|"
    r"mobile|ip ?address|dob|signature|username)\b"
)
ORGANISATION = re.compile(
    r"(?:what is the )?(?:name of )?(?:your |the )?"
    r"(?:organi[sz]ation|company|employer|institution|affiliation)"
    r"(?: organi[sz]ation)?(?: name)?(?: optional| if applicable)?"
)
# What a survey tool adds about how a response came. Folded, whole.
METADATA = re.compile(
    r"progress|duration(?: in seconds)?|finished|status|response type|response set|"
    r"distribution channel|external (?:data )?reference|external data|"
    r"location (?:latitude|longitude|accuracy)|latitude|longitude|geo(?:country|city|region)?|"
    r"collector(?: id)?|custom data(?: \d+)?|custom value|lastpage|last page|startlanguage|"
    r"start language|seed|refurl|referr?er(?: url)?|interviewtime|total time|time taken.*|"
    r"(?:group|question) time .*|.* (?:first click|last click|page submit|click count)|"
    r".* do(?: \d+)?|user agent|browser(?: version)?|operating system|resolution|device(?: type)?|"
    r"session ?id|network id|tracking link|unique id|legacy comments|link name|"
    r"response ?url|redcap .*|total points|quiz feedback|"
    r"sc\d+|test data|is test data|contact id|ending|startdate|"
    r"response status|survey (?:id|title|name)"
)
# Attributes: what is known of the respondent, or of the service that they used.
ABOUT_RESPONDENT = re.compile(
    r"\b(?:age|aged|gender|sex|ethnic\w*|race|relig\w*|disab\w*|health condition|sexual\w*|"
    r"orientation|carer|marital|income|education|qualification|employment|occupation|working|"
    r"borough|ward|district|region|area|county|country|town|city|council|constituency|nation|"
    r"live|living|resident|tenure|housing|household|role|capacity|responding|respondent type|"
    r"type of respondent|organi[sz]ation type|organi[sz]ation|sector|size|position|service|"
    r"trust|site|school|year|wave|language|nationality|identity|pronouns?|children|group|band|"
    r"member|stakeholder)\b"
)
TICKS = frozenset(
    (
        "1",
        "0",
        "x",
        "y",
        "n",
        "yes",
        "no",
        "true",
        "false",
        "on",
        "off",
        "checked",
        "unchecked",
        "selected",
        "not selected",
        "ticked",
        "not ticked",
        "quoted",
        "not quoted",
        "✓",
        "✔",
        "•",
    )
)
