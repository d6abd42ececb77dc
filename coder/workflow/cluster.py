"""Group a project's comments into candidate themes, and write the draft codebook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, command, did_you_mean, option
from coder.workflow.questions import only_question_id
from coder.workflow.target import Columns, Opened, hold_target, open_project

if TYPE_CHECKING:
    import pandas as pd

    from coder.clustering import Clustering, Similarity
    from coder.codebook import Codebook
    from coder.embedding import Embedder, EncoderChoice
    from coder.project import Project
    from coder.transactions import Transaction
    from coder.workflow.read import ReadOutcome

CAMPAIGN_COUNTS = ("each", "once")


@dataclass(frozen=True)
class ClusterOptions:
    """How candidates are found.

    Attributes:
        themes: how many (2 to 200); None lets the comments decide.
        min_size: fewest comments of a candidate; None grows with their number.
        method: one of `coder.clustering.METHODS`.
        campaigns: `each` counts every sender of a campaign, `once` counts the campaign once.
        seed: the same seed and comments give the same candidates.
        encoder: how vectors are computed; None for the packaged model, as quickly as may be.
    """

    themes: int | None = None
    min_size: int | None = None
    method: str = "graph"
    campaigns: str = "each"
    seed: int = 0
    encoder: "EncoderChoice | None" = None


@dataclass(frozen=True)
class NearTheme:
    """The theme of a codebook that a candidate is most like."""

    similarity: "Similarity"
    theme_name: str


@dataclass(frozen=True)
class Coverage:
    """How many comments a codebook leaves without a theme."""

    codebook: Path
    title: str
    without_theme: int
    analysed: int


@dataclass(frozen=True)
class ClusterOutcome:
    """Candidate themes and the files they were written to."""

    project: "Project"
    clustering: "Clustering"
    draft: Path  # the codebook to edit
    table: Path  # which comment belongs to which candidate
    maps: tuple[Path, ...]
    campaigns: str
    # A draft that somebody had edited, under its new name.
    kept_draft: Path | None = None
    # Where only comments beyond a codebook were grouped.
    coverage: Coverage | None = None
    near_themes: tuple[NearTheme, ...] = ()
    reading: "ReadOutcome | None" = None
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        facts = self.clustering.facts
        return f"ClusterOutcome({facts['candidates']} candidates, draft={str(self.draft)!r})"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        clustering = self.clustering
        files = {"draft": str(self.draft), "table": str(self.table)}
        files |= {path.name: str(path) for path in self.maps}
        facts = {
            **clustering.facts,
            "notes": clustering.notes,
            "files": files,
            "candidates": [candidate.facts() for candidate in clustering.candidates],
            "merge_questions": [asdict(pair) for pair in clustering.similar],
            "campaigns_found": clustering.campaigns.to_dict("records"),
            "unclear_ids": clustering.unclear_ids,
        }
        if self.coverage is not None:
            facts["most_alike"] = [asdict(near.similarity) for near in self.near_themes]
        return facts

    def _repr_html_(self) -> str:
        """The candidates as a table, for notebooks."""
        from coder.notebook import html_table

        rows = []
        for candidate in self.clustering.top:
            stability = "–"
            if candidate.stability is not None:
                stability = f"{candidate.stability:.2f}"
            words = ", ".join(candidate.keywords[:6])
            rows.append((candidate.name, candidate.size, stability, words))
        heading = f"{len(rows)} candidate themes in {self.clustering.facts['comments']:,} comments"
        notes = [f"Draft codebook: {self.draft}", *self.clustering.notes]
        return html_table(
            heading, ("Name", "Comments", "Stability", "Keywords"), rows, notes=notes
        )


def cluster(
    target: "Project | Path | str",
    columns: Columns | None = None,
    options: ClusterOptions | None = None,
    *,
    beyond: "Path | str | None" = None,
    maps: "Sequence[Path | str]" = (),
    progress: Progress = silent,
) -> ClusterOutcome:
    """Find candidate themes and write `candidates.yaml`, `candidates.csv` and a run record.

    A draft that somebody has edited is kept under another name.

    Args:
        target: a project, its folder, or a file of comments.
        beyond: a codebook; only comments that the last coding left without any of its themes
            are grouped, and the files are called `candidates-beyond`.
        maps: `.html` or `.png` files to draw a map of the comments to.

    Raises:
        CoderError: an option is out of range, there are too few comments, or nothing was coded
            with `beyond`.
    """
    from coder.clustering.map_drawing import check_map_suffixes
    from coder.codebook import read_codebook

    options = options or ClusterOptions()
    _check_campaigns(options.campaigns)
    map_paths = tuple(Path(path) for path in maps)
    check_map_suffixes(map_paths)
    book = None
    if beyond is not None:  # its faults are reported before anything is read or written
        book = read_codebook(Path(beyond))
    with hold_target(target, "coder cluster", progress) as waiting:
        opened = open_project(target, columns, codebook=book, progress=progress)
        job = _Job(opened, columns, options, beyond, book, map_paths)
        outcome = job.run(progress)
    return replace(outcome, warnings=(*waiting, *outcome.warnings))


@dataclass(frozen=True)
class _Job:
    """What is grouped, how, and where it goes."""

    opened: Opened
    columns: Columns | None
    options: ClusterOptions
    beyond: Path | str | None
    book: "Codebook | None"
    maps: tuple[Path, ...]

    def run(self, progress: Progress) -> ClusterOutcome:
        """Group while nobody else writes into the project."""
        from coder.embedding import embedder_of
        from coder.transactions import Transaction

        project, options, book = self.opened.project, self.options, self.book
        comments, coverage, warnings = _choose_comments(project, self.beyond, book)
        embedder = embedder_of(options.encoder, project.cache_path)
        question = _question(project, self.columns)
        clustering = _group(project, comments, embedder, options, question, progress)
        near_themes = _find_near_themes(clustering, book, embedder)
        files = _CandidateFiles(project, self.beyond)
        with Transaction(project.folder, "coder cluster") as change:
            kept = files.write(clustering, embedder.embedded, options.campaigns, change)
            self._write_maps(clustering, change)
        return ClusterOutcome(
            project,
            clustering,
            files.draft,
            files.table,
            self.maps,
            options.campaigns,
            kept,
            coverage,
            near_themes,
            self.opened.reading,
            (*warnings, *embedder.notes),
        )

    def _write_maps(self, clustering: "Clustering", change: "Transaction") -> None:
        from coder.clustering.map_drawing import write_map

        name = self.opened.project.settings().name
        title = f"{name}: {len(clustering.top)} candidate themes"
        for path in self.maps:
            write_map(change.stage(path), clustering, title, path.suffix)


def _question(project: "Project", columns: Columns | None) -> str:
    """What was asked: as the user says, unless that is the id of the question."""
    stored = project.settings().question
    if columns is None or not columns.question or project.question_id:
        return stored
    if columns.question.casefold() == only_question_id(project).casefold():
        return stored
    return columns.question


def _check_campaigns(campaigns: str) -> None:
    if campaigns not in CAMPAIGN_COUNTS:
        raise CoderError(
            f"{option('campaigns', campaigns)} is not a way of counting",
            did_you_mean(campaigns, CAMPAIGN_COUNTS),
        )


def _group(
    project: "Project",
    comments: "pd.DataFrame",
    embedder: "Embedder",
    options: ClusterOptions,
    question: str,
    progress: Progress,
) -> "Clustering":
    from coder.clustering import cluster_comments
    from coder.places import own_texts

    own_words = own_texts(comments, project.places)
    return cluster_comments(
        comments.assign(text=own_words),
        embedder,
        method=options.method,
        themes=options.themes,
        min_size=options.min_size,
        seed=options.seed,
        language=project.settings().language,
        question=question,
        progress=progress,
    )


# ---------------------------------------------------------------- beyond a codebook


def _choose_comments(
    project: "Project", beyond: "Path | str | None", book: "Codebook | None"
) -> "tuple[pd.DataFrame, Coverage | None, tuple[str, ...]]":
    """The comments to group: all, or those beyond a codebook; how many these are; warnings."""
    if beyond is None or book is None:
        return project.comments, None, ()
    return _without_theme(project, Path(beyond), book)


def _without_theme(
    project: "Project", path: Path, book: "Codebook"
) -> "tuple[pd.DataFrame, Coverage, tuple[str, ...]]":
    """The analysed comments that carry no theme of the codebook, or a fallback theme alone; how
    many; warnings.
    """
    from coder.tables import ANALYSED
    from coder.workflow.standing_labels import read_carried_labels

    apply = command("apply", project.folder, option("codebook", str(path)))
    _check_coded(project, path, book, apply)
    comments = project.comments
    labels = read_carried_labels(project, path, book)
    specific = [theme.id for theme in book.active if not theme.fallback]
    carried = labels[labels["theme_id"].isin(specific)]
    analysed = comments["status"] == ANALYSED
    rest = comments[analysed & ~comments["comment_id"].isin(carried["comment_id"])]
    if rest.empty:
        raise CoderError(
            f"every comment has a theme of {path}",
            "There is nothing beyond it to group.",
        )
    coverage = Coverage(path, book.title, len(rest), int(analysed.sum()))
    run = project.last_run("apply") or {}
    warnings: tuple[str, ...] = ()
    if run.get("codebook_fingerprint", book.fingerprint) != book.fingerprint:
        warnings = (
            f"{path} has changed since the comments were coded with it. To code them again: "
            f"{apply}",
        )
    return rest, coverage, warnings


def _check_coded(project: "Project", path: Path, book: "Codebook", apply: str) -> None:
    if not project.has_labels:
        raise CoderError(
            f"{project.folder}: nothing has been coded with {path} yet",
            f"First: {apply}",
        )
    coded = next(project.label_blocks(["comment_id", "theme_id"]))
    if set(coded["theme_id"]).isdisjoint(book.theme_ids):
        raise CoderError(
            f"{project.labels_path}: was coded with another codebook than {path}",
            f"First: {apply}",
        )


def _find_near_themes(
    clustering: "Clustering", book: "Codebook | None", embedder: "Embedder"
) -> tuple[NearTheme, ...]:
    """Each top candidate with the theme of the codebook that it is most like."""
    from coder.clustering import find_nearest_themes

    if book is None:
        return ()
    nearest = find_nearest_themes(clustering.top, book, embedder.encode)
    near_themes = []
    for candidate in clustering.top:
        similarity = nearest.get(candidate.id)
        if similarity is not None:
            near_themes.append(
                NearTheme(similarity, book.theme(similarity.second).name)
            )
    return tuple(near_themes)


# ---------------------------------------------------------------- files


class _CandidateFiles:
    """`candidates.yaml`, `candidates.csv` and the run record of a project."""

    def __init__(self, project: "Project", beyond: "Path | str | None") -> None:
        self._project = project
        self._beyond, self._run, stem = "", "cluster", "candidates"
        self._codebook: Path | None = None
        if beyond is not None:
            self._codebook = Path(beyond)
            self._beyond, self._run, stem = (
                Path(beyond).name,
                "cluster-beyond",
                "candidates-beyond",
            )
        self.draft = project.folder / f"{stem}.yaml"
        self.table = project.folder / f"{stem}.csv"

    def write(
        self,
        clustering: "Clustering",
        embedded: int,
        campaigns: str,
        change: "Transaction",
    ) -> Path | None:
        """Stage all three; an edited draft is copied first, and the copy's path returned."""
        from coder.clustering import HEAD, draft_codebook
        from coder.codebook import codebook_yaml
        from coder.files import sha256_of, write_csv, write_text

        settings = self._project.settings()
        title = f"Candidates: {settings.name}"
        book = draft_codebook(clustering, title, settings.question, settings.language)
        kept = self._keep_edited_draft(change)
        draft, table = change.stage(self.draft), change.stage(self.table)
        write_text(draft, codebook_yaml(book, head=HEAD))
        write_csv(table, clustering.memberships, float_format="{:.4f}".format)
        facts = {
            "comments_fingerprint": self._project.comments_fingerprint(),
            **clustering.facts,
            "embedded": embedded,
            "campaigns": campaigns,
            "beyond": self._beyond,
            "notes": clustering.notes,
            "draft_sha256": sha256_of(draft),
            "table_sha256": sha256_of(table),
        }
        self._project.record_run(self._run, facts, self._codebook, change)
        return kept

    def _keep_edited_draft(self, change: "Transaction") -> Path | None:
        """Copy a draft that somebody edited to a free name with its date."""
        from coder.files import sha256_of

        last = self._project.last_run(self._run) or {}
        if not self.draft.is_file() or sha256_of(self.draft) == last.get(
            "draft_sha256"
        ):
            return None
        changed = datetime.fromtimestamp(self.draft.stat().st_mtime).astimezone()
        stem = f"{self.draft.stem}.before-{changed:%Y-%m-%d}"
        kept, number = self.draft.with_name(f"{stem}.yaml"), 2
        while kept.exists():
            kept = self.draft.with_name(f"{stem}-{number}.yaml")
            number += 1
        change.stage(kept).write_bytes(self.draft.read_bytes())
        if self.table.is_file():  # it tells which comments the kept candidates had
            copy = change.stage(kept.with_suffix(".csv"))
            copy.write_bytes(self.table.read_bytes())
        return kept
