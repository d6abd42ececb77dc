"""`coder cluster`: candidate themes of comments that nobody has read yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.options import (
    Attribute,
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
)
from coder.errors import command_of, quoted

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.clustering import Candidate, Clustering, Likeness
    from coder.codebook import Codebook
    from coder.embedding import Embedder
    from coder.project import Project, Settings

UNCLEAR_SHOWN = 5
QUOTE_SHOWN = 160  # characters of a quote in the overview; the file has it whole


def cluster(
    target: Target,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    themes: Annotated[
        int | None,
        typer.Option(
            "--themes", help="How many candidates; left out, the comments decide.", metavar="K"
        ),
    ] = None,
    min_size: Annotated[
        int | None, typer.Option("--min-size", help="Fewest comments of a candidate.", metavar="N")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="graph or hdbscan.")] = "graph",
    model: Model = None,
    seed: Seed = 0,
    beyond: Annotated[
        Path | None,
        typer.Option(
            "--beyond",
            help="Only comments that this codebook leaves without a theme.",
            metavar="CODEBOOK",
        ),
    ] = None,
    campaigns: Annotated[
        str,
        typer.Option(
            "--campaigns", help="each: count every sender of a campaign; once: count it once."
        ),
    ] = "each",
    to: Annotated[
        list[Path] | None,
        typer.Option(
            "--to", help="Also draw a map of the comments: .html or .png (repeat).", metavar="FILE"
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find candidate themes: size, name, keywords, quotes, sub-themes; draft a codebook from them."""
    from coder.cli.options import open_project
    from coder.cli.printer import Printer
    from coder.clustering import cluster_comments
    from coder.clustering.picture import check_suffixes, write_picture
    from coder.codebook import read_codebook
    from coder.embedding import make_embedder
    from coder.errors import CoderError, did_you_mean

    if campaigns not in ("each", "once"):
        raise CoderError(
            f"--campaigns {campaigns!r} is not known", did_you_mean(campaigns, ["each", "once"])
        )
    check_suffixes(to or ())
    # Its faults are said before anything is read or written.
    book = None if beyond is None else read_codebook(beyond)
    printer = Printer(as_json=as_json, quiet=quiet)
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
    comments = project.comments
    if beyond is not None and book is not None:
        comments = _uncovered(project, comments, beyond, book, printer)
    embedder = make_embedder(project.cache_path, model)
    with printer.progress() as progress:
        found = cluster_comments(
            comments,
            embedder,
            method=method,
            themes=themes,
            min_size=min_size,
            seed=seed,
            language=settings.language,
            question=question or settings.question,
            progress=progress,
        )
    known = _known(found, book, embedder)
    written = _write(
        project,
        settings,
        found,
        beyond,
        printer,
        {"embedded": embedder.embedded, "campaigns": campaigns},
    )
    for path in to or ():
        write_picture(path, found, f"{settings.name}: {len(found.top)} candidate themes")
        written[path.name] = str(path)
    _print(found, printer, campaigns == "once")
    _print_known(found, known, printer)
    _say_next(target, written, beyond, printer)
    printer.facts = {**found.facts, "notes": found.notes, "files": written, **_as_facts(found)}
    if beyond is not None:
        printer.facts["most_alike"] = [like.__dict__ for like, _ in known]
    printer.finish()


def _uncovered(
    project: "Project",
    comments: "pd.DataFrame",
    codebook: Path,
    book: "Codebook",
    printer: "Printer",
) -> "pd.DataFrame":
    """The analysed comments to which the last `coder apply` gave no theme of the codebook."""
    from coder.errors import CoderError

    apply = command_of("apply", project.folder, codebook)
    if not project.labels_path.is_file():
        raise CoderError(
            f"{project.folder}: nothing has been coded with {codebook} yet", f"First: {apply}"
        )
    labels = _labels_that_stand(project, comments, codebook, book)
    known = set(labels["theme_id"])
    if not known & set(book.theme_ids):
        raise CoderError(
            f"{project.labels_path}: was coded with another codebook than {codebook}",
            f"First: {apply}",
        )
    run = project.last_run("apply") or {}
    if run.get("codebook_fingerprint", book.fingerprint) != book.fingerprint:
        printer.warn(
            f"{codebook} has changed since the comments were coded with it. For the present one: {apply}"
        )
    mine = labels[labels["assigned"] & labels["theme_id"].isin(book.theme_ids)]
    covered = comments["comment_id"].isin(mine["comment_id"])
    counted = comments["status"] == "analysed"
    left = comments[counted & ~covered]
    printer.say(f"{len(left):,} of {int(counted.sum()):,} comments carry no theme of {book.title}.")
    if left.empty:
        raise CoderError(
            f"{codebook}: covers every comment", "There is nothing beyond it to group."
        )
    return left


