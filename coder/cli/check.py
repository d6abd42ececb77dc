"""`coder check`: every file of a project readable and in keeping with the others, every decision chain whole."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from coder.cli.options import Json, Quiet
from coder.errors import command_of, quoted

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.codebook import Codebook
    from coder.decisions import Decision
    from coder.project import Project, Settings

MOST = 8  # faults of one kind that the terminal lists


class Checked(NamedTuple):
    """One thing that was looked at."""

    what: str
    found: str  # what there is of it
    faults: tuple[str, ...] = ()  # what is wrong
    notes: tuple[str, ...] = ()  # what is worth knowing and not wrong


def check(
    project: Annotated[
        Path, typer.Argument(help="A project folder, or an audit pack.", metavar="PROJECT|PACK")
    ],
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook", help="The codebook whose decisions are checked too.", metavar="FILE"
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check every file of a project against the others, every hash and every chain of decisions."""
    from coder.cli.printer import Printer
    from coder.errors import CoderError
    from coder.project import Project, project_beside

    printer = Printer(as_json=as_json, quiet=quiet)
    if project.suffix.lower() == ".zip" and project.is_file():
        _check_audit_pack(project, printer)
        return
    place = Project(project_beside(project).folder if project.is_file() else project)
    if not place.exists:
        place.settings()  # says how to make one
    results = check_project(place, codebook)
    printer.facts = {
        "project": str(place.folder),
        "checked": [result._asdict() for result in results],
    }
    printer.table(
        [
            (
                r.what,
                r.found,
                f"{len(r.faults):,} wrong" if r.faults else "noted" if r.notes else "good",
            )
            for r in results
        ],
        ("checked", "found", "result"),
        title=str(place.folder),
        wide=("found",),
    )
    for result in results:
        for kind, lines in (("wrong", result.faults), ("note", result.notes)):
            for line in lines[:MOST]:
                printer.say(
                    f"{kind}: {result.what}: {line}", style="red" if kind == "wrong" else ""
                )
            if len(lines) > MOST:
                printer.say(
                    f"{kind}: {result.what}: ... and {len(lines) - MOST:,} more (all with --json)"
                )
    printer.finish()
    wrong = sum(len(result.faults) for result in results)
    if wrong:
        first = next(result for result in results if result.faults)
        raise CoderError(
            f"{place.folder}: {wrong:,} thing(s) wrong; the first: {first.what}: {first.faults[0]}",
            "Nothing was changed. Restore what was damaged from a backup, or make it anew with coder read and apply.",
        )
    printer.say("Everything is in order.")


def _check_audit_pack(pack: Path, printer: "Printer") -> None:
    """An audit pack: every hash, and that its tables come out the same when made anew."""
    from coder.errors import CoderError
    from coder.exporting.pack import check_pack

    faults = check_pack(pack)
    printer.facts = {"pack": str(pack), "faults": faults}
    printer.finish()
    if faults:
        raise CoderError(
            "\n".join(f"{pack}: {fault}" for fault in faults), "Ask for the pack again."
        )
    printer.say(
        "Every file of the pack has its hash, and its tables come out the same when made anew."
    )


