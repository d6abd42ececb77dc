"""English words by which a quote is judged: verbs, openings that lean on what stood before,
careless spellings, abuse.
"""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that are verbs wherever they stand; contractions are written with a plain apostrophe.
VERBS = _listed(
    """
    am is are was were be isn't aren't wasn't weren't ain't have has had haven't hasn't hadn't
    do does did don't doesn't didn't can could cannot can't couldn't will would won't wouldn't
    shall should shouldn't may might must mustn't need needs needed want wants wanted ought let
    let's makes made get gets got getting goes went gone comes came takes took gives gave keep
    keeps kept puts sees saw knows knew thinks thought feels felt find finds found says said
    tells told asks helps starts began become becomes became brings brought builds built buys
    bought believe believes belongs carries caught causes continues costs depends deserve
    deserves eats enforce enforces exist exists expects fails feel fell follow follows forgets
    forgot grew grows hangs happen happens hears heard helped holds held hurts ignore ignores
    includes lacks leave leaves lets likes listens live lived looks looked lose loses lost love
    loves matters means meant meets met owns paid pays prevents protects provides provide ran
    reads reduces refuse refuses relies remain remains runs sat seem seems seemed seen sells
    sold sends sent sits sleeps smells spends spent spoils spoke stands stood suffer suffers
    teaches taught tends think treats tried tries trusts wastes wonders won worked write wrote
    it's that's there's here's he's she's who's what's i'm i've i'd i'll we're we've we'd we'll
    you're you've you'd you'll they're they've they'd they'll it'll it'd dont doesnt didnt cant
    wont isnt arent wasnt im ive thats theyre called stopped asked moved reported happened
    changed waited arrived explained treated listened received passed answered ignored phoned
    rang decided refused complained walked showed managed missed stayed started noticed
    attended visited contacted agree disagree understand appreciate hope wish suggest support
    oppose prefer recommend pay
    """
)
# Words that ask for something when a sentence begins with them.
REQUESTS = _listed(
    """
    abolish act add address aim allow arrest ask avoid ban be become begin bring build buy bus
    cancel catch change charge check clean clear close collect come complete consider consult
    control convert cooperate cover create crack cut deal decriminalise decriminalize defund
    deliver deploy design develop do educate eliminate employ empower enable encourage end enforce
    engage ensure establish expand explain extend find fine fix focus follow force fund get give go
    have help hire hold implement improve include increase introduce invest investigate join keep
    learn leave legalise legalize let limit link listen look lower maintain make manage measure
    monitor move offer open patrol pay place plan plant prevent prioritise prioritize promote
    prosecute protect provide publish punish put quit raise reach rebuild recognise recognize
    recruit redesign reduce reform regulate reinstate remember remove reopen repair replace require
    respect respond restore restrict retain return review run save scrap secure see sell send set
    share show simplify slow solve speak spend start stay stop stay support tackle take talk target
    tax teach tell time train treat trust try turn understand update upgrade use value vet visit
    wake walk watch widen work
    """
)
# Other verbs without an ending, as they follow a plural: "needles lie around".
PLAIN_VERBS = REQUESTS | _listed(
    "lie fill smell sell ride hang gather throw drop smoke drink shout race block ruin destroy"
    " carry break steal die fall grow arrive wait happen deserve belong depend suffer sleep sit"
    " stand beg fight kill ignore refuse seem look feel hurt spoil drive cycle swear litter dump"
    " matter cost mean affect attract commit cause contribute increase prey roam speed park race"
)
PLURALS = _listed("people children police men women kids youths staff")
SUBJECTS = _listed("i we you he she they nobody everyone everybody someone anyone who")
# What may stand before a word in -ed that is no verb: "the closed station".
BEFORE_ADJECTIVES = _listed(
    "the a an of more less some any no and or our my your their his her its this that these"
    " those very so too for with in on by all other most such as not be being well"
)
# Openings that point back, and those that carry on.
POINTING = _listed("he she him her his hers they them their theirs it its")
PERSONS = _listed("he she him her they them")
POINTING_OR_NAMING = _listed("this that these those such")
CARRYING_ON = _listed(
    "and but so or nor also because which however therefore then otherwise instead thus hence plus"
    " likewise additionally furthermore moreover secondly thirdly lastly finally another similarly"
    " besides too yet equally though hopefully meanwhile consequently again apparently obviously"
    " ditto same neither whereas while although unless except"
)
ANSWERING = _listed("yes no yeah yep nope yea none nothing ok okay well")
AFTER_POINTING = _listed(
    """
    is are was were isn't aren't wasn't weren't will would won't wouldn't should shouldn't can can't
    could couldn't may might must has have had hasn't haven't does do did doesn't don't didn't needs
    need means makes made gives gave leads led causes caused includes included helps applies
    also alone not never in on at of to for from with by who which that i we you they he she and
    or but all just only really still way happens happened seems feels seemed goes went gets got
    then always ought said being keeps adds adding requires creates allows shows works sounds looks
    puts takes comes came remains became becomes sucks
    """
)
ENDING_OPEN = _listed(
    "and or but the a an of to for with in on at by from as because so that which who if than"
    " their our my your is are was etc"
)
# Left-out apostrophes, text messages, common misspellings.
CARELESS = _listed(
    """
    dont doesnt didnt cant wont wouldnt couldnt shouldnt isnt arent wasnt werent hasnt havent
    hadnt im ive youre theyre thats theres whats u ur r pls plz thx cos coz cuz gonna wanna
    gotta kinda thru tho bc b4 2day idk tbh imo lol omg alot aswell infact incase eachother
    noone everytime nothings recieve recieved beleive thier teh definately seperate goverment
    enviroment occured untill neccessary accomodate accross adress agressive apparant basicly
    begining buisness comming commited concious diffrent embarass existance experiance finaly
    forseeable freind goverments harrass harrassment harrasment immediatly independant knowlege
    lisense lonley maintainance managment neighborood noticable occassion ofcourse oppurtunity
    particulary peice persue posession poeple polical polce polcie pollice prefered priviledge
    proffesional publically realy reccomend recomend refered religous rember responsability
    saftey shoud shud sould sucess suprise tommorow tounge transperancy truely unfortunatly
    usefull visable wether wich wierd writting woud wud beaurocracy burocracy trafic traffick
    ammount arguement availible becuase comunity commuity comunities ditn't drivig enforcment
    eldery excersise foriegn grammer hapen happend heigth improvment infrastucture maintanance
    nieghborhood offical parliment peolpe perminent pedestrain pavment prioritys probaly
    reguarly resturant schedual sevice servises sidwalk sidwalks strret theif theives thoughout
    tranport undesireable inforced inforcement havnt carnt ect abit
    """
)
ABUSE = _listed(
    "fuck shit crap bastard arse idiot moron scum bullshit bollock piss bitch wank twat prick cunt"
    " slag whore retard vermin dickhead asshole imbecile cretin chav pikey faggot tranny"
    " paki nigg stupid dumb bloody damn goddam"
)