def _labels_that_stand(
    project: "Project", comments: "pd.DataFrame", codebook: Path, book: "Codebook"
) -> "pd.DataFrame":
    from coder.decisions import judgements, lay_over, own_judgements, read_decisions

    judged = judgements(read_decisions(codebook).decisions, book)
    own = own_judgements(judged, comments, project.settings().name)
    return lay_over(project.labels, own, book)


def _known(
    found: "Clustering", book: "Codebook | None", embedder: "Embedder"
) -> "list[tuple[Likeness, str]]":
    """Each top candidate with the theme that it is most like in the codebook it goes beyond, and its name."""
    from coder.clustering import most_alike

    if book is None:
        return []
    alike = most_alike(found.top, book, embedder.encode)
    return [(alike[c.id], book.theme(alike[c.id].second).name) for c in found.top if c.id in alike]


def _write(
    project: "Project",
    settings: "Settings",
    found: "Clustering",
    beyond: Path | None,
    printer: "Printer",
    facts: dict[str, Any],
) -> dict[str, str]:
    """Write the draft codebook, who belongs where, and the run record; an edited draft is kept beside."""
    from coder.clustering import HEAD, candidate_codebook
    from coder.codebook import codebook_yaml
    from coder.files import sha256_of, write_csv, write_text

    stem = "candidates" if beyond is None else "candidates-beyond"
    draft = project.folder / f"{stem}.yaml"
    table = project.folder / f"{stem}.csv"
    book = candidate_codebook(
        found, f"Candidates: {settings.name}", settings.question, settings.language
    )
    last = project.last_run("cluster" if beyond is None else "cluster-beyond") or {}
    if draft.is_file() and sha256_of(draft) != last.get("draft_sha256"):
        kept = _keep_edited(draft)
        printer.say(f"You had changed {draft.name}: yours is kept as {kept.name}.", "bold")
    write_text(draft, codebook_yaml(book, head=HEAD))
    write_csv(table, found.memberships, float_format="{:.4f}".format)
    project.record_run(
        "cluster" if beyond is None else "cluster-beyond",
        {
            "comments_fingerprint": project.comments_fingerprint(),
            **found.facts,
            **facts,
            "beyond": "" if beyond is None else beyond.name,
            "notes": found.notes,
            "draft_sha256": sha256_of(draft),
            "table_sha256": sha256_of(table),
        },
    )
    return {"draft": str(draft), "table": str(table)}


def _keep_edited(draft: Path) -> Path:
    """Copy a draft that somebody edited to a name with its date that is free."""
    from datetime import datetime

    from coder.files import new_file

    day = datetime.fromtimestamp(draft.stat().st_mtime).astimezone().strftime("%Y-%m-%d")
    kept, number = draft.with_name(f"{draft.stem}.before-{day}.yaml"), 2
    while kept.exists():
        kept = draft.with_name(f"{draft.stem}.before-{day}-{number}.yaml")
        number += 1
    with new_file(kept) as temporary:
        temporary.write_bytes(draft.read_bytes())
    return kept


# ---------------------------------------------------------------- shown


def _print(found: "Clustering", printer: "Printer", once: bool) -> None:
    facts = found.facts
    counted = facts["different_comments"] if once else facts["comments"]
    grouped = f"{facts['units']:,} sentences" if facts["unit"] == "sentence" else "whole comments"
    printer.say()
    printer.say(
        f"{len(found.top)} candidate themes in {counted:,} comments"
        f"{' (each set of copies counted once)' if once else ''}, grouped by {grouped}",
        "bold",
    )
    for note in found.notes:
        printer.say(note, "yellow")
    printer.say()
    for number, candidate in enumerate(found.top, 1):
        _print_candidate(found, candidate, number, counted, printer, once)
    _print_questions(found, printer)
    _print_rest(found, printer)