def check_project(project: "Project", codebook_path: Path | None) -> list[Checked]:
    """Everything looked at, in the order in which one thing rests on another."""
    from coder.codebook import read_codebook
    from coder.errors import CoderError

    results: list[Checked] = []

    def attempt(what: str, look: Callable[[], Any]) -> Any:
        """The thing itself, or None with the fault noted."""
        try:
            return look()
        except CoderError as error:
            results.append(Checked(what, "cannot be read", tuple(error.problem.splitlines())))
        except (OSError, ValueError) as error:
            results.append(Checked(what, "cannot be read", (str(error).splitlines()[0],)))
        return None

    settings = attempt("project.yaml", project.settings)
    comments = attempt("comments", lambda: project.comments)
    if settings is not None:
        results.append(
            Checked(
                "project.yaml",
                f"{len(settings.sources)} source{'' if len(settings.sources) == 1 else 's'}",
            )
        )
        results.append(_sources(project, settings, comments))
    if comments is not None:
        results += [_comments(comments), _ledger(project, comments)]
    found = _codebook_of(project, codebook_path)
    book = attempt("codebook", lambda: read_codebook(found)) if found else None
    if book is not None:
        results.append(Checked("codebook", f"{found}, {len(book.theme_ids)} themes"))
    if comments is not None and project.labels_path.is_file():
        labels = attempt("labels", lambda: project.labels)
        command = command_of("apply", project.folder, found)
        if labels is not None:
            results += [_labels(labels, comments, book, command), *_label_tables(project, labels)]
    results += _candidates(project, comments)
    results.append(_runs(project, comments))
    results += _samples(project, comments)
    results.append(_rest(project))
    if found and book is not None and settings is not None:
        results += _decisions(found, book, settings.name, comments)
    else:
        notes = (
            ()
            if found
            else ("no codebook is named or found, so no decision was checked: --codebook FILE",)
        )
        results.append(Checked("decisions", "not checked", notes=notes))
    return results


def _codebook_of(project: "Project", named: Path | None) -> Path | None:
    """The codebook named, or the one of the last `coder apply` where it lies at hand."""
    if named is not None:
        return named
    try:
        name = str((project.last_run("apply") or {}).get("codebook_file", ""))
    except ValueError:
        return None
    places = [Path(name), project.folder.parent / name] if name else []
    return next((place for place in places if place.is_file()), None)


def _listed(names: Iterable[object], most: int = 5) -> str:
    listed = [str(name) for name in names]
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most:,} more"


# ---------------------------------------------------------------- what was received


def _sources(project: "Project", settings: "Settings", comments: "pd.DataFrame | None") -> Checked:
    from coder.files import sha256_of

    faults, notes, same = [], [], set()
    for file, digest in dict.fromkeys((source.file, source.sha256) for source in settings.sources):
        path = next(
            (p for p in (project.folder.parent / file, project.folder / file) if p.is_file()), None
        )
        if path is None:
            notes.append(f"{file} does not lie beside the project, so its hash was not checked")
        elif sha256_of(path) != digest:
            faults.append(
                f"{path} is not the file that was read (its SHA-256 differs): coder read it again"
            )
        else:
            same.add(file)
    if comments is not None and settings.sources:
        rows: dict[str, int] = {}
        for source in settings.sources:
            rows[source.name] = rows.get(source.name, 0) + source.rows
        held = comments["source"].value_counts().to_dict()
        for name in sorted({*rows, *map(str, held)}):
            if rows.get(name, 0) != held.get(name, 0):
                faults.append(
                    f"source {name!r}: {rows.get(name, 0):,} rows were read and {held.get(name, 0):,} comments are kept"
                )
    return Checked(
        "source files", f"{len(same)} with the hash recorded", tuple(faults), tuple(notes)
    )


def _comments(comments: "pd.DataFrame") -> Checked:
    from coder.tables import ANALYSED, COMMENTS, EXCLUDED, REASONS

    faults = []
    ids = comments["comment_id"]
    for name in [n for n, dtype in COMMENTS.dtypes.items() if dtype == "str"]:
        missing = comments[name].isna()
        if missing.any():
            faults.append(
                f"{int(missing.sum()):,} cells of {name} are missing ({_listed(ids[missing])})"
            )
    status = comments["status"]
    odd = ~status.isin([ANALYSED, EXCLUDED])
    odd |= (status == EXCLUDED) & ~comments["reason"].isin(REASONS)
    odd |= (status == ANALYSED) & (comments["reason"].fillna("") != "")
    if odd.any():
        faults.append(f"status and reason do not fit each other in {_listed(ids[odd])}")
    bad = comments["weight"].notna() & ~(comments["weight"] > 0)
    if bad.any():
        faults.append(f"a weight is zero or negative in {_listed(ids[bad])}")
    analysed = int((status == ANALYSED).sum())
    return Checked(
        "comments", f"{len(comments):,} received, {analysed:,} analysed, ids unique", tuple(faults)
    )


