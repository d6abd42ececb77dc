"""Comments about the consultation itself, told from those about its subject.

A sentence is about the consultation when one of the patterns below occurs in it. A comment is
when at least a third of its sentences are: one remark about the survey in a long answer is not
enough. Such comments stay analysed, since many also say something about the subject. They are
marked so that they can be shown apart.
"""

import re

KIND = r"(?:online |whole |entire |current |present |feedback |public |talk london )?"
FLAWED = (
    r"(?:bias(?:ed)?|loaded|leading|slanted|skewed|one[- ]sided|flawed|rigged|sham|pointless|"
    r"meaningless|farce|box[- ]ticking|tick[- ]box|waste of time|foregone|whitewash|"
    r"already (?:been )?(?:decided|intended|made up)|"
    r"(?:badly|poorly) (?:worded|written|designed)|worded|wording|too long|confusing)"
)
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:this|the|your|that|these|an?) {KIND}(?:survey|questionnaire|poll)\b(?! of\b)",
        r"\b(?:online|talk london) survey\b",
        r"^\W*(?:survey|questionnaire)\b",
        r"\b(?:on|in) (?:survey|questionnaire)\b",
        rf"\b(?:this|your|these|the (?:online|whole|entire)) {KIND}consultations?\b",
        rf"\b(?:consultation|questionnaire|survey)s?\b.{{0,60}}\b{FLAWED}\b",
        rf"\b{FLAWED}\b.{{0,30}}\b(?:consultation|questionnaire|survey)s?\b",
        r"\b(?:loaded|leading|biased|slanted|skewed|confusing|pointless|(?:badly|poorly) worded)"
        r" questions?\b",
        rf"\bquestions? (?:are|is|was|were|seem(?:s|ed)?) (?:\w+ )?{FLAWED}\b",
        r"\b(?:question wording|wording of (?:the|these|this|your) questions?)\b",
        r"\bconsultation (?:document|form|page|exercise|is an? (?:sham|farce|waste))\b",
        r"\bthis (?:web ?site|web ?page|form|forum)\b",
        r"\b(?:answer|response|multiple[- ]choice) options\b",
    )
)
LEAST_SHARE = 1 / 3  # of a comment's sentences
# Words without which no pattern can match, quick to look for; most comments are done after this.
HINTS = (
    "survey",
    "question",
    "poll",
    "consultation",
    "this web",
    "this form",
    "this forum",
    "options",
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def is_about_process(text: str) -> bool:
    """Whether a comment is mainly about the survey or consultation in which it was made."""
    folded = text.lower()
    if not any(hint in folded for hint in HINTS):
        return False
    sentences = [sentence for sentence in SENTENCE_END.split(text) if sentence.strip()]
    matching = sum(_matches(sentence) for sentence in sentences)
    return matching > 0 and matching >= LEAST_SHARE * len(sentences)


def _matches(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in PATTERNS)
