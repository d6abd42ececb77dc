"""Code a project's comments against a codebook, and write the labels."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.engine import Progress, silent
from coder.text import count
from coder.workflow.lost_decisions import tell_lost_decisions
from coder.workflow.opened_codebook import OpenedCodebook, open_codebook
from coder.workflow.target import Columns, hold_target, open_project
from coder.workflow.workplace import Place, open_workplace

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.coding.tally import LabelTally
    from coder.embedding import EncoderChoice
    from coder.project import Project
    from coder.transactions import Transaction
    from coder.workflow.coded_tables import CodedTables
    from coder.workflow.read import ReadOutcome
    from coder.workflow.target import Opened

CHINESE_LETTERS = "cjk"  # the script of Chinese, and of much Japanese
EXAMPLES_SHOWN = 3  # ids of comments in another language that a note names


@dataclass(frozen=True)
class ApplyOutcome:
    """What `apply` did.

    Attributes:
        project: where `labels.parquet` (the model's answer), `labels.csv` and `matrix.csv`
            (what stands) are.
        codebook: what was applied.
        tally: how many comments carry each theme and position, as the labels stand.
        themes: a row a theme (see `coder.coding.quality.quality_table`).
        run: facts of the run, as the run record holds them.
        encoded: texts for which no vector was kept from an earlier run.
        warnings: sentences that also a quiet run shows.
        reading: what was read, where the target was a file that was new or had changed.
        own_judgements: `tables.JUDGEMENTS` of the project's comments.
    """

    project: "Project"
    codebook: "Codebook"
    tally: "LabelTally"
    themes: "pd.DataFrame"
    run: Mapping[str, Any]
    encoded: int
    warnings: tuple[str, ...]
    reading: "ReadOutcome | None"
    own_judgements: "pd.DataFrame"

    @cached_property
    def labels(self) -> "pd.DataFrame":
        """`tables.LABELS` as they stand: the reviewers' answers over the model's, sub-themes
        counted for their parents. Read from the project when it is first asked for.
        """
        from coder.decisions import lay_over

        return lay_over(self.project.labels, self.own_judgements, self.codebook)

    def __repr__(self) -> str:
        comments = count(self.run["comments"], "comment")
        return f"ApplyOutcome({comments}, {count(len(self.themes), 'theme')})"

    @property
    def all_decided(self) -> bool:
        """Whether every comment is decided for every theme."""
        return bool((self.themes["decided"] == self.run["comments"]).all())

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON, without the labels."""
        facts = {
            "project": str(self.project.folder),
            **self.run,
            "embedded": self.encoded,
            "themes": self.themes.to_dict("records"),
        }
        if self.reading is not None:
            facts["read"] = self.reading.facts()
        return facts

    def _repr_html_(self) -> str:
        """The themes as a table, for notebooks."""
        from coder.notebook import html_table

        rows = []
        for theme_id, n, decided in self.themes[
            ["theme_id", "n", "decided"]
        ].itertuples(index=False):
            rows.append((self.codebook.theme(theme_id).name, int(n), int(decided)))
        heading = (
            f"{self.codebook.title}: {count(self.run['comments'], 'comment')} coded"
        )
        notes = [*self.warnings]
        if not self.run["decided"]:
            notes.append(
                "A first guess by the program: no comment has been reviewed yet."
            )
        return html_table(heading, ("Theme", "Comments", "Reviewed"), rows, notes=notes)


def apply(
    target: "Project | Path | str",
    codebook: "Codebook | Path | str",
    columns: Columns | None = None,
    *,
    labels_per_comment: float | None = None,
    opinion: bool = True,
    encoder: "EncoderChoice | None" = None,
    seed: int = 0,
    place: Place | None = None,
    progress: Progress = silent,
) -> ApplyOutcome:
    """Code every analysed comment against every theme and position, and write the labels.

    Args:
        target: a project, its folder, or a file of comments.
        codebook: a YAML file, whose decisions teach the model, or a `Codebook` in memory.
        columns: which columns of the file hold what; None detects them.
        labels_per_comment: mean number of themes a comment; None estimates it.
        opinion: use the encoder layers tuned on opinions too.
        encoder: how vectors are computed; None for the packaged model, as quickly as may be.
        seed: of whatever is drawn at random.
        place: where the comments are coded; None for this process.

    Raises:
        CoderError: an argument is wrong, or no comment is analysed.
    """
    options = _Options(labels_per_comment, opinion, encoder, seed, place)
    source = open_codebook(codebook)
    with hold_target(target, "coder apply", progress) as waiting:
        opened = open_project(
            target,
            columns,
            codebook=source.codebook,
            progress=progress,
        )
        outcome = _apply(opened, source, options, progress)
    return replace(outcome, warnings=(*waiting, *outcome.warnings))


class _Options(NamedTuple):
    """How comments are coded, as `apply` takes it."""

    labels_per_comment: float | None
    opinion: bool
    encoder: "EncoderChoice | None"
    seed: int
    place: Place | None


def _apply(
    opened: "Opened",
    source: OpenedCodebook,
    options: _Options,
    progress: Progress,
) -> ApplyOutcome:
    """Code while nobody else writes into the project."""
    from coder.coding import apply_codebook
    from coder.embedding import embedder_of
    from coder.transactions import Transaction
    from coder.workflow.candidate_groups import drafts_of, find_groups, keep_new_groups

    project, judgements = opened.project, source.judgements()
    lost: tuple[str, ...] = ()
    if source.path is not None:
        lost = tell_lost_decisions(project, source.path)
    comments, name = project.comments, project.settings().name
    own = _own_judgements(judgements, comments, name)
    about_name = _notes_on_name(judgements, comments, name)
    groups = find_groups(source.path, source.codebook, drafts_of(project))
    encoder = options.encoder
    embedder = embedder_of(encoder, project.cache_path.resolve())
    learnt = _what_teaches(source, judgements)
    key = (embedder.fingerprint, options.opinion, name, *learnt)
    with open_workplace(project, options.place, encoder, key) as (engine, kept):
        coding = apply_codebook(
            comments,
            source.codebook,
            embedder,
            judgements,
            groups=groups.rows,
            places=project.places,
            project=name,
            labels_per_comment=options.labels_per_comment,
            opinion=options.opinion,
            seed=options.seed,
            engine=engine,
            kept=kept,
            progress=progress,
        )
        notes = keep_new_groups(groups, source.path, project)
        with Transaction(project.folder, "coder apply") as change:
            tables = _write_tables(project, coding, own, source.codebook, change)
            run = _run_facts(coding.facts, tables.tally, source, encoder)
            _record_run(project, run, coding.ids, source.path, change)
    notes = (*lost, *about_name, *notes)
    return _outcome(opened, source, tables, own, run, embedder.embedded, notes)


def _own_judgements(
    judgements: "pd.DataFrame", comments: "pd.DataFrame", project: str
) -> "pd.DataFrame":
    from coder.decisions import own_judgements

    return own_judgements(judgements, comments, project)


def _notes_on_name(
    judgements: "pd.DataFrame", comments: "pd.DataFrame", project: str
) -> list[str]:
    from coder.decisions import DecidedComment, notes_on_other_name

    rows = judgements[list(DecidedComment._fields)].itertuples(index=False)
    return notes_on_other_name(map(DecidedComment._make, rows), comments, project)


def _what_teaches(
    source: OpenedCodebook, judgements: "pd.DataFrame"
) -> tuple[str, ...]:
    """What tells apart the texts that are read together with the comments."""
    return (source.codebook.fingerprint, *judgements["decision_id"])


def _outcome(
    opened: "Opened",
    source: OpenedCodebook,
    tables: "CodedTables",
    own: "pd.DataFrame",
    run: Mapping[str, Any],
    encoded: int,
    notes: tuple[str, ...],
) -> ApplyOutcome:
    return ApplyOutcome(
        project=opened.project,
        codebook=source.codebook,
        tally=tables.tally,
        themes=_themes(source.codebook, tables, own, run),
        run=run,
        encoded=encoded,
        warnings=(*_notes_on_inputs(source, run), *notes),
        reading=opened.reading,
        own_judgements=own,
    )


def _notes_on_inputs(
    source: OpenedCodebook,
    run: Mapping[str, Any],
) -> tuple[str, ...]:
    """What to tell of the files of decisions, and of comments in another language."""
    language = source.codebook.language
    return (
        *source.notes,
        *_left_out_warning(run),
        *_language_warning(run, language),
    )


def _left_out_warning(run: Mapping[str, Any]) -> tuple[str, ...]:
    """What to tell of comments that could not be read; nothing where there are none."""
    left_out = run["left_out"]
    if not left_out:
        return ()
    examples = []
    for comment_id, reason in list(left_out.items())[:EXAMPLES_SHOWN]:
        examples.append(f"{comment_id} ({reason})")
    warning = (
        f"{count(len(left_out), 'comment')} could not be read and left out: "
        f"{'; '.join(examples)}. Tables count them without a theme, and say so. "
        "This is a fault of the program: please report it."
    )
    return (warning,)


def _themes(
    codebook: "Codebook",
    tables: "CodedTables",
    own: "pd.DataFrame",
    run: Mapping[str, Any],
) -> "pd.DataFrame":
    import pandas as pd

    from coder.coding.quality import quality_table
    from coder.decisions import standing_judgements

    return quality_table(
        codebook,
        tables.tally,
        pd.concat(tables.judged, ignore_index=True),
        standing_judgements(own),
        run["thresholds"],
        run["found_by"],
    )


def _run_facts(
    facts: Mapping[str, Any],
    tally: "LabelTally",
    source: OpenedCodebook,
    encoder: "EncoderChoice | None",
) -> dict[str, Any]:
    """Facts of the coding; counts of themes are of what stands."""
    from coder.embedding import EncoderChoice

    file_name = "" if source.path is None else source.path.name
    return {
        **facts,
        "grouped": _grouped_and_coded(facts["grouped"], tally),
        "labels_per_comment": tally.labels_per_comment,
        "comments_without_theme": tally.without_theme,
        **(encoder or EncoderChoice()).facts(),
        "codebook_file": file_name,
    }


def _grouped_and_coded(
    sizes: Mapping[str, int], tally: "LabelTally"
) -> dict[str, dict[str, int]]:
    """By theme that was adopted from a group: the comments of the group, and those coded."""
    facts = {}
    for theme_id, size in sizes.items():
        facts[theme_id] = {"grouped": size, "coded": tally.count(theme_id)}
    return facts


def _write_tables(
    project: "Project",
    coding: "Coding",
    own: "pd.DataFrame",
    codebook: "Codebook",
    change: "Transaction",
) -> "CodedTables":
    """Write the model's answer, and what stands as `labels.csv` and `matrix.csv`."""
    from coder.decisions import StandingDecisions
    from coder.places import Places
    from coder.workflow.coded_tables import BlockFinisher, open_tables

    judged = frozenset(own["comment_id"])
    places = Places(project.places)
    finisher = BlockFinisher(StandingDecisions(own, codebook), judged, places)
    with open_tables(project, len(coding.ids), change) as tables:
        tables.write(coding.label_blocks(finisher), project)
    return tables


def _record_run(
    project: "Project",
    run: Mapping[str, Any],
    coded: Collection[str],
    codebook: Path | None,
    change: "Transaction",
) -> None:
    """Write the run record, with the hashes of the tables.

    Args:
        coded: ids of the comments that have labels.
    """
    from coder.comment_files import fingerprint_comments, fingerprint_texts
    from coder.files import sha256_of
    from coder.workflow.coded_tables import TABLES

    hashes = {}
    for name in TABLES:
        hashes[name] = sha256_of(change.at(project.folder / name))
    labels = change.at(project.labels_path)
    labels_hashes = {project.labels_path.name: labels}
    if labels.is_dir():
        labels_hashes = {path.name: path for path in labels.iterdir()}
    comments = project.comments
    record = {
        "comments_fingerprint": fingerprint_comments(comments),
        "texts_fingerprint": fingerprint_texts(comments, coded),
        "tables_sha256": hashes,
        "labels_sha256": {
            name: sha256_of(path) for name, path in labels_hashes.items()
        },
    }
    project.record_run("apply", {**run, **record}, codebook, change)


def _language_warning(run: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """What to tell of comments whose themes the codebook's words can hardly find; nothing where
    they are few.
    """
    from coder.coding.language import LANGUAGES
    from coder.figures import format_percent

    other = run["other_language"]
    if not other["noticeable"]:
        return ()
    share = format_percent(100 * other["comments"] / run["comments"])
    examples = ", ".join(other["comment_ids"][:EXAMPLES_SHOWN])
    looks_like, says_so = _likely_language(other)
    warning = (
        f"{count(other['comments'], 'comment')} ({share}) do not seem to be in the codebook's "
        f"language ({LANGUAGES.get(language, language)}, `language: {language}`){looks_like}. "
        f"Their themes are found badly: use a codebook in their language {says_so}, or "
        f"translate them first. For example: {examples}."
    )
    return (warning,)


def _likely_language(other: Mapping[str, Any]) -> tuple[str, str]:
    """What most of the comments look like, and how a codebook says so; in general words where
    they differ.
    """
    from coder.coding.language import LANGUAGES

    kind, most = next(iter(other["guessed"].items()))
    if 2 * most <= other["comments"]:
        return "", "that says so"
    if kind in LANGUAGES:
        return f"; most look like {LANGUAGES[kind]}", f"with `language: {kind}`"
    if kind == CHINESE_LETTERS:
        return "; most look like Chinese or Japanese", "that says so"
    return f"; most look like {kind.title()} script", "that says so"
