"""Statements and sentences for and against them: what the pair layers are trained on and measured with.

Reads ../shared/data/stance (argq.zip, claim_stance.csv, the Perspectrum files) and ../shared/data/argkp. Nothing of
it is shipped. `HELD_OUT` names the subjects that are never trained on, `CHOOSING` those that cuts are chosen on.
"""

import csv
import io
import json
import random
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

FOR, AGAINST, NEITHER = 0, 1, 2
SURE = 0.6  # share of the crowd's weight behind a stance, at least
# Subjects of the ArgKP dev topics, of the example, of the gambling answers, and some more.
HELD_OUT = re.compile(
    r"uniform|bear arms|\bguns?\b|firearm|weapon.*own|austerity|affirmative action|vaccin|immuni[sz]"
    r"|social media|facebook|twitter|\busa\b|united states is|america is|policing|police|stop and search"
    r"|cannabis|marijuana|drug|gambl|casino|betting|lotter",
    re.I,
)
# Subjects of eight ArgQ topics that only cuts are chosen on.
CHOOSING = re.compile(
    r"\bzoos?\b|fast food|cosmetic surgery|payday|whal(e|ing)|olympic|telemarketing|home-?school",
    re.I,
)


class Pair(NamedTuple):
    """A statement, a sentence, and whether who says the sentence is for the statement."""

    statement: str
    sentence: str
    label: int


def tidy(statement: str) -> str:
    """A motion as a plain statement: "This house would ban X" as "We should ban X"."""
    statement = statement.strip().rstrip(". ")
    opening = r"^(this house|thbt|thw)\s+(believes that|believes|would support|supports?|would)\s+"
    match = re.match(opening, statement, flags=re.I)
    if match:
        rest = statement[match.end() :]
        verb = match.group(2).lower()
        if "support" in verb:
            rest = f"we should support {rest}"
        elif verb == "would":
            rest = f"we should {rest}"
        statement = rest
    return statement[:1].upper() + statement[1:]


def trained_on(statement: str) -> bool:
    """Whether a statement's subject may be trained on."""
    return not HELD_OUT.search(statement) and not CHOOSING.search(statement)


def read_arguments(folder: Path) -> list[Pair]:
    """IBM ArgQ-Rank-30k: every topic, also those held out."""
    with zipfile.ZipFile(folder / "argq.zip") as archive:
        text = archive.read("arg_quality_rank_30k.csv").decode("utf-8")
    pairs = []
    for row in csv.DictReader(io.StringIO(text)):
        if float(row["stance_WA_conf"]) >= SURE:
            label = FOR if int(row["stance_WA"]) == 1 else AGAINST
            pairs.append(Pair(tidy(row["topic"]), row["argument"].strip(), label))
    return pairs


def read_claims(folder: Path) -> list[Pair]:
    """IBM claim stance. The file's rows are quoted as a whole."""
    lines = (folder / "claim_stance.csv").read_text(encoding="utf-8").splitlines()
    pairs = []
    for line in lines[1:]:
        inner = line.rstrip("; ").removeprefix('"').removesuffix('"').replace('""', '"')
        row = next(csv.reader(io.StringIO(inner)))
        if len(row) > 7 and row[6] in ("PRO", "CON"):
            label = FOR if row[6] == "PRO" else AGAINST
            pairs.append(Pair(tidy(row[2]), row[7], label))
    return pairs


def read_perspectives(folder: Path, *splits: str) -> list[Pair]:
    """Perspectrum: claims with perspectives that support or undermine them."""

    def read(name: str) -> object:
        return json.loads((folder / f"{name}_v1.0.json").read_text(encoding="utf-8"))

    text_of = {entry["pId"]: entry["text"] for entry in read("perspective_pool")}
    split_of = read("dataset_split")
    labels = {"SUPPORT": FOR, "UNDERMINE": AGAINST}
    pairs = []
    for claim in read("perspectrum_with_answers"):
        if split_of[str(claim["cId"])] not in splits:
            continue
        for group in claim["perspectives"]:
            label = labels.get(group["stance_label_3"])
            if label is None:
                continue
            for number in group["pids"]:
                if number in text_of:
                    pairs.append(Pair(tidy(claim["text"]), text_of[number], label))
    return pairs


