"""Every table that goes from one package to another, declared once: its columns and what they mean.

Text cells are never missing: an absent value is the empty string. Only `weight`, `strength` and
other numbers can be missing (NaN). Rows are known by their ids; their order carries no meaning.

Writers read headings, decimals and order from here (see `coder.exporting.grid`). A new
statistic is one line in a table below and one function that fills the column.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from coder.errors import CoderError
from coder.text import short_cell

if TYPE_CHECKING:
    import pandas as pd

ANALYSED = "analysed"
EXCLUDED = "excluded"
REASONS = (
    "empty",
    "non_substantive",
    "duplicate",
    "official",
    "deleted",
    "process",
    "out_of_scope",
    "unread",
    "partial",
    "preview",
)
MEASURES = (
    "agreement",
    "alpha",
    "ac1",
    "positive_agreement",
    "negative_agreement",
    "kappa",
    "f1",
)
# What may stand for a placeholder such as {source} in the name of a repeated column.
PLACEHOLDERS = {
    "source": ".+",
    "number": r"\d+",
    "reason": "|".join(REASONS),
    "measure": "|".join(MEASURES),
    "count": "both|first|second|neither",
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")

# Who sees a column: people in every document, people in the workbook alone, or only programs
# (CSV, JSON and the data sheets of a workbook).
Audience = Literal["people", "workbook", "programs"]
# How people see a number: by its decimals; as a whole per cent (`<1%` under one); or with a
# sign, and a mark where the row's `significant` says higher or lower.
Form = Literal["number", "whole percent", "change"]


@dataclass(frozen=True)
class Column:
    """One column of a table, or a pattern of repeated ones such as `n_{source}`.

    Attributes:
        name: as in the table; a placeholder of `PLACEHOLDERS` in braces makes it a repeated column.
        dtype: of pandas.
        heading: for people; may hold the same placeholder, and columns of the table's first row
            in braces.
        decimals: of a number, for programs and people; None for text.
        meaning: units, range, and when it is missing.
        audience: see `Audience`.
        form: see `Form`.
        width: characters that a cell takes in a workbook; 0 for the usual.
        optional: whether a table may lack it, as those of earlier versions do.
    """

    name: str
    dtype: str
    heading: str = ""
    decimals: int | None = None
    meaning: str = ""
    audience: Audience = "people"
    form: Form = "number"
    width: int = 0
    optional: bool = False

    @property
    def placeholder(self) -> str:
        """`source` for `n_{source}`; empty for a column that occurs once."""
        match = PLACEHOLDER.search(self.name)
        return match[1] if match else ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches names of the column; its only group is what the placeholder stands for."""
        if not self.placeholder:
            return re.compile(re.escape(self.name))
        before, _, after = self.name.partition(f"{{{self.placeholder}}}")
        values = PLACEHOLDERS[self.placeholder]
        return re.compile(f"{re.escape(before)}({values}){re.escape(after)}", re.DOTALL)


@dataclass(frozen=True)
class Pair:
    """Two columns that people see as one: `12.4 to 17.9`, `3rd to 5th`, `Drugs and Knife crime`."""

    heading: str
    first: str
    second: str
    word: str = "to"
    width: int = 0


@dataclass(frozen=True)
class Table:
    """A kind of table: its columns in the order in which people see them, and what makes a row
    unique.
    """

    name: str
    layout: tuple[Column | Pair, ...]
    key: tuple[str, ...]

    @cached_property
    def declared(self) -> tuple[Column, ...]:
        """The columns, repeated ones as patterns, without what stands for two of them."""
        return tuple(item for item in self.layout if isinstance(item, Column))

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns that every table of the kind has, by name."""
        required: dict[str, Column] = {}
        for column in self.declared:
            if not column.placeholder and not column.optional:
                required[column.name] = column
        return required

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Names of all columns that a table of the kind may have, but for repeated ones."""
        return frozenset(
            column.name for column in self.declared if not column.placeholder
        )

    @property
    def dtypes(self) -> dict[str, str]:
        """The pandas dtype of each required column, as `DataFrame.astype` takes it."""
        return {name: column.dtype for name, column in self.columns.items()}

    def column(self, name: str) -> Column | None:
        """The declaration that a column of this name follows; None where there is none."""
        if name in self.columns:
            return self.columns[name]
        for column in self.declared:
            if column.pattern.fullmatch(name):
                return column
        return None


