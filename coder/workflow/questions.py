"""Which of a project's several questions a command is about."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, did_you_mean, option
from coder.project_home import SETTINGS_FILE
from coder.text import count, normal_key

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.project import Project
    from coder.settings import Question

LONGEST_WORDING = 70  # characters that are shown of a question
OTHER_CODEBOOK = "Choose another codebook, or correct `question:` in this one."


def choose_question(
    project: "Project", asked: str = "", codebook: "Codebook | Path | None" = None
) -> "Project":
    """The project of one question, of a project that has several; others as they are.

    Args:
        project: of one question or several.
        asked: the id, or the wording, that the user named; empty for none.
        codebook: whose question decides where none is asked for.

    Raises:
        CoderError: there are several questions and none is named, or there is no such question.
    """
    questions = project.settings().questions
    if not questions:
        _check_only_question(project, asked)
        check_codebook_fits(project, codebook)
        return project
    if not asked and len(questions) == 1:
        question: Question | None = questions[0]
    else:
        question = _question_named(questions, asked or _wording(codebook))
    if question is not None:
        one = project.of_question(question.id)
        check_codebook_fits(one, codebook)
        return one
    if asked:
        raise CoderError(
            f"{project.folder}: has no question {asked!r}",
            did_you_mean(asked, [each.id for each in questions]),
        )
    raise _unnamed_question(project, questions, codebook)


def _unnamed_question(
    project: "Project",
    questions: "Sequence[Question]",
    codebook: "Codebook | Path | None",
) -> CoderError:
    """What to say where neither the user nor the codebook names one of several questions.

    Raises:
        CoderError: the codebook cannot be read.
    """
    from coder.codebook import read_codebook

    if isinstance(codebook, Path):
        read_codebook(codebook)  # what is wrong with it comes first
    listed = list_questions(questions)
    wording = _wording(codebook)
    known = {normal_key(each.question) for each in questions}
    if wording and normal_key(wording) not in known:
        return CoderError(
            f"{project.folder}: the codebook is for the question {wording!r}, which is none of "
            f"those asked:\n{listed}",
            OTHER_CODEBOOK,
        )
    return CoderError(
        f"{project.folder}: has {count(len(questions), 'question')}, and it is not said which "
        f"is meant:\n{listed}",
        f"Name one: {option('question', questions[0].id)}. Or give its folder: "
        f"{project.of_question(questions[0].id).folder}",
    )


def _check_only_question(project: "Project", asked: str) -> None:
    """Raise `CoderError` where an id is asked for that is not that of the only question.

    Other text may be the wording of the question.
    """
    if not asked:
        return
    from coder.settings import QUESTION_ID

    own = only_question_id(project)
    is_own = asked.casefold() == own.casefold()
    wording = project.settings().question
    if not own or is_own or not re.fullmatch(QUESTION_ID, asked):
        return
    if normal_key(asked) != normal_key(wording):
        raise CoderError(
            f"{project.folder}: has no question {asked!r}",
            f"Its only question is {own!r}, so {option('question')} can be left out.",
        )


def only_question_id(project: "Project") -> str:
    """The id of the question of a project that has one; empty where nothing was read yet."""
    from coder.comment_files import stored_question_ids

    if project.question_id:
        return project.question_id
    return next(iter(stored_question_ids(project.comments_path)), "")


def wording_of(project: "Project", name: str) -> str:
    """The wording of the question that a project has under an id; empty where it has none."""
    if not name or not project.exists or not project.comments_path.is_file():
        return ""
    settings = project.settings()
    if settings.questions:
        question = _question_named(settings.questions, name)
        return "" if question is None else question.question
    is_only = name.casefold() == only_question_id(project).casefold()
    return settings.question if is_only else ""


def check_codebook_fits(project: "Project", codebook: "Codebook | Path | None") -> None:
    """Check that a codebook does not name another question than that of the answers.

    Raises:
        CoderError: it does.
    """
    own, named = project.settings().question, _wording(codebook)
    if not own or not named or normal_key(own) == normal_key(named):
        return
    asked, fix = repr(own), OTHER_CODEBOOK
    if project.question_id:
        asked = f"{project.question_id!r} ({own!r})"
        fix = (
            f"Choose the question it is for with {option('question', 'ID')}, or correct "
            "`question:` in the codebook."
        )
    raise CoderError(
        f"the codebook is for the question {named!r}, not for {asked}", fix
    )


def _question_named(questions: "Sequence[Question]", name: str) -> "Question | None":
    for question in questions:
        if name and question.id.casefold() == name.casefold():
            return question
    key = normal_key(name)
    alike = [each for each in questions if key and normal_key(each.question) == key]
    return alike[0] if len(alike) == 1 else None


def list_questions(questions: "Sequence[Question]") -> str:
    """The questions, a line each: id and wording."""
    width = max(len(question.id) for question in questions)
    lines = []
    for question in questions:
        wording = " ".join(question.question.split())
        if len(wording) > LONGEST_WORDING:
            wording = f"{wording[:LONGEST_WORDING]} ..."
        lines.append(f"  {question.id.ljust(width)}  {wording}".rstrip())
    return "\n".join(lines)


def folder_of_question(target: Path, asked: str, codebook: Path | None) -> Path:
    """The folder of the question that a command is about; the target itself where it is a file
    of comments or a project of one question.

    Raises:
        CoderError: see `choose_question`.
    """
    if not target.is_dir() or not (asked or _has_several_questions(target)):
        return target
    from coder.project import Project

    project = Project(target)
    if not project.exists:  # reported later
        return target
    return choose_question(project, asked, codebook).folder


def _has_several_questions(folder: Path) -> bool:
    """A quick look, without what reading the settings needs."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return False
    return b"\nquestions:" in path.read_bytes()


def _wording(codebook: "Codebook | Path | None") -> str:
    """The question that a codebook names; empty where it names none, or has faults, which are
    reported when it is read.
    """
    from coder.codebook import read_codebook

    if codebook is None:
        return ""
    if not isinstance(codebook, Path):
        return codebook.question
    try:
        return read_codebook(codebook).question
    except (CoderError, OSError):
        return ""
