"""One survey as the tools of the trade export it, made to what their published exports look like."""

import csv
import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

WHY = "Why do you support or oppose the plan?"
MORE = "Is there anything else you would like to tell us?"
SUPPORT = "Do you support the plan for Mill Road?"
MODES = "How do you usually travel? Please tick all that apply."
OPTIONS = ("On foot", "By bike", "By bus, tram or train")

# Own words with what exports stumble over: commas, quotes, line breaks, formulas, other scripts.
REASONS = (
    "It would make the walk to school much safer for my two children.",
    'Because "rat running" has made our street, frankly, unbearable.',
    "I oppose it.\nMy shop depends on people who arrive by car; where will they park?",
    "The air quality near the junction is terrible and this will help",
    "= more traffic on Coldham's Lane, that is all this does",
    "Better for cyclists, but buses must be let through - otherwise it's useless!",
    "Na Mill Road jest za duży ruch, więc popieram ten plan całym sercem.",
    "It divides the community and nobody asked the people who live here",
    "Less noise at night would mean that we can open our windows again",
    "Disabled drivers need an exemption, please do not forget about us 🙏",
    "I have lived here for forty years and never seen it this bad",
    "Shops on the bridge lost a third of their trade the last time it closed",
)
FURTHER = (
    "Please publish the traffic counts from the trial period as open data.",
    "",
    "The consultation should have been sent to every household, not only online.",
    "More trees and benches along the pavement would be lovely",
    "",
    "Thank you for asking us before anything is built this time",
    "Enforce the 20 mph limit with cameras, nobody keeps to it",
    "",
    "The map on page four of the leaflet shows the wrong side of the bridge",
    "Cargo bike parking outside the library is far too small already",
    "",
    "Could the bus gate be open on Sundays when there are no buses anyway?",
)
AGES = ("16 to 34", "35 to 64", "65 or over")
VIEWS = ("Support", "Oppose", "Not sure")
NUMBERS = range(len(REASONS))
DAY = dt.datetime(2024, 3, 1, 9, 30, 5)


@dataclass(frozen=True)
class Expected:
    """What reading an export must give.

    Attributes:
        texts: wording, or column where there is none, to the answers in the order of the file.
        ids: of the responses; none where the rows are numbered.
        closed: columns that must not be open questions.
        weight: the column of weights.
    """

    texts: dict[str, Sequence[str]]
    ids: Sequence[str] = ()
    closed: Sequence[str] = ()
    weight: str = ""
    values: dict[str, Sequence[str]] = field(default_factory=dict)


BOTH = {WHY: REASONS, MORE: FURTHER}


def ticked(number: int, option: int) -> bool:
    """Whether a respondent ticked an option; each ticked one at least."""
    return option == number % 3 or (number % 4 == 0 and option == 1)


def modes(number: int) -> list[str]:
    """The options that a respondent ticked."""
    return [mode for option, mode in enumerate(OPTIONS) if ticked(number, option)]


def when(number: int, later: int = 0) -> dt.datetime:
    """When a respondent answered."""
    return DAY + dt.timedelta(hours=5 * number, seconds=later)


def view(number: int) -> str:
    """A respondent's answer to the closed question."""
    return VIEWS[number * 7 % 3]


def age(number: int) -> str:
    """A respondent's age group."""
    return AGES[number * 5 % 3]


def csv_text(
    rows: Sequence[Sequence[object]], delimiter: str = ",", *, quoted: bool = False
) -> str:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)
    return out.getvalue()