# ---------------------------------------------------------------- what a project holds

# One row a comment received. The survey's own columns follow, as text, unchanged.
COMMENTS = Table(
    "comments",
    (
        Column("comment_id", "str", "Comment id"),
        Column("text", "str", "Comment", meaning="as it was received"),
        Column("source", "str", "Source"),
        Column("role", "str", "Role", meaning="public or official"),
        Column("status", "str", "Status", meaning="analysed or excluded"),
        Column("reason", "str", "Reason", meaning="one of REASONS where excluded"),
        Column(
            "weight", "float64", "Weight", 3, "missing for a source without weights"
        ),
        Column("campaign_id", "str", "Campaign"),
        Column("question", "str", "Question"),
        Column(
            "question_id",
            "str",
            "Question id",
            meaning="a slug, the same for all comments that are analysed together",
            optional=True,
        ),
        Column(
            "respondent_id",
            "str",
            "Respondent id",
            meaning="the same for all answers of a person",
            optional=True,
        ),
    ),
    ("comment_id",),
)

# One row for each part of a comment that was read from a document, such as a page.
PLACES = Table(
    "places",
    (
        Column("comment_id", "str", "Comment id"),
        Column("start", "int64", "Starts at", 0, "character of the comment, from 0"),
        Column("end", "int64", "Ends before", 0, "character of the comment"),
        Column(
            "place", "str", "Place", meaning="page 3, paragraph 2, attachment a.pdf"
        ),
        Column(
            "part",
            "str",
            "Part",
            meaning="body, header, footer, quoted, signature or scan",
        ),
    ),
    ("comment_id", "start", "end"),
)

# One row for each comment and theme (position_id empty), and for each of the theme's positions.
LABELS = Table(
    "labels",
    (
        Column("comment_id", "str", "Comment id"),
        Column("theme_id", "str", "Theme id"),
        Column("position_id", "str", "Position id"),
        Column("probability", "float64", "Probability", 4, "in [0, 1]"),
        Column("assigned", "bool", "Assigned"),
        Column("origin", "str", "Origin", meaning="model, or the reviewer's name"),
        Column("evidence", "str", "Evidence"),
        Column(
            "evidence_start",
            "int64",
            "Evidence starts",
            0,
            "text[start:end] == evidence; -1: none",
        ),
        Column("evidence_end", "int64", "Evidence ends", 0),
        Column(
            "evidence_place",
            "str",
            "Evidence: place",
            meaning="page 3, paragraph 2 of a letter; in labels.csv",
            optional=True,
        ),
        Column("codebook_version", "str", "Codebook version"),
    ),
    ("comment_id", "theme_id", "position_id"),
)

# One row for each candidate that a comment belongs to; each comment clustered has one at least.
CANDIDATES = Table(
    "candidates",
    (
        Column("comment_id", "str", "Comment id"),
        Column("candidate_id", "str", "Candidate id"),
        Column("parent_id", "str", "Parent id"),
        Column(
            "strength",
            "float64",
            "Strength",
            4,
            "cosine to the candidate's centre, [-1, 1]",
        ),
        Column("fit", "str", "Fit", meaning="core, weak or unclear"),
    ),
    ("comment_id", "candidate_id"),
)

# One row for each text in the group that a theme of a codebook was adopted from.
GROUPS = Table(
    "groups",
    (
        Column("theme_id", "str", "Theme id", meaning="as it was adopted"),
        Column("text_hash", "str", "Hash of the text", meaning="see text.text_hash"),
        Column(
            "strength", "float64", "Strength", 4, "of the candidates table, [-1, 1]"
        ),
        Column("fit", "str", "Fit", meaning="core, weak or unclear"),
        Column("of", "int64", "Of", 0, "different texts analysed, in a group or not"),
    ),
    ("theme_id", "text_hash"),
)

