"""The forms in which survey tools and portals write a response as JSON, made plain records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coder.reading.formats.json_values import value_text

Record = Mapping[str, Any]
# What a question is called in a list of answers, and what its answer is called then. A name and
# a text alone are a reply and who wrote it.
ANSWER_KEYS = {
    "question": ("answer", "answers", "response", "value", "text"),
    "heading": ("answers",),
    "label": ("answer", "value"),
    "title": ("answer", "value"),
    "name": ("answer", "value"),
    "key": ("answer", "value"),
}
PART_KEYS = ("text", "simple_text", "label", "value", "choice_id")
# Qualtrics says beside every answer which options were on the screen.
NOT_ANSWERS = ("displayedFields", "displayedValues")
# Typeform: the parts of a choice, and the respondent's own words beside it.
OTHER = "Other"


def plain_record(record: Record, titles: Mapping[str, str] | None = None) -> Record:
    """A record as a table has it: answers and attributes at the top, each under its own name.

    Args:
        record: one response of an export, or any other object, which is given back as it is.
        titles: of Typeform's questions, by their id and by their reference (see `form_titles`).
    """
    record = _unwrapped(record)
    if _is_qualtrics(record):
        return _qualtrics_response(record)
    if _is_typeform(record):
        return _typeform_response(record, titles or {})
    if _is_resource(record):
        return _lifted(record, "attributes")
    return _with_answers_named(record)


def _unwrapped(record: Record) -> Record:
    """Without an envelope: a GraphQL edge, an answer of a web service, a webhook's event."""
    node = record.get("node")
    if isinstance(node, dict) and not record.keys() - {"node", "cursor"}:
        return _unwrapped(node)
    data = record.get("data")
    if isinstance(data, dict) and _is_resource(data):
        return data
    if isinstance(record.get("form_response"), dict):
        return _lifted(record, "form_response")
    (name, *others) = record or [""]
    if not others and name.isdigit() and isinstance(record[name], dict):
        return dict(record[name])  # LimeSurvey puts each response under its number
    return record


def _lifted(record: Record, key: str) -> Record:
    """The record with the members of one of its objects at the top; those of names in use stay
    inside.
    """
    plain: dict[str, Any] = {}
    for name, value in record.items():
        if name != key:
            plain[name] = value
    left: dict[str, Any] = {}
    for name, value in record[key].items():
        target = left if name in plain else plain
        target[name] = value
    if left:
        plain[key] = left
    return plain


# ---------------------------------------------------------------- lists of questions and answers


def _with_answers_named(record: Record) -> Record:
    """The record with a member for each answer in place of a list of questions and answers."""
    plain: dict[str, Any] = {}
    for name, value in record.items():
        pairs = list(_named_answers(_answers_of_pages(name, value)))
        if not pairs:
            _put(plain, name, value)
        for question, answer in pairs:
            _put(plain, question, answer)
    return plain


def _answers_of_pages(name: str, value: Any) -> Any:
    """The questions of all pages, where a list of pages has them, as in SurveyMonkey's answers."""
    pages = list(_objects(value))
    has_questions = [isinstance(page.get("questions"), list) for page in pages]
    if name != "pages" or not all(has_questions):
        return value
    questions: list[Any] = []
    for page in pages:
        for question in _objects(page["questions"]):
            heading = question.get("heading", question.get("id"))
            questions.append({"heading": heading, "answers": question.get("answers")})
    return questions


def _named_answers(value: Any) -> Iterator[tuple[str, Any]]:
    """Question and answer of each object in a list of such; nothing of any other list."""
    objects = list(_objects(value))
    if not objects or len(objects) != len(value):
        return
    for question_key, answer_keys in ANSWER_KEYS.items():
        if not all(isinstance(each.get(question_key), str) for each in objects):
            continue
        for answer_key in answer_keys:
            if all(answer_key in each for each in objects):
                for each in objects:
                    yield each[question_key], _answer_of(each[answer_key])
                return