def write_book(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Sheet1") -> None:
    """Rows as a workbook; what begins like a formula is text."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(number, column, value)
            if isinstance(value, str) and value:
                cell.data_type = "s"
    book.save(path)


def zipped(path: Path, name: str, content: bytes) -> None:
    """A zip archive with one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


# ---------------------------------------------------------------- forms of Microsoft and Google


def microsoft_forms(folder: Path) -> tuple[Path, Expected]:
    """Microsoft Forms: ids, times, name and e-mail, then the questions; options end in semicolons."""
    path = folder / "Mill Road(1-12).xlsx"
    header = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"]
    rows: list[list[object]] = [[*header, SUPPORT, WHY, MODES, MORE, "What is your age group?"]]
    for n in NUMBERS:
        start = [n + 1, when(n), when(n, 200), "anonymous", "", None]
        chosen = "".join(f"{mode};" for mode in modes(n))
        rows.append([*start, view(n), REASONS[n], chosen, FURTHER[n], age(n)])
    write_book(path, rows)
    ids = [str(n + 1) for n in NUMBERS]
    return path, Expected(BOTH, ids, (SUPPORT, MODES, "Start time", "What is your age group?"))


def google_forms(folder: Path) -> tuple[Path, Expected]:
    """Google Forms: a CSV in a zip, the time first, ticked options joined by semicolons."""
    path = folder / "Mill Road.csv.zip"
    rows: list[list[str]] = [["Timestamp", "Username", SUPPORT, WHY, MODES, MORE]]
    for n in NUMBERS:
        time = when(n).strftime("%Y/%m/%d %I:%M:%S %p GMT")
        rows.append(
            [time, f"p{n}@example.org", view(n), REASONS[n], ";".join(modes(n)), FURTHER[n]]
        )
    zipped(path, "Mill Road.csv", csv_text(rows, quoted=True).encode())
    return path, Expected(BOTH, closed=(SUPPORT, MODES, "Timestamp", "Username"))


def google_sheet(folder: Path) -> tuple[Path, Expected]:
    """The sheet behind a Google form: ticked options joined by commas, dates as such."""
    path = folder / "Mill Road (Responses).xlsx"
    rows: list[list[object]] = [["Timestamp", SUPPORT, WHY, MODES, MORE]]
    for n in NUMBERS:
        rows.append([when(n), view(n), REASONS[n], ", ".join(modes(n)), FURTHER[n]])
    write_book(path, rows, "Form responses 1")
    return path, Expected(BOTH, closed=(SUPPORT, MODES, "Timestamp"))


# ---------------------------------------------------------------- Qualtrics

QUALTRICS = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("UserLanguage", "User Language", "userLanguage"),
    ("Q1", SUPPORT, "QID1"),
    ("Q2", WHY, "QID2_TEXT"),
    ("Q3_1", f"{MODES} - Selected Choice - {OPTIONS[0]}", "QID3_1"),
    ("Q3_2", f"{MODES} - Selected Choice - {OPTIONS[1]}", "QID3_2"),
    ("Q3_3", f"{MODES} - Selected Choice - {OPTIONS[2]}", "QID3_3"),
    ("Q4", MORE, "QID4_TEXT"),
    ("weight", "weight", "weight"),
)


def qualtrics_ids() -> list[str]:
    """Ids as Qualtrics makes them."""
    return [f"R_{n}Zx8Kq0aB{n}mT" for n in NUMBERS]


def qualtrics_rows() -> list[list[str]]:
    """The responses of Qualtrics, as text."""
    rows: list[list[str]] = []
    for n in NUMBERS:
        started, ended = when(n).isoformat(" "), when(n, 200).isoformat(" ")
        own = ["IP Address", f"192.0.2.{n}", "100", "200", "True", ended, qualtrics_ids()[n]]
        chosen = [OPTIONS[option] if ticked(n, option) else "" for option in range(3)]
        weight = str(0.8 + 0.4 * (n % 2))
        answers = [view(n), REASONS[n], *chosen, FURTHER[n], weight]
        rows.append([started, ended, *own, "52.2", "EN", *answers])
    return rows


def qualtrics_header(lines: int) -> list[list[str]]:
    """Names, questions, and with three lines the import ids."""
    names, questions, ids = zip(*QUALTRICS, strict=True)
    imports = [json.dumps({"ImportId": import_id}) for import_id in ids]
    return [list(names), list(questions), imports][:lines]


def qualtrics_expected() -> Expected:
    """What every export of Qualtrics gives."""
    closed = ("Q1", "Q3_1", "Status", "IPAddress", "UserLanguage")
    return Expected(BOTH, qualtrics_ids(), closed, "weight")