# One row for each judgement that counts: a reviewer's last answer for one theme in one comment.
JUDGEMENTS = Table(
    "judgements",
    (
        Column("project", "str", "Project"),
        Column("comment_id", "str", "Comment id"),
        Column("text_hash", "str", "Hash of the text"),
        Column("theme_id", "str", "Theme id"),
        Column("present", "bool", "Present"),
        Column("positions", "object", "Positions", meaning="tuple of position ids"),
        Column("reviewer", "str", "Reviewer"),
        Column("mode", "str", "Mode", meaning="blind or assisted"),
        Column(
            "chosen",
            "str",
            "Chosen",
            meaning="random, targeted or listed: how the comment came to be judged",
        ),
        Column(
            "whole",
            "bool",
            "Whole",
            meaning="every theme of the codebook was judged with it, as it is or was then",
        ),
        Column("decided_at", "str", "Decided at", meaning="ISO 8601, UTC"),
        Column("decision_id", "str", "Decision id"),
        Column("text", "str", "Comment"),
        Column(
            "adjudicated",
            "bool",
            "Adjudicated",
            meaning="settles a difference; kept beside the reviewer's earlier answer",
        ),
        Column(
            "first_at",
            "str",
            "First decided at",
            meaning="ISO 8601, UTC: the reviewer's first answer for the theme in this text",
        ),
        Column(
            "drawn_at",
            "str",
            "Drawn at",
            meaning="ISO 8601, UTC: their first answer after a random draw; empty for none",
        ),
    ),
    ("project", "comment_id", "theme_id", "reviewer", "adjudicated"),
)

# ---------------------------------------------------------------- what a report holds

# The theme table: one row for each theme and for each position, in the order that is published.
THEMES = Table(
    "themes",
    (
        Column(
            "rank",
            "Int64",
            "Rank",
            0,
            "from 1, by count; equal counts share one; missing unless it is a main theme",
            width=6,
        ),
        Pair("Rank, 95% range", "rank_low", "rank_high", width=12),
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column(
            "theme",
            "str",
            "Theme",
            meaning="the theme's name, or the position's",
            width=34,
        ),
        Column(
            "parent_id",
            "str",
            "Parent id",
            meaning="the theme that a sub-theme stands under",
            audience="programs",
        ),
        Column(
            "position_id",
            "str",
            "Position id",
            meaning="empty for a theme",
            audience="programs",
        ),
        Column("description", "str", "Description", audience="workbook", width=50),
        Column(
            "n", "Int64", "n", 0, "comments of the sources counted together", width=8
        ),
        Column(
            "percent",
            "float64",
            "% of all",
            1,
            "[0, 100]; missing where there are too few comments",
            width=8,
        ),
        Pair("95% interval", "low", "high", width=13),
        Column(
            "low",
            "float64",
            "95% from",
            1,
            "of percent; missing where no interval can be given",
            audience="programs",
        ),
        Column("high", "float64", "95% to", 1, "see low", audience="programs"),
        Column(
            "rank_low",
            "Int64",
            "Rank from",
            0,
            "95% range; missing where it cannot be worked out",
            audience="programs",
        ),
        Column("rank_high", "Int64", "Rank to", 0, "see rank_low", audience="programs"),
        Column(
            "n_{source}", "Int64", "{source}: n", 0, "comments of one source", width=10
        ),
        Column(
            "percent_{source}",
            "float64",
            "{source}: %",
            1,
            "[0, 100]; missing where the source has too few comments",
            width=10,
        ),
        Column(
            "quote_{number}", "str", "Quote {number}", audience="workbook", width=60
        ),
        Column(
            "quote_{number}_source",
            "str",
            "Quote {number}: source",
            audience="workbook",
            width=16,
        ),
        Column(
            "quote_{number}_id",
            "str",
            "Quote {number}: comment id",
            audience="programs",
        ),
        Column(
            "quote_{number}_place",
            "str",
            "Quote {number}: place",
            meaning="where in a letter; absent where no comment is one",
            audience="programs",
            optional=True,
        ),
    ),
    ("theme_id", "position_id"),
)

