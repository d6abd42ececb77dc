"""Made-up exports of survey tools, written as the tools' own descriptions say, with known truth.

Every export has open questions and what is mistaken for them: names, towns, organisations, job
titles, web addresses, tick boxes, codes, scales, several options in one cell, "Other, please
specify".
"""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SAID = (
    "More police on the beat",
    "the buses are always late",
    "we need better lighting in the park",
    "nobody answers the phone at the council",
    "it would be good to have a crossing by the school",
    "please keep the library open on Saturdays",
    "too many cars park on the pavement",
    "I feel safe here most of the time",
    "the consultation was badly advertised",
    "rents have gone up and wages have not",
    "my mother waited nine hours in A&E",
    "stop building flats without doctors",
    "young people have nothing to do in the evening",
    "the cycle lane is not wide enough",
    "I do not agree with the new charges",
    "litter on the high street is a disgrace",
)
PHRASES = (
    "better buses", "more police", "cheaper parking", "the traffic", "litter", "dog mess",
    "fix the roads", "safer crossings", "youth clubs", "speeding on our road", "noise at night",
    "empty shops", "cost of living", "street lights", "potholes everywhere", "not enough doctors",
)  # fmt: skip
GERMAN = (
    "Die Busse kommen immer zu spät",
    "wir brauchen mehr Licht im Park",
    "niemand geht ans Telefon",
    "es gibt zu wenig Kitas",
    "die Mieten sind viel zu hoch",
    "man fühlt sich abends nicht sicher",
    "bitte lasst die Bücherei offen",
    "zu viele Autos parken auf dem Gehweg",
)
STYLES = ("usual", "short", "few", "german")
SHORT = ("No", "None", "N/A", "More police", "Cheaper buses", "Nothing to add", "See above")
TOWNS = ("Leeds", "York", "Hull", "Whitby", "Selby", "Ripon", "Goole", "Otley", "Ilkley", "Bingley")
SCALE = ("Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree")
AGES = ("16-24", "25-34", "35-44", "45-54", "55-64", "65+", "Prefer not to say")
OPTIONS = ("Bus", "Train, tram or tube", "Car", "Bicycle", "On foot", "Taxi")
JOBS = (
    "Teacher",
    "Ward manager",
    "Bus driver",
    "Retired",
    "Town planner",
    "Civil engineer",
    "Nurse",
)
BODIES = ("Residents of", "Friends of", "The Rotary Club of", "Chamber of Commerce,", "Ramblers")
FIRST = ("Ann", "Bob", "Chidi", "Dee", "Eve", "Femi", "Grace", "Hari")
LAST = ("Smith", "Okoro", "Patel", "Jones", "Lopez", "Nowak")