def read_argkp(folder: Path, split: str) -> list[Pair]:
    """ArgKP arguments with their topics."""
    with (folder / f"arguments_{split}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Pair(row["topic"], row["argument"].strip(), FOR if row["stance"] == "1" else AGAINST)
        for row in rows
    ]


# ---------------------------------------------------------------- statements in other words

OPPOSITE = {
    "ban": "allow", "abolish": "keep", "legalize": "prohibit", "legalise": "prohibit", "adopt": "reject",
    "end": "continue", "abandon": "keep", "fight": "support", "introduce": "scrap", "prohibit": "allow",
    "oppose": "support", "increase": "reduce", "raise": "lower", "limit": "expand", "close": "keep open",
    "subsidize": "stop subsidizing", "allow": "ban", "support": "oppose", "reduce": "increase",
    "permit": "prohibit", "cancel": "keep",
}  # fmt: skip
# What to replace, by what; the first that fits.
NEGATIONS = (
    (r"\b(should|must|is|are|will) not\b", r"\1"),
    (r"\bdo not ", ""),
    (r"\bought to\b", "ought not to"),
    (r"\b(should|must|will)\b", r"\1 not"),
    (r"\bcan\b", "cannot"),
    (r"\bbrings?\b", "does not bring"),
    (r"\b(is|are)\b", r"\1 not"),
    (r"\b(has|have)\b", "does not have"),
)
PASSIVE = {
    "banned": "Ban", "abolished": "Abolish", "abandoned": "Abandon", "legalized": "Legalize",
    "legalised": "Legalise", "prohibited": "Prohibit", "allowed": "Allow", "ended": "End", "regulated": "Regulate",
}  # fmt: skip


def negate(statement: str) -> str | None:
    """The statement with "not", or without the one that it has; None where that is not known."""
    for pattern, replacement in NEGATIONS:
        changed, times = re.subn(pattern, replacement, statement, count=1, flags=re.I)
        if times:
            return changed
    return None


def oppose(statement: str) -> str | None:
    """The statement with the opposite verb: "We should ban X" as "We should allow X"."""
    match = re.match(r"(we should )(\w+) (.+)", statement, flags=re.I)
    if match and match.group(2).lower() in OPPOSITE:
        return f"{match.group(1)}{OPPOSITE[match.group(2).lower()]} {match.group(3)}"
    return None


def demand(statement: str) -> str | None:
    """The statement as a demand: "Ban X"."""
    match = re.match(r"we should (not )?(.+)", statement, flags=re.I)
    if match:
        wanted = match.group(2)
        return f"Do not {wanted}" if match.group(1) else wanted[:1].upper() + wanted[1:]
    match = re.match(rf"(.+?) should be ({'|'.join(PASSIVE)})$", statement, flags=re.I)
    if match:
        subject = match.group(1)
        return f"{PASSIVE[match.group(2).lower()]} {subject[:1].lower()}{subject[1:]}"
    return None


def wordings(statement: str) -> list[tuple[str, bool]]:
    """The statement in other words, and whether these say the opposite."""
    forms = [(statement, False)]
    forms += [(form, True) for form in (negate(statement), oppose(statement)) if form]
    for form, opposite in tuple(forms):
        if as_demand := demand(form):
            forms.append((as_demand, opposite))
    return forms


def find_subject(statement: str) -> str | None:
    """What a statement is about, in a few words: "X" of "We should ban X"; None where not known."""
    patterns = (
        r"we should (?:not )?\w+ (.+)",
        r"(.+?) (?:should|must|is|are|brings?|causes?|has|have|does|do|will|can)\b",
    )
    for pattern in patterns:
        match = re.match(pattern, statement, flags=re.I)
        if match and len(match.group(1).split()) <= 7:
            return match.group(1)
    return None


def reverse(label: int) -> int:
    """For as against and against as for."""
    return label if label == NEITHER else 1 - label


# ---------------------------------------------------------------- made-up comments