# A breakdown: one row for each route, group and row of the theme table. Counts are not weighted.
CELLS = Table(
    "breakdown",
    (
        Column(
            "route",
            "str",
            "Route",
            meaning="how people took part; empty where there is one",
        ),
        Column("group", "str", "Group"),
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column("position_id", "str", "Position id", audience="programs"),
        Column("theme", "str", "Theme"),
        Column("base", "Int64", "Base", 0, "comments of the group"),
        Column(
            "n",
            "Int64",
            "n",
            0,
            "comments of the group with the theme; missing where hidden",
        ),
        Column(
            "percent",
            "float64",
            "%",
            1,
            "[0, 100], weighted where the route is; missing where hidden",
            form="whole percent",
        ),
        Column("low", "float64", "95% from", 1, "of percent"),
        Column("high", "float64", "95% to", 1, "of percent"),
        Column("effective_base", "float64", "Effective base", 1, "at most the base"),
        Column(
            "design_effect",
            "float64",
            "Design effect",
            3,
            "of weights; missing without",
        ),
        Column(
            "difference",
            "float64",
            "Difference, points",
            1,
            "from the rest of the route",
        ),
        Column("difference_low", "float64", "Difference, 95% from", 1),
        Column("difference_high", "float64", "Difference, 95% to", 1),
        Column(
            "resolves",
            "float64",
            "Significant difference, points",
            1,
            "the smallest that the test could have shown",
        ),
        Column(
            "detectable",
            "float64",
            "Detectable difference, points",
            1,
            "the smallest true one that the test would have shown in 80 of 100 surveys; "
            "missing where none is large enough",
        ),
        Column("test", "str", "Test", meaning="empty where none was made"),
        Column("p", "float64", "p", 4, "two-sided"),
        Column(
            "p_adjusted",
            "float64",
            "p, corrected",
            4,
            "for the comparisons of the route",
        ),
        Column(
            "significant",
            "str",
            "Significant",
            meaning="higher, lower, no or could not",
        ),
        Column(
            "hidden", "str", "Hidden", meaning="base (group too small), cell, or empty"
        ),
    ),
    ("route", "group", "theme_id", "position_id"),
)

# Two consultations: one row for each row of the theme table that both were coded for.
WAVES = Table(
    "waves",
    (
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column("position_id", "str", "Position id", audience="programs"),
        Column("theme", "str", "Theme"),
        Column("base_before", "int64", "Base before", 0, audience="programs"),
        Column(
            "percent_before",
            "float64",
            "Before (n={base_before:,.0f})",
            1,
            "[0, 100]",
            form="whole percent",
        ),
        Column("base", "int64", "Base now", 0, audience="programs"),
        Column(
            "percent",
            "float64",
            "Now (n={base:,.0f})",
            1,
            "[0, 100]",
            form="whole percent",
        ),
        Column("change", "float64", "Change, points", 1, form="change"),
        Pair("95% interval", "change_low", "change_high"),
        Column(
            "change_low", "float64", "95% from", 1, audience="programs", form="change"
        ),
        Column(
            "change_high", "float64", "95% to", 1, audience="programs", form="change"
        ),
        Column(
            "test",
            "str",
            "Test",
            meaning="empty where none was made",
            audience="programs",
        ),
        Column("p", "float64", "p", 4, "two-sided", audience="programs"),
        Column(
            "p_adjusted",
            "float64",
            "p, corrected",
            4,
            "Holm's method",
            audience="programs",
        ),
        Column(
            "significant",
            "str",
            "Significant",
            meaning="higher, lower, no or empty",
            audience="programs",
        ),
    ),
    ("theme_id", "position_id"),
)

# Themes that go together: one row for each pair of themes that some comment carries both of.
PAIRS = Table(
    "pairs",
    (
        Pair("Themes", "theme", "with_theme", "and"),
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column("with_theme_id", "str", "With theme id", audience="programs"),
        Column("theme", "str", "Theme", audience="programs"),
        Column("with_theme", "str", "With theme", audience="programs"),
        Column("n", "int64", "Comments with both", 0),
        Pair("95% interval", "low", "high", width=13),
        Column(
            "expected",
            "float64",
            "Expected by chance",
            1,
            "comments with both by chance",
        ),
        Column(
            "times", "float64", "Times expected", 2, "n / expected", audience="programs"
        ),
        Column(
            "p_adjusted",
            "float64",
            "p, corrected",
            4,
            "Holm's method",
            audience="programs",
        ),
        Column(
            "more_than_chance", "bool", "More than chance", meaning="significant at 5%"
        ),
        Column(
            "fewer_than_chance",
            "bool",
            "Fewer than chance",
            meaning="significant at 5%",
            audience="programs",
        ),
        Column(
            "base",
            "int64",
            "Base",
            0,
            "all comments, or the decided ones where nothing more can be told",
            audience="programs",
        ),
        Column(
            "low", "float64", "95% from", 1, "of n, in comments", audience="programs"
        ),
        Column("high", "float64", "95% to", 1, "see low", audience="programs"),
    ),
    ("theme_id", "with_theme_id"),
)