@dataclass
class Export:
    """A file of a survey tool.

    Attributes:
        header: rows above the answers.
        columns: cells of each column.
        open_columns: places of the open questions.
    """

    header: list[list[str]] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
    open_columns: list[int] = field(default_factory=list)

    def add(self, cells: list[str], *titles: str, is_open: bool = False) -> None:
        """Add a column; `titles` are its cells in the header rows."""
        while len(self.header) < len(titles):
            self.header.append([])
        for row, title in zip(self.header, titles, strict=True):
            row.append(title)
        if is_open:
            self.open_columns.append(len(self.columns))
        self.columns.append(cells)

    def write(self, path: Path) -> None:
        """Write it as CSV."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerows(self.header)
            writer.writerows(zip(*self.columns, strict=True))

    def answers(self) -> list[list[str]]:
        """The cells of each open question."""
        return [self.columns[place] for place in self.open_columns]


class People:
    """Made-up respondents and what they answer.

    Args:
        style: how they answer open questions: as most do, in a few words, hardly anybody, or in
            German.
    """

    def __init__(self, seed: int, count: int, style: str = "usual") -> None:
        self.rng = np.random.default_rng(seed)
        self.count = count
        self.style = style

    def pick(self, values: tuple[str, ...], answered: float = 1.0) -> list[str]:
        """One of the values for each respondent; empty for those who did not answer."""
        chosen = self.rng.choice(list(values), self.count)
        is_answered = self.rng.random(self.count) < answered
        return [
            str(value) if is_it else "" for value, is_it in zip(chosen, is_answered, strict=True)
        ]

    def comments(self, answered: float = 0.7, short: float = 0.2) -> list[str]:
        """Answers in people's own words, some of them short."""
        if self.style == "few":
            answered = min(answered, 4 / self.count)
        cells = []
        for number in range(self.count):
            text = self._comment(number)
            if self.rng.random() < short:
                text = str(self.rng.choice(SHORT))
            cells.append(text if self.rng.random() < answered else "")
        first = "Everything in this plan depends on the money, and there is none."
        cells[:2] = [first, "I would start with the schools."]
        if self.style == "german":
            cells[:2] = ["Ich würde bei den Schulen anfangen.", "Das ist alles viel zu teuer."]
        return cells

    def _comment(self, number: int) -> str:
        if self.style == "short":
            parts = self.rng.choice(PHRASES, int(self.rng.integers(1, 3)), replace=False)
            return " and ".join(parts)
        pool = GERMAN if self.style == "german" else SAID
        parts = self.rng.choice(pool, int(self.rng.integers(1, 4)), replace=False)
        text = ", ".join(parts)
        if self.style == "german":
            return f"{text}, schon {number} Mal."
        return f"{text}. That is {number} times too often."

    def several(self, separator: str, end: str = "") -> list[str]:
        """Several options of a list in each cell."""
        cells = []
        for _ in range(self.count):
            parts = self.rng.choice(OPTIONS, int(self.rng.integers(1, 4)), replace=False)
            cells.append(separator.join(parts) + end)
        return cells

    def ticks(self, option: str, share: float = 0.3) -> list[str]:
        """The option's name where it was ticked."""
        cells = self.pick((option,), share)
        cells[-1] = ""
        return cells

    def numbers(self, low: int, high: int) -> list[str]:
        """Whole numbers."""
        return [str(value) for value in self.rng.integers(low, high, self.count)]

    def ids(self, prefix: str = "") -> list[str]:
        """A number for each respondent."""
        return [f"{prefix}{1000 + number}" for number in range(self.count)]

    def times(self) -> list[str]:
        """A moment for each respondent."""
        days = self.rng.integers(1, 29, self.count)
        return [f"2024-03-{day:02d} 10:{day:02d}:00" for day in days]

    def names(self) -> list[str]:
        """Names of people."""
        pairs = zip(self.pick(FIRST), self.pick(LAST), strict=True)
        return [f"{first} {last}" for first, last in pairs]

    def emails(self) -> list[str]:
        """An e-mail address for each respondent."""
        return [f"person{number}@example.org" for number in range(self.count)]

    def bodies(self) -> list[str]:
        """Names of organisations, of few respondents."""
        pairs = zip(self.pick(BODIES, 0.3), self.pick(TOWNS), strict=True)
        return [f"{body} {town}" if body else "" for body, town in pairs]

    def other(self) -> list[str]:
        """What few wrote beside a list."""
        cells = self.pick(("Horse", "My neighbour drives me", "Mobility scooter", "Skates"), 0.1)
        cells[2] = "A boat on the river"
        return cells


Maker = Callable[[People], Export]


