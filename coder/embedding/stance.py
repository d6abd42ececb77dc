"""Whether who says one text is for or against another: the tuned layers that are shipped."""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from coder.embedding.packaged import (
    STANCE_LAYERS,
    STANCE_LAYERS_SHA256,
    shipped_layers,
)
from coder.embedding.protocol import TextPair
from coder.embedding.word_pieces import WordPieces, cut_by_length
from coder.embedding.workers import torch_workers
from coder.engine import Progress, cut_into_blocks, map_blocks, silent

if TYPE_CHECKING:
    from coder.embedding.pair_layers import TextStates
    from coder.embedding.protocol import Vectors
    from coder.embedding.torch_layers import Stem
    from coder.embedding.word_pieces import Pieces

LONGEST = 64  # word pieces of a text that are read
PAIRS_AT_ONCE = (
    512  # bounds the memory: the states of their texts are kept until they are read
)


class StanceReader:
    """Reads pairs of texts with the packaged model's shared layers and the tuned ones.

    Args:
        stem: the shared layers.
        model: the folder of the packaged model, for its tokenizer.

    Raises:
        CoderError: the tuned layers are not the ones that were shipped.
    """

    def __init__(self, stem: "Stem", model: Path) -> None:
        path = shipped_layers(STANCE_LAYERS, STANCE_LAYERS_SHA256)
        from coder.embedding.pair_layers import PairLayers

        self._pieces = WordPieces(model, LONGEST)
        self._layers = PairLayers(stem, path)

    def read(self, pairs: Sequence[TextPair], progress: Progress = silent) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither)."""
        import numpy as np

        answers = np.empty(
            (len(pairs), 3),
            dtype=np.float32,
        )
        # Pairs of one statement together: its states are computed once.
        order = sorted(range(len(pairs)), key=lambda row: pairs[row].statement)
        before = 0
        with torch_workers() as workers:
            for block in cut_into_blocks(order, PAIRS_AT_ONCE):

                def report(
                    done: int, _total: int, what: str, before: int = before
                ) -> None:
                    progress(before + done, len(pairs), what)

                chosen = [pairs[row] for row in block]
                answers[list(block)] = self._read_block(chosen, workers, report)
                before += len(block)
        return answers

    def _read_block(
        self,
        pairs: Sequence[TextPair],
        workers: Executor,
        progress: Progress,
    ) -> "Vectors":
        """(n_pairs, 3) answers on some pairs; each text goes through the shared layers once."""
        import numpy as np

        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        row_of = {text: row for row, text in enumerate(texts)}
        states = self._states_of(self._pieces.read(texts), workers)
        sides = [(row_of[pair.statement], row_of[pair.sentence]) for pair in pairs]
        lengths = [states.lengths[one] + states.lengths[two] for one, two in sides]
        answers = np.empty(
            (len(pairs), 3),
            dtype=np.float32,
        )

        def read_rows(rows: Sequence[int]) -> "Vectors":
            return self._layers.read(states, [sides[row] for row in rows])

        batches = list(cut_by_length(lengths, self._layers.most_pieces))
        for rows, answers_of_rows in map_blocks(
            read_rows,
            batches,
            workers,
            progress=progress,
            what="Comparing views",
        ):
            answers[rows] = answers_of_rows
        return answers

    def _states_of(self, pieces: "Sequence[Pieces]", workers: Executor) -> "TextStates":
        """The states of texts after the shared layers."""
        from coder.embedding.pair_layers import TextStates

        lengths = [len(text) for text in pieces]
        batches = list(cut_by_length(lengths, self._layers.most_pieces))

        def share_rows(rows: Sequence[int]) -> object:
            return self._layers.share([pieces[row] for row in rows])

        order = [row for rows in batches for row in rows]
        results = [result for _, result in map_blocks(share_rows, batches, workers)]
        return TextStates.of_batches(results, order, lengths)
