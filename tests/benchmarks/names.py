"""How many names of people the rules find in made-up sentences, and what else they mask.

    pip install --target FOLDER faker          # names that the program's list was not made from
    PYTHONPATH=FOLDER python tests/benchmarks/names.py [--spacy NAME]

Sentences were written for this; the names in them are drawn from Faker by country: Britain and seven
countries whose names are common in Britain. A name is found when all its words are masked, and found in part
when some are. Sentences without a name hold places, months, brands and titles that look like one.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable

from faker import Faker

from coder.reporting.redaction import personal_details

COUNTRIES = {
    "British": "en_GB", "Irish": "en_IE", "Indian": "en_IN", "Polish": "pl_PL", "Romanian": "ro_RO",
    "Nigerian": "en_NG", "Portuguese": "pt_PT", "Turkish": "tr_TR",
}  # fmt: skip
# {f} is a given name, {l} a surname.
# The rules were made with an eye on these; `LATER` was written when they were done.
FORMS = {
    "full name": [
        "It was {f} {l} who finally answered the telephone.",
        "{f} {l} from the office said that nothing could be done.",
        "I complained to {f} {l} three times last year.",
        "Nobody but {f} {l} has ever come to our meetings.",
        "The flat above belongs to {f} {l}, and the noise never stops.",
        "We owe it all to {f} {l} and the volunteers.",
    ],
    "given name": [
        "{f} was very kind to my mother on the way to hospital.",
        "I can only praise {f} for how calm everything was.",
        "Since then {f} has not left the house alone.",
        "Please tell {f} that we are grateful.",
        "When {f} rang back we had already given up.",
    ],
    "given name that is said to be one": [
        "My name is {f} and I live by the canal.",
        "My son {f} was robbed on the bus in March.",
        "A man called {f} sells drugs outside the shop.",
        "Our neighbour {f} has been waiting for two years.",
        "I spoke to {f} on the desk, who was helpful.",
        "Yours sincerely, {f} {l}",
    ],
    "title and surname": [
        "Mrs {l} at number nine has given up reporting it.",
        "Ask PC {l} about what happened that night.",
        "Dr {l} listened, the others did not.",
    ],
    "small letters": [
        "my name is {f_small} and i have lived here all my life",
        "my neighbour {f_small} deals from his flat",
        "there is a bloke called {f_small} who shouts at women",
    ],
}  # fmt: skip
LATER = {
    "full name": [
        "They sent {f} {l}, and it took ten minutes.",
        "On Tuesday we met {f} {l} of the residents' group.",
        "Why is {f} {l} still allowed to park there?",
        "Without {f} {l} the youth club would have closed.",
        "The councillor for our ward, {f} {l}, does nothing.",
        "I am writing about the death of {f} {l}.",
    ],
    "given name": [
        "{f} and her crew could not have done more.",
        "Our postman had to help {f} over the road.",
        "It took {f} four calls to be believed.",
        "A big thank you to {f} for the lift home.",
        "Everybody here knows that {f} deals from the car.",
    ],
    "given name that is said to be one": [
        "My daughter {f} is afraid to use the underpass.",
        "The driver, {f}, carried my bags.",
        "I'm called {f} and I clean offices at night.",
        "Her husband {f} was burgled twice.",
        "Kind regards, {f}",
    ],
    "title and surname": [
        "Sergeant {l} never wrote back.",
        "Ms {l} opposite has cameras now.",
        "We should thank Professor {l} for the report.",
    ],
    "small letters": [
        "my mate {f_small} got stabbed by the chicken shop",
        "the paramedic {f_small} was lovely",
        "i'm called {f_small} and i want more buses",
    ],
}  # fmt: skip
WITHOUT = [
    "Victoria Park and Saint Thomas' Hospital need lights.", "The King George playing field is full of needles.",
    "Buses from Charlotte Street to Albert Bridge never come.", "In April and June the Jubilee line was closed.",
    "Police Scotland and the Home Office should answer for this.", "Bring back the Trader Joe's that we had.",
    "Will anybody mark the crossing on Duncan Road?", "Bill after bill arrives from Thames Water.",
    "Mopeds on the pavement of Holloway Road again.", "I hope that May brings better news for Sutton.",
    "Grace and patience are what officers need.", "Jack the Ripper tours block our street.",
    "The Harris Academy and Elizabeth Line are a success.", "Black Lives Matter was right about Stop and Search.",
    "Tower Hamlets and Waltham Forest have no patrols.", "Martin Luther would weep at such language.",
    "Nurses, Doctors and Paramedics do a wonderful job.", "Our Mayor should listen to Londoners.",
    "The Royal London Hospital is far away.", "Thank You for asking me about Crime.",
    "My Doctor referred me to the James Cook University Hospital.", "A Neighbour Watch scheme would help us all.",
    "The Officer At The Desk Was Rude To My Mother.", "CCTV on Harold Hill and Gordon Hill would help.",
    "Amazon and Uber drivers park on the corner.", "Stop the Wood Green and Lee Valley gangs.",
    "Old Kent Road is a race track on Fridays.", "Every Tom, Dick and Harry parks here.",
    "The North London derby means no officers for us.", "St Mary's and St John's churches help the homeless.",
]  # fmt: skip

Spans = list[tuple[int, int]]


def by_rules(text: str) -> Spans:
    """What the program masks as a name."""
    return [(each.start, each.end) for each in personal_details(text) if each.kind == "name"]


def by_spacy(name: str) -> Callable[[str], Spans]:
    """What a pipeline of spaCy takes for a person."""
    import spacy

    pipeline = spacy.load(name)

    def find(text: str) -> Spans:
        return [(e.start_char, e.end_char) for e in pipeline(text).ents if e.label_ == "PERSON"]

    return find


def sentences_with_names(
    forms: dict[str, list[str]], seed: int
) -> list[tuple[str, str, str, Spans]]:
    """(form, country, text, the words of its names)."""
    made = []
    for country, locale in COUNTRIES.items():
        faker = Faker(locale)
        faker.seed_instance(seed)
        draw = random.Random(seed)
        for form, patterns in forms.items():
            for _ in range(20):
                given, surname = faker.first_name().split()[0], faker.last_name().split()[0]
                words = {"{f}": given, "{l}": surname, "{f_small}": given.lower()}
                made.append((form, country, *_filled(draw.choice(patterns), words)))
    return made


def _filled(pattern: str, words: dict[str, str]) -> tuple[str, Spans]:
    text, spans = pattern, []
    for mark, word in words.items():
        start = text.find(mark)
        if start >= 0:
            text = text.replace(mark, word)
            spans.append((start, word))
    return text, [(text.index(word), text.index(word) + len(word)) for _, word in spans]


def measure(find: Callable[[str], Spans], forms: dict[str, list[str]], seed: int) -> None:
    """Print the share of names found, by form and by country, and the false ones."""
    found: Counter[str] = Counter()
    partly: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for form, country, text, words in sentences_with_names(forms, seed):
        masked = find(text)
        covered = [any(s <= a and b <= e for s, e in masked) for a, b in words]
        for group in (form, country, "all"):
            asked[group] += 1
            found[group] += all(covered)
            partly[group] += any(covered) and not all(covered)
    for group, n in asked.items():
        print(f"{group:34} {found[group] / n:6.1%}  in part {partly[group] / n:6.1%}  of {n}")
    false = [(text[s:e], text) for text in WITHOUT for s, e in find(text)]
    print(f"false: {len(false)} in {len(WITHOUT)} sentences without a name")
    for words, text in false:
        print(f"   {words!r} in {text!r}")


def main() -> None:
    """Measure the rules, and a pipeline of spaCy beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spacy", help="an installed pipeline")
    options = parser.parse_args()
    finders = {"rules": by_rules}
    if options.spacy:
        finders[options.spacy] = by_spacy(options.spacy)
    for name, find in finders.items():
        print(f"\n{name}, sentences that the rules were made with")
        measure(find, FORMS, 1)
        print(f"\n{name}, later sentences")
        measure(find, LATER, 2)


if __name__ == "__main__":
    main()
