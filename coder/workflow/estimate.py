"""What coding a project will cost, from rates measured on a hundred of its comments."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import PLAIN_LOOP, Pass, Progress, check_workers, silent
from coder.errors import CoderError
from coder.text import count
from coder.workflow.opened_codebook import OpenedCodebook, open_codebook
from coder.workflow.target import Columns, open_project

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.embedding import CachedEmbedder, EncoderChoice
    from coder.engine.passes import Lanes
    from coder.project import Project

SAMPLE = 100  # comments
# The sample is coded again and again under other ids, since a hundred comments take no time that
# could be told from chance.
COPIES = (4, 24)
TEXTS_READ = 2.5  # of a comment: itself and its sentences
PASSING_ON = 1.05  # what sending blocks and waiting for the last one adds
# Measured by tests/test_growth.py and tests/benchmarks/large_costs.py, with 12 to 15 themes.
DRIVER_BYTES = 2_500  # of memory for each comment, in the program itself
KEPT_BYTES = 7_000  # of memory for each comment, where all blocks stay in memory
MOST_IN_MEMORY = 50_000  # comments of which they do
ROW_OVERHEAD = 1.09  # of the vectors' file, beside the vectors
LABEL_BYTES = 16  # of labels.parquet and matrix.csv, a row of labels
LISTED_BYTES = 105  # of labels.csv, an assigned label
BETWEEN_BYTES = 1_500  # a comment, between the passes
BYTES_OF_A_NUMBER = 2  # vectors are kept at half precision


@dataclass(frozen=True)
class Rates:
    """What the sample cost, in CPU seconds.

    Attributes:
        sample: comments that were measured.
        fixed: of a run, however many comments there are.
        blocks: a comment, of what workers do, without the encoder.
        rest: a comment, of what the program itself does.
        encode: a text; 0 where all vectors of the sample were kept.
        missing: texts of a comment whose vectors are not kept.
        labels: rows and assigned labels of a comment.
        vector_bytes: of a text.
        base_bytes: of memory, after the sample.
    """

    sample: int
    fixed: float
    blocks: float
    rest: float
    encode: float
    missing: float
    labels: tuple[float, float]
    vector_bytes: int
    base_bytes: int


@dataclass(frozen=True)
class Plan:
    """What a run costs with a number of workers.

    Attributes:
        workers: processes, each with a core of its own.
        seconds: from start to end.
        cpu_seconds: of all processes together.
        memory: bytes, of all processes together.
    """

    workers: int
    seconds: float
    cpu_seconds: float
    memory: int


@dataclass(frozen=True)
class EstimateOutcome:
    """What `apply` will cost.

    Attributes:
        comments: to be coded.
        encoded: texts without a kept vector, all comments together.
        plans: for one worker, for the cores of this machine, and for the number asked for.
        disk: bytes that stay: vectors and tables.
        disk_meanwhile: bytes that are needed between the passes and freed at the end.
        rates: what was measured.
        assumptions: sentences.
    """

    comments: int
    encoded: int
    plans: tuple[Plan, ...]
    disk: int
    disk_meanwhile: int
    rates: Rates
    assumptions: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "comments": self.comments,
            "texts_to_encode": self.encoded,
            "plans": [vars(plan) for plan in self.plans],
            "disk_bytes": self.disk,
            "disk_bytes_meanwhile": self.disk_meanwhile,
            "rates": vars(self.rates),
            "assumptions": list(self.assumptions),
        }


def estimate(
    target: "Project | Path | str",
    codebook: Path | str,
    columns: Columns | None = None,
    *,
    encoder: "EncoderChoice | None" = None,
    opinion: bool = True,
    workers: int | None = None,
    progress: Progress = silent,
) -> EstimateOutcome:
    """Measure what a hundred comments cost, and say what all of them will.

    The hundred are really encoded and coded; only their vectors are kept.

    Args:
        workers: a number of workers to say the cost for, beside one and the cores of this
            machine.
        target, columns, codebook, encoder, opinion: as for `apply`.

    Raises:
        CoderError: the target or the codebook is missing or faulty, or no comment is analysed.
    """
    from coder.embedding import embedder_of
    from coder.tables import analysed
    from coder.transactions import read_one_generation

    check_workers(None, workers)
    source = open_codebook(codebook)
    book = source.codebook
    opened = open_project(target, columns, codebook=book, progress=progress)
    project = opened.project
    material = read_one_generation(
        project.folder, lambda: _read_material(project, source)
    )
    total = len(analysed(material.comments))
    embedder = embedder_of(encoder, project.cache_path.resolve())
    rates = _measure(material, embedder, opinion=opinion)
    cores = os.cpu_count() or 1
    numbers = sorted({1, cores, workers or 1})
    encoded = round(total * rates.missing)
    rows, assigned = rates.labels
    table_bytes = rows * LABEL_BYTES + assigned * LISTED_BYTES
    return EstimateOutcome(
        comments=total,
        encoded=encoded,
        plans=tuple(plan_run(rates, total, number, cores) for number in numbers),
        disk=round(encoded * rates.vector_bytes + total * table_bytes),
        disk_meanwhile=_bytes_meanwhile(total, max(numbers)),
        rates=rates,
        assumptions=_assumptions(rates),
    )


def plan_run(rates: Rates, comments: int, workers: int, cores: int) -> Plan:
    """What a run costs.

    Args:
        cores: of this machine; the encoder uses all of them where there is one worker.
    """
    encoding = comments * rates.missing * rates.encode
    blocks = comments * rates.blocks
    rest = comments * rates.rest
    if workers == 1:
        return Plan(
            workers=1,
            seconds=rates.fixed + rest + blocks + encoding / cores,
            cpu_seconds=rates.fixed + rest + blocks + encoding,
            memory=_driver_bytes(rates, comments)
            + min(comments, MOST_IN_MEMORY) * KEPT_BYTES,
        )
    shared = (blocks + encoding) * PASSING_ON
    return Plan(
        workers=workers,
        # Workers start beside each other, and each loads what the program itself loads.
        seconds=2 * rates.fixed + rest + shared / workers,
        cpu_seconds=(1 + workers) * rates.fixed + rest + shared,
        memory=_driver_bytes(rates, comments) + workers * rates.base_bytes,
    )


def _driver_bytes(rates: Rates, comments: int) -> int:
    return rates.base_bytes + comments * DRIVER_BYTES


def _bytes_meanwhile(comments: int, workers: int) -> int:
    if workers == 1 and comments <= MOST_IN_MEMORY:
        return 0
    return comments * BETWEEN_BYTES


def _assumptions(rates: Rates) -> tuple[str, ...]:
    return (
        f"The rates are those of {count(rates.sample, 'comment')} drawn at random, measured now.",
        "Nothing else keeps the processor busy; each worker has a core of its own, as quick as "
        "those here.",
        "Memory a comment is what was measured with 12 to 15 themes; more themes need more.",
    )


# ---------------------------------------------------------------- measuring


@dataclass(frozen=True)
class _Material:
    """What the sample is coded with, all of it read from one state of the project.

    Attributes:
        groups: rows of the groups that themes were made from.
        project: the project's name.
    """

    comments: "pd.DataFrame"
    codebook: "Codebook"
    judgements: "pd.DataFrame"
    groups: "pd.DataFrame"
    project: str


def _read_material(project: "Project", source: OpenedCodebook) -> _Material:
    from coder.workflow.candidate_groups import drafts_of, find_groups

    groups = find_groups(source.path, source.codebook, drafts_of(project))
    return _Material(
        project.comments,
        source.codebook,
        source.judgements(),
        groups.rows,
        project.settings().name,
    )


class _TimedLoop:
    """A loop that knows how long its blocks took.

    Attributes:
        seconds: CPU seconds of all blocks so far.
    """

    workers = 1

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def open_lanes(self, work: Pass) -> Iterator["Lanes"]:
        """The one lane of a loop."""

        def compute(block: Sequence[Any]) -> Any:
            begin = time.process_time()
            result = work(block)
            self.seconds += time.process_time() - begin
            return result

        with PLAIN_LOOP.open_lanes(Pass(compute)) as lanes:
            yield lanes


@dataclass(frozen=True)
class _Timed:
    """CPU seconds of coding some comments, and the labels of one of them."""

    comments: int
    blocks: float
    rest: float
    labels: tuple[float, float]


def _measure(
    material: _Material,
    embedder: "CachedEmbedder",
    *,
    opinion: bool,
) -> Rates:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    sample = _draw(material.comments)
    language = material.codebook.language
    encode, missing = _time_encoder(sample, language, embedder)
    encoding = len(sample) * missing * encode
    with threadpool_limits(1, user_api="blas"):
        _time_coding(sample, 1, material, embedder, opinion)  # loads the rest
        fixed = time.process_time() - encoding  # since this process began
        few, many = (
            _time_coding(sample, copies, material, embedder, opinion)
            for copies in COPIES
        )
    further = many.comments - few.comments
    reading = _time_reading(sample, embedder)
    return Rates(
        sample=len(sample),
        fixed=max(0.0, fixed),
        blocks=max(0.0, (many.blocks - few.blocks) / further) + reading,
        rest=max(0.0, (many.rest - few.rest) / further),
        encode=encode,
        missing=missing,
        labels=many.labels,
        vector_bytes=_vector_bytes(embedder),
        base_bytes=_peak_bytes(),
    )


def _draw(comments: "pd.DataFrame") -> "pd.DataFrame":
    """Comments drawn at random, others each time: the vectors of an earlier sample are kept."""
    from coder.tables import analysed

    rows = analysed(comments)
    if rows.empty:
        raise CoderError(
            "no comment is left to code",
            "See ledger.csv for why each comment was excluded.",
        )
    return rows.sample(min(SAMPLE, len(rows))).reset_index(drop=True)


def _time_encoder(
    sample: "pd.DataFrame", language: str, embedder: "CachedEmbedder"
) -> tuple[float, float]:
    """CPU seconds a text without a kept vector, and how many such texts a comment has.

    The first half of the sample loads the model, the second is measured.
    """
    from coder.coding.comments import prepare_comments

    texts = list(sample["text"])
    middle = len(texts) // 2
    prepare_comments(texts[:middle], embedder, language)
    first = embedder.embedded
    prepare_comments(texts[:middle], embedder, language)
    begin = time.process_time()
    prepare_comments(texts[middle:], embedder, language)
    seconds = time.process_time() - begin
    second = embedder.embedded - first
    begin = time.process_time()
    prepare_comments(texts[middle:], embedder, language)
    without_encoder = time.process_time() - begin
    if not second:
        return 0.0, embedder.embedded / len(texts)
    return max(0.0, seconds - without_encoder) / second, embedder.embedded / len(texts)


def _time_reading(sample: "pd.DataFrame", embedder: "CachedEmbedder") -> float:
    """CPU seconds a comment of reading kept vectors; copies of a comment read them once."""
    texts = list(sample["text"])
    embedder.encode_views(texts)
    begin = time.process_time()
    embedder.encode_views(texts)
    seconds: float = time.process_time() - begin
    return TEXTS_READ * seconds / len(texts)


def _time_coding(
    sample: "pd.DataFrame",
    copies: int,
    material: _Material,
    embedder: "CachedEmbedder",
    opinion: bool,
) -> _Timed:
    """Code copies of the sample as `apply` does, and write nothing."""
    from coder.coding import apply_codebook
    from coder.decisions import StandingDecisions, own_judgements
    from coder.workflow.coded_tables import BlockFinisher

    comments = _copied(sample, copies)
    codebook, judgements = material.codebook, material.judgements
    loop = _TimedLoop()
    begin = time.process_time()
    own = own_judgements(judgements, comments, material.project)
    coding = apply_codebook(
        comments,
        codebook,
        embedder,
        judgements,
        groups=material.groups,
        project=material.project,
        opinion=opinion,
        engine=loop,
    )
    finisher = BlockFinisher(StandingDecisions(own, codebook), frozenset())
    rows = assigned = 0
    for block in coding.label_blocks(finisher):
        rows += len(block.labels)
        assigned += int(block.labels["assigned"].sum())
    seconds = time.process_time() - begin
    n = len(comments)
    return _Timed(n, loop.seconds, seconds - loop.seconds, (rows / n, assigned / n))


def _copied(sample: "pd.DataFrame", copies: int) -> "pd.DataFrame":
    import pandas as pd

    parts = []
    for copy in range(copies):
        ids = sample["comment_id"] + f" {copy}"
        parts.append(sample.assign(comment_id=ids))
    return pd.concat(parts, ignore_index=True)


def _vector_bytes(embedder: "CachedEmbedder") -> int:
    """Bytes of a text in the file of vectors."""
    views = embedder.encode_views(["more police"])
    numbers = int(views.plain.shape[1])
    if views.opinion is not None:
        numbers *= 2
    return round(numbers * BYTES_OF_A_NUMBER * ROW_OVERHEAD)


def _peak_bytes() -> int:
    """The most memory that this process had."""
    try:
        import resource
    except ImportError:  # Windows has none; what was measured elsewhere
        return 500_000_000
    import sys

    unit = 1024
    if sys.platform == "darwin":
        unit = 1
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return unit * peak