# One row a quote, in the order of the codebook.
QUOTES = Table(
    "quotes",
    (
        Column("theme_id", "str", "Theme id"),
        Column("position_id", "str", "Position id"),
        Column(
            "number", "int64", "Number", 0, "from 1 under its row of the theme table"
        ),
        Column("quote", "str", "Quote", width=60),
        Column("source", "str", "Source"),
        Column("comment_id", "str", "Comment id"),
        Column("start", "int64", "Starts at", 0, "character of the comment, from 0"),
        Column("end", "int64", "Ends before", 0, "character of the comment"),
        Column(
            "place",
            "str",
            "Place",
            meaning="page 3, paragraph 2 of a letter",
            optional=True,
        ),
        Column("masked", "bool", "Personal details hidden"),
        Column("edited", "bool", "Edited", meaning="by the analyst"),
    ),
    ("theme_id", "position_id", "number"),
)

# One row a source and a last row `all`: received = analysed + excluded for each reason.
LEDGER = Table(
    "ledger",
    (
        Column("source", "str", "Source"),
        Column("received", "int64", "Received", 0),
        Column("excluded_{reason}", "int64", "Excluded: {reason}", 0),
        Column("analysed", "int64", "Analysed", 0),
    ),
    ("source",),
)

# One row a comment that repeats, or seems to repeat, a comment of another source.
REPEATS = Table(
    "repeats",
    (
        Column("comment_id", "str", "Comment id"),
        Column("source", "str", "Source"),
        Column("same_as", "str", "Same as", meaning="a comment of another source"),
        Column("same_as_source", "str", "Source of that"),
        Column("evidence", "str", "Evidence", meaning="what the two have in common"),
        Column(
            "counted",
            "str",
            "Counted",
            meaning="once, by the other comment; or each",
        ),
    ),
    ("comment_id",),
)

# One row a campaign: a text that several people sent.
CAMPAIGNS = Table(
    "campaigns",
    (
        Column("campaign_id", "str", "Campaign"),
        Column("size", "int64", "Comments", 0),
        Column("exact", "int64", "Exact copies", 0),
        Column("near", "int64", "With other words", 0),
        Column("decision", "str", "Decision", meaning="together, apart, or empty"),
        Column("template", "str", "Text", meaning="the commonest wording"),
        Column("shared", "str", "Shared", meaning="what most have of the text"),
        Column("differs_in", "str", "Differs in", meaning="the comment least like it"),
        Column("difference", "str", "Difference", meaning="what that comment adds"),
    ),
    ("campaign_id",),
)

# Agreement of reviewers: rows of themes, and `pooled`, `mean` and `sets` over them all.
AGREEMENT = Table(
    "agreement",
    (
        Column(
            "theme_id", "str", "Theme id", meaning="a theme, or pooled, mean or sets"
        ),
        Column("comments", "int64", "Comments", 0, "judged by two reviewers at least"),
        Column(
            "{count}",
            "Int64",
            "Chosen by {count}",
            0,
            "comments; for two reviewers alone",
        ),
        Column(
            "{measure}",
            "float64",
            "{measure}",
            3,
            "at most 1; missing where it has no value",
        ),
        Column("{measure}_low", "float64", "{measure}, 95% from", 3),
        Column("{measure}_high", "float64", "{measure}, 95% to", 3),
    ),
    ("theme_id",),
)


# Errors of the model by groups of respondents: one row for each group, theme and kind of error.
MODEL_ERRORS = Table(
    "model_errors",
    (
        Column("column", "str", "Column", meaning="what the groups are made from"),
        Column("group", "str", "Group"),
        Column("theme_id", "str", "Theme id"),
        Column("theme", "str", "Theme"),
        Column(
            "error",
            "str",
            "Error",
            meaning="missed: reviewers found the theme; wrong: they did not",
        ),
        Column("comments", "int64", "Comments checked", 0, "of the group"),
        Column("n", "Int64", "Errors", 0, "comments; missing where too few"),
        Column("base", "Int64", "Of", 0, "comments in which the error could be made"),
        Column("percent", "float64", "%", 1, "[0, 100] of base"),
        Column("low", "float64", "95% from", 1),
        Column("high", "float64", "95% to", 1),
        Column("test", "str", "Test", meaning="against the other groups, or empty"),
        Column("p", "float64", "p", 4, "two-sided"),
        Column("p_adjusted", "float64", "p, corrected", 4, "Holm's method"),
        Column(
            "difference",
            "str",
            "Difference",
            meaning="more often or less often than others, no, or too few to tell",
        ),
        Column("hidden", "str", "Hidden", meaning="small (too few comments), or empty"),
    ),
    ("column", "group", "theme_id", "error"),
)

