"""The notes of made-up reports: every count is recounted from what the report was made of, and every sentence is English.

Each note must match one of the forms below, so that a new note needs a recount here.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest

from coder import tables
from coder.codebook import Codebook, Position, Theme
from coder.decisions import Draw
from coder.decisions.draws import frame_fingerprint, place_in_order
from coder.errors import CoderError
from coder.exporting.writers import write_report
from coder.project import Settings, Source
from coder.reporting import Report
from report_helpers import report_of

THEMES = ("buses", "parks", "drugs")
BOOK = Codebook(
    title="Plan",
    themes=(
        Theme(id="buses", name="Buses"),
        Theme(id="parks", name="Parks"),
        Theme(
            id="drugs",
            name="Drugs",
            positions=(Position(id="more", name="More"), Position(id="less", name="Less")),
        ),
    ),
)
KEYS = [("buses", ""), ("parks", ""), ("drugs", ""), ("drugs", "more"), ("drugs", "less")]
WORD_OF_REASON = {
    "empty": "empty", "non_substantive": "without a suggestion", "duplicate": "sent twice",
    "official": "posted by officials", "deleted": "deleted by authors or moderators",
    "process": "about the consultation itself", "out_of_scope": "out of scope",
    "unread": "that could not be read",
    "partial": "in responses that were not finished",
    "preview": "made while the survey was tried out",
}  # fmt: skip
FEW = (0, 1, 2, 5)


@dataclass
class Case:
    """A made-up consultation; everything about it is drawn at random from a seed."""

    seed: int

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        pick = self.chance.choice
        self.size = pick((1, 2, 3, 29, 30, 31, 60, 130))
        self.excluded = {reason: pick(FEW) if pick((0, 1)) else 0 for reason in WORD_OF_REASON}
        self.sources = pick((1, 1, 2, 3))
        self.has_page = self.sources > 1 and pick((True, False))
        self.pooled = pick((True, False))
        self.campaigns = pick(("each", "once"))
        self.letters = min(pick(FEW), self.size)
        self.labelled = pick((True, True, False))
        self.unlabelled = min(pick((0, 0, 1, 2)), self.size) if self.labelled else 0
        self.how_many = pick(("none", "few", "draw", "draw", "all"))
        self.reviewers = pick((1, 1, 2))
        self.mode = pick(("blind", "blind", "assisted"))
        self.stale = pick((False, False, True))
        self.threshold = pick(("", "", "1", "0%"))
        self.about_process = min(pick(FEW), self.size)
        self.declined = min(pick(FEW), self.size)
        self.weighted = pick((False, False, True))
        self.unsure = pick((0, 0, 1, 2, 20))
        self.added = pick((0, 0, 0, 1, 2))
        self.repeats = min(pick((0, 0, 1, 3)), self.size)

    @cached_property
    def comments(self) -> pd.DataFrame:
        rows = []
        statuses = ["" for _ in range(self.size)]
        for reason, n in self.excluded.items():
            statuses += [reason] * n
        names = ["Web", "Post", "Poll"][: self.sources]
        for number, reason in enumerate(statuses):
            source = names[number % self.sources]
            rows.append(
                {
                    "comment_id": f"c{number:04d}",
                    "text": f"Comment number {number} says some words about buses and parks",
                    "source": source, "role": "public",
                    "status": "excluded" if reason else "analysed", "reason": reason,
                    "weight": 1.5 if self.weighted and source == "Poll" else np.nan,
                    "campaign_id": f"k{number % 2}" if number < self.letters else "",
                    "question": "", "about_process": "1" if number < self.about_process else "0",
                    "declined": "yes" if number < self.declined else "no",
                    "same_as": "c9999" if number < self.repeats or reason == "duplicate" else "",
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def ids(self) -> list[str]:
        """The analysed comments."""
        return [f"c{number:04d}" for number in range(self.size)]

    @cached_property
    def labels(self) -> pd.DataFrame | None:
        if not self.labelled:
            return None
        rows = []
        for comment_id in self.ids[self.unlabelled :]:
            probabilities = [self.chance.random() for _ in KEYS]
            probabilities[3:] = [p * probabilities[2] for p in probabilities[3:]]
            rows += [
                {
                    "comment_id": comment_id, "theme_id": theme, "position_id": position,
                    "probability": p, "assigned": p > 0.5, "origin": "model", "evidence": "",
                    "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
                }
                for (theme, position), p in zip(KEYS, probabilities, strict=True)
            ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(tables.LABELS.columns)).astype(tables.LABELS.dtypes)

    @cached_property
    def in_order(self) -> list[str]:
        return sorted(self.ids, key=lambda comment_id: place_in_order(0, comment_id))

    @cached_property
    def drawn(self) -> list[str]:
        """The comments of the random draw."""
        if self.how_many != "draw":
            return []
        frame = [each for each in self.in_order if each in self.frame]
        return frame[: self.chance.choice((1, 2, 31, 40, 110))]

    @cached_property
    def frame(self) -> list[str]:
        """The comments that the draw was made from; others were added later."""
        if self.size <= self.added:
            return self.ids
        return self.ids[: self.size - self.added]

    @property
    def left_out(self) -> int:
        """Comments that a draw made elsewhere could not have drawn."""
        return len(self.ids) - len(self.frame) if self.drawn else 0

    @cached_property
    def draws(self) -> tuple[Draw, ...]:
        if not self.drawn:
            return ()
        draw = Draw(
            project="p", kind="order", seed=0, comment_ids=tuple(self.drawn), frame=self.size,
            frame_fingerprint=frame_fingerprint(self.ids), drawn_at="2025-01-01T00:00:00.000+00:00",
        )  # fmt: skip
        if self.left_out:
            elsewhere = {"kind": "elsewhere", "seed": None, "frame_ids": tuple(self.frame)}
            draw = draw.model_copy(update=elsewhere)
        return (draw,)

    @cached_property
    def decided(self) -> list[str]:
        """The comments decided on every theme."""
        if self.how_many == "none":
            return []
        if self.how_many == "all":
            return self.ids
        if self.how_many == "few":
            return self.chance.sample(self.ids, min(self.size, self.chance.choice(FEW[1:])))
        missing = self.chance.choice((0, 0, 1, 2, 15))
        return self.drawn[: max(1, len(self.drawn) - missing)]

    @property
    def unsure_ids(self) -> list[str]:
        """Decided comments in which everybody was unsure about the parks."""
        if self.how_many == "none":
            return []
        return self.decided[: self.unsure]

    @cached_property
    def judgements(self) -> pd.DataFrame:
        """What reviewers decided."""
        is_unsure = self.answers["comment_id"].isin(self.unsure_ids)
        return self.answers[~(is_unsure & (self.answers["theme_id"] == "parks"))]

    @cached_property
    def answers(self) -> pd.DataFrame:
        rows = []
        for comment_id in self.decided:
            first = {theme: self.chance.random() < 0.4 for theme in THEMES}
            for number in range(self.reviewers):
                for theme in THEMES:
                    differs = number and theme != "drugs" and self.chance.random() < 0.05
                    present = first[theme] != bool(differs)
                    rows.append(
                        {
                            "project": "p", "comment_id": comment_id, "text_hash": "",
                            "theme_id": theme, "present": present,
                            "positions": ("more",) if present and theme == "drugs" else (),
                            "reviewer": "ab"[number], "mode": self.mode,
                            "chosen": "targeted" if self.how_many != "all" else "listed",
                            "whole": True, "decided_at": "2025-02-01T00:00:00.000+00:00",
                            "decision_id": "", "text": "", "adjudicated": False,
                            "first_at": "2025-02-01T00:00:00.000+00:00", "drawn_at": "",
                        }
                    )  # fmt: skip
        return pd.DataFrame(rows, columns=list(tables.JUDGEMENTS.columns))

    @cached_property
    def report(self) -> Report:
        kinds = {"Web": "talk_london" if self.has_page else "csv"}
        sources = [
            Source(name=name, file="f", sha256="", format=kinds.get(name, "csv"), rows=1)
            for name in self.comments["source"].unique()
        ]
        unsure = self.answers[~self.answers.index.isin(self.judgements.index)]
        return report_of(
            self.comments, self.labels, BOOK, self.judgements, draws=self.draws, unsure=unsure,
            settings=Settings(name="p", sources=tuple(sources), text_declined="declined"),
            stale=self.stale, campaigns=self.campaigns, pool_discussion=self.pooled,
            threshold=self.threshold, facts={"comments_fingerprint": "0" * 16},
        )  # fmt: skip

    # ------------------------------------------------------------ the recount

    @cached_property
    def everything(self) -> pd.DataFrame:
        """Analysed comments that count; of each campaign one where it counts once."""
        analysed = self.comments[self.comments["status"] == "analysed"]
        if self.campaigns == "each":
            return analysed
        kept = []
        for _, campaign in analysed[analysed["campaign_id"] != ""].groupby("campaign_id"):
            themes = campaign["comment_id"].map(self.judgements.groupby("comment_id").size())
            kept.append(themes.fillna(0).idxmax())
        return analysed[(analysed["campaign_id"] == "") | analysed.index.isin(kept)]

    @property
    def spread_campaigns(self) -> int:
        """Campaigns with letters in several sources."""
        analysed = self.comments[self.comments["status"] == "analysed"]
        letters = analysed[analysed["campaign_id"] != ""]
        return sum(len(set(sent["source"])) > 1 for _, sent in letters.groupby("campaign_id"))

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The comments of the figures over all sources."""
        if self.page_size and not self.pooled:
            return self.everything[self.everything["source"] != "Web"]
        return self.everything

    @property
    def page_size(self) -> int:
        if not self.has_page or self.everything["source"].nunique() < 2:
            return 0
        return int((self.everything["source"] == "Web").sum())

    @property
    def stand_ins(self) -> set[str]:
        """Comments that stand for a campaign: they were not drawn for it."""
        if self.campaigns == "each":
            return set()
        letters = self.comments["campaign_id"].value_counts()
        of_several = (
            self.everything["campaign_id"]
            .map(letters)
            .where(self.everything["campaign_id"] != "", 1)
        )
        return set(self.everything.loc[of_several > 1, "comment_id"])

    def decided_among(self, comments: pd.DataFrame) -> int:
        return int(comments["comment_id"].isin(self.decided).sum())

    def left_among(self, comments: pd.DataFrame) -> int:
        """Comments that are not decided on every theme."""
        whole = set(self.decided) - set(self.unsure_ids)
        return int((~comments["comment_id"].isin(whole)).sum())

    @property
    def missing(self) -> int:
        return len(set(self.drawn) - set(self.decided))

    @property
    def is_usable(self) -> bool:
        if not self.drawn or self.left_out:
            return False
        return self.missing <= 0.1 * len(self.drawn)

    def drawn_among(self, comments: pd.DataFrame) -> int:
        """Comments drawn at random and decided, where intervals can rest on the draw."""
        if not self.is_usable:
            return 0
        return self.decided_of_draw(comments)

    def decided_of_draw(self, comments: pd.DataFrame) -> int:
        """Comments drawn at random and decided, whatever is missing of the draw."""
        members = set(self.drawn) & set(self.decided) - self.stand_ins
        return int(comments["comment_id"].isin(members).sum())

    def unsure_among(self, comments: pd.DataFrame) -> int:
        """Comments drawn at random in which a reviewer could not tell."""
        members = set(self.drawn) & set(self.unsure_ids) - self.stand_ins
        return int(comments["comment_id"].isin(members).sum())

    def disputed(self, comments: pd.DataFrame, theme: str | None = None) -> int:
        """Comments of which as many reviewers affirm a theme as deny it."""
        votes = self.judgements.groupby(["comment_id", "theme_id"])["present"].mean()
        tied = votes[votes == 0.5].reset_index()
        if theme:
            tied = tied[tied["theme_id"] == theme]
        return int(comments["comment_id"].isin(tied["comment_id"]).sum())

    def uncoded(self, comments: pd.DataFrame) -> list[str]:
        coded = set(self.decided)
        if self.labelled:
            coded |= set(self.ids[self.unlabelled :])
        return [each for each in comments["comment_id"] if each not in coded]

    @cached_property
    def drugs(self) -> tuple[int, int, int]:
        """Comments with the theme as coded, those without a position, those with several."""
        carried = {"": 0, "none": 0, "several": 0}
        present = self.judgements[self.judgements["theme_id"] == "drugs"]
        decided = dict(zip(present["comment_id"], present["present"], strict=True))
        assigned: dict[str, list[str]] = {}
        if self.labels is not None:
            on = self.labels[self.labels["assigned"] & (self.labels["theme_id"] == "drugs")]
            for comment_id, position in zip(on["comment_id"], on["position_id"], strict=True):
                assigned.setdefault(comment_id, []).append(position)
        for comment_id in self.counted["comment_id"]:
            positions = ["", "more"] if decided.get(comment_id) else []
            if comment_id not in decided:
                positions = assigned.get(comment_id, [])
            if "" not in positions:
                continue
            carried[""] += 1
            carried["none"] += len(positions) == 1
            carried["several"] += len(positions) > 2
        return carried[""], carried["none"], carried["several"]


