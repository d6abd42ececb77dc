"""Export: a report to files, audit packs, sheets to review in, and tables rebuilt from a pack."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, CommandNames, command, option
from coder.files import check_may_replace
from coder.run_records import record_if_allowed
from coder.text import count
from coder.workflow.lost_decisions import tell_lost_decisions
from coder.workflow.pack_options import PackOptions
from coder.workflow.read_outs import ReadOutOptions
from coder.workflow.target import Columns, open_earlier, open_project

if TYPE_CHECKING:
    from coder.exporting.pack_secrets import Opening, Protection
    from coder.project import Project
    from coder.reporting import Options, Report
    from coder.reporting.inputs import Inputs
    from coder.workflow.read import ReadOutcome

WHOLE_REPORT = ReadOutOptions()


@dataclass(frozen=True)
class SheetOptions:
    """A sheet to review in.

    Attributes:
        reviewer: whose sheet it is, with their decisions; empty for a sheet that anybody may
            hand in.
        blind: whether to leave the model's suggestions out.
        sample: the first so many comments of the random order; None for all comments.
        double: a share, in (0, 1], of the comments that others decided, to be coded again.
        adjudicate: the comments that reviewers judged differently.
        seed: of what is drawn at random.
        assigned: the reviewer whose assigned comments the sheet holds; empty for other sheets.
    """

    reviewer: str = ""
    blind: bool = False
    sample: int | None = None
    double: float | None = None
    adjudicate: bool = False
    seed: int = 0
    assigned: str = ""

    @property
    def given(self) -> list[str]:
        """The names of the options that say something."""
        names = ("reviewer", "assigned", "blind", "sample", "double", "adjudicate")
        return [name for name in names if getattr(self, name)]


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written.

    Attributes:
        comments: how many comments it holds in full; quotes do not count.
        has_respondents: whether it holds a row about each respondent.
        notes: what the user must know of it, such as columns that it leaves out.
    """

    path: Path
    comments: int = 0
    has_respondents: bool = False
    notes: tuple[str, ...] = ()

    @property
    def caution(self) -> str:
        """Why the file should be shared with care; empty where there is no reason."""
        if self.comments:
            comments = count(self.comments, "comment")
            return f"{self.path} holds {comments} in full: share it with care."
        if self.has_respondents:
            return f"{self.path} holds a row about each respondent: share it with care."
        return ""


@dataclass(frozen=True)
class ExportOutcome:
    """What `export` wrote.

    Attributes:
        report: what the files show; None where only review sheets or the tables of a pack were
            written.
        warnings: which files hide no small counts, and what the user should know of the
            project's files.
        next_step: a sentence; empty where there is nothing to suggest.
        pack: the audit pack whose tables were rebuilt.
        reading: what was read where the target was a new or changed file.
    """

    files: tuple[WrittenFile, ...]
    report: "Report | None" = None
    warnings: tuple[str, ...] = ()
    next_step: str = ""
    pack: Path | None = None
    reading: "ReadOutcome | None" = None

    def __repr__(self) -> str:
        return f"ExportOutcome({[str(file.path) for file in self.files]})"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts: dict[str, Any] = {}
        if self.pack is not None:
            facts["pack"] = str(self.pack)
        if self.report is not None:
            facts |= facts_of_report(self.report)
        facts["files"] = [str(file.path) for file in self.files]
        notes = {str(file.path): list(file.notes) for file in self.files if file.notes}
        if notes:
            facts["file_notes"] = notes
        return facts

    def _repr_html_(self) -> str:
        """The files as a table, for notebooks."""
        from coder.notebook import html_table

        rows = [(str(file.path), file.caution) for file in self.files]
        return html_table(
            "Files written", ("File", "Caution"), rows, notes=self.warnings
        )