def qualtrics(people: People) -> Export:
    """Three header rows: name, question, import id."""
    export = Export()

    def add(cells: list[str], name: str, question: str, key: str, *, is_open: bool = False) -> None:
        export.add(cells, name, question, json.dumps({"ImportId": key}), is_open=is_open)

    add(people.times(), "StartDate", "Start Date", "startDate")
    add(people.pick(("IP Address",)), "Status", "Response Type", "status")
    add(people.pick(("81.2.69.142", "81.2.69.160")), "IPAddress", "IP Address", "ipAddress")
    add(people.pick(("100",)), "Progress", "Progress", "progress")
    add(people.numbers(30, 900), "Duration (in seconds)", "Duration (in seconds)", "duration")
    add(people.pick(("True",)), "Finished", "Finished", "finished")
    add(people.ids("R_"), "ResponseId", "Response ID", "_recordId")
    add(people.pick(("EN",)), "UserLanguage", "User Language", "userLanguage")
    add(people.pick(SCALE), "Q1", "Do you agree with the plan? - Selected Choice", "QID1")
    add(people.comments(0.6), "Q2", "Please tell us why.", "QID2_TEXT", is_open=True)
    add(people.several(","), "Q3", "How do you travel? - Selected Choice", "QID3")
    add(people.other(), "Q3_6_TEXT", "How do you travel? - Other - Text", "QID3_6_TEXT")
    add(people.numbers(1, 8), "Q4_1", "How important is? - Buses", "QID4_1")
    add(people.comments(0.2), "Q5", "Do you have any other comments?", "QID5_TEXT", is_open=True)
    add(people.pick(AGES), "Q6", "How old are you?", "QID6")
    add(people.pick(TOWNS), "Q7", "Which town do you live in?", "QID7_TEXT")
    return export


def qualtrics_legacy(people: People) -> Export:
    """Two header rows, the first of numbers."""
    export = Export()
    export.add(people.ids("R_"), "V1", "ResponseID")
    export.add(people.pick(("Default Response Set",)), "V2", "ResponseSet")
    export.add(people.names(), "V3", "Name")
    export.add(people.times(), "V8", "StartDate")
    export.add(people.pick(("1",)), "V10", "Finished")
    export.add(people.numbers(1, 6), "Q1", "To what extent do you agree?")
    export.add(people.comments(), "Q2", "What would you change about the plan?", is_open=True)
    export.add(people.comments(0.3), "Q3", "Please use this box to explain.", is_open=True)
    export.add(people.pick(("47.1", "51.5")), "LocationLatitude", "LocationLatitude")
    return export


def surveymonkey(people: People) -> Export:
    """Two header rows; a question's options have a column each."""
    export = Export()
    export.add(people.ids(), "Respondent ID", "")
    export.add(people.numbers(4000, 4001), "Collector ID", "")
    export.add(people.times(), "Start Date", "")
    export.add(people.pick(("",)), "IP Address", "")
    export.add(people.emails(), "Email Address", "")
    for place, option in enumerate(OPTIONS):
        title = "" if place else "How do you travel? Tick all that apply."
        export.add(people.ticks(option), title, option)
    export.add(people.other(), "", "Other (please specify)")
    export.add(people.pick(SCALE), "Do you support the plan?", "Response")
    export.add(people.comments(), "Why do you say that?", "Open-Ended Response", is_open=True)
    last = "Is there anything else you would like to tell us?"
    export.add(people.comments(0.2), last, "Open-Ended Response", is_open=True)
    export.add(people.pick(AGES), "What is your age?", "Response")
    return export


def smartsurvey(people: People) -> Export:
    """One header row; numbered questions."""
    export = Export()
    export.add(people.ids(), "UserID")
    export.add(people.ids(), "UserNo")
    export.add(people.names(), "Name")
    export.add(people.emails(), "Email")
    export.add(people.pick(("81.2.69.142", "81.2.69.160")), "IP Address")
    export.add(people.times(), "Started")
    export.add(people.times(), "Ended")
    export.add(people.pick(SCALE), "Q1. Do you support the proposal?")
    export.add(people.comments(), "Q2. Please give reasons for your answer", is_open=True)
    export.add(people.bodies(), "Q3. What is the name of your organisation?")
    export.add(people.pick(JOBS), "Q4. What is your job title?")
    export.add(people.comments(0.3), "Q5. Any further comments", is_open=True)
    return export


def citizen_space(people: People) -> Export:
    """One header row; the question and its part."""
    export = Export()
    export.add(people.ids("ANON-"), "Response ID")
    export.add(people.times(), "Date submitted")
    export.add(people.names(), "What is your name? - Name")
    export.add(people.emails(), "What is your email address? - Email")
    export.add(people.bodies(), "What is your organisation? - Organisation")
    export.add(people.pick(SCALE), "Do you agree with the route? - Agreement")
    reasons = "Do you agree with the route? - Please explain your answer"
    export.add(people.comments(), reasons, is_open=True)
    for option in OPTIONS[:3]:
        export.add(people.ticks(option), f"How do you travel? - Travel - {option}")
    impact = "What impacts, positive or negative, would the route have on you? - Impacts"
    export.add(people.comments(0.4), impact, is_open=True)
    return export


