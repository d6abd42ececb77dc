"""Comments about the consultation itself, told from those about its subject.

A sentence speaks about the consultation when one of the patterns below is in it. A comment does when at
least a third of its sentences do: one remark on the survey in a long answer does not make it one. Such
comments stay analysed, many say something of the subject too; they are marked so that they can be shown
beside the rest.
"""

import re

KIND = r"(?:online |whole |entire |current |present |feedback |public |talk london )?"
FLAWED = (
    r"(?:bias(?:ed)?|loaded|leading|slanted|skewed|one[- ]sided|flawed|rigged|sham|pointless|meaningless|farce|"
    r"box[- ]ticking|tick[- ]box|waste of time|foregone|whitewash|already (?:been )?(?:decided|intended|made up)|"
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
        r"\b(?:loaded|leading|biased|slanted|skewed|confusing|pointless|(?:badly|poorly) worded) questions?\b",
        rf"\bquestions? (?:are|is|was|were|seem(?:s|ed)?) (?:\w+ )?{FLAWED}\b",
        r"\b(?:question wording|wording of (?:the|these|this|your) questions?)\b",
        r"\bconsultation (?:document|form|page|exercise|is an? (?:sham|farce|waste))\b",
        r"\bthis (?:web ?site|web ?page|form|forum)\b",
        r"\b(?:answer|response|multiple[- ]choice) options\b",
    )
)
SHARE = 1 / 3
# Cheap words without which no pattern can match; most comments are done after this.
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
END = re.compile(r"(?<=[.!?])\s+|\n+")


def about_process(text: str) -> bool:
    """Whether a comment speaks mainly about the survey or consultation it was made in."""
    folded = text.lower()
    if not any(hint in folded for hint in HINTS):
        return False
    sentences = [sentence for sentence in END.split(text) if sentence.strip()]
    speaking = sum(any(pattern.search(sentence) for pattern in PATTERNS) for sentence in sentences)
    return speaking > 0 and speaking >= SHARE * len(sentences)