def qualtrics_csv(folder: Path) -> tuple[Path, Expected]:
    """CSV in a zip, with three header rows."""
    path = folder / "Mill Road_March 1, 2024.zip"
    text = csv_text([*qualtrics_header(3), *qualtrics_rows()], quoted=True)
    zipped(path, "Mill Road_March 1, 2024_10.30.csv", text.encode("utf-8-sig"))
    return path, qualtrics_expected()


def qualtrics_tsv(folder: Path) -> tuple[Path, Expected]:
    """TSV in UTF-16."""
    path = folder / "Mill Road.tsv"
    text = csv_text([*qualtrics_header(3), *qualtrics_rows()], "\t")
    path.write_bytes(text.encode("utf-16"))
    return path, qualtrics_expected()


def qualtrics_xlsx(folder: Path) -> tuple[Path, Expected]:
    """XLSX with two header rows."""
    path = folder / "Mill Road.xlsx"
    write_book(path, [*qualtrics_header(2), *qualtrics_rows()], "Sheet0")
    return path, qualtrics_expected()


def qualtrics_json(folder: Path) -> tuple[Path, Expected]:
    """JSON: values, labels, and what was displayed."""
    path = folder / "Mill Road.json"
    responses = []
    for n in NUMBERS:
        values = {
            "startDate": when(n).isoformat() + "Z",
            "finished": 1,
            "QID1": VIEWS.index(view(n)) + 1,
        }
        values |= {"QID2_TEXT": REASONS[n], "QID3": [str(o + 1) for o in range(3) if ticked(n, o)]}
        if FURTHER[n]:
            values["QID4_TEXT"] = FURTHER[n]
        labels = {"finished": "True", "QID1": view(n), "QID3": modes(n)}
        responses.append(
            {
                "responseId": qualtrics_ids()[n],
                "values": values,
                "labels": labels,
                "displayedFields": ["QID1", "QID2_TEXT"],
                "displayedValues": {"QID1": [1, 2, 3]},
            }
        )
    path.write_text(json.dumps({"responses": responses}), encoding="utf-8")
    texts = {"QID2_TEXT": REASONS, "QID4_TEXT": FURTHER}
    return path, Expected(texts, qualtrics_ids(), ("QID1", "QID3"))


def qualtrics_sav(folder: Path) -> tuple[Path, Expected]:
    """SPSS: codes with labels, questions as variable labels, the weight switched on."""
    path = folder / "Mill Road.sav"
    table = pd.DataFrame(
        {
            "StartDate": [when(n) for n in NUMBERS],
            "ResponseId": qualtrics_ids(),
            "Q1": [float(VIEWS.index(view(n)) + 1) for n in NUMBERS],
            "Q2": REASONS,
            "Q3_1": [1.0 if ticked(n, 0) else None for n in NUMBERS],
            "Q3_2": [1.0 if ticked(n, 1) else None for n in NUMBERS],
            "Q4": FURTHER,
            "wt": [0.8 + 0.4 * (n % 2) for n in NUMBERS],
        }
    )
    labels = {"Q1": SUPPORT, "Q2": WHY, "Q4": MORE}
    labels |= {f"Q3_{o + 1}": f"{MODES} {OPTIONS[o]}" for o in (0, 1)}
    pyreadstat.write_sav(
        table,
        str(path),
        column_labels=labels,
        variable_value_labels={
            "Q1": dict(enumerate(VIEWS, start=1)),
            "Q3_1": {1: OPTIONS[0]},
            "Q3_2": {1: OPTIONS[1]},
        },
    )
    switch_on_last_variable(path)
    return path, Expected(BOTH, qualtrics_ids(), ("Q1", "Q3_1"), "wt")


def switch_on_last_variable(path: Path) -> None:
    """Make the last variable of a file of SPSS its weight."""
    from coder.reading.formats.sav_header import weight_variable

    data = bytearray(path.read_bytes())
    place = 0
    while True:
        struct.pack_into("<i", data, 76, place + 1)
        if place and not weight_variable(bytes(data)) and place > 300:
            raise AssertionError("no weight was found")
        if weight_variable(bytes(data)) == "wt":
            break
        place += 1
    path.write_bytes(bytes(data))


# ---------------------------------------------------------------- SurveyMonkey, SmartSurvey, Citizen Space