def _print_candidate(
    found: "Clustering",
    candidate: "Candidate",
    number: int,
    counted: int,
    printer: "Printer",
    once: bool,
) -> None:
    from coder.cli.printer import percent

    size = _size(candidate, once)
    marks = []
    if candidate.unstable:
        marks.append(f"unstable, {candidate.stability:.2f}")
    if candidate.mixed:
        marks.append("mixed")
    if candidate.opposing:
        marks.append("may hold opposing views")
    mark = f"   ({'; '.join(marks)})" if marks else ""
    of = f"{size:,} comment{'s' if size != 1 else ''}, {percent(size, counted)}"
    printer.say(f"{number:3d}. {candidate.name}   {of}{mark}", "bold")
    printer.say(f"     {', '.join(candidate.keywords[:6])}", "cyan")
    if candidate.examples:
        printer.say(f"     “{shortened(candidate.examples[0], QUOTE_SHOWN)}”")
    subs = found.under(candidate.id)
    if subs:
        printer.say(
            "     within it: " + "; ".join(f"{sub.name} {_size(sub, once):,}" for sub in subs),
            "dim",
        )


def _size(candidate: "Candidate", once: bool) -> int:
    return candidate.voices if once else candidate.size


def _print_questions(found: "Clustering", printer: "Printer") -> None:
    if not found.likenesses:
        return
    printer.say()
    printer.say("Are these the same?", "bold")
    for like in found.likenesses:
        first, second = found.by_id[like.first], found.by_id[like.second]
        printer.say(f"     {first.name}  and  {second.name}?")


def _print_known(
    found: "Clustering", known: "list[tuple[Likeness, str]]", printer: "Printer"
) -> None:
    asked = [(like, name) for like, name in known if like.reason]
    if not asked:
        return
    printer.say()
    printer.say("Do these belong to a theme that the codebook has?", "bold")
    for like, name in asked:
        printer.say(f"     {found.by_id[like.first].name}  to  {name} ({like.second})?")


def _print_rest(found: "Clustering", printer: "Printer") -> None:
    facts = found.facts
    if len(found.campaigns):
        printer.say()
        printer.say("Campaigns: one text from several senders, grouped as one comment", "bold")
        for row in found.campaigns.head(8).itertuples():
            name = found.by_id[str(row.candidate_id)].name
            printer.say(
                f"     {row.comments:,} comments, in {name}: “{shortened(str(row.text), 90)}”"
            )
    printer.say()
    if facts["stability"] is not None:
        printer.say(
            f"Stability {facts['stability']:.2f}: how far the same groups come back when a tenth of the comments is"
            " left out (1 is the same; under 0.5 means little)."
        )
    else:
        printer.say(
            "Stability (how far the same groups come back when a tenth of the comments is left out) is not measured: "
            f"{facts['stability_not_measured']}."
        )
    printer.say(
        f"Every comment is in a candidate. {facts['weak']:,} fit only weakly and {facts['unclear']:,} fit none well"
        " (fit = weak, unclear in the table)."
    )


def shortened(text: str, most: int) -> str:
    """The beginning of a text on one line, cut between words; the cut is shown."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 2].rsplit(" ", 1)[0] + " …"


def _say_next(
    target: Path, written: dict[str, str], beyond: Path | None, printer: "Printer"
) -> None:
    printer.say()
    printer.say(
        f"Written: {written['draft']} (a codebook to edit), {written['table']} (who belongs where)"
    )
    for name, path in written.items():
        if name not in ("draft", "table"):
            printer.say(f"Map: {path}")
    if beyond is None:
        printer.say(
            "Next: read and edit the draft, save it as codebook.yaml, check it: coder codebook check FILE"
        )
        printer.say(f"Then: coder apply {quoted(target)} --codebook codebook.yaml")
    else:
        printer.say(
            f"To take some in: coder codebook from {written['draft']} --themes ID,ID --into {beyond}"
        )


def _as_facts(found: "Clustering") -> dict[str, Any]:
    return {
        "candidates": [
            {
                "id": c.id,
                "name": c.name,
                "parent_id": c.parent_id,
                "comments": c.size,
                "different_comments": c.voices,
                "keywords": c.keywords,
                "key_point": c.key_point,
                "quotes": c.examples,
                "quote_ids": c.example_ids,
                "strength": round(c.strength, 3),
                "stability": None if c.stability is None else round(c.stability, 3),
                "unstable": c.unstable,
                "mixed": c.mixed,
                "opposing": c.opposing,
            }
            for c in found.candidates
        ],
        "merge_questions": [like.__dict__ for like in found.likenesses],
        "campaigns_found": found.campaigns.to_dict("records"),
        "unclear_ids": found.unclear_ids,
    }