# Who answered: one row for each route, group of a protected characteristic, and for those whose
# group is not stated. Counts are comments, not weighted.
RESPONDENTS = Table(
    "respondents",
    (
        Column("characteristic", "str", "Characteristic", audience="programs"),
        Column(
            "route",
            "str",
            "Route",
            meaning="how people took part; empty where there is one",
            audience="programs",
        ),
        Column("group", "str", "Group", width=28),
        Column("n", "Int64", "Answered", 0, "comments; missing where hidden"),
        Column("percent", "float64", "%", 1, "[0, 100] of those whose group is known"),
        Pair("95% interval", "low", "high", width=13),
        Column("low", "float64", "95% from", 1, "of percent", audience="programs"),
        Column("high", "float64", "95% to", 1, "of percent", audience="programs"),
        Column("population", "float64", "Population, %", 1, "missing where not given"),
        Column("ratio", "float64", "Ratio", 2, "share over that of the population"),
        Column(
            "compared",
            "str",
            "Against the population",
            meaning="nobody, fewer, similar, more; empty where it cannot be told",
            width=16,
        ),
        Column(
            "hidden", "str", "Hidden", meaning="small, or empty", audience="programs"
        ),
    ),
    ("characteristic", "route", "group"),
)

# Themes that are small among all comments and large in a group: one row for each of both.
RAISED = Table(
    "raised",
    (
        Column("characteristic", "str", "Characteristic", audience="programs"),
        Column("route", "str", "Route", audience="programs"),
        Column("group", "str", "Group", width=28),
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column("theme", "str", "Theme", width=34),
        Column("n", "Int64", "n", 0, "comments of the group with the theme"),
        Column("percent", "float64", "% of group", 1),
        Pair("95% interval", "low", "high", width=13),
        Column("low", "float64", "95% from", 1, "of percent", audience="programs"),
        Column("high", "float64", "95% to", 1, "of percent", audience="programs"),
        Column("overall", "float64", "% of all", 1, "in the theme table"),
        Column(
            "held_back",
            "bool",
            "Held back",
            meaning="the theme table does not show it",
        ),
    ),
    ("characteristic", "route", "group", "theme_id"),
)

# How often the model errs about the comments of a group: one row for each group.
GROUP_ERRORS = Table(
    "group_errors",
    (
        Column("characteristic", "str", "Characteristic", audience="programs"),
        Column("group", "str", "Group", width=28),
        Column("comments", "Int64", "Checked", 0, "comments; missing where hidden"),
        Column(
            "n",
            "Int64",
            "With an error",
            0,
            "comments with a theme wrong",
            audience="programs",
        ),
        Column("percent", "float64", "With an error, %", 1, "of the comments checked"),
        Pair("95% interval", "low", "high", width=13),
        Column("low", "float64", "95% from", 1, "of percent", audience="programs"),
        Column("high", "float64", "95% to", 1, "of percent", audience="programs"),
        Column(
            "missed",
            "Int64",
            "Themes missed",
            0,
            "of those in the comments",
            audience="programs",
        ),
        Column(
            "found",
            "Int64",
            "of",
            0,
            "themes that reviewers found",
            audience="programs",
        ),
        Column(
            "wrong",
            "Int64",
            "Wrongly given",
            0,
            "themes that are not there",
            audience="programs",
        ),
        Column(
            "given",
            "Int64",
            "of given",
            0,
            "themes that the model gave",
            audience="programs",
        ),
        Column("p_adjusted", "float64", "p, corrected", 4, audience="programs"),
        Column(
            "difference",
            "str",
            "Against the others",
            meaning="more often, less often, no, or too few to tell",
            width=16,
        ),
        Column(
            "hidden", "str", "Hidden", meaning="small, or empty", audience="programs"
        ),
    ),
    ("characteristic", "group"),
)