def surveymonkey_rows() -> list[list[str]]:
    """Two header rows: questions, and under them options or the kind of answer."""
    who = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
    who += ["First Name", "Last Name", "Custom Data 1"]
    first = [*who, SUPPORT, WHY, MODES, "", "", MORE]
    second = [""] * len(who) + ["Response", "Open-Ended Response", *OPTIONS, "Open-Ended Response"]
    rows = [first, second]
    for n in NUMBERS:
        times = [
            when(n).strftime("%m/%d/%Y %I:%M:%S %p"),
            when(n, 99).strftime("%m/%d/%Y %I:%M:%S %p"),
        ]
        own = [f"1139{n:07}", "401587", *times, f"192.0.2.{n}", "", "", "", ""]
        chosen = [OPTIONS[option] if ticked(n, option) else "" for option in range(3)]
        rows.append([*own, view(n), REASONS[n], *chosen, FURTHER[n]])
    return rows


def surveymonkey_expected() -> Expected:
    """What both exports of SurveyMonkey give."""
    ids = [f"1139{n:07}" for n in NUMBERS]
    return Expected(BOTH, ids, (SUPPORT, "IP Address", "Start Date"))


def surveymonkey_csv(folder: Path) -> tuple[Path, Expected]:
    """A zip with the CSV in a folder."""
    path = folder / "Data_All_240301.zip"
    zipped(path, "CSV/Mill Road.csv", csv_text(surveymonkey_rows()).encode("utf-8-sig"))
    return path, surveymonkey_expected()


def surveymonkey_xlsx(folder: Path) -> tuple[Path, Expected]:
    """A zip with the workbook in a folder."""
    path = folder / "Data_All_240302.zip"
    book = folder / "Mill Road.xlsx"
    write_book(book, surveymonkey_rows(), "Sheet")
    zipped(path, "Excel/Mill Road.xlsx", book.read_bytes())
    book.unlink()
    return path, surveymonkey_expected()


def smartsurvey(folder: Path) -> tuple[Path, Expected]:
    """SmartSurvey: numbered questions over two rows, options with a column each."""
    path = folder / "smartsurvey.csv"
    who = ["UserID", "UserNo", "Name", "Email", "IP Address", "Unique ID", "Started", "Ended"]
    first = [*who, f"1. {SUPPORT}", f"2. {WHY}", f"3. {MODES}", "", "", f"4. {MORE}"]
    second = [""] * len(who) + ["", "", *OPTIONS, ""]
    rows = [first, second]
    for n in NUMBERS:
        times = [when(n).strftime("%d/%m/%Y %H:%M"), when(n, 99).strftime("%d/%m/%Y %H:%M")]
        own = [str(90210 + n), str(n + 1), "", "", f"192.0.2.{n}", "", *times]
        chosen = [OPTIONS[option] if ticked(n, option) else "" for option in range(3)]
        rows.append([*own, view(n), REASONS[n], *chosen, FURTHER[n]])
    path.write_bytes(csv_text(rows, quoted=True).encode("utf-8-sig"))
    texts = {f"2. {WHY}": REASONS, f"4. {MORE}": FURTHER}
    return path, Expected(texts, [str(90210 + n) for n in NUMBERS], (f"1. {SUPPORT}", "Started"))


def citizen_space(folder: Path) -> tuple[Path, Expected]:
    """Citizen Space: one header row, a question's parts joined to it by a dash."""
    path = folder / "mill-road-responses.csv"
    views = f"{SUPPORT} - Your view"
    why, more = f"{WHY} - Please give your reasons here", f"{MORE} - Comments"
    header = ["Response ID", "Submitted", "Type of response", views, why]
    header += [f"{MODES} - {option}" for option in OPTIONS]
    rows = [[*header, more]]
    for n in NUMBERS:
        own = [f"ANON-8YKZ-{n:04}-Q", when(n).strftime("%Y-%m-%d %H:%M:%S"), "Online"]
        chosen = [OPTIONS[option] if ticked(n, option) else "" for option in range(3)]
        rows.append([*own, view(n), REASONS[n], *chosen, FURTHER[n]])
    path.write_bytes(csv_text(rows).encode("utf-8-sig"))
    ids = [f"ANON-8YKZ-{n:04}-Q" for n in NUMBERS]
    return path, Expected({why: REASONS, more: FURTHER}, ids, (views, "Submitted"))


