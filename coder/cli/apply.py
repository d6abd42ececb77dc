"""`coder apply`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.options import (
    Attribute,
    CodebookFile,
    Id,
    Json,
    Model,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Target,
    Text,
    Weight,
    open_project,
)
from coder.errors import command_of

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.codebook import Codebook

NAMES = {
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sv": "Swedish",
    "tl": "Tagalog",
    "tr": "Turkish",
    "vi": "Vietnamese",
    "cjk": "Chinese or Japanese",
}
ENOUGH = 100  # random comments decided, from which on counts get an interval worth printing


def apply(
    target: Target,
    codebook: CodebookFile,
    labels_per_comment: Annotated[
        float | None,
        typer.Option(
            "--labels-per-comment",
            help="Mean number of themes a comment; by default taken from the comments and the codebook.",
            metavar="N",
        ),
    ] = None,
    opinion: Annotated[
        bool,
        typer.Option(
            "--opinion/--no-opinion", help="Use the encoder layers tuned on opinions too."
        ),
    ] = True,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    model: Model = None,
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Code every comment against a codebook, with evidence; learn from the codebook's decisions."""
    from coder.cli.printer import Printer
    from coder.codebook import read_codebook
    from coder.coding import apply_codebook
    from coder.coding.table import (
        comments_without_theme,
        labels_per_comment as mean_labels,
        matrix_table,
        quality_table,
    )
    from coder.decisions import (
        judgements,
        lay_over,
        own_judgements,
        read_decisions,
        standing_judgements,
    )
    from coder.embedding import make_embedder
    from coder.files import sha256_of, write_csv
    from coder.tables import analysed

    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(codebook)
    stored = read_decisions(codebook)
    project = open_project(
        target,
        printer,
        text=text,
        id_=id_,
        source=source,
        weight=weight,
        attributes=attribute,
        question=question,
    )
    settings = project.settings()
    embedder = make_embedder(project.cache_path, model)
    comments, judged = project.comments, judgements(stored.decisions, book)
    with printer.progress() as progress:
        coding = apply_codebook(
            comments,
            book,
            embedder,
            judged,
            project=settings.name,
            labels_per_comment=labels_per_comment,
            opinion=opinion,
            seed=seed,
            progress=progress,
        )
    project.write_labels(coding.labels)
    own = own_judgements(judged, analysed(comments), settings.name)
    labels = lay_over(coding.labels, own, book)
    write_csv(project.folder / "labels.csv", labels[labels["assigned"]])
    write_csv(project.folder / "matrix.csv", matrix_table(labels))
    written = {name: sha256_of(project.folder / name) for name in ("labels.csv", "matrix.csv")}
    quality = quality_table(book, labels, standing_judgements(own), coding.facts["thresholds"])
    stands = {
        "labels_per_comment": mean_labels(labels),
        "comments_without_theme": comments_without_theme(labels),
    }
    facts = {
        **coding.facts,
        **stands,
        "model": model or "all-MiniLM-L6-v2",
        "codebook_file": codebook.name,
    }
    fingerprint = project.comments_fingerprint()
    project.record_run(
        "apply", {**facts, "comments_fingerprint": fingerprint, "tables_sha256": written}
    )
    for note in stored.notes:
        printer.warn(note)
    if facts["other_language"]["noticeable"]:
        printer.warn(_other_language(facts, book.language))
    _print(printer, book, labels, quality, facts, str(target), str(codebook))
    printer.facts = {
        "project": str(project.folder),
        **facts,
        "embedded": embedder.embedded,
        "themes": quality.to_dict("records"),
    }
    printer.finish()