def export(
    source: "Report | Project | Path | str",
    *paths: Path | str,
    codebook: Path | str | None = None,
    options: "Options | None" = None,
    before: "Project | Path | str | None" = None,
    sheet: SheetOptions | None = None,
    read_out: ReadOutOptions = WHOLE_REPORT,
    template: Path | str | None = None,
    without_text: bool = False,
    pack: PackOptions | None = None,
    opening: "Opening | None" = None,
    columns: Columns | None = None,
    progress: Progress = silent,
    draft: bool = False,
) -> ExportOutcome:
    """Write a report, or the report of a project, to files; the suffix of each chooses the format.

    Args:
        source: a report; or a project, its folder, or a file of comments; or an audit pack.
        paths: files to write (see `coder.exporting.writers.WRITERS`). Of a project also `.zip`
            for an audit pack and `review.xlsx` for a sheet; of a pack: a folder for its tables.
        codebook: what the project was coded with. A report and a pack hold their own.
        options: what the report counts and shows; a report was made with its own.
        before: an earlier project coded with the same codebook, to compare with.
        sheet: whose review sheet it is, and what it shows.
        read_out: what to write of the report.
        template: a Word file whose styles, page, header and footer Word documents take.
        without_text: leave everything that respondents wrote out of the audit pack.
        pack: whether the audit pack is signed and encrypted.
        opening: how an audit pack is opened whose tables are made anew.
        columns: which columns of a file of comments hold what.
        draft: write the paragraphs to edit, `report.md` in the project's folder.

    Raises:
        CoderError: something is missing or wrong. Each file is then the old one or whole.
    """
    from coder.reporting import Report
    from coder.transactions import read_one_generation

    pack = pack or PackOptions()
    files = _named_files(paths, pack, draft=draft)
    about_rows = warn_of_rows(files)
    style = _checked_template(template, files)
    if isinstance(source, Report):
        return replace(_export_report(source, files, style), warnings=about_rows)
    if isinstance(source, (str, Path)) and is_pack_file(Path(source)):
        return _rebuild(Path(source), files, opening)
    book, sheet = _codebook_path(codebook), sheet or SheetOptions()
    _check_request(files, sheet, without_text=without_text, has_before=bool(before))
    read_out.check(files, by=options.by if options else (), before=bool(before))
    opened = open_project(source, columns, codebook=book, progress=progress)
    job = _open_job(source, opened.project, book, files, pack, read_out, style)
    write = partial(
        replace(job, draft=draft).export, files, options, before, sheet, without_text
    )
    lost = tell_lost_decisions(opened.project, book)
    outcome = read_one_generation(opened.project.folder, write)
    warnings = (*about_rows, *lost, *outcome.warnings)
    return replace(outcome, warnings=warnings, reading=opened.reading)


def _named_files(
    paths: Sequence[Path | str], pack: PackOptions, *, draft: bool
) -> list[Path]:
    files = list(pack.name_files([Path(path) for path in paths]))
    _check_named(files, draft=draft)
    return files


def _check_named(files: Sequence[Path], *, draft: bool) -> None:
    if not files and not draft:
        raise CoderError(
            "no file to write is named", "Name a file, such as themes.xlsx."
        )


def _open_job(
    source: "Project | Path | str",
    project: "Project",
    codebook: Path,
    files: Sequence[Path],
    pack: PackOptions,
    read_out: ReadOutOptions,
    template: Path | None,
) -> "_Job":
    """What writes the files, once it is sure that none is written over what it is made from."""
    inputs = [codebook]
    if isinstance(source, (str, Path)):
        inputs.append(Path(source))
    inputs += [path for path in (read_out.population, template) if path is not None]
    check_overwriting(files, project, inputs)
    names = _names(source, project, codebook)
    protection = pack.protection(files)
    return _Job(project, codebook, names, protection, read_out, template)


def _checked_template(
    template: Path | str | None, files: Sequence[Path]
) -> Path | None:
    """The template, once it is sure that it can be used."""
    if template is None:
        return None
    from coder.exporting.writers import check_template

    check_template(Path(template), files)
    return Path(template)


def _codebook_path(codebook: Path | str | None) -> Path:
    if codebook is None:
        raise CoderError(
            "a codebook is needed to export a project",
            f"Name the codebook of the coding: {option('codebook', 'FILE')}",
        )
    return Path(codebook)


def warn_of_rows(paths: Sequence[Path | str]) -> tuple[str, ...]:
    """What is to be said before files about single comments or respondents are written."""
    from coder.exporting.writers import row_warning

    warnings = [row_warning(Path(path)) for path in paths]
    return tuple(warning for warning in warnings if warning)