# ---------------------------------------------------------------- LimeSurvey, REDCap, Typeform


def limesurvey(folder: Path, *, codes: bool) -> tuple[Path, Expected]:
    """LimeSurvey: question codes and answer codes, or the full wording of both."""
    path = folder / f"results-survey{12345 + codes}.csv"
    if codes:
        who = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
        asked = ["G01Q01", "G01Q02", *[f"G01Q03[SQ00{o + 1}]" for o in range(3)], "G01Q04"]
        picks = ("Y", "")
    else:
        who = ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
        who += ["Date started", "Date last action"]
        asked = [SUPPORT, WHY, *[f"{MODES} [{option}]" for option in OPTIONS], MORE]
        picks = ("Yes", "No")
    rows = [[*who, *asked]]
    for n in NUMBERS:
        times = [when(n).isoformat(" "), when(n, 99).isoformat(" ")]
        own = [str(n + 3), times[1], "2", "en", str(1000003 * (n + 1)), *times]
        chosen = [picks[0] if ticked(n, option) else picks[1] for option in range(3)]
        answer = f"AO{VIEWS.index(view(n)) + 1:02}" if codes else view(n)
        rows.append([*own, answer, REASONS[n], *chosen, FURTHER[n]])
    path.write_bytes(csv_text(rows, quoted=True).encode("utf-8-sig"))
    ids = [str(n + 3) for n in NUMBERS]
    if codes:
        texts = {"G01Q02": REASONS, "G01Q04": FURTHER}
        return path, Expected(texts, ids, ("G01Q01", "submitdate", "seed"))
    return path, Expected(BOTH, ids, (SUPPORT, "Date submitted", "Seed"))


def limesurvey_codes(folder: Path) -> tuple[Path, Expected]:
    """With codes."""
    return limesurvey(folder, codes=True)


def limesurvey_wording(folder: Path) -> tuple[Path, Expected]:
    """With the full wording."""
    return limesurvey(folder, codes=False)


def redcap(folder: Path, *, labels: bool) -> tuple[Path, Expected]:
    """REDCap: raw names and codes, or labels of both; each form ends in whether it is complete."""
    path = folder / f"MillRoad_DATA{'_LABELS' * labels}_2024-03-01_0930.csv"
    if labels:
        header = ["Record ID", "Survey Identifier", "Survey Timestamp", SUPPORT, WHY]
        header += [f"{MODES} (choice={option})" for option in OPTIONS]
        header += [MORE, "Weight (kg)", "Complete?"]
        picks = ("Checked", "Unchecked")
    else:
        header = ["record_id", "redcap_survey_identifier", "survey_timestamp", "support", "why"]
        header += [f"modes___{option + 1}" for option in range(3)]
        header += ["anything_else", "weight", "survey_complete"]
        picks = ("1", "0")
    rows = [header]
    for n in NUMBERS:
        answer = view(n) if labels else str(VIEWS.index(view(n)) + 1)
        chosen = [picks[0] if ticked(n, option) else picks[1] for option in range(3)]
        done = "Complete" if labels else "2"
        body_weight = str(54 + 3 * n)
        own = [str(n + 1), "", when(n).isoformat(" ")]
        rows.append([*own, answer, REASONS[n], *chosen, FURTHER[n], body_weight, done])
    path.write_bytes(csv_text(rows).encode())
    ids = [str(n + 1) for n in NUMBERS]
    if labels:
        return path, Expected(BOTH, ids, (SUPPORT, "Weight (kg)", "Complete?"))
    texts = {"why": REASONS, "anything_else": FURTHER}
    return path, Expected(texts, ids, ("support", "weight", "survey_complete"))


def redcap_raw(folder: Path) -> tuple[Path, Expected]:
    """With codes."""
    return redcap(folder, labels=False)


def redcap_labels(folder: Path) -> tuple[Path, Expected]:
    """With labels."""
    return redcap(folder, labels=True)