def _ledger(project: "Project", comments: "pd.DataFrame") -> Checked:
    import csv

    from coder.errors import CoderError
    from coder.files import open_csv_for_reading, spreadsheet_safe
    from coder.tables import ledger

    path = project.folder / "ledger.csv"
    try:
        account = ledger(comments)
    except CoderError as error:
        return Checked("ledger", "does not add up", (error.problem,))
    if not path.is_file():
        return Checked(
            "ledger", "missing", (f"{path} is not there: coder read {quoted(project.folder)}",)
        )
    with open_csv_for_reading(path) as file:
        written = list(csv.reader(file))
    rows = account.itertuples(index=False, name=None)
    wanted = [
        list(account.columns),
        *([str(spreadsheet_safe(cell)) for cell in row] for row in rows),
    ]
    if written != wanted:
        different = [row[0] for row in wanted if row not in written] or ["its rows"]
        return Checked(
            "ledger",
            "differs",
            (f"ledger.csv is not what the comments add up to: {_listed(different)}",),
        )
    return Checked("ledger", "adds up and fits the comments")


# ---------------------------------------------------------------- what was made of it


def _labels(
    labels: "pd.DataFrame", comments: "pd.DataFrame", book: "Codebook | None", command: str
) -> Checked:
    from coder.tables import analysed

    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    counted = set(analysed(comments)["comment_id"])
    here = set(labels["comment_id"])
    faults = []
    for ids, what in (
        (here - set(texts), "comments that the project does not have"),
        ((here & set(texts)) - counted, "comments that are not analysed"),
    ):
        if ids:
            faults.append(f"labels of {len(ids):,} {what}: {_listed(sorted(ids))}")
    if counted - here:
        faults.append(
            f"{len(counted - here):,} analysed comments have none: {_listed(sorted(counted - here))}"
        )
    pairs = labels.groupby("comment_id").size()
    if pairs.nunique() > 1:
        short = pairs[pairs < pairs.max()].index
        faults.append(f"{len(short):,} comments lack a theme's row: {_listed(short)}")
    outside = ~labels["probability"].between(0, 1)
    if outside.any():
        faults.append(f"{int(outside.sum()):,} probabilities are not between 0 and 1")
    faults += _evidence_faults(labels, texts)
    notes: list[str] = []
    if book is not None:
        more, notes = _themes_of_labels(labels, book, command)
        faults += more
    return Checked(
        "labels",
        f"{len(labels):,} rows, {int(labels['assigned'].sum()):,} assigned",
        tuple(faults),
        tuple(notes),
    )


def _themes_of_labels(
    labels: "pd.DataFrame", book: "Codebook", command: str
) -> tuple[list[str], list[str]]:
    """Faults and notes: renamed, merged and retired themes are read right, others are not."""
    old = set(map(str, labels["theme_id"].unique()))
    now = {book.current_ids.get(theme_id, "") for theme_id in old}
    new, lost = sorted(set(book.theme_ids) - now), sorted(old - set(book.current_ids))
    faults = []
    if new:
        faults.append(
            f"they know nothing of the codebook's theme(s) {_listed(new, MOST)}: {command}"
        )
    if lost:
        faults.append(
            f"they name themes that the codebook does not know ({_listed(lost, MOST)}): {command}"
        )
    moved = sorted(f"{i} is {book.current_ids[i]}" for i in old if book.current_ids.get(i, i) != i)
    return faults, [
        f"themes were renamed since, and are read so: {_listed(moved)}"
    ] if moved else []