def _publication_warning(report: "Report") -> list[str]:
    """Said also by a quiet run, since the files may be opened by somebody else."""
    if not report.warning:
        return []
    return [f"{report.warning}. The files say so on every page and chart."]


def is_pack_file(path: Path) -> bool:
    """Whether there is an audit pack at a path."""
    from coder.exporting.writers import is_pack

    return is_pack(path) and path.is_file()


def _names(
    source: "Project | Path | str",
    project: "Project",
    codebook: Path,
) -> CommandNames:
    """How commands in notes and errors name the project and the codebook: as the user does."""
    target = source if isinstance(source, (str, Path)) else project.folder
    return CommandNames(str(target), str(codebook))


# ---------------------------------------------------------------- a report, a pack


def _export_report(
    report: "Report", files: Sequence[Path], template: Path | None
) -> ExportOutcome:
    from coder.exporting.writers import find_writer, is_pack, is_review_sheet

    for path in files:
        if is_pack(path) or is_review_sheet(path):
            options = (option("to", str(path)), option("codebook", "FILE"))
            raise CoderError(
                f"{path}: is made from a project, not from a report",
                f"Write it with {command('export', 'PROJECT', *options)}",
            )
        find_writer(path)
    written = []
    for path in files:
        written += _write_report(report, path, template)
    return ExportOutcome(tuple(written), report)


def _write_report(
    report: "Report", path: Path, template: Path | None
) -> list[WrittenFile]:
    from coder.exporting.writers import find_writer, write_report

    writer = find_writer(path)
    first, *beside = write_report(report, path, template)
    main = WrittenFile(
        first,
        writer.comments_held(report),
        writer.has_respondents,
        tuple(writer.notes(report)),
    )
    return [main, *map(WrittenFile, beside)]


def _rebuild(
    pack: Path,
    files: Sequence[Path],
    opening: "Opening | None",
) -> ExportOutcome:
    from coder.exporting.pack import NOT_NAMED, rebuild_pack

    if len(files) != 1 or files[0].suffix:
        raise CoderError(
            "the tables of a pack go into one folder",
            f"Name a folder, such as {option('to', 'rebuilt')}",
        )
    rebuilt = rebuild_pack(pack, files[0], opening or NOT_NAMED)
    return ExportOutcome(tuple(map(WrittenFile, rebuilt)), pack=pack)


# ---------------------------------------------------------------- a project


