"""Where English sentences end: spaCy's rules without spaCy, which takes most of a second to import.

spaCy cuts a text at white space into chunks, takes punctuation off both ends of each chunk, and
ends a sentence at a token that is a full stop, question mark or exclamation mark. The tables and
patterns below are those of `spacy.lang` (MIT licence; copyright ExplosionAI GmbH), narrowed to
`READ` characters. Chunks without an end of a sentence need no pattern at all. A text with
anything else is left to spaCy, so that the answer is always the same.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from coder.long_chunks import LONGEST_CHUNK, start_of_marks


def _listed(items: str) -> frozenset[str]:
    return frozenset(items.split())


# What ends a sentence when it stands as a token of its own, in any script.
ENDS = frozenset(
    "!.?\u0589\u061f\u06d4\u0700\u0701\u0702\u07f9\u0964\u0965\u104a\u104b\u1362\u1367\u1368"
    "\u166e\u1735\u1736\u1803\u1809\u1944\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e"
    "\u1b5f\u1c3b\u1c3c\u1c7e\u1c7f\u203c\u203d\u2047\u2048\u2049\u2e2e\u2e3c\u3002\ua4ff"
    "\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d\uaa5e\uaa5f"
    "\uaaf0\uaaf1\uabeb\ufe52\ufe56\ufe57\uff01\uff0e\uff1f\uff61\U00010a56\U00010a57"
    "\U00011047\U00011048\U000110be\U000110bf\U000110c0\U000110c1\U00011141\U00011142"
    "\U00011143\U000111c5\U000111c6\U000111cd\U000111de\U000111df\U00011238\U00011239"
    "\U0001123b\U0001123c\U000112a9\U0001144b\U0001144c\U000115c2\U000115c3\U000115c9"
    "\U000115ca\U000115cb\U000115cc\U000115cd\U000115ce\U000115cf\U000115d0\U000115d1"
    "\U000115d2\U000115d3\U000115d4\U000115d5\U000115d6\U000115d7\U00011641\U00011642"
    "\U0001173c\U0001173d\U0001173e\U00011a42\U00011a43\U00011a9b\U00011a9c\U00011c41"
    "\U00011c42\U00016a6e\U00016a6f\U00016af5\U00016b37\U00016b38\U00016b44\U0001bc9f"
    "\U0001da88"
)
# Chunks that stay as they are: those with a full stop in them, and those that begin with
# punctuation. Others that spaCy knows do not matter here.
KEPT_WHOLE = _listed(
    r"""
    Adm. Ak. Ala. Apr. Ariz. Ark. Aug. Bros. Calif. Co. Colo. Conn. Corp. D.C. Dec. Del. Dr.
    E.G. E.g. Feb. Fla. Ga. Gen. Gov. I.E. I.e. Ia. Id. Ill. Inc. Ind. Jan. Jr. Jul. Jun. Kan.
    Kans. Ky. La. Ltd. Mar. Mass. Md. Messrs. Mich. Minn. Miss. Mo. Mont. Mr. Mrs. Ms. Mt.
    N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. Ph.D. Prof. Rep.
    Rev. S.C. Sen. Sep. Sept. St. Tenn. Va. Wash. Wis. co. e.g. i.e. v.s. vs. a.m. p.m.
    1a.m. 2a.m. 3a.m. 4a.m. 5a.m. 6a.m. 7a.m. 8a.m. 9a.m. 10a.m. 11a.m. 12a.m.
    1p.m. 2p.m. 3p.m. 4p.m. 5p.m. 6p.m. 7p.m. 8p.m. 9p.m. 10p.m. 11p.m. 12p.m.
    a. b. c. d. e. f. g. h. i. j. k. l. m. n. o. p. q. r. s. t. u. v. w. x. y. z. ä. ö. ü.
    ' '' 'Cause 'Cos 'Coz 'Cuz 'S 'bout 'cause 'cos 'coz 'cuz 'd 'em 'll 'nuff 're 's
    ’ ’’ ’Cause ’Cos ’Coz ’Cuz ’S ’bout ’cause ’cos ’coz ’cuz ’d ’em ’ll ’nuff ’re ’s ‘S ‘s —
    ._. 0.0 0.o O.O O.o V.V o.0 o.O o.o v.v (._.) <.< >.< >.>
    (*_*) (-8 (-: (-; (-_-) (: (; (= (>_<) (^_^) (o: )-: ): -_- -__- :'( :') :'-( :'-) :(
    :(( :((( :() :) :)) :))) :* :-( :-(( :-((( :-) :-)) :-))) :-* :-/ :-0 :-3 :-> :-D :-O
    :-P :-X :-] :-o :-p :-x :-| :-} :/ :0 :1 :3 :> :D :O :P :X :] :o :o) :p :x :| :} :’( :’)
    :’-( :’-) ;) ;-) ;-D ;D ;_; @_@ [-: [: [= \") \n \t ]=
    """
)
# Words without their apostrophe: spaCy parts the last letter and then keeps its full stop, as
# in "p.", so that "Thats." ends no sentence.
KEEP_FULL_STOP = _listed(
    """
    hed hes howd hows id im ima itd i'ma i’ma shes thatd thats thered theres thesed theyd thisd
    thiss thosed wed whatd whats whend whens whered wheres whod whos whyd whys youd
    Hed Hes Howd Hows Id Im Ima Itd I'ma I’ma Shes Thatd Thats Thered Theres Thesed Theyd Thisd
    Thiss Thosed Wed Whatd Whats Whend Whens Whered Wheres Whod Whos Whyd Whys Youd
    """
)
# What spaCy puts together in a way of its own, or parts.
UNCLEAR = re.compile(r"°[CFKcfk]\.|:[13][ap]\.?m")
UNCLEAR_TEXT = re.compile(r"[adms]\.\s*_")
LOWER = "a-zß-öø-ÿ"
UPPER = "A-ZÀ-ÖØ-Þ"
QUOTES = "'\"”“`‘´’‚,„»«"  # a comma is among them in spaCy
MARKS = r"…,:;!?¿¡()\[\]{}<>_#*&·"
# Emoji and signs that are always a token of their own.
SIGNS = (
    "¦©®°\u2122\u2600-\u266e\u2670-\u2767\u2794-\u27bf\U0001f300-\U0001f3fa"
    "\U0001f400-\U0001f64f\U0001f680-\U0001f6d4\U0001f910-\U0001f93e\U0001f940-\U0001f970"
)
JOINERS = "\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # parts of emoji, of no class
READ = re.compile(
    f"[!-~{LOWER}{UPPER}{QUOTES}{SIGNS}{JOINERS}–—…¿¡£€¥§²³½¼¾·×÷]{{1,300}}"
)
PREFIX = re.compile(
    r"[§%=—–]|\+(?![0-9])|\.\.+|(?:US|C|A)?\$|[£€¥]"
    f"|[{MARKS}]|[{QUOTES}]|[{SIGNS}]"
)
UNITS = (
    "km|km²|km³|m|m²|m³|dm|dm²|dm³|cm|cm²|cm³|mm|mm²|mm³|ha|nm|yd|in|ft|kg|g|mg|t|lb|oz|m/s|"
    "km/h|kmh|mph|hPa|Pa|mbar|mb|MB|kb|KB|gb|GB|tb|TB|T|G|M|K|%"
)
SUFFIX = re.compile(
    rf"(?:[{MARKS}]|……|\.\.+|[{QUOTES}]|[{SIGNS}]|['’][sS]|[—–]|(?<=[0-9])\+"
    rf"|(?<=°[FfCcKk])\.|(?<=[0-9])(?:US\$|C\$|A\$|[$£€¥]|{UNITS})"
    rf"|(?<=[0-9{LOWER}%²\-+{MARKS}|{QUOTES}])\.|(?<=[{UPPER}][{UPPER}])\.)$"
)
INFIX = re.compile(
    rf"\.\.+|…|[{SIGNS}]|(?<=[0-9])[+\-*^](?=[0-9-])"
    rf"|(?<=[{LOWER}{QUOTES}])\.(?=[{UPPER}{QUOTES}])"
    rf"|(?<=[{LOWER}{UPPER}]),(?=[{LOWER}{UPPER}])"
    rf"|(?<=[{LOWER}{UPPER}0-9])(?:---|--|——|[-–—~])(?=[{LOWER}{UPPER}])"
    rf"|(?<=[{LOWER}{UPPER}0-9])[:<>=/](?=[{LOWER}{UPPER}])"
)
# An internet address or domain; these stay whole.
ADDRESS = re.compile(
    r"(?:[\w+\-.]{2,}://)?(?:\S+(?::\S*)?@)?"
    r"(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})"
    r"(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})"
    r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}"
    r"(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))"
    r"|(?:(?:[A-Za-z0-9\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff_-]{0,62})?"
    rf"[A-Za-z0-9\u00a1-\uffff]\.)+(?:[{LOWER}]{{2,63}}))"
    r"(?::\d{2,5})?(?:[/?#]\S*)?$"
)
# Faces all of punctuation count the same whole and in parts.
SAME_IN_PARTS = frozenset(
    kept
    for kept in KEPT_WHOLE
    if ENDS.isdisjoint(kept)
    and all(unicodedata.category(char).startswith("P") for char in kept)
)
LONGEST_KEPT = max(map(len, KEPT_WHOLE))
# Function words.
STOP_WORDS = _listed(
    """
    'd 'll 'm 're 's 've a about above across after afterwards again against all almost
    alone along already also although always am among amongst amount an and another any
    anyhow anyone anything anyway anywhere are around as at back be became because become
    becomes becoming been before beforehand behind being below beside besides between
    beyond both bottom but by ca call can cannot could did do does doing done down due
    during each eight either eleven else elsewhere empty enough even ever every everyone
    everything everywhere except few fifteen fifty first five for former formerly forty
    four from front full further get give go had has have he hence her here hereafter
    hereby herein hereupon hers herself him himself his how however hundred i if in indeed
    into is it its itself just keep last latter latterly least less made make many may me
    meanwhile might mine more moreover most mostly move much must my myself n't name
    namely neither never nevertheless next nine no nobody none noone nor not nothing now
    nowhere n‘t of off often on once one only onto or other others otherwise our ours
    ourselves out over own part per perhaps please put quite rather re really regarding
    same say see seem seemed seeming seems serious several she should show side since six
    sixty so some somehow someone something sometime sometimes somewhere still such take
    ten than that the their them themselves then thence there thereafter thereby therefore
    therein thereupon these they third this those though three through throughout thru
    thus to together too top toward towards twelve twenty two under unless until up upon
    us used using various very via was we well were what whatever when whence whenever
    where whereafter whereas whereby wherein whereupon wherever whether which while
    whither who whoever whole whom whose why will with within without would yet you your
    yours yourself yourselves ‘d ‘ll ‘m ‘re ‘s ‘ve
    """
)

_ENDS = re.escape("".join(sorted(ENDS)))
END = re.compile(f"[{_ENDS}]")
CHUNK_WITH_END = re.compile(rf"()(?<!\S)([^\s{_ENDS}]*+[{_ENDS}]\S*)")
NEXT_CHUNK = re.compile(r"(\s*+)(\S++)")  # where it is tried, not searched
# Most chunks with an end: a word and one mark. No abbreviation is among them when it is not
# in `KEPT_WHOLE`.
WORD_AND_END = re.compile(r"[A-Za-z]*[a-z][.!?]")


class Token(NamedTuple):
    """A part of a chunk.

    Attributes:
        start: within the chunk.
        is_end: whether it ends a sentence.
        is_mark: whether it is punctuation, which belongs to the sentence before it.
    """

    start: int
    is_end: bool
    is_mark: bool


class UnclearError(Exception):
    """A text that these rules do not reach."""


def sentence_starts(text: str) -> list[int]:
    """Where each sentence of a line begins; the first at 0.

    Raises:
        UnclearError: the text holds something that only spaCy can judge.
    """
    if "_" in text and UNCLEAR_TEXT.search(text):
        raise UnclearError
    starts = [0]
    at = 0
    has_ended = False
    while match := _next_chunk(text, at, has_ended):
        space, chunk = match.groups()
        start = match.start(2)
        if has_ended and space != " ":
            starts.append(start)  # wide white space counts as a word
            has_ended = False
        is_long = len(chunk) > LONGEST_CHUNK
        for token in _tokens_of_long(chunk) if is_long else _tokens(chunk):
            if has_ended and not token.is_mark:
                starts.append(start + token.start)
            has_ended = token.is_end or (has_ended and token.is_mark)
        at = match.end()
    return starts


def _next_chunk(text: str, at: int, has_ended: bool) -> re.Match[str] | None:
    """The chunk after an end, with the white space before it; else the next that holds an end."""
    if has_ended:
        return NEXT_CHUNK.match(text, at)
    return CHUNK_WITH_END.search(text, at)


def _tokens_of_long(chunk: str) -> list[Token]:
    """The tokens of a chunk that is too long for a word: all of it, and the marks at its end."""
    start = start_of_marks(chunk)
    tokens = []
    if start:
        tokens.append(Token(0, is_end=False, is_mark=False))
    if start < len(chunk):
        is_end = not ENDS.isdisjoint(chunk[start:])
        tokens.append(Token(start, is_end, is_mark=True))
    return tokens


@lru_cache(maxsize=20_000)
def _tokens(chunk: str) -> tuple[Token, ...]:
    """The tokens of a chunk as far as they matter: several words may count as one."""
    is_ended = END.search(chunk) is not None
    if not is_ended and not _is_mark(chunk[0]):
        return (Token(0, is_end=False, is_mark=False),)
    if WORD_AND_END.fullmatch(chunk) and chunk not in KEPT_WHOLE:
        word = Token(0, is_end=False, is_mark=False)
        end = Token(len(chunk) - 1, is_end=True, is_mark=True)
        if chunk[-1] == "." and chunk[:-1] in KEEP_FULL_STOP:
            return (word,)
        return (word, end)
    if not READ.fullmatch(chunk) or UNCLEAR.search(chunk):
        raise UnclearError
    parts = _split(chunk)
    _check_no_hidden_abbreviation(parts)
    tokens = []
    start = 0
    for part in parts:
        tokens.append(Token(start, part in ENDS, all(map(_is_mark, part))))
        start += len(part)
    return tuple(tokens)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def _split(chunk: str) -> list[str]:
    """The chunk without the punctuation at both ends, which comes in parts of its own."""
    before: list[str] = []
    after: list[str] = []
    rest = chunk
    length = 0
    while rest and len(rest) != length and rest not in KEPT_WHOLE:
        length = len(rest)
        prefix = PREFIX.match(rest)
        width = prefix.end() if prefix else 0
        suffix = SUFFIX.search(rest[width:])
        if suffix and rest[width:] not in KEPT_WHOLE:
            after.append(suffix.group())
            rest = rest[: width + suffix.start()]
        if width and rest not in KEPT_WHOLE:
            before.append(rest[:width])
            rest = rest[width:]
    if rest in KEEP_FULL_STOP and after[-1:] == ["."]:
        return [*before, rest + after.pop(), *reversed(after)]
    return [*before, *_split_inside(rest), *reversed(after)]


def _split_inside(text: str) -> list[str]:
    if text in KEPT_WHOLE or ADDRESS.match(text):
        return [text]
    parts = []
    start = 0
    for infix in INFIX.finditer(text):
        if infix.start() == 0:
            continue
        if infix.start() > start:
            parts.append(text[start : infix.start()])
        parts.append(infix.group())
        start = infix.end()
    if text[start:]:
        parts.append(text[start:])
    return parts


def _check_no_hidden_abbreviation(parts: list[str]) -> None:
    """Raise `UnclearError` where parts together spell what spaCy may put together again."""
    for first in range(len(parts)):
        spelled = parts[first]
        for part in parts[first + 1 :]:
            spelled += part
            if len(spelled) > LONGEST_KEPT:
                break
            if spelled in KEPT_WHOLE and spelled not in SAME_IN_PARTS:
                raise UnclearError