def typeform_ids() -> list[str]:
    """Ids as Typeform makes them."""
    return [f"{n:02}j4k9x2m7q8w1z5" for n in NUMBERS]


def typeform_csv(folder: Path) -> tuple[Path, Expected]:
    """Typeform: an id, the questions, a column for each option, the times last."""
    path = folder / "responses-Mill-Road.csv"
    end = ["Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)"]
    end += ["Network ID", "Tags"]
    rows = [["#", SUPPORT, WHY, *OPTIONS, "Other", MORE, *end]]
    for n in NUMBERS:
        chosen = [OPTIONS[option] if ticked(n, option) else "" for option in range(3)]
        times = ["completed", when(n).isoformat(" "), "", when(n, 99).isoformat(" ")]
        answers = [view(n), REASONS[n], *chosen, "", FURTHER[n]]
        rows.append([typeform_ids()[n], *answers, *times, f"a{n}b7c", ""])
    path.write_bytes(csv_text(rows).encode())
    return path, Expected(BOTH, typeform_ids(), (SUPPORT, OPTIONS[0], "Network ID"))


def typeform_json(folder: Path) -> tuple[Path, Expected]:
    """Typeform's answers from its interface, with the form beside them."""
    path = folder / "typeform.json"
    items = []
    for n in NUMBERS:
        answers: list[dict[str, object]] = [
            {
                "field": {"id": "f1", "type": "dropdown"},
                "type": "choice",
                "choice": {"label": view(n)},
            },
            {"field": {"id": "f2", "type": "long_text"}, "type": "text", "text": REASONS[n]},
            {"field": {"id": "f3"}, "type": "choices", "choices": {"labels": modes(n)}},
        ]
        if FURTHER[n]:
            answers.append(
                {"field": {"id": "f4", "type": "long_text"}, "type": "text", "text": FURTHER[n]}
            )
        stamps = {
            "landed_at": when(n).isoformat() + "Z",
            "submitted_at": when(n, 99).isoformat() + "Z",
        }
        own = {"response_id": typeform_ids()[n], **stamps, "metadata": {"platform": "mobile"}}
        items.append({**own, "hidden": {}, "answers": answers})
    titles = {"f1": SUPPORT, "f2": WHY, "f3": MODES, "f4": MORE}
    form = {"fields": [{"id": key, "title": title} for key, title in titles.items()]}
    content = {"total_items": len(items), "page_count": 1, "items": items, "form": form}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path, Expected(BOTH, typeform_ids(), (SUPPORT, MODES, "submitted_at"))


# ---------------------------------------------------------------- Polis, CONSUL, regulations.gov


def polis_csv(folder: Path) -> tuple[Path, Expected]:
    """Polis: a comment a row, with its votes."""
    path = folder / "2024-03-01-comments.csv"
    header = [
        "timestamp",
        "datetime",
        "comment-id",
        "author-id",
        "agrees",
        "disagrees",
        "moderated",
    ]
    rows = [[*header, "comment-body"]]
    for n in NUMBERS:
        stamp = str(int(when(n).timestamp()) * 1000)
        votes = [str(31 + 7 * n), str(90 - 5 * n), str(1 - 2 * (n % 5 == 4))]
        rows.append(
            [
                stamp,
                when(n).strftime("%a %b %d %H:%M:%S UTC %Y"),
                str(n),
                str(n % 7),
                *votes,
                REASONS[n],
            ]
        )
    path.write_bytes(csv_text(rows).encode())
    closed = ("datetime", "agrees", "moderated")
    return path, Expected({"comment-body": REASONS}, [str(n) for n in NUMBERS], closed)


def consul_csv(folder: Path) -> tuple[Path, Expected]:
    """CONSUL: proposals as open data."""
    path = folder / "proposals.csv"
    header = ["id", "title", "description", "external_url", "cached_votes_up", "comments_count"]
    header += ["hot_score", "confidence_score", "public_created_at", "proposal_notifications_count"]
    rows = [header]
    for n in NUMBERS:
        scores = [str(5 * n + 1), str(n % 4), str(8_000_000_000 + n), str(500 + n)]
        words = REASONS[n].split()
        title = " ".join(words[:4])
        body = f"<p>{REASONS[n]}</p>\r\n"
        rows.append(
            [str(600 + n), title, body, "", *scores, when(n).strftime("%Y-%m-%d %H:00:00"), "0"]
        )
    path.write_bytes(csv_text(rows).encode())
    bodies = [f"<p>{reason}</p>\r\n" for reason in REASONS]
    return path, Expected({"description": bodies}, [str(600 + n) for n in NUMBERS], ("hot_score",))


