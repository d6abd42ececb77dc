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

# Words that name no subject alone and do after another: "waiting time".
SECOND_WORDS = _words(
    """
    time times
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

# Words of what people want. Wanting more of something, less of it, or that it is seen to.
MORE_VERBS = _words(
    """
    add allow attract bring build complete construct create develop encourage employ expand
    extend finish fund give hire increase install introduce invest legalise legalize
    maintain offer open plant preserve promote protect provide raise recruit restore save
    support sustain
    """
)
LESS_VERBS = _words(
    """
    abolish ban block cap close cut decrease discourage eliminate end freeze limit lower minimise
    minimize prevent prohibit quit reduce remove repeal restrict scrap stop
    """
)
SEE_TO_VERBS = _words(
    """
    address arrest bury clean collect coordinate deliver educate enforce engage ensure
    explain fix handle help implement improve listen manage monitor pave prioritise prioritize
    punish publish rebuild reform regulate repair replace resolve respect simplify solve
    synchronize tackle teach train update upgrade widen
    """
)
REFUSALS = _words(
    """
    stop quit no not don't dont avoid never against without oppose
    """
)
MORE_WORDS = _words(
    """
    more additional extra increased expanded
    """
)
LESS_WORDS = _words(
    """
    less fewer lower reduced cheaper shorter
    """
)
BETTER_WORDS = _words(
    """
    better improved safer faster quicker sooner easier cleaner
    """
)
# Between a verb and what it is about.
VERB_JOINTS = _words(
    "the our a an all these those that this in with for on of to up down out it"
)

# Adjectives that a statement ends with: it is good, it is bad, there is too much of it.
GOOD = _words(
    """
    amazing attentive beautiful brilliant caring clean clear comfortable considerate convenient
    courteous easy efficient excellent fantastic fast fine friendly good great helpful important
    informative kind knowledgeable lovely nice perfect pleasant polite professional prompt quick
    reassuring reliable respectful safe superb supportive thorough understanding welcoming
    wonderful
    """
)
BAD = _words(
    """
    absurd abysmal appalling awful bad broken confusing crowded dangerous dark dirty disgusting
    dreadful filthy horrendous horrible horrific inadequate inefficient insane insufficient late
    long loud outdated outrageous overcrowded poor predatory ridiculous rude scary slow terrible
    unacceptable unfair unreliable unsafe useless worse
    """
)
EXCESSIVE = _words(
    """
    expensive high costly unaffordable many much
    """
)
DEGREES = _words(
    """
    too so very way really extremely just always also not
    """
)

# A sentence that begins so says what it is about elsewhere.
NO_BEGINNING = _words(
    """
    this that these those it its it's they their there's theirs them i i'm we you he she there
    here and but to so also perhaps maybe or because then
    which who if when where what why how now yes no not such both all none
    """
)
PERSONAL = _words(
    """
    i i'm i've i'd i'll im ive id me my mine we we're we've our us he she him her his you your
    """
)
# Verbs that tell what happened once, where the one who tells it leaves out "I".
PAST = _words(
    """
    asked became been began came did didn't felt found gave got had kept knew left lost made met
    paid ran said sat saw sent spoke stood thought told took waited was went were
    """
)
# A time or a number: one person's case.
QUANTITIES = _words(
    """
    one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
    hundred thousand half once twice several minute minutes min mins hour hours hr hrs day days
    week weeks month months year years today yesterday ago
    """
)

# Words in -ing that name a thing; others at the beginning of a phrase say what is done.
THINGS_IN_ING = _words(
    """
    betting building buildings busing camping clothing counselling cycling drawing dwelling
    evening feeling funding gambling heating housing learning lighting meeting nursing paving
    parking planning policing pricing recycling screening shopping spending swimming teaching
    training wellbeing zoning
    """
)
CLAUSE_BEGINNINGS = _words(
    """
    because since which although though unless
    """
)
