"""Real files of surveys beside the project, and what was written down of them by hand."""

from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class RealSurvey:
    """A file, and what its columns are.

    Attributes:
        path: in the data beside the project.
        questions: the open questions; none where reading is an error that lists the columns.
        either: columns that two people would not agree about.
        id: the column of ids; empty where rows are numbered.
        others: columns of text beside a list of answers.
    """

    path: str
    questions: tuple[str, ...]
    either: tuple[str, ...] = ()
    id: str = ""
    others: tuple[str, ...] = ()


LOOKED_AT = (
    RealSurvey(
        "intake/jupyter-2016-google-forms.csv",
        (
            "What are the biggest pain points for you in running your class?",
            "Are there any other ways that you structure your assignments or do grading that "
            "have not been covered by the previous questions?",
            "What are the biggest pain points for you in grading Jupyter notebook assignments?",
            "Are there any other ways in which you are using Jupyter in your class that were not "
            "covered in the previous questions?",
            "Do you have any specific suggestions for how Jupyter tools could be made more "
            "accessible for instructors?",
        ),
        ("If you are using the notebook, are you using any custom or third-party extensions?",),
    ),
    RealSurvey(
        "intake/carpentries-2017-surveymonkey.csv",
        (),
        ("Column38",),
        others=("Position-Other", "Column13", "Column24", "Column33", "Column52", "Column58"),
    ),
    RealSurvey("intake/redcap-simple.csv", ("comments",), id="record_id"),
    RealSurvey("intake/polis-football.csv", ("comment-body",), id="comment-id"),
    RealSurvey("intake/regulations-gov-half.csv", ("Text Comment",), id="Document ID"),
    RealSurvey(
        "intake/themefinder-lgr.csv",
        (
            "Prop 1 Q8 - Please use this space to explain your answers to questions 1-7",
            "Prop 2 Q8 - Please use this space to explain your answers to questions 1-7",
        ),
    ),
    RealSurvey("patient_experience/neas/original.csv", ("FFT answer",), id="Comment ID"),
)
HELD_BACK = (
    RealSurvey(
        "intake/themefinder-scr.csv",
        ("What role would you and/or your organisation play in achieving these outcomes?",),
    ),
    RealSurvey("intake/themefinder-biomass.csv", ()),
    RealSurvey("intake/star-wars-surveymonkey.csv", ()),
    RealSurvey("intake/qualtrics-sample.csv", ("Q2",), id="ResponseId"),
    RealSurvey("intake/qualtrics-legacy.csv", ("Q2",), id="ResponseID"),
    RealSurvey(
        "intake/qualtrics-text-entry.csv",
        tuple(f"SBS_text#3_{row}_{box}_TEXT" for row in (1, 2, 3) for box in (1, 2)),
        id="ResponseID",
        others=(
            "MCSA_single_text_TEXT",
            "MSCA_multi_text_TEXT",
            "MCMA_text_1_TEXT",
            "MCMA_text_2_TEXT",
            "Matrix_text_1_TEXT",
            "Matrix_text_2_TEXT",
        ),
    ),
    RealSurvey("intake/haven-iris.sav", ()),
    RealSurvey("austin_community_survey/comments.csv", ("text",), id="id"),
    RealSurvey("argkp/arguments_dev.csv", ("argument",), id="arg_id"),
    RealSurvey("argkp/arguments_train.csv", ("argument",), id="arg_id"),
    RealSurvey("argkp/key_points_dev.csv", ("key_point",), id="key_point_id"),
    RealSurvey("argkp/key_points_train.csv", ("key_point",), id="key_point_id"),
    RealSurvey("argkp/labels_dev.csv", ()),
    RealSurvey(
        "gambling_xs/inputs/question_part_1/responses.jsonl", ("response",), id="response_id"
    ),
    RealSurvey(
        "gambling_xs/inputs/question_part_2/responses.jsonl", ("response",), id="response_id"
    ),
    RealSurvey("polis/15-per-hour-seattle.csv", ("comment-body",), id="comment-id"),
    RealSurvey("polis/american-assembly.bowling-green.csv", ("comment-body",), id="comment-id"),
    RealSurvey("polis/brexit-consensus.csv", ("comment-body",), id="comment-id"),
    RealSurvey("polis/london.youth.policing.csv", ("comment-body",), id="comment-id"),
)