@dataclass(frozen=True)
class _Job:
    """The export of one project coded with one codebook."""

    project: "Project"
    codebook: Path
    names: CommandNames
    protection: "Protection"
    read_out: ReadOutOptions
    template: Path | None
    draft: bool = False

    def export(
        self,
        files: Sequence[Path],
        options: "Options | None",
        before: "Project | Path | str | None",
        sheet: SheetOptions,
        without_text: bool,
    ) -> ExportOutcome:
        """Write all files, review sheets first."""
        from coder.exporting.writers import is_review_sheet

        sheets = [path for path in files if is_review_sheet(path)]
        others = [path for path in files if not is_review_sheet(path)]
        written = []
        notes: tuple[str, ...] = ()
        for path in sheets:
            rows, notes = self.write_sheet(path, sheet)
            written.append(WrittenFile(path, rows))
        if not others and not self.draft:
            return ExportOutcome(
                tuple(written),
                warnings=notes,
                next_step=self.step_after_sheet(sheets[-1], sheet),
            )
        inputs, earlier = self.gather(before)
        return self.write_files(
            others,
            written,
            inputs,
            earlier,
            options,
            without_text,
        )

    def write_sheet(
        self,
        path: Path,
        sheet: SheetOptions,
    ) -> tuple[int, tuple[str, ...]]:
        """Write one sheet to review in; gives its number of rows, and what to tell."""
        from coder.codebook import read_codebook
        from coder.reviewing.mode import ReviewMode
        from coder.reviewing.sheet import write_review_sheet

        mode = ReviewMode(
            blind=sheet.blind,
            sample=sheet.sample,
            double=sheet.double,
            adjudicate=sheet.adjudicate,
            seed=sheet.seed,
        )
        rows = write_review_sheet(
            self.project,
            read_codebook(self.codebook),
            self.codebook,
            path,
            reviewer=sheet.assigned or sheet.reviewer,
            mode=mode,
            assigned=bool(sheet.assigned),
            typed=CommandNames(str(self.project.folder), str(self.codebook)),
        )
        record = {"files": [str(path)], "comments": rows, **asdict(sheet)}
        notes = record_if_allowed(self.project.folder, "export", record, self.codebook)
        return rows, notes

    def gather(
        self, before: "Project | Path | str | None"
    ) -> "tuple[Inputs, Inputs | None]":
        """What the report is made from, and the earlier consultation that it is compared with."""
        from coder.reporting import gather
        from coder.transactions import read_one_generation
        from coder.workflow.listed_aspects import seek_listed

        seek_listed(self.project, self.codebook)
        inputs = gather(self.project, self.codebook, self.names)
        if before is None:
            return inputs, None
        earlier = open_earlier(before, self.project)
        if earlier.folder.resolve() == self.project.folder.resolve():
            raise CoderError(
                f"{option('before', str(before))}: is the project that is exported",
                "Name the folder of the earlier one.",
            )
        names = CommandNames(str(earlier.folder), self.names.codebook)

        def gather_earlier() -> "Inputs":
            return gather(earlier, self.codebook, names)

        return inputs, read_one_generation(earlier.folder, gather_earlier)

    def write_files(
        self,
        files: Sequence[Path],
        sheets: Sequence[WrittenFile],
        inputs: "Inputs",
        earlier: "Inputs | None",
        options: "Options | None",
        without_text: bool,
    ) -> ExportOutcome:
        """Write a report, or a read-out of it, and audit packs."""
        from coder.exporting.read_outs import write_read_out
        from coder.exporting.writers import is_pack
        from coder.reporting import Options, build_report
        from coder.reporting.drafted_paragraphs import draft_warnings
        from coder.workflow.draft import write_draft

        options = options or Options()
        request = self.read_out.equality_request()
        report = build_report(inputs, options, earlier, request)
        cautions = draft_warnings(report)
        written: list[WrittenFile] = []
        for path in files:
            if self.read_out.kind is not None:
                kind = self.read_out.kind
                paths = write_read_out(report, path, kind, self.template)
                written += map(WrittenFile, paths)
            elif is_pack(path):
                written.append(self.write_pack(path, inputs, options, without_text))
            else:
                written += _write_report(report, path, self.template)
        if self.draft:
            written.append(WrittenFile(write_draft(self.project.folder, report)))
        record = {"files": [str(file.path) for file in written], "base": report.base}
        facts = {**inputs.facts, **record}
        notes = record_if_allowed(self.project.folder, "export", facts, self.codebook)
        return ExportOutcome(
            (*sheets, *written),
            report,
            (*inputs.warnings, *_publication_warning(report), *cautions, *notes),
            self.step_after_report(report, inputs, files),
        )

    def write_pack(
        self,
        path: Path,
        inputs: "Inputs",
        options: "Options",
        without_text: bool,
    ) -> WrittenFile:
        """Write an audit pack."""
        from coder.exporting.pack import write_pack
        from coder.exporting.row_notes import note_on_columns

        left_out = write_pack(
            self.project,
            self.codebook,
            inputs,
            options,
            path,
            without_text=without_text,
            protection=self.protection,
        )
        if without_text:
            return WrittenFile(path)
        notes = tuple(note_on_columns(left_out))
        return WrittenFile(path, len(inputs.comments), notes=notes)

    def step_after_sheet(self, path: Path, sheet: SheetOptions) -> str:
        """How to hand the sheet in."""
        review = command(
            "review",
            self.project.folder,
            option("codebook", str(self.codebook)),
            option("reviewer", sheet.reviewer or "NAME"),
            option("from", str(path)),
        )
        return f"When it is filled in, read it with: {review}"

    def step_after_report(
        self,
        report: "Report",
        inputs: "Inputs",
        files: Sequence[Path],
    ) -> str:
        """Code again, review, check the pack or keep one: the first that applies."""
        from coder.exporting.writers import is_pack

        target, codebook = self.names.project, option("codebook", self.names.codebook)
        if inputs.stale:
            return f"The codebook has changed. Code again: {command('apply', target, codebook)}"
        if report.coded_by_model and not report.intervals:
            reviewer = option("reviewer", "NAME")
            review = command("review", target, codebook, reviewer, option("start"))
            return f"To get intervals, review 30 comments drawn at random: {review}"
        packs = [path for path in files if is_pack(path)]
        if packs:
            return f"Anybody can check the pack with: {command('check', packs[-1])}"
        pack = command(
            "export",
            target,
            option("to", "pack.zip"),
            codebook,
        )
        return f"To keep what the tables were made from, write an audit pack: {pack}"


