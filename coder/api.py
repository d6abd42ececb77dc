"""The functions that `import coder` offers, one for each command: typed, with a bar of progress in
notebooks.

They call `coder.workflow` as the command line does. Faults of the input raise `CoderError`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from coder.engine import Progress
from coder.notebook import show_progress

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.project import Project
    from coder.reporting import Report
    from coder.reporting.options import OptionArguments
    from coder.workflow.agree_outcome import AgreeOutcome
    from coder.workflow.apply import ApplyOutcome
    from coder.workflow.check import CheckOutcome
    from coder.workflow.cluster import ClusterOutcome
    from coder.workflow.export import ExportOutcome
    from coder.workflow.review import TableOutcome

    Target = Project | Path | str
    CodebookSource = Codebook | Path | str


def read(
    comments: "pd.DataFrame | Path | str | Sequence[Path | str]",
    into: "Target | None" = None,
    *,
    text: str | Sequence[str] | None = None,
    id: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: Sequence[str] | None = None,
    respondent: str | None = None,
    question: str = "",
    question_of: Mapping[str, str] | None = None,
    source_names: Sequence[str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header_rows: int | None = None,
    replace: bool = False,
    keep: Sequence[str] = (),
    exclude: Mapping[str, str] | None = None,
    count_repeats: bool | None = None,
    leave_out: Sequence[str] | None = None,
    progress: Progress = show_progress,
) -> "Project":
    """Read comments into a project, and mark which count.

    Args:
        comments: a file, several files, a DataFrame with a row for each comment, or the folder
            of a project whose comments are to be marked again.
        into: the project's folder, made when missing; by default `STEM.coding` beside the file.
            A DataFrame and several files need it.
        text: the column of the comments, or several, one a question.
        id, source, weight, respondent: columns; None has them detected, `-` says there is none.
        attributes: columns that describe the respondents; None has them detected.
        question: the question that was asked.
        question_of: column of comments to the question that it answers.
        source_names: a name for each file's source.
        encoding, sheet, header_rows: how a file is opened; None has them detected.
        replace: let a file replace the source of its name although hardly a comment is the same.
        keep: ids of comments that count although a rule excludes them.
        exclude: id of a comment to the reason why it does not count, one of `coder.tables.REASONS`.
        count_repeats: count an answer that is in two sources each time (True) or once (False).
        leave_out: responses not to analyse: `"partial"`, `"preview"`. Of this and
            `count_repeats`, None keeps what the project says.

    Returns:
        The project; its `comments` is a DataFrame. Where it has several questions,
            `project.of_question("q2")` is the project of one.

    Raises:
        CoderError: a file, a column, an id or a weight is faulty. The project is unchanged.
    """
    from coder.workflow.read import ReadOptions
    from coder.workflow.read import read as read_into
    from coder.workflow.target import Columns

    roles = (text, id, source, weight, attributes)
    columns = Columns(*roles, question, respondent, question_of or {})
    rules = (keep, exclude or {}, count_repeats, leave_out)
    options = ReadOptions(source_names, encoding, sheet, *rules, header_rows, replace)
    return read_into(comments, into, columns, options, progress=progress).project


def cluster(
    project: "Target",
    *,
    themes: int | None = None,
    min_size: int | None = None,
    method: Literal["graph", "hdbscan"] = "graph",
    beyond: Path | str | None = None,
    maps: Sequence[Path | str] = (),
    seed: int = 0,
    model: str | None = None,
    encoder: str | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    precision: Literal["auto", "fp32", "bf16"] = "auto",
    progress: Progress = show_progress,
) -> "ClusterOutcome":
    """Find candidate themes and draft a codebook from them.

    Args:
        project: a project, its folder, or a file of comments.
        themes: how many candidates (2 to 200); None lets the comments decide.
        min_size: fewest comments of a candidate; None grows with their number.
        method: how comments are grouped, one of `coder.clustering.METHODS`.
        beyond: a codebook; only comments that it leaves without a theme are grouped.
        maps: `.html` or `.png` files to draw a map of the comments to.
        seed: the same seed and comments give the same candidates.
        model: folder or name of another sentence-transformers model.
        encoder: what computes the vectors, a name in `coder.embedding.ENCODERS`; None for the
            quickest that is installed.
        device: where; `auto` uses a GPU that PyTorch sees.
        precision: of the vectors; `bf16` is quicker on recent processors.

    Returns:
        The candidates (`.clustering`) and the files they were written to. It shows itself as a
        table.

    Raises:
        CoderError: fewer than five different comments, or an argument out of its range.
    """
    from coder.embedding import EncoderChoice
    from coder.workflow.cluster import ClusterOptions
    from coder.workflow.cluster import cluster as find_candidates

    choice = EncoderChoice(model, encoder, device, precision)
    options = ClusterOptions(themes, min_size, method, seed=seed, encoder=choice)
    return find_candidates(
        project, options=options, beyond=beyond, maps=maps, progress=progress
    )


def apply(
    project: "Target",
    codebook: "CodebookSource",
    *,
    labels_per_comment: float | None = None,
    opinion: bool = True,
    seed: int = 0,
    model: str | None = None,
    encoder: str | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    precision: Literal["auto", "fp32", "bf16"] = "auto",
    workers: int | None = None,
    engine: str | None = None,
    progress: Progress = show_progress,
) -> "ApplyOutcome":
    """Code every comment against a codebook, several themes each, with evidence.

    Args:
        project: a project, its folder, or a file of comments.
        codebook: a YAML file, whose decisions teach the model, or a `Codebook` in memory.
        labels_per_comment: mean number of themes a comment; None takes it from the comments and
            the codebook.
        opinion: use the encoder layers tuned on opinions too.
        seed: of whatever is drawn at random.
        model: folder or name of another sentence-transformers model.
        encoder: what computes the vectors, a name in `coder.embedding.ENCODERS`; None for the
            quickest that is installed.
        device: where; `auto` uses a GPU that PyTorch sees.
        precision: of the vectors; `bf16` is quicker on recent processors.
        workers: processes that code comments, at most the cores; the result is the same.
        engine: `dask://HOST:PORT` codes on a Dask cluster, `dask` on one of this machine.

    Returns:
        Labels as they stand (`.labels`) and a table of themes (`.themes`). It shows itself as
        that table.

    Raises:
        CoderError: the codebook is faulty, no comment counts, or an argument is out of its range.
    """
    from coder.embedding import EncoderChoice
    from coder.workflow.apply import apply as code
    from coder.workflow.workplace import Place

    choice = EncoderChoice(model, encoder, device, precision)
    return code(
        project,
        codebook,
        labels_per_comment=labels_per_comment,
        opinion=opinion,
        seed=seed,
        encoder=choice,
        place=Place(engine, workers),
        progress=progress,
    )


def review(
    project: "Target",
    codebook: Path | str,
    reviewer: str,
    decisions: "pd.DataFrame | Path | str",
    *,
    blind: bool = False,
    chosen: Literal["random", "targeted", "listed"] | None = None,
    progress: Progress = show_progress,
) -> "TableOutcome":
    """Take in a reviewer's decisions from a table. The review screen is for terminals: `coder
    review`.

    Args:
        project: a project, its folder, or a file of comments.
        codebook: a YAML file; the decisions are kept beside it.
        reviewer: whose decisions they are.
        decisions: a file or a DataFrame with `comment_id` and `themes`: theme ids separated by
            `;`, `drugs=less` for a position, empty for none. Optional columns: `scope`, `mode`,
            `decided_at`. A column with yes or no for each theme may stand in place of `themes`.
        blind: they were made without the model's suggestions in sight.
        chosen: how the comments were chosen; intervals need comments drawn at random.

    Raises:
        CoderError: a cell is wrong. Every wrong cell is named, and nothing is taken.
    """
    from coder.workflow.review import review_from_table

    return review_from_table(
        project,
        codebook,
        decisions,
        reviewer,
        blind=blind,
        chosen=chosen,
        progress=progress,
    )


def agree(
    project: "Target",
    codebook: Path | str,
    *,
    codes: "pd.DataFrame | Path | str | None" = None,
    unseen: bool = False,
    blind: bool = False,
    reviewers: Sequence[str] = (),
    by: str | Sequence[str] = (),
    seed: int = 0,
    progress: Progress = show_progress,
) -> "AgreeOutcome":
    """Agreement between reviewers and of the model with blind reviewers; or of the labels with a
    table of codes.

    Args:
        project: a project, its folder, or a file of comments.
        codebook: a YAML file with decisions beside it.
        codes: score the labels against this table of codes instead: a file or a DataFrame as
            for `review`.
        unseen: with `codes`, leave out comments that a reviewer of this codebook decided.
        blind: between reviewers, count only what was decided blind.
        reviewers: count only these; all when empty.
        by: a column of the comments or a derived variable, or several: the model's errors in
            each group.
        seed: of the intervals.

    Raises:
        CoderError: nobody has decided anything, or the table is faulty.
    """
    from coder.workflow.agree import AgreeOptions
    from coder.workflow.agree import agree as compare
    from coder.workflow.paths import path_or_table

    table = None
    if codes is not None:
        table = path_or_table(codes, "the table of codes")
    options = AgreeOptions(
        table,
        unseen=unseen,
        blind=blind,
        reviewers=tuple(reviewers),
        by=(by,) if isinstance(by, str) else tuple(by),
        seed=seed,
    )
    return compare(project, codebook, options, progress=progress)


def report(
    project: "Target",
    codebook: Path | str,
    *,
    by: str | Sequence[str] = (),
    before: "Target | None" = None,
    progress: Progress = show_progress,
    **options: "Unpack[OptionArguments]",
) -> "Report":
    """Count what comments carry, with intervals where reviews allow them.

    Args:
        project: a project, its folder, or a file of comments.
        codebook: what the comments were coded with; decisions are read from beside it.
        by: a column of the comments or a derived variable of the project, or several, to break
            the themes down by.
        before: an earlier project coded with the same codebook, to compare with.
        options: see `coder.reporting.Options`: `threshold="5%"`, `campaigns="once"`, `quotes=0` ...

    Returns:
        The report. `report.themes` is a DataFrame; a notebook shows the report as a table.

    Raises:
        CoderError: nothing is coded, a file is missing or broken, or a column or an option is
            wrong.
    """
    from coder.workflow.report import report as make_report

    return make_report(
        project, codebook, by=by, before=before, progress=progress, **options
    )


def export(
    report: "Report | Target",
    *paths: Path | str,
    codebook: Path | str | None = None,
    template: Path | str | None = None,
    without_text: bool = False,
    sign: Path | str | None = None,
    encrypt_to: Sequence[str] = (),
    passphrase: str = "",
    progress: Progress = show_progress,
) -> "ExportOutcome":
    """Write a report to files; the ending of each name chooses the format.

    Args:
        report: a report, or a project (with `codebook`) whose report is made with the default
            options.
        paths: such as `themes.xlsx`; of a project also a `.zip` audit pack.
        codebook: what the project was coded with.
        template: a Word file whose styles, page, header and footer Word documents take.
        without_text: leave the comments' words out of an audit pack.
        sign: the file of an ed25519 key, in OpenSSH or PEM form, that signs the pack. Its
            passphrase, where it has one, is read from the variable `CODER_KEY_PASSPHRASE`.
        encrypt_to: public keys of age or OpenSSH, or files of them; the pack becomes
            `pack.zip.age`.
        passphrase: encrypt the pack to it, in place of keys.

    Raises:
        CoderError: an unsupported file type, a key that cannot be read, or a file that cannot be
            written.
    """
    from coder.workflow.export import export as write
    from coder.workflow.pack_options import pack_options

    return write(
        report,
        *paths,
        codebook=codebook,
        template=template,
        without_text=without_text,
        pack=pack_options(sign, encrypt_to, passphrase),
        progress=progress,
    )


def check(
    project: "Target",
    codebook: Path | str | None = None,
    *,
    repair: bool = False,
    signed_by: Path | str = "",
    identity: Path | str | None = None,
    passphrase: str = "",
) -> "CheckOutcome":
    """Check every file of a project or audit pack against the others.

    Args:
        project: a project, its folder, its file of comments, or an audit pack (`.zip`,
            `.zip.age`).
        codebook: the file whose decisions are checked too; None for the one that was last applied.
        repair: first merge copies of decision files, and save what is whole of damaged ones.
            What they replace is kept beside them.
        signed_by: who may have signed a pack: their public key, a file of allowed signers, or a
            fingerprint that begins with `SHA256:`.
        identity: a file with the private key that opens an encrypted pack.
        passphrase: that opens one.

    Returns:
        A result for each file; faults are returned, not raised.

    Raises:
        CoderError: there is no such project or pack.
    """
    from coder.workflow.check import check as check_files
    from coder.workflow.pack_options import pack_opening

    opening = pack_opening(signed_by, identity, passphrase)
    return check_files(project, codebook, repair=repair, opening=opening)