def _evidence_faults(labels: "pd.DataFrame", texts: dict[str, str]) -> list[str]:
    """Evidence is an exact piece of the comment: `text[start:end] == evidence`."""
    columns = ["comment_id", "theme_id", "evidence", "evidence_start", "evidence_end"]
    marked = labels.loc[(labels["evidence"] != "") | (labels["evidence_start"] >= 0), columns]
    wrong = [
        f"{comment_id} {theme_id}"
        for comment_id, theme_id, evidence, start, end in marked.itertuples(index=False, name=None)
        if comment_id in texts and (start < 0 or texts[comment_id][start:end] != evidence)
    ]
    return (
        [f"{len(wrong):,} pieces of evidence are not in their comment's text: {_listed(wrong)}"]
        if wrong
        else []
    )


def _label_tables(project: "Project", labels: "pd.DataFrame") -> list[Checked]:
    """`labels.csv` and `matrix.csv` say what `labels.parquet` says."""
    import csv

    from coder.files import open_csv_for_reading, sha256_of, spreadsheet_safe

    as_written = _last(project, "apply").get("tables_sha256") or {}

    def item(theme_id: str, position_id: str) -> str:
        return f"{theme_id}={position_id}" if position_id else theme_id

    rows = labels.loc[labels["assigned"], ["comment_id", "theme_id", "position_id"]]
    wanted = {
        (str(spreadsheet_safe(c)), item(t, p))
        for c, t, p in rows.itertuples(index=False, name=None)
    }
    found = []
    for name in ("labels.csv", "matrix.csv"):
        path = project.folder / name
        if not path.is_file():
            continue
        with open_csv_for_reading(path) as file:
            records = list(csv.DictReader(file))
        if name == "labels.csv":
            said = {
                (r.get("comment_id", ""), item(r.get("theme_id", ""), r.get("position_id", "")))
                for r in records
            }
        else:
            said = {
                (r["comment_id"], column)
                for r in records
                for column, value in r.items()
                if value == "1" and column != "comment_id"
            }
        faults: tuple[str, ...] = ()
        if as_written.get(name) != sha256_of(path) and said != wanted:
            first = sorted(said ^ wanted)[0]
            faults = (
                f"{len(said ^ wanted):,} assignments are not those of labels.parquet (first: {' '.join(first)})",
            )
        found.append(Checked(name, f"{len(records):,} rows", faults))
    return found


def _candidates(project: "Project", comments: "pd.DataFrame | None") -> list[Checked]:
    import csv

    from coder.codebook import read_codebook
    from coder.errors import CoderError
    from coder.files import open_csv_for_reading, sha256_of

    found = []
    run = _last(project, "cluster")
    if project.candidates_path.is_file():
        try:
            book = read_codebook(project.candidates_path)
            edited = run.get("draft_sha256") not in (None, sha256_of(project.candidates_path))
            notes = ("it was edited since coder cluster wrote it",) if edited else ()
            found.append(
                Checked("candidates.yaml", f"{len(book.theme_ids)} candidates", notes=notes)
            )
        except CoderError as error:
            found.append(
                Checked("candidates.yaml", "cannot be read", tuple(error.problem.splitlines()))
            )
    path = project.folder / "candidates.csv"
    if path.is_file():
        with open_csv_for_reading(path) as file:
            ids = {row.get("comment_id", "") for row in csv.DictReader(file)}
        faults = []
        if run.get("table_sha256") not in (None, sha256_of(path)):
            faults.append("it is not the file that coder cluster wrote (its SHA-256 differs)")
        if comments is not None:
            known = set(comments["comment_id"])
            unknown = sorted(i for i in ids if i not in known and i.removeprefix("'") not in known)
            if unknown:
                faults.append(
                    f"{len(unknown):,} comments that the project does not have: {_listed(unknown)}"
                )
        found.append(Checked("candidates.csv", f"{len(ids):,} comments", tuple(faults)))
    return found