def _check_request(
    files: Sequence[Path], sheet: SheetOptions, *, without_text: bool, has_before: bool
) -> None:
    """Check what can be known before anything is read."""
    from coder.exporting.writers import find_writer, is_pack, is_review_sheet

    packs = [path for path in files if is_pack(path)]
    others = [path for path in files if not is_pack(path)]
    for path in others:
        find_writer(path)
    if without_text and others:
        raise CoderError(
            f"{option('without_text')}: {others[0]} is not an audit pack",
            f"Use it with an audit pack alone: {option('to', 'pack.zip')}",
        )
    if has_before and packs:
        raise CoderError(
            f"{option('before')}: an audit pack holds one consultation",
            f"Export the pack without {option('before')}.",
        )
    _check_sheet(sheet, has_sheet=any(map(is_review_sheet, files)))


def _check_sheet(sheet: SheetOptions, *, has_sheet: bool) -> None:
    from coder.decisions import check_reviewer

    if not has_sheet and sheet.given:
        raise CoderError(
            f"{option(sheet.given[0])} is for a sheet to review in, and none is written",
            f"Name one: {option('to', 'review.xlsx')}",
        )
    for name in (sheet.reviewer, sheet.assigned):
        if name:
            check_reviewer(name)
    if not sheet.assigned:
        return
    for given in sheet.given:
        if given not in ("assigned", "blind"):
            raise CoderError(
                f"{option('assigned')} and {option(given)} cannot be used together",
                "Use one of them.",
            )


def check_overwriting(
    files: Sequence[Path],
    project: "Project",
    inputs: Sequence[Path] = (),
) -> None:
    """Refuse to write over what the export is made from.

    Args:
        inputs: files besides those of the project, and those that were read into it.

    Raises:
        CoderError: a file is one of them, is a folder, or is named twice.
    """
    from coder.reporting.draft_file import DRAFT_FILE

    kept = {path.resolve() for path in inputs}
    for path in (project.settings_path, project.comments_path, project.labels_path):
        kept.add(path.resolve())
    for source in project.settings().every_source:
        for folder in (project.home.parent, project.home):
            kept.add((folder / source.file).resolve())
    kept.add((project.folder / DRAFT_FILE).resolve())
    for path in files:
        name = option("to", str(path))
        if path.resolve() in kept:
            raise CoderError(
                f"{name}: the export is made from this file",
                "Choose another name.",
            )
        if path.is_dir():
            fix = f"Name a file, such as {path / 'themes.csv'}"
            raise CoderError(f"{name}: is a folder", fix)
        check_may_replace(path)
    if len({path.resolve() for path in files}) < len(files):
        raise CoderError(
            f"{option('to')} names the same file twice",
            "Name each file once.",
        )


def facts_of_report(report: "Report") -> dict[str, Any]:
    """What a report shows as plain values, for JSON."""
    import pandas as pd

    themes = []
    for row in report.themes.astype(object).to_dict(orient="records"):
        values = {str(name): value for name, value in row.items()}
        kept = {
            name: value
            for name, value in values.items()
            if not name.startswith("quote_")
        }
        themes.append(
            {name: None if pd.isna(value) else value for name, value in kept.items()}
        )
    return {
        "standing": report.standing,
        "base": report.base,
        "notes": list(report.notes),
        "notes_in_tiers": report.notes.tiers(),
        "themes": themes,
    }