Check = Callable[[Case, "re.Match[str]"], None]
COMMENT = r"(?:(?P<{0}>1) comment|(?P<{0}s>[\d,]+) comments)"


def comments_of(match: "re.Match[str]", name: str) -> int:
    """What `1 comment` or `2 comments` says; the form is right by the pattern, but for `1 comments`."""
    several = match[f"{name}s"]
    if several is None:
        return 1
    assert several != "1"
    return whole(several)


def whole(text: str) -> int:
    return 0 if text == "none" else int(text.replace(",", ""))


def check_counts(**expected: Callable[[Case], int]) -> Check:
    """The numbers of a note, by the groups of its pattern."""

    def check(case: Case, match: "re.Match[str]") -> None:
        for name, recount in expected.items():
            if f"{name}s" in match.re.groupindex:
                assert comments_of(match, name) == recount(case), (name, match[0])
            else:
                assert whole(match[name]) == recount(case), (name, match[0])

    return check


def check_base(case: Case, match: "re.Match[str]") -> None:
    """Received is counted, left out, letters and comments shown apart."""
    assert whole(match["counted"]) == len(case.counted)
    assert comments_of(match, "received") == len(case.comments)
    rest = match["rest"]
    parts = {"left out": sum(case.excluded.values()), "letter": case.size - len(case.everything)}
    parts["apart"] = len(case.everything) - len(case.counted)
    for word, number in parts.items():
        stated = [part for part in rest.split("; ") if word in part]
        assert len(stated) == bool(number), rest
        if number:
            assert stated[0].startswith(f"{number:,} "), (word, rest)
            assert (" is " if number == 1 else " are ") in stated[0]
    for reason, number in case.excluded.items():
        assert (f"{number:,} {WORD_OF_REASON[reason]}" in rest) == (number > 0), rest