def limesurvey(people: People) -> Export:
    """One header row of codes and questions; an option has a column in brackets."""
    export = Export()
    export.add(people.ids(), "id. Response ID")
    export.add(people.times(), "submitdate. Date submitted")
    export.add(people.numbers(4, 6), "lastpage. Last page")
    export.add(people.pick(("en",)), "startlanguage. Start language")
    export.add(people.pick(SCALE), "G1Q1. Do you support the scheme?")
    export.add(people.comments(), "G1Q2. What should the scheme do differently?", is_open=True)
    for option in OPTIONS:
        export.add(people.pick(("Yes", "No")), f"G1Q3[SQ1]. How do you travel? [{option}]")
    export.add(people.other(), "G1Q3[other]. How do you travel? [Other]")
    export.add(people.numbers(1, 6), "G2Q1[SQ001]. How useful are these? [Buses]")
    export.add(people.comments(0.15), "G2Q2. Do you have any suggestions?", is_open=True)
    return export


def google_forms(people: People) -> Export:
    """One header row of questions; several options joined by a comma."""
    export = Export()
    export.add(people.times(), "Timestamp")
    export.add(people.emails(), "Email Address")
    export.add(people.several(", "), "How do you get to school? Select all that apply")
    export.add(people.numbers(1, 6), "How happy are you with the school? (1 to 5)")
    export.add(people.comments(), "What do you like best about the school?", is_open=True)
    export.add(people.comments(), "What are the biggest problems you face here?", is_open=True)
    links = [f"https://example.org/{number}" for number in range(people.count)]
    export.add(links, "Please link your web page:")
    export.add(people.pick(AGES), "Your age")
    return export


def microsoft_forms(people: People) -> Export:
    """One header row; several options end in a semicolon each."""
    export = Export()
    export.add(people.ids(), "ID")
    export.add(people.times(), "Start time")
    export.add(people.times(), "Completion time")
    export.add(people.pick(("anonymous",)), "Email")
    export.add(people.pick(("",)), "Name")
    export.add(people.several(";", ";"), "Which of these do you use?")
    export.add(people.pick(SCALE), "The service meets my needs")
    export.add(people.comments(), "What one thing would improve the service?", is_open=True)
    export.add(people.comments(0.3), "Comments", is_open=True)
    return export


def typeform(people: People) -> Export:
    """One header row; an option has a column, with `Other` last."""
    export = Export()
    export.add(people.ids("r2w0retel"), "#")
    export.add(people.pick(("1", "0")), "Do you live in the area?")
    for option in OPTIONS:
        export.add(people.ticks(option), option)
    export.add(people.other(), "Other")
    export.add(people.comments(), "How did the works affect you?", is_open=True)
    export.add(people.comments(0.5), "What would you like to see next?", is_open=True)
    export.add(people.times(), "Start Date (UTC)")
    export.add(people.times(), "Submit Date (UTC)")
    export.add(people.pick(("0f0e1", "8c22a")), "Network ID")
    return export


def redcap(people: People) -> Export:
    """One header row of variable names; codes; a tick box has a column of 0 and 1."""
    export = Export()
    export.add(people.ids(), "record_id")
    export.add(people.times(), "survey_timestamp")
    export.add(people.numbers(18, 90), "age")
    export.add(people.numbers(150, 200), "height")
    export.add(people.numbers(50, 120), "weight")
    for number in range(1, 5):
        export.add(people.pick(("0", "1")), f"travel___{number}")
    export.add(people.other(), "travel_other")
    export.add(people.numbers(1, 8), "satisfaction")
    export.add(people.comments(), "comments", is_open=True)
    export.add(people.comments(0.3), "why_not", is_open=True)
    export.add(people.pick(("2",)), "survey_complete")
    return export


