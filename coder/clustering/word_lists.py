"""English words that names of candidates are made with or without."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Full words that name no subject: a name never begins or ends with one.
EMPTY = _words(
    """
    able actually already also always another anybody anyone anything area areas around away bad
    best better big bit chance come comes coming day days definitely different doing done dont
    don't easier easy else enough especially etc even ever every everybody everyone everything
    extremely far feel feels felt find fine first get gets getting give given gives giving go
    goes going gone good got gotten great happen happened happens happy hard help high higher
    highly huge i'm i've i'd i'll idea important instead issue issues it's item items keep keeps
    kind know known larger largest last least less let let's level like liked likes little ll
    lol long longer look looking looks lot lots love low lower main major making man many matter
    may maybe mean means moment more most much must near need needed needing needs never new
    nice nobody none nothing number numbers old one ones only order others ought part particular
    past people people's per person persons place places please plus point points poor possible
    pretty probably problem problems put puts quite rather re real really reason reasons regard
    regarding regards right said say saying says second see seeing seem seems seen several shall
    should side sides since situation small some somebody someone something soon sort sorry
    still stuff such suggest sure take taken takes taking tell term terms thank thanks that's
    there's they're thing things think thinking thinks though thought three time times today too
    top total totally true try trying two type usually ve very want wanted wanting wants way
    ways we're we've week weeks well went what's who's whole will wish wonderful won't works
    would wouldn't year years yes yet you're absolutely awful basically can't cannot completely
    couldn't currently didn't doesn't isn't wasn't weren't aren't haven't hasn't hadn't recently
    ridiculous terrible unfortunately continue continues continued focus option options question
    questions answer comment comments survey matters month months sense care cares caring stand
    reality fact facts case cases example examples end start started starting become becomes
    becoming became goal goals kinds sorts forward ahead concern concerns concerned opinion
    opinions n/a na consider considering sucks suck horrible suggestion suggestions somewhere
    residents resident citizens citizen
    """
)

# Verbs that say only that something ought to change; two names that differ in them alone are
# one name.
LIGHT = _words(
    """
    add address allow build bring change create cut deal decrease develop ease encourage enforce
    ensure expand fix fund handle improve improving improved improvement improvements increase
    increased increasing invest keep lower maintain make manage offer plan prevent provide
    providing raise raising reduce reducing remove require resolve spend start stop support
    solve update use work
    """
)

# What may stand inside a phrase between full words.
JOINTS = _words(
    """
    of for in on and the a an to with from at by our your their my no not more less or & per
    """
)

DETERMINERS = _words(
    """
    a an the my our your their his her its this that these those some any all no more less each
    every
    """
)
PREPOSITIONS = _words(
    """
    of for in on with about from by at into over under between through without and or as than
    """
)
VERB_BEFORE = _words(
    """
    to i we you they he she it who please dont don't do does did not must should could would can
    cannot can't will won't let let's and/or never just i'd we'd they'd
    """
)
COPULAS = _words(
    """
    is are was were be been being am isn't aren't so too very as how really it's
    """
)
OBJECTS = _words(
    """
    me us them him it you
    """
)
NOUN_ENDS = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ance",
    "ence",
    "ship",
    "ism",
    "age",
    "ure",
    "ers",
    "ors",
    "ies",
)
OTHER_ENDS = (
    "ly",
    "able",
    "ible",
    "ous",
    "ful",
    "ive",
    "ic",
    "less",
    "ish",
    "est",
    "ed",
)