def _print(
    printer: "Printer",
    book: "Codebook",
    labels: "pd.DataFrame",
    quality: "pd.DataFrame",
    facts: dict[str, Any],
    target: str,
    codebook: str,
) -> None:
    from coder.cli.printer import percent

    rows = []
    by_id = quality.set_index("theme_id")
    checked = bool(facts["decided"])
    columns: tuple[str, ...] = ("theme", "comments", "share", "found by")
    columns += ("right when coded", "found of those meant") if checked else ("reliability",)
    for place in book.nodes:
        if place.theme.retired:
            continue
        row = by_id.loc[place.theme.id]
        rows.append(
            (
                "  " * place.depth + place.theme.short,
                f"{row['n']:,}",
                percent(int(str(row["n"])), facts["comments"]),
                str(row["reached"]),
                *(
                    [_reliability(row, w) for w in ("precision", "recall")]
                    if checked
                    else ["not yet checked"]
                ),
            )
        )
        blank = ("",) * (len(columns) - 2)
        rows += [
            ("  " * place.depth + "  = " + name, f"{count:,}", *blank)
            for name, count in _positions(labels, book, place.theme.id)
        ]
    printer.table(
        rows,
        columns,
        title=f"{book.title}, version {book.version}: {facts['comments']:,} comments",
        right=("comments", "share"),
        wide=("theme",),
    )
    none = facts["comments_without_theme"]
    printer.say(
        f"{none:,} comment{'s carry' if none != 1 else ' carries'} no theme. A comment can carry several: "
        f"{facts['labels_per_comment']:.2f} on average, so shares may add to more than 100%."
    )
    if facts["long_comments"]:
        printer.say(
            f"{facts['long_comments']:,} comments are longer than 40 words; they were read sentence by sentence."
        )
    printer.say(_next(facts, target, codebook))


def _positions(labels: "pd.DataFrame", book: "Codebook", theme_id: str) -> list[tuple[str, int]]:
    mine = labels[(labels["theme_id"] == theme_id) & (labels["position_id"] != "")]
    counts = mine.groupby("position_id")["assigned"].sum()
    return [(p.name, int(counts.get(p.id, 0))) for p in book.theme(theme_id).positions]


def _reliability(row: Any, what: str) -> str:
    share = float(row[what])
    if share != share:
        return "not yet checked" if not row["decided"] else "too few to say"
    return f"{100 * share:.0f}% ({100 * row[what + '_low']:.0f} to {100 * row[what + '_high']:.0f})"


def _other_language(facts: dict[str, Any], language: str) -> str:
    """What is said of comments that the codebook's words can hardly find."""
    from coder.cli.printer import percent

    other = facts["other_language"]
    kind, most = next(iter(other["guessed"].items()))
    mostly = (
        "" if 2 * most <= other["comments"] else f"; most look like {NAMES.get(kind, kind.title())}"
    )
    script = f"{mostly} script" if mostly and kind not in NAMES else mostly
    says = f"with `language: {kind}`" if mostly and len(kind) == 2 else "that says so"
    return (
        f"{other['comments']:,} comments ({percent(other['comments'], facts['comments'])}) do not seem to be in the "
        f"codebook's language ({NAMES.get(language, language)}, `language: {language}`){script}. Their themes are found "
        f"badly: use a codebook in their language {says}, or translate them first. "
        f"For example: {', '.join(other['comment_ids'][:3])}."
    )


def _next(facts: dict[str, Any], target: str, codebook: str) -> str:
    review = command_of("review", target, codebook)
    if not facts["decided"]:
        return (
            "Nobody has checked these yet: the probabilities are a first guess and no count has an interval. "
            f"Next: {review} --sample {ENOUGH}"
        )
    if not facts["calibrated"]:
        return f"{facts['decided']:,} comments decided; from 30 decided whole the probabilities are calibrated. Next: {review}"
    if facts["calibrated_on"] == "listed":
        return (
            f"{facts['decided']:,} comments decided. They came from a table that does not say they were drawn at "
            f"random, so no count has an interval yet. Next: {review} --sample {ENOUGH}"
        )
    export = command_of("export", target, codebook, "--to", "themes.csv")
    return f"{facts['decided']:,} comments decided. Next: {review}   or: {export}"