def check_review(case: Case, match: "re.Match[str]") -> None:
    decided, base = case.decided_among(case.everything), len(case.everything)
    reviewers = match["reviewers"]
    assert reviewers == ("1 reviewer" if case.reviewers == 1 else f"{case.reviewers} reviewers")
    unsure = case.everything["comment_id"].isin(case.unsure_ids).sum()
    assert whole(match["whole"]) == decided - unsure
    assert whole(match["more"] or "0") == unsure
    assert comments_of(match, "base") == base
    if case.drawn:
        assert match["why"] == f"{decided:,} drawn at random"
    for name in ("how", "why"):
        assert sum(whole(n) for n in re.findall(r"(?:^|, )([\d,]+) ", match[name])) == decided


def check_disputes(case: Case, match: "re.Match[str]") -> None:
    stated = dict(re.findall(r"(Buses|Parks|Drugs)(?:, \w+)? (\d+)", match["list"]))
    for theme in ("buses", "parks"):
        assert int(stated.get(theme.title(), 0)) == case.disputed(case.everything, theme)


def check_ties(case: Case, match: "re.Match[str]") -> None:
    """The counts named are counts of the table, and each is named with its own places."""
    table = case.report.themes
    counts = set(table.loc[table["rank"].notna(), "n"].astype(int))
    named = re.findall(
        r"\(([\d, and]+) comments\)|with (?:1 comment|([\d,]+) comments) each", match[0]
    )
    for sizes, equal in named:
        for number in re.findall(r"\d[\d,]*", sizes or equal):
            assert whole(number.rstrip(",")) in counts