# How far the count of a theme can be relied on: one row for each row of the theme table.
GRADES = Table(
    "grades",
    (
        Column("theme_id", "str", "Theme id", audience="programs"),
        Column("position_id", "str", "Position id", audience="programs"),
        Column("theme", "str", "Theme", width=34),
        Column("grade", "str", "Confidence", meaning="high, moderate, low, not known"),
        Column(
            "relative_error",
            "float64",
            "Standard error, % of the share",
            1,
            "from the interval; missing without one",
        ),
        Column("reviewed", "Int64", "Reviewed", 0, "comments decided by people"),
        Column("drawn", "Int64", "at random", 0, "of these, drawn at random"),
        Column("alpha", "float64", "Agreement", 2, "Krippendorff's alpha"),
        Column("alpha_base", "Int64", "of", 0, "comments coded by two blind"),
        Column("precision", "float64", "Precision", 2, "of the model, [0, 1]"),
        Column("precision_base", "Int64", "of", 0, "comments given the theme"),
        Column("recall", "float64", "Recall", 2, "of the model, [0, 1]"),
        Column("recall_base", "Int64", "of", 0, "comments that have the theme"),
        Column("reasons", "str", "Why", width=60),
    ),
    ("theme_id", "position_id"),
)


def check(table: "pd.DataFrame", kind: Table) -> "pd.DataFrame":
    """Return the table unchanged when it has the kind's columns and unique keys.

    Raises:
        CoderError: a column is missing, or a key occurs twice; it names all of them.
    """
    missing = [name for name in kind.columns if name not in table.columns]
    if missing:
        raise CoderError(
            f"the {kind.name} table lacks the column(s) {', '.join(missing)}",
            f"It needs: {', '.join(kind.columns)}.",
        )
    repeated = table.duplicated(list(kind.key))
    if repeated.any():
        first = ", ".join(
            short_cell(str(table.loc[repeated, name].iloc[0])) for name in kind.key
        )
        raise CoderError(
            f"the {kind.name} table has {int(repeated.sum())} row(s) whose {' + '.join(kind.key)} "
            f"occurs twice (first: {first})",
            "Each must occur once.",
        )
    return table


def empty(kind: Table) -> "pd.DataFrame":
    """A table of the kind without rows."""
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(dtype=dtype) for name, dtype in kind.dtypes.items()}
    )


def analysed(comments: "pd.DataFrame") -> "pd.DataFrame":
    """The comments that count, ordered by id so that no result depends on the order of rows."""
    return comments[comments["status"] == ANALYSED].sort_values(
        "comment_id", ignore_index=True
    )


def ids_by_respondent(comments: "pd.DataFrame") -> dict[str, str]:
    """Respondent to the comment that is their only one, where the two have different ids.

    So a table with the ids of the survey fits the answers to one of its questions.
    """
    if "respondent_id" not in comments.columns:
        return {}
    respondents = comments["respondent_id"]
    is_alone = ~respondents.duplicated(keep=False)
    is_other = ~respondents.isin(comments["comment_id"])
    rows = comments[is_alone & is_other]
    return dict(zip(rows["respondent_id"], rows["comment_id"], strict=True))


# Columns that reading adds to those of the survey.
ADDED_BY_READING = ("about_process", "same_as", "response_status")


def own_columns(comments: "pd.DataFrame") -> list[str]:
    """Names of the survey's own columns (age, borough ...), in their order."""
    return [name for name in comments.columns if name not in COMMENTS.own_names]


def ledger(comments: "pd.DataFrame") -> "pd.DataFrame":
    """Received, excluded by reason and analysed (`LEDGER`); every row adds up.

    Raises:
        CoderError: a comment is excluded without a reason of `REASONS`.
    """
    import pandas as pd

    rows = []
    for source, part in comments.groupby("source", sort=False):
        rows.append(_ledger_row(str(source), part))
    rows.append(_ledger_row("all", comments))
    return pd.DataFrame(rows)


def _ledger_row(source: str, part: "pd.DataFrame") -> dict[str, object]:
    reasons = part.loc[part["status"] == EXCLUDED, "reason"].value_counts()
    excluded = {f"excluded_{reason}": int(reasons.get(reason, 0)) for reason in REASONS}
    received = len(part)
    counted = int((part["status"] == ANALYSED).sum())
    if received != counted + sum(excluded.values()):
        raise CoderError(
            f"source {source!r}: received is not analysed plus excluded",
            f"Every excluded comment needs a reason out of: {', '.join(REASONS)}.",
        )
    return {"source": source, "received": received, **excluded, "analysed": counted}