THINGS = """street lights|cycle lanes|bus shelters|night buses|speed bumps|zebra crossings|parking permits|park benches
|public toilets|litter bins|recycling collections|allotments|playgrounds|youth clubs|libraries|community halls|football pitches
|swimming pools|museums|street trees|flower beds|dog parks|car parks|taxi ranks|bus lanes|trams|tolls|roadworks|roundabouts|pavements
|new flats|tower blocks|student homes|holiday lets|hotels|street markets|food stalls|festivals|fireworks|late bars|takeaways
|advertising screens|wind turbines|solar panels|heat pumps|charging points|water meters|pesticides|plastic bags|bonfires
|nursery places|school places|homework|exams|school trips|free school meals|apprenticeships|evening classes|nurses|doctors
|appointments|hospital beds|care homes|carers|counsellors|food banks|shelters|benefits|pensions|council tax|business rates|fines
|consultations|surveys|newsletters|meetings|targets|consultants|managers|outside contractors|cameras|wardens|inspections|bag searches
|road closures|one-way streets|traffic lights|low speed limits|footbridges|ferries|airport flights|cruise ships|tourists"""
MORE_STATED = """More {x}|We need more {x}|We should have more {x}|Provide more {x}|Increase {x}|Expand {x}|Wants more {x}|Support {x}
|Invest in {x}|In favour of {x}|Improve {x}|Keep {x}"""
LESS_STATED = """Fewer {x}|Less of {x}|We should have fewer {x}|Reduce {x}|Cut {x}|Stop {x}|Get rid of {x}|Against {x}|Limit {x}|Scrap {x}
|Opposes {x}|No more {x}"""
MORE_SAID = """More {x} please|We need far more {x}|There are never enough {x}|Bring back {x}|I would love to see more {x}
|Where are the {x}? There used to be plenty|Stop cutting {x}|We are short of {x}|Not enough {x}|{x} are badly needed here
|{x} make me feel safer|{x} work, so let us have more of them|Spend the money on {x}|Nothing will improve without {x}
|The lack of {x} is a disgrace|I cannot remember when I last saw {x}|Undo the cuts to {x}|Put {x} on every street|Keep {x}
|{x} are a lifeline for people like my mother|Far too few {x}|Hands off our {x}|I don't want {x} to disappear|Don't take away {x}
|I have no problem with {x}|Please save {x}"""
LESS_SAID = """Fewer {x} please|No more {x}|Too many {x} already|Get rid of the {x}|Stop wasting money on {x}|{x} are a waste of money
|{x} make me feel less safe|People feel LESS safe because of {x}|Scrap {x}|End {x} now|I am sick of {x}|We do not need {x}
|{x} do more harm than good|{x} are unfair|There is far too much of {x}|{x} only bring trouble|Nobody here wants {x}|Ban {x}
|{x} are ruining the area|Enough of {x}|Why are we paying for {x}?|Spend the money on something better than {x}|Stop {x}
|{x} hit poor people hardest|Cut back on {x}|I don't see why we should have {x}"""
NOT_SAID = """I saw {x} on the way to work|{x} were mentioned at the meeting|What is happening with {x}?|My sister works with {x}
|The form has a page on {x}|I live near some {x}|When were {x} last counted?|I have no view on {x}"""
ENDINGS = (
    "",
    "",
    "",
    " Thank you.",
    " It has gone on for years.",
    " Everyone says so.",
    " And mend the roads too.",
)


def _listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.replace("\n", "").split("|")]


def made_up_pairs(number: int, draw: random.Random) -> list[Pair]:
    """Demands and complaints as people write them, beside statements or other such comments."""
    things = _listed(THINGS)
    stated = (_listed(MORE_STATED), _listed(LESS_STATED))
    spoken = (_listed(MORE_SAID), _listed(LESS_SAID), _listed(NOT_SAID))
    pairs = []
    for _ in range(number):
        thing, other = draw.sample(things, 2)
        first = draw.randrange(2)
        second = draw.choices((FOR, AGAINST, NEITHER), (45, 45, 10))[0]
        label = NEITHER if second == NEITHER else int(first != second)
        about = thing
        if draw.random() < 0.15:
            about, label = other, NEITHER
        as_comment = draw.random() < 0.5
        opening = spoken[first] if as_comment else stated[first]
        statement = _say(opening, thing, draw, as_comment)
        pairs.append(Pair(statement, _say(spoken[second], about, draw, True), label))
    return pairs


def _say(templates: list[str], thing: str, draw: random.Random, as_comment: bool) -> str:
    text = draw.choice(templates).format(x=thing)
    text = text[:1].upper() + text[1:]
    if not as_comment:
        return text
    if draw.random() < 0.1:
        text = text.upper()
    if draw.random() < 0.7 and text[-1] != "?":
        text += "."
    return text + draw.choice(ENDINGS)