def nothing(case: Case, match: "re.Match[str]") -> None:
    """The note has no count."""
    for number in re.findall(r"\d+", match[0]):
        assert number in ("100", "95", "5", "30", "0", "6", "60", "1"), match[0]


BASE = COMMENT.format("base")
N = COMMENT.format("n")
GUESS = "First guess by the program, not for publication: "
SAMPLE = (
    rf"(?P<decided>[\d,]+) of the {COMMENT.format('drawn')} drawn at random (?:is|are) decided and "
    r"(?P<missing>[\d,]+) (?:is|are) missing"
)
check_sample = check_counts(
    decided=lambda case: len(case.drawn) - case.missing,
    drawn=lambda case: len(case.drawn),
    missing=lambda case: case.missing,
)
ADDED = rf"{N} (?:was|were) added after a sample was drawn, and could not be drawn"
check_added = check_counts(n=lambda case: case.left_out)
FORMS: list[tuple[str, Check]] = [
    # what readers need
    (r"Exact: every comment was decided by a reviewer\.", nothing),
    (
        rf"Exact but for disputes: .* disagree about (?P<disputed>[\d,]+) of {BASE}\.",
        check_counts(disputed=lambda c: c.disputed(c.counted), base=lambda c: len(c.counted)),
    ),
    (
        rf"Nearly exact: reviewers decided all but (?P<left>[\d,]+) of {BASE}, and the intervals allow for whatever (?:that one|those) may say\.",
        check_counts(left=lambda c: c.left_among(c.counted), base=lambda c: len(c.counted)),
    ),
    (
        rf"Estimated with 95% intervals, from {N} drawn at random and reviewed\.",
        check_counts(n=lambda case: case.drawn_among(case.counted)),
    ),
    (r"Partly estimated with 95% intervals, .*: there is no interval for [\w, ]+\.", nothing),
    (r"Partly reviewed: (?:nearly )?exact for every theme but [\w, ]+\.", nothing),
    (
        rf"Partly reviewed: reviewers decided (?P<decided>[\d,]+) of {BASE}, and only those are counted\.",
        check_counts(decided=lambda c: c.decided_among(c.counted), base=lambda c: len(c.counted)),
    ),
    (rf"{GUESS}no comment drawn at random has been reviewed\.", nothing),
    (
        rf"{GUESS}no comment drawn at random has been reviewed \(reviewers decided (?P<decided>[\d,]+) of {BASE}, none drawn at random\)\.",
        check_counts(decided=lambda c: c.decided_among(c.counted), base=lambda c: len(c.counted)),
    ),
    (rf"{GUESS}{SAMPLE}\.", check_sample),
    (
        rf"{GUESS}reviewers decided (?P<decided>[\d,]+) of {BASE}, (?P<drawn>[\d,]+) of them drawn at random, and an interval needs 30\.",
        check_counts(
            decided=lambda c: c.decided_among(c.counted),
            base=lambda c: len(c.counted),
            drawn=lambda c: c.drawn_among(c.counted),
        ),
    ),
    (
        r"The figures count all comments received \((?P<n>[\d,]+)\)\.",
        check_counts(n=lambda case: len(case.comments)),
    ),
    (
        rf"The figures count (?P<counted>[\d,]+) of {COMMENT.format('received')} received: (?P<rest>.*)\.",
        check_base,
    ),
    (
        rf"Reviewers disagree about {N} and nobody has settled (?:it|them): each disputed answer counts as half\.",
        check_counts(n=lambda case: case.disputed(case.everything)),
    ),
    (rf"{SAMPLE}, so no interval rests on this sample\.", check_sample),
    (rf"{ADDED}, so no interval rests on this sample\.", check_added),
    (rf"{GUESS}{ADDED}\.", check_added),
    (rf"No interval is given(?: for [\w, ]+)?: {ADDED}\. Counts are .*", check_added),
    (rf"{SAMPLE}, so the intervals allow for whatever the missing ones? may say\.", check_sample),
    (
        rf"{N} drawn at random (?:was|were) not reviewed blind as far as is known, which .*\.",
        check_counts(n=lambda case: case.decided_of_draw(case.counted)),
    ),
    (
        rf"{N} in the base (?:is|are) neither reviewed nor coded and carr(?:y|ies) no theme, so the counts are too low\.",
        check_counts(n=lambda case: len(case.uncoded(case.counted))),
    ),
    (
        rf"{N} repeats? an answer of another source and (?:is|are) counted again, as chosen for this project\.",
        check_counts(n=lambda case: int((case.everything["same_as"] != "").sum())),
    ),
    (r"The codebook has changed since the program coded the comments, so .*\.", nothing),
    (
        rf"No percentages are given: there (?:is|are) {N} in all, and a percentage needs 30\.",
        check_counts(n=lambda case: len(case.counted)),
    ),
    (r"A few comments have nearly all the weight of Poll, so .*", nothing),
    (r"The intervals are wide, because fewer than 100 comments drawn at random were reviewed\.", nothing),
    (
        r"The figures over all comments mix (?P<n>\d+) sources, so read each source by itself as well\.",
        check_counts(n=lambda case: case.counted["source"].nunique()),
    ),
    # what analysts need
    (r"Counts are exact: .*", nothing),
    (
        rf"Counts are estimates\. .* corrected by the {N} drawn at random and reviewed\. .*",
        check_counts(n=lambda case: case.drawn_among(case.counted)),
    ),
    (r"Where reviewers decided almost every comment, .*", nothing),
    (
        rf"No interval is given(?: for [\w, ]+)?: {SAMPLE}\. Counts are .*",
        check_sample,
    ),
    (r"No interval is given(?: for [\w, ]+)?: no comment drawn at random was reviewed, and .*", nothing),
    (
        rf"No interval is given(?: for [\w, ]+)?: only {N} drawn at random (?:was|were) reviewed, and .*",
        check_counts(n=lambda case: case.drawn_among(case.counted)),
    ),
    (
        rf"No interval is given(?: for [\w, ]+)?: {N} drawn at random (?:was|were) reviewed, but "
        r"(?:only )?(?P<whole>none|[\d,]+) of them on all themes \(in (?P<unsure>[\d,]+) a theme was left unsure or not asked\), .*",
        check_counts(
            n=lambda case: case.drawn_among(case.counted),
            whole=lambda c: c.drawn_among(c.counted) - c.unsure_among(c.counted),
            unsure=lambda case: case.unsure_among(case.counted),
        ),
    ),
    (
        rf"Random sample: {COMMENT.format('drawn')}, (?P<decided>[\d,]+) decided and (?P<missing>[\d,]+) missing\."
        r"(?: In (?P<unsure>[\d,]+) of them a reviewer could not tell\.)?"
        r"(?: (?P<added>[\d,]+) comments? (?:was|were) added later and could not be drawn\.)?",
        lambda case, match: check_sample_note(case, match),
    ),
    (r"Disputed answers: (?P<list>.*)\. To settle them: coder review .* --adjudicate", check_disputes),
    (r"No comment was decided by a reviewer: everything is coded by the program\.", nothing),
    (
        rf"(?P<reviewers>\d+ reviewers?) decided (?P<whole>[\d,]+) of {BASE} on every theme(?: \((?:\d+|under 1)%\))?"
        r"(?:, and (?P<more>[\d,]+) more on some themes)?\. "
        r"How comments were decided: (?P<how>.*)\. How comments were chosen: (?P<why>.*)\.",
        check_review,
    ),
    (
        rf"(?P<reviewers>\d+ reviewers?) decided (?P<more>[\d,]+) of {BASE} on some themes, and (?P<whole>none) on every theme\. "
        r"How comments were decided: (?P<how>.*)\. How comments were chosen: (?P<why>.*)\.",
        check_review,
    ),
    (
        rf"Two or more reviewers judged {N} blind; their agreement has no value\.",
        check_counts(n=lambda case: case.decided_among(case.everything)),
    ),
    (
        rf"Two or more reviewers judged {N} blind\. Their agreement is -?\d\.\d\d: 1 is full agreement, .*",
        check_counts(n=lambda case: case.decided_among(case.everything)),
    ),
    (
        rf"{N} in the base (?:was|were) neither decided nor coded and carr(?:y|ies) no theme: [c\d, ]+(?:and (?P<more>[\d,]+) more)?\.",
        check_counts(n=lambda case: len(case.uncoded(case.everything))),
    ),
    (r"(Comments without a suggestion are|Where one person sent) .*", nothing),
    (
        rf"{N} (?:is|are) left out because another source has the same answer: .*",
        check_counts(n=lambda case: case.excluded["duplicate"]),
    ),
    (
        rf"Figures over all comments include the discussion page Web \({N}\), as chosen with --pool-discussion\.",
        check_counts(n=lambda case: case.page_size),
    ),
    (
        rf"Web \({N}\) is a discussion page: its comments .*",
        check_counts(n=lambda case: case.page_size),
    ),
    (
        r"(?P<n>[\d,]+) analysed comments? (?:is|are) about the consultation itself; (?:it counts|they count) like the other (?P<others>[\d,]+)\.",
        check_counts(
            n=lambda case: int((case.everything["about_process"] == "1").sum()),
            others=lambda case: int((case.everything["about_process"] == "0").sum()),
        ),
    ),
    (r"A comment can carry several themes, .*", nothing),
    (
        rf"Drugs: of {N} as coded, (?P<none>[\d,]+) takes? no position and (?P<several>[\d,]+) takes? more than one\.",
        check_counts(
            n=lambda c: c.drugs[0], none=lambda c: c.drugs[1], several=lambda c: c.drugs[2]
        ),
    ),
    (r"Each rank has a 95% range: .*", nothing),
    (r"(Themes with equal counts share a rank|Near ties, where one decision) .*", check_ties),
    (r"Themes with equal counts share a rank: .*", check_ties),
    (
        r"(?P<share>\d+)% of the comments come from [\w, ]+, without weights: .*",
        check_counts(
            share=lambda case: round(100 * float(case.counted["weight"].isna().mean()))
        ),
    ),
    (r"The theme table is not weighted, .*", nothing),
    (r"To give percentages of fewer comments, change the least base: --minimum-base\.", nothing),
    (r"No percentages are given where the base is under 30: (?P<list>.*)\.", lambda c, m: check_small(c, m)),
    (
        r"Each campaign counts as one comment: (?:(?P<n>1) further letter|(?P<ns>[\d,]+) further letters) of campaigns (?:is|are) analysed but left out of the base\. Where each letter counts, (?P<all>[\d,]+) comments do\.",
        check_counts(
            n=lambda case: case.size - len(case.everything),
            all=lambda case: case.size,
        ),
    ),
    (
        r"Letters of (?P<n>[\d,]+) campaigns? came by several sources\. A campaign counts in one source alone: .*",
        check_counts(n=lambda case: case.spread_campaigns),
    ),
    (
        rf"{N} belongs? to (?P<campaigns>\d+) campaigns?, and each counts\. "
        rf"Where each campaign counts once, {COMMENT.format('once')} (?:does|do): --campaigns once\.",
        check_counts(
            n=lambda case: int((case.everything["campaign_id"] != "").sum()),
            campaigns=lambda case: case.everything["campaign_id"].replace("", np.nan).nunique(),
            once=lambda case: (
                int((case.everything["campaign_id"] == "").sum())
                + case.everything["campaign_id"].replace("", np.nan).nunique()
            ),
        ),
    ),
    (r"No theme is under (?:1 comment|0%), so none is held back\.", nothing),
    (
        r"(?:(?P<n>1) theme|(?P<ns>\d+) themes) under (?:1 comment|0%) (?:is|are) held back\.",
        check_counts(n=lambda case: 3 - int(case.report.themes["rank"].notna().sum())),
    ),
    (r"(Quotes are exact parts|No quote fits the rules) .*", nothing),
    (
        rf"Not quoted: {N} whose authors? declined publication(?P<rest>.*)\.",
        check_counts(n=lambda case: int((case.everything["declined"] == "yes").sum())),
    ),
]  # fmt: skip