def consul_json(folder: Path) -> tuple[Path, Expected]:
    """CONSUL: debates from its GraphQL interface."""
    path = folder / "debates.json"
    edges = []
    for n in NUMBERS:
        node = {"id": 40 + n, "title": " ".join(REASONS[n].split()[:4]), "description": REASONS[n]}
        node |= {
            "public_created_at": when(n).isoformat(" "),
            "cached_votes_total": 3 * n,
            "tags": {"edges": []},
        }
        edges.append({"node": node})
    path.write_text(json.dumps({"data": {"debates": {"edges": edges}}}), encoding="utf-8")
    return path, Expected({"description": REASONS}, [str(40 + n) for n in NUMBERS])


def docket_ids() -> list[str]:
    """Ids of a docket's comments."""
    return [f"EPA-HQ-OAR-2024-0001-{n + 11:04}" for n in NUMBERS]


def regulations_json(folder: Path) -> tuple[Path, Expected]:
    """regulations.gov: comments in detail, from its interface, one to a line."""
    path = folder / "comments.json"
    lines = []
    for n in NUMBERS:
        attributes = {
            "agencyId": "EPA",
            "category": None,
            "comment": REASONS[n],
            "commentOn": "0900006480a1b2c3",
            "docketId": "EPA-HQ-OAR-2024-0001",
            "documentType": "Public Submission",
            "duplicateComments": 1,
            "firstName": "Ann" if n % 2 else None,
            "postedDate": when(n).strftime("%Y-%m-%dT05:00:00Z"),
            "title": f"Comment submitted by person {n}",
            "trackingNbr": f"l{n}x-9{n}k4-abcd",
            "withdrawn": False,
        }
        data = {"id": docket_ids()[n], "type": "comments", "attributes": attributes}
        lines.append(json.dumps({"data": data}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path, Expected({"comment": REASONS}, docket_ids(), ("documentType", "withdrawn"))


def regulations_csv(folder: Path) -> tuple[Path, Expected]:
    """regulations.gov: the bulk download, a comment a row."""
    path = folder / "docket.csv"
    header = ["Document ID", "Agency ID", "Docket ID", "Tracking Number", "Document Type"]
    header += ["Posted Date", "Is Withdrawn?", "Title", "Received Date", "Comment", "First Name"]
    header += ["Last Name", "City", "State/Province", "Country", "Attachment Files"]
    rows = [header]
    for n in NUMBERS:
        docket = ["EPA", "EPA-HQ-OAR-2024-0001", f"l{n}x-9{n}k4-abcd", "Public Submission"]
        posted = when(n).strftime("%Y-%m-%dT05:00Z")
        about = [posted, "false", f"Comment submitted by person {n}", posted]
        who = ["Ann" if n % 2 else "", "", "", "OH" if n % 3 else "PA", "United States", ""]
        rows.append([docket_ids()[n], *docket, *about, REASONS[n], *who])
    path.write_bytes(csv_text(rows).encode())
    return path, Expected({"Comment": REASONS}, docket_ids(), ("Document Type", "Is Withdrawn?"))


EXPORTS = (
    microsoft_forms,
    google_forms,
    google_sheet,
    qualtrics_csv,
    qualtrics_tsv,
    qualtrics_xlsx,
    qualtrics_json,
    qualtrics_sav,
    surveymonkey_csv,
    surveymonkey_xlsx,
    smartsurvey,
    citizen_space,
    limesurvey_codes,
    limesurvey_wording,
    redcap_raw,
    redcap_labels,
    typeform_csv,
    typeform_json,
    polis_csv,
    consul_csv,
    consul_json,
    regulations_json,
    regulations_csv,
)
