"""Code every comment against a codebook, with evidence; learn from the codebook's decisions.

From a comment to its labels: `comments` (cut, encoded, stemmed), `signals` (what speaks for
each theme), `first_guess` (log-odds without decisions), `learning` (what decisions teach),
`cuts` (what is assigned), `positions`, `evidence`, `labels`. `model` puts them together;
MODEL_CARD.md says what it can and cannot do.
"""

from coder.coding.model import Coding, apply_codebook

__all__ = ["Coding", "apply_codebook"]