def _answer_of(value: Any) -> Any:
    """An answer; of a list of objects the text of each, or what else each chose."""
    parts = list(_objects(value))
    if not parts or len(parts) != len(value):
        return value
    texts: list[Any] = []
    for part in parts:
        for key in PART_KEYS:
            if part.get(key):
                texts.append(part[key])
                break
        else:
            return value
    return texts


# ---------------------------------------------------------------- JSON:API (regulations.gov)


def _is_resource(record: Record) -> bool:
    has_type = isinstance(record.get("type"), str)
    return has_type and isinstance(record.get("attributes"), dict)


# ---------------------------------------------------------------- Qualtrics


def _is_qualtrics(record: Record) -> bool:
    has_id = isinstance(record.get("responseId"), str)
    return has_id and isinstance(record.get("values"), dict)


def _qualtrics_response(record: Record) -> Record:
    """The answers by question, each as the respondent saw it where the file has its label."""
    plain: dict[str, Any] = {"responseId": record["responseId"]}
    labels = record.get("labels")
    if not isinstance(labels, dict):
        labels = {}
    for name, value in record["values"].items():
        plain[name] = labels.get(name, value)
    for name, value in labels.items():
        plain.setdefault(name, value)
    for name, value in record.items():
        if name not in ("responseId", "values", "labels", *NOT_ANSWERS):
            plain.setdefault(name, value)
    return plain


# ---------------------------------------------------------------- Typeform


def form_titles(value: object) -> dict[str, str]:
    """The questions of a Typeform form that stands beside its responses, by id and by reference."""
    titles: dict[str, str] = {}
    if not isinstance(value, dict):
        return titles
    for key in ("form", "definition", "form_response"):
        titles.update(form_titles(value.get(key)))
    for form_field in _objects(value.get("fields")):
        title = form_field.get("title")
        for key in ("id", "ref"):
            if isinstance(title, str) and isinstance(form_field.get(key), str):
                titles[form_field[key]] = title
        titles.update(form_titles(form_field.get("properties")))
    return titles


def _is_typeform(record: Record) -> bool:
    if "submitted_at" not in record and "landed_at" not in record:
        return False
    answers = list(_objects(record.get("answers")))
    return all(isinstance(answer.get("field"), dict) for answer in answers)


def _typeform_response(record: Record, titles: Mapping[str, str]) -> Record:
    """The response with a member for each answer in place of the list of answers."""
    own_titles = {**titles, **form_titles(record)}
    plain: dict[str, Any] = {}
    for name, value in record.items():
        if name not in ("answers", "definition"):
            plain[name] = value
    for answer in _objects(record.get("answers")):
        title = _title_of(answer["field"], own_titles)
        for name, text in _answer_cells(title, answer):
            _put(plain, name, text)
    return plain


def _title_of(form_field: Record, titles: Mapping[str, str]) -> str:
    """The question's wording, else its reference, else its id."""
    names = [str(form_field[key]) for key in ("ref", "id") if form_field.get(key)]
    known = [titles[name] for name in names if name in titles]
    candidates = [*known, form_field.get("title"), *names, "answer"]
    return str(next(filter(None, candidates)))


def _answer_cells(title: str, answer: Record) -> Iterator[tuple[str, str]]:
    """An answer's column and text; own words beside options have a column of their own."""
    value = answer.get(str(answer.get("type")))
    if not isinstance(value, dict):
        yield title, value_text(value)
        return
    chosen = value.get("label", value.get("labels"))
    own_words = value.get(OTHER.lower())
    if chosen is None and own_words is None:
        yield title, value_text(value)
        return
    yield title, value_text(chosen)
    if own_words:
        yield f"{title}: {OTHER}", value_text(own_words)


def _put(plain: dict[str, Any], name: str, text: Any) -> None:
    """Add an answer; of two questions with the same title the second gets a number."""
    free, number = name, 1
    while free in plain:
        number += 1
        free = f"{name} ({number})"
    plain[free] = text


def _objects(value: object) -> Iterable[dict[str, Any]]:
    """The objects of a list; of anything else none."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]