def _last(project: "Project", command: str) -> dict[str, Any]:
    try:
        return project.last_run(command) or {}
    except ValueError:  # reported with the run records
        return {}


def _runs(project: "Project", comments: "pd.DataFrame | None") -> Checked:
    import json

    paths = sorted((project.folder / "runs").glob("*.json"))
    faults, notes = [], []
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["command"] not in path.stem or not path.stem[:4].isdigit():
                faults.append(f"{path.name}: holds the record of {record['command']!r}")
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{path.name}: is no run record ({type(error).__name__})")
    numbers = [int(path.stem[:4]) for path in paths if path.stem[:4].isdigit()]
    gone = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if gone:
        faults.append(f"record(s) {_listed(gone)} are gone")
    if comments is not None:
        now = project.comments_fingerprint()
        for command in ("cluster", "apply", "export"):
            then = _last(project, command).get("comments_fingerprint")
            if then not in (None, now):
                notes.append(f"the comments changed since the last coder {command}: run it again")
    return Checked("run records", f"{len(paths)}", tuple(faults), tuple(notes))


def _samples(project: "Project", comments: "pd.DataFrame | None") -> list[Checked]:
    """Random samples are as they were drawn, before anybody looked."""
    import csv

    from coder.reviewing.queue import draw
    from coder.text import text_hash

    found = []
    texts = (
        {} if comments is None else dict(zip(comments["comment_id"], comments["text"], strict=True))
    )
    for path in sorted((project.folder / "samples").glob("random-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        seed = int(path.stem.split("-")[1])
        drawn = [draw(seed, row[1]) if len(row) == 4 else "" for row in rows]
        honest = all(
            len(row) == 4 and row[0] == str(rank) and row[3] == place
            for rank, (row, place) in enumerate(zip(rows, drawn, strict=True), start=1)
        )
        faults = () if honest and drawn == sorted(drawn) else ("it was changed after it was drawn",)
        changed = [
            r[1] for r in rows if len(r) == 4 and r[1] in texts and text_hash(texts[r[1]]) != r[2]
        ]
        gone = [r[1] for r in rows if len(r) == 4 and texts and r[1] not in texts]
        notes = [
            f"{len(ids):,} of its comments {what} since: {_listed(ids)}"
            for ids, what in ((changed, "changed"), (gone, "vanished"))
            if ids
        ]
        found.append(
            Checked(
                f"sample {path.name}",
                f"{len(rows):,} comments in their order",
                faults,
                tuple(notes),
            )
        )
    return found


def _rest(project: "Project") -> Checked:
    """The cache, and what an interrupted run left."""
    import sqlite3
    from contextlib import closing

    faults, notes, found = [], [], "no cache"
    if project.cache_path.is_file():
        try:
            uri = f"{project.cache_path.resolve().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as store:
                verdict = store.execute("PRAGMA quick_check").fetchone()[0]
                (count,) = store.execute("SELECT count(*) FROM vector").fetchone()
            found = f"{count:,} vectors in the cache"
            if verdict != "ok":
                faults.append(
                    f"the cache is damaged ({verdict}); it can be deleted and is then made anew"
                )
        except sqlite3.DatabaseError as error:
            faults.append(
                f"the cache is damaged ({error}); it can be deleted and is then made anew"
            )
    left = sorted(p.name for p in project.folder.rglob(".*.tmp"))
    if left:
        notes.append(f"left by an interrupted run, may be deleted: {_listed(left)}")
    return Checked("cache", found, tuple(faults), tuple(notes))


# ---------------------------------------------------------------- decisions


def _decisions(
    codebook_path: Path, book: "Codebook", project: str, comments: "pd.DataFrame | None"
) -> list[Checked]:
    """Every reviewer's file: its chain, what it names, and whether its comments are still what they were."""
    from coder.decisions import decisions_folder, head_hash, read_log
    from coder.errors import CoderError

    results = []
    everything: list[Decision] = []
    for path in sorted(decisions_folder(codebook_path).glob("*.jsonl")):
        try:
            decisions, torn = read_log(path)
        except CoderError as error:
            results.append(Checked(f"decisions {path.name}", "chain broken", (error.problem,)))
            continue
        everything += decisions
        notes = (
            (f"its last line is torn ({torn} bytes, never acknowledged) and left aside",)
            if torn
            else ()
        )
        found = f"{len(decisions):,}, chain whole, head {head_hash(path)[:12]}"
        faults = tuple(_decision_faults(decisions, path.stem))
        results.append(Checked(f"decisions {path.name}", found, faults, notes))
    if not results:
        return [Checked("decisions", f"none beside {codebook_path}")]
    return [*results, _ids_in_decisions(everything, book), *_stale(everything, project, comments)]


def _decision_faults(decisions: "Sequence[Decision]", reviewer: str) -> list[str]:
    from coder.text import text_hash

    faults = []
    for decision in decisions:
        if decision.reviewer != reviewer:
            faults.append(f"decision {decision.id} is {decision.reviewer}'s")
        if decision.undoes is None and not {*decision.themes, *decision.unsure} <= {
            *decision.scope
        }:
            faults.append(f"decision {decision.id} names themes outside its scope")
        if decision.undoes is None and text_hash(decision.text) != decision.text_hash:
            faults.append(f"decision {decision.id}: its text is not the text of its hash")
    return faults


def _ids_in_decisions(decisions: "Sequence[Decision]", book: "Codebook") -> Checked:
    """Each id once; each id that is referred to is there; each theme is still read somewhere."""
    ids = [decision.id for decision in decisions]
    known = set(ids)
    faults = []
    if len(known) < len(ids):
        doubled = sorted(i for i, times in Counter(ids).items() if times > 1)
        faults.append(f"decision ids that occur twice: {_listed(doubled)}")
    lost = [d.undoes for d in decisions if d.undoes is not None and d.undoes not in known]
    lost += [a for d in decisions for a in d.adjudicates if a not in known]
    if lost:
        faults.append(f"decisions that others refer to are gone: {_listed(lost)}")
    read = {*book.current_ids, *(place.theme.split_from for place in book.nodes)}
    scopes = {theme_id for decision in decisions for theme_id in decision.scope}
    unread = sorted(scopes - read)
    notes = []
    if unread:
        notes.append(
            f"themes that the codebook no longer knows, so their decisions count nowhere (was: [...]): {_listed(unread)}"
        )
    return Checked(
        "decisions", f"{len(ids):,} ids, {len(scopes)} themes judged", tuple(faults), tuple(notes)
    )


def _stale(
    decisions: "Sequence[Decision]", project: str, comments: "pd.DataFrame | None"
) -> list[Checked]:
    """Decisions of this project whose comments changed or vanished: kept, and never used."""
    from coder.decisions import drop_undone
    from coder.text import text_hash

    if comments is None:
        return []
    now = {
        c: text_hash(text) for c, text in zip(comments["comment_id"], comments["text"], strict=True)
    }
    last: dict[tuple[str, str], str] = {}
    for decision in drop_undone(decisions):
        if decision.project == project:
            last[decision.comment_id, decision.reviewer] = decision.text_hash
    gone = sorted({comment for comment, _ in last if comment not in now})
    changed = sorted(
        {comment for (comment, _), digest in last.items() if now.get(comment, digest) != digest}
    )
    faults = [
        f"{len(ids):,} decided comments {what}; their decisions are kept and not used: {_listed(ids)}"
        for ids, what in (
            (changed, "changed since (decide them again with coder review)"),
            (gone, "are no longer in the project"),
        )
        if ids
    ]
    return [
        Checked("decided comments", f"{len({c for c, _ in last}):,} of this project", tuple(faults))
    ]
