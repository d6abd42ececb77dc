"""The header rows that survey tools write, known by their own words."""

import re
from collections.abc import Sequence

from coder.reading.layout_evidence import Cells, below, is_figure

# Qualtrics: {"ImportId":"QID1"}, also with other quotes, or with quotes doubled once more.
IMPORT_ID = re.compile(r"\W*\{\W*ImportId\W", re.IGNORECASE)
SHARE_OF_IMPORT_IDS = 0.8
QUALTRICS = frozenset(
    (
        "startdate",
        "enddate",
        "recordeddate",
        "responseid",
        "responseset",
        "ipaddress",
        "status",
        "progress",
        "finished",
        "durationinseconds",
        "recipientlastname",
        "recipientfirstname",
        "recipientemail",
        "externalreference",
        "externaldatareference",
        "emailaddress",
        "name",
        "locationlatitude",
        "locationlongitude",
        "locationaccuracy",
        "distributionchannel",
        "userlanguage",
    )
)
# Columns that hold figures wherever they hold anything.
QUALTRICS_FIGURES = frozenset(
    (
        "startdate",
        "enddate",
        "recordeddate",
        "responseid",
        "progress",
        "durationinseconds",
    )
)
QUALTRICS_QUESTIONS = {
    "StartDate": "Start Date",
    "EndDate": "End Date",
    "RecordedDate": "Recorded Date",
    "ResponseId": "Response ID",
}
LEGACY_NAME = re.compile(r"V\d+")
# SurveyMonkey writes the question, and under it one of these or an option of the question.
ANSWER_TITLES = frozenset(
    (
        "Response",
        "Open-Ended Response",
        "Open Ended Response",
        "Antwort",
        "Offene Antwort",
        "Réponse",
        "Réponse ouverte",
        "Réponse libre",
        "Respuesta",
        "Respuesta abierta",
        "Resposta",
        "Resposta aberta",
        "Risposta",
        "Risposta aperta",
        "Antwoord",
        "Open antwoord",
        "Svar",
        "Åbent svar",
    )
)
OPEN_ENDED = frozenset(("Open-Ended Response", "Open Ended Response"))
# Columns of SurveyMonkey and SmartSurvey that every response fills and that have no second name.
OF_EVERY_RESPONSE = frozenset(
    (
        "respondentid",
        "collectorid",
        "startdate",
        "enddate",
        "datecreated",
        "datemodified",
        "userid",
        "uniqueid",
        "started",
        "ended",
    )
)
LIMESURVEY = frozenset(
    (
        "id",
        "token",
        "submitdate",
        "lastpage",
        "startlanguage",
        "startdate",
        "datestamp",
    )
)
FEWEST_FIELDS = 2


def letters_and_digits(name: str) -> str:
    """A name's letters and digits in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def fields_of(row: Cells, names: frozenset[str]) -> list[int]:
    """The columns whose cell is one of the names."""
    return [
        column for column, cell in enumerate(row) if letters_and_digits(cell) in names
    ]


def import_row(rows: Sequence[Cells]) -> int | None:
    """Which of the rows holds Qualtrics's import ids."""
    for number, row in enumerate(rows):
        cells = [cell for cell in row if cell]
        ids = sum(IMPORT_ID.match(cell) is not None for cell in cells)
        if ids and ids >= SHARE_OF_IMPORT_IDS * len(cells):
            return number
    return None


def is_qualtrics_question_row(names: Cells, row: Cells) -> bool:
    """Whether a row under Qualtrics's names holds the questions, in whatever language.

    Where a response holds a date, a duration or an id, the question row holds words.
    """
    pairs = list(zip(names, row, strict=True))
    if any(cell == QUALTRICS_QUESTIONS.get(name) for name, cell in pairs):
        return True
    legacy = [name for name in names if LEGACY_NAME.fullmatch(name)]
    if len(legacy) >= FEWEST_FIELDS:
        return len(fields_of(row, QUALTRICS)) >= FEWEST_FIELDS
    columns = fields_of(names, QUALTRICS_FIGURES)
    if len(columns) < FEWEST_FIELDS:
        return False
    return all(row[column] and not _has_digit(row[column]) for column in columns)


def _has_digit(cell: str) -> bool:
    return any(character.isdigit() for character in cell)


def has_answer_titles(names: Cells, row: Cells, rows: Sequence[Cells]) -> bool:
    """Whether a row under the questions says of each what SurveyMonkey says: `Response`, or an
    option.
    """
    titles = [column for column, cell in enumerate(row) if cell in ANSWER_TITLES]
    if any(map(is_figure, row)):
        return False
    if any(row[column] in below(rows, column) for column in titles):
        return False
    always = fields_of(names, OF_EVERY_RESPONSE)
    if always and not any(row[column] for column in always):
        signs = len(always) + _options_without_name(names, row)
        signs += FEWEST_FIELDS * len(titles)
        return signs > FEWEST_FIELDS and _are_filled(rows, always)
    return _say_answer(names, row, titles)


def _say_answer(names: Cells, row: Cells, titles: Sequence[int]) -> bool:
    """Whether several titles of answers, or one beside options, stand in a row that has no id,
    or in half of it.
    """
    if not titles:
        return False
    signs = len(titles) + _options_without_name(names, row)
    if any(row[column] in OPEN_ENDED for column in titles):
        signs += 1
    alone = not row[0] or len(titles) * 2 > len(row)
    return alone and signs >= FEWEST_FIELDS


def _options_without_name(names: Cells, row: Cells) -> int:
    """How many columns have a name in the second row only."""
    pairs = zip(names, row, strict=True)
    return sum(not name and bool(cell) for name, cell in pairs)


def _are_filled(rows: Sequence[Cells], columns: Sequence[int]) -> bool:
    """Whether every one of the rows fills all of these columns."""
    return bool(rows) and all(row[column] for row in rows for column in columns)


def is_limesurvey_code_row(row: Cells) -> bool:
    """Whether a row under the questions holds the codes of LimeSurvey's VV export."""
    codes = [cell for cell in row if cell]
    if len(codes) != len(set(codes)) or any(map(is_figure, codes)):
        return False
    own = [cell for cell in codes if cell in LIMESURVEY]
    return len(own) >= FEWEST_FIELDS and not any(" " in cell for cell in codes)