def check_sample_note(case: Case, match: "re.Match[str]") -> None:
    check_sample(case, match)
    unsure = set(case.drawn) & set(case.unsure_ids)
    assert whole(match["unsure"] or "0") == len(unsure)
    assert whole(match["added"] or "0") == case.left_out


def check_small(case: Case, match: "re.Match[str]") -> None:
    for name, size in re.findall(r"(\w+) \(([\d,]+)\)", match["list"]):
        assert whole(size) == int((case.everything["source"] == name).sum()) < 30


def forms_of(note: str) -> list[tuple["re.Match[str]", Check]]:
    matches = []
    for pattern, check in FORMS:
        match = re.fullmatch(pattern, note, re.DOTALL)
        if match:
            matches.append((match, check))
    return matches


WRONG = re.compile(
    r"\b1 (?:comments|themes|sources|campaigns|reviewers|letters|quotes|cells|are|were|have|take|carry|belong|repeat)\b"
    r"|\b(?:0|[2-9]|\d+\d) (?:comment|theme|source|campaign|reviewer|letter|quote|was|has|takes|carries|belongs|repeats)\b"
    r"|mores|commentss|themess|sourcess|nan|None|\s\s|\.\.(?!\.)|[\ue000-\uf8ff]| ,|,,|\(\)"
)
JARGON = re.compile(
    r"prediction-powered|Holm|Krippendorff|Wilson|alpha|fingerprint|seed|Fisher|Rao", re.IGNORECASE
)


