"""Names by which the columns of survey exports are detected.

All are compared folded: lower case, with single spaces for everything but letters and digits
("comment-body" is "comment body").
"""

# Names of columns of free text, the most telling first.
TEXT_NAMES = (
    "comment text",
    "comment body",
    "comment",
    "comments",
    "free text",
    "freetext",
    "free text response",
    "open text",
    "open response",
    "open answer",
    "open ended response",
    "verbatim",
    "verbatims",
    "verbatim comment",
    "response text",
    "answer text",
    "response",
    "responses",
    "answer",
    "answers",
    "text",
    "feedback",
    "suggestion",
    "suggestions",
    "opinion",
    "body",
    "message",
    "statement",
    "argument",
)
# Words of a name that speak for free text.
TEXT_WORDS = frozenset(
    (
        "comment",
        "comments",
        "response",
        "responses",
        "answer",
        "answers",
        "text",
        "feedback",
        "verbatim",
        "suggestion",
        "suggestions",
    )
)
# Words of a name that speak against free text.
NOT_TEXT_WORDS = frozenset(
    (
        "id",
        "ids",
        "ref",
        "reference",
        "code",
        "codes",
        "number",
        "no",
        "count",
        "date",
        "time",
        "timestamp",
        "datetime",
        "created",
        "updated",
        "sentiment",
        "type",
        "category",
        "categorical",
        "url",
        "link",
        "email",
        "language",
        "lang",
        "version",
    )
)
# Names of columns of ids, the most telling first.
COMMENT_IDS = (
    "comment id",
    "commentid",
    "response id",
    "responseid",
    "answer id",
    "answerid",
    "id",
    "unique id",
    "uid",
    "uuid",
    "guid",
    "record id",
    "submission id",
    "ref",
    "reference",
    "response ref",
    "reference number",
)
# Names of columns that identify people, the most telling first.
PERSON_IDS = (
    "respondent id",
    "respondentid",
    "respondent",
    "participant id",
    "participantid",
    "participant",
    "author id",
    "author",
    "user id",
    "userid",
    "username",
    "user name",
    "person id",
    "member id",
    "panellist id",
    "panelist id",
    "contact id",
    "customer id",
)
# Words of a name that speak for an id.
ID_WORDS = frozenset(("id", "ref", "reference", "identifier", "serial", "uuid", "guid"))
# Words of a name that speak for a point in time.
DATE_WORDS = frozenset(("date", "time", "timestamp", "datetime"))
# Names of columns that hold where a comment came from.
SOURCE_NAMES = (
    "source",
    "route",
    "channel",
    "sample",
    "sample source",
    "response channel",
    "survey route",
)
# Words of a name that speak for survey weights.
WEIGHT_WORDS = frozenset(("weight", "weights", "weighting", "wt", "wgt", "wgts"))
# Names of columns that hold the question.
QUESTION_NAMES = ("question", "question text", "survey question", "prompt")
# Words of a name that speak for people's own weight.
BODY_WEIGHT_WORDS = frozenset(("body", "kg", "kilos", "lb", "lbs", "stone", "birth"))