def polis(people: People) -> Export:
    """The comments of a conversation."""
    export = Export()
    export.add([f"15{100 + number}0963285" for number in range(people.count)], "timestamp")
    export.add(people.pick(("Thu Dec 27 00:06:02 WIB 2018",)), "datetime")
    export.add(people.ids(), "comment-id")
    export.add(people.numbers(1, 90), "author-id")
    export.add(people.numbers(0, 60), "agrees")
    export.add(people.numbers(0, 60), "disagrees")
    export.add(people.pick(("1", "0", "-1")), "moderated")
    export.add(people.comments(1.0, 0.0), "comment-body", is_open=True)
    return export


def consul(people: People) -> Export:
    """The comments that CONSUL publishes as open data."""
    export = Export()
    export.add(people.ids(), "id")
    export.add(people.numbers(1, 90), "commentable_id")
    export.add(people.pick(("Debate", "Proposal")), "commentable_type")
    export.add(people.comments(1.0), "body", is_open=True)
    export.add(people.times(), "created_at")
    export.add(people.numbers(0, 60), "cached_votes_total")
    export.add(people.pick(("", "12/45")), "ancestry")
    return export


def regulations_gov(people: People) -> Export:
    """A bulk download of comments on a docket."""
    export = Export()
    export.add(people.ids("EPA-2020-0001-"), "Document ID")
    export.add(people.pick(("EPA",)), "Agency ID")
    export.add(people.pick(("EPA-2020-0001",)), "Docket ID")
    export.add(people.pick(("Public Submission",)), "Document Type")
    export.add(people.times(), "Posted Date")
    export.add([f"Comment submitted by {name}" for name in people.names()], "Title")
    export.add(people.pick(TOWNS), "City")
    export.add(people.pick(FIRST), "First Name")
    export.add(people.pick(LAST), "Last Name")
    export.add(people.bodies(), "Organization Name")
    export.add(people.comments(1.0), "Comment", is_open=True)
    links = [f"https://downloads.example.gov/{number}.pdf" for number in range(people.count)]
    export.add(links, "Attachment Files")
    return export


def consult(people: People) -> Export:
    """The sheet of a consultation: each proposal with closed questions and one open one."""
    export = Export()
    export.add(people.pick(("Individual", "Organisation")), "Respondent type - Respondent type")
    export.add(people.pick(TOWNS), "Location - address")
    for proposal in (1, 2):
        for number in (1, 2):
            title = f"Prop {proposal} Q{number} - Do you agree or disagree with the proposal?"
            export.add(people.pick(SCALE), title)
        title = f"Prop {proposal} Q8 - Please use this space to explain your answers"
        export.add(people.comments(), title, is_open=True)
    return export


def alchemer(people: People) -> Export:
    """One header row; what the tool adds first; parts of a question before a colon."""
    export = Export()
    export.add(people.ids(), "Response ID")
    export.add(people.times(), "Time Started")
    export.add(people.times(), "Date Submitted")
    export.add(people.pick(("Complete",)), "Status")
    export.add(people.pick(("",)), "Legacy Comments")
    export.add(people.pick(("English",)), "Language")
    export.add(people.pick(("Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (Mac)")), "User Agent")
    export.add(people.pick(TOWNS), "City")
    for option in OPTIONS:
        export.add(people.ticks(option), f"{option}:How do you travel?")
    export.add(people.other(), "Other - Write In:How do you travel?")
    export.add(people.comments(), "What, if anything, puts you off the bus?", is_open=True)
    for number in (1, 2):
        title = f"Aspect #{number}:What aspects make cycling difficult?"
        export.add(people.comments(0.4), title, is_open=True)
    return export


# Tools of which a real file was looked at when the rules were made, and the others.
SEEN_TOOLS: tuple[Maker, ...] = (
    qualtrics,
    qualtrics_legacy,
    surveymonkey,
    google_forms,
    redcap,
    polis,
    regulations_gov,
    consult,
)
OTHER_TOOLS: tuple[Maker, ...] = (
    smartsurvey,
    citizen_space,
    limesurvey,
    microsoft_forms,
    typeform,
    consul,
    alchemer,
)
SIZES = (8, 60, 400)