def reports(seeds: range) -> Iterator[tuple[Case, Report]]:
    """The cases that give a report: something is coded, and not everything is held back."""
    for seed in seeds:
        case = Case(seed)
        with suppress(CoderError):
            if len(case.counted):
                yield case, case.report


@pytest.mark.parametrize("seeds", [range(30), range(30, 60)])
def test_every_count_in_the_notes_is_a_recount_and_every_form_is_right(seeds: range) -> None:
    made = 0
    for case, report in reports(seeds):
        made += 1
        notes = report.notes
        assert 2 <= len(notes.reader) <= 3
        for note in notes.reader:
            assert len(re.findall(r"[.!?](?:\s|$)", note)) == 1, note
        for note in (*notes.reader, *notes.analyst):
            matches = forms_of(note)
            assert matches, f"seed {case.seed}: no recount for {note!r}"
            for match, check in matches:
                check(case, match)
            assert not WRONG.search(note), f"seed {case.seed}: {note!r}"
            assert not JARGON.search(note), f"seed {case.seed}: {note!r}"
        assert len(set(notes)) == len(notes)
        assert list(notes) == [*notes.reader, *notes.analyst, *notes.record]
    assert made > 0.7 * len(seeds)


def audited(*, reviewers: int, missing: int, mode: str) -> Case:
    """130 comments of two sources, coded by the program, of which 100 were drawn at random."""
    case = Case(1)
    case.size, case.labelled, case.unlabelled, case.letters = 130, True, 0, 0
    case.sources, case.has_page, case.stale, case.weighted = 2, False, False, False
    case.repeats, case.unsure, case.threshold, case.added = 0, 0, "", 0
    case.how_many, case.reviewers, case.mode = "draw", reviewers, mode
    vars(case)["drawn"] = case.in_order[:100]
    vars(case)["decided"] = case.in_order[: 100 - missing]
    return case


@pytest.mark.parametrize(
    ("reviewers", "missing", "mode", "caution"),
    [
        (2, 30, "assisted", "Reviewers disagree about"),
        (
            1,
            30,
            "assisted",
            "70 of the 100 comments drawn at random are decided and 30 are missing",
        ),
        (1, 1, "assisted", "99 of the 100 comments drawn at random are decided and 1 is missing"),
        (1, 0, "assisted", "100 comments drawn at random were not reviewed blind"),
        (1, 0, "blind", "The figures over all comments mix 2 sources"),
    ],
)
def test_readers_get_the_most_important_caution(
    reviewers: int, missing: int, mode: str, caution: str
) -> None:
    report = audited(reviewers=reviewers, missing=missing, mode=mode).report
    assert report.notes.reader[2].startswith(caution)
    assert not any(caution in note for note in report.notes.analyst[:1])
    assert report.intervals == (missing < 30)


def test_a_campaign_that_came_by_several_sources_is_said_to_count_in_one() -> None:
    case = audited(reviewers=1, missing=0, mode="blind")
    case.letters, case.sources, case.campaigns = 5, 3, "once"
    said = "Letters of 2 campaigns came by several sources."
    assert any(note.startswith(said) for note in case.report.notes.analyst)


def test_every_count_in_the_notes_of_a_breakdown_is_a_recount() -> None:
    checked = 0
    for seed in range(16):
        case = Case(seed)
        case.how_many, case.unsure, case.threshold, case.reviewers = "all", 0, "", 1
        case.comments["area"] = [
            case.chance.choice(("North", "South", "Refused", "Other " + str(n % 2)))
            for n in range(len(case.comments))
        ]
        report = report_of(case.comments, None, BOOK, case.judgements, by=("area",))
        breakdown = next(b for b in report.breakdowns if b.column == "area")
        analysed = case.comments[case.comments["status"] == "analysed"]
        sizes = analysed["area"].value_counts()
        tested = breakdown.cells[breakdown.cells["significant"] != ""]
        for note in breakdown.notes:
            assert not WRONG.search(note), note
            assert not JARGON.search(note), note
            missing = re.match(r"Left out as missing: (\d+) “Refused”\.", note)
            compared = re.match(r"Of (\d+) cells? compared, (\d+) .* and (\d+) do", note)
            if missing:
                assert int(missing[1]) == sizes["Refused"]
                checked += 1
            if compared:
                marked = int(tested["significant"].isin(["higher", "lower"]).sum())
                stated = tuple(map(int, compared.groups()))
                assert stated == (len(tested), marked, len(tested) - marked)
                checked += 1
    assert checked > 8


def test_every_writer_holds_the_three_tiers(tmp_path: Path) -> None:
    case = audited(reviewers=1, missing=3, mode="blind")
    notes = case.report.notes
    for suffix in ("md", "html", "docx", "xlsx", "csv", "json"):
        write_report(case.report, tmp_path / f"t.{suffix}")
    texts = {
        "md": (tmp_path / "t.md").read_text(encoding="utf-8").replace("\\", ""),
        "html": unescape((tmp_path / "t.html").read_text(encoding="utf-8")),
        "csv": (tmp_path / "t.notes.txt").read_text(encoding="utf-8"),
        "docx": "\n".join(p.text for p in docx.Document(str(tmp_path / "t.docx")).paragraphs),
        "notebook": unescape(case.report._repr_html_()),
    }
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    texts["xlsx"] = "\n".join(str(value) for value in cells if value is not None)
    for kind, text in texts.items():
        places = [text.find(note) for note in notes]
        assert -1 not in places, (kind, notes[places.index(-1)])
        assert places[: len(notes.reader)] == sorted(places[: len(notes.reader)]), kind
        last = max(places[: len(notes.reader)])
        assert last < min(places[len(notes.reader) :]), kind
    tree = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert tree["notes_in_tiers"] == notes.tiers()
    assert tree["notes"] == list(notes)
