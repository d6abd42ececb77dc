"""Campaigns in real comments: recall by kind of copy, comments pulled in wrongly, seconds, memory.

    python tests/benchmarks/campaigns.py [--real 10000] [--campaigns 10] [--variants 60] [--shortest 30]

Ten templates are taken from the real comments and sent in sixty ways each: exact, in other case, with name and
place, with a sentence more, with typing errors, with words exchanged, with a sentence less, half of it with two
sentences of the sender's own. The rest are real comments, to which no campaign is known; those that are put
into one all the same count as false, the comments that templates were taken from left out.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from coder.reading.boilerplate import compare_texts, passages_of
from coder.reading.campaigns import Comparison, find_campaigns
from coder.text import sentences

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
KINDS = ("exact", "case", "name", "more", "typos", "swap 10%", "swap 25%", "less", "half")


def real_comments() -> list[str]:
    """Every comment of the data sets at hand, no text twice, in a fixed random order."""
    texts: list[str] = []
    sets = (
        ("patient_experience/neas/original.csv", "FFT answer"),
        ("austin_community_survey/comments.csv", "text"),
        ("argkp/arguments_train.csv", "argument"),
        ("argkp/arguments_dev.csv", "argument"),
        ("polis/american-assembly.bowling-green.csv", "comment-body"),
    )
    for name, column in sets:
        texts += pd.read_csv(SHARED / name, keep_default_na=False, dtype=str)[column].tolist()
    kept = sorted({text for text in texts if text.strip() and text != "Did not answer"})
    return [kept[i] for i in np.random.default_rng(0).permutation(len(kept))]


def mixed_up(texts: list[str], count: int, rng: np.random.Generator) -> list[str]:
    """More texts than there are: real ones with half of the words exchanged for others that occur."""
    spare = np.array(" ".join(texts).split(), dtype=object)
    made = []
    for number in rng.integers(0, len(texts), count):
        words = np.array(texts[number].split(), dtype=object)
        other = rng.random(len(words)) < 0.5
        words[other] = spare[rng.integers(0, len(spare), int(other.sum()))]
        made.append(" ".join(words))
    return made


def variant(kind: str, template: str, others: list[str], rng: np.random.Generator) -> str:
    """One way of sending the template."""
    words = template.split()
    spans = [template[s.start : s.end] for s in sentences([template])[0]]
    if kind == "case":
        return template.upper() if rng.random() < 0.5 else template.lower().replace(".", " .")
    if kind == "name":
        who = rng.choice(["Jean Martin", "Ali Khan", "Rosa Diaz", "Tom Webb", "Mei Lin"])
        return f"My name is {who} and I live in {rng.choice(['Hackney', 'Ealing', 'Barnet', 'Bexley'])}. {template}"
    if kind == "more":
        return f"{template} {rng.choice(others)}"
    if kind == "typos":
        return " ".join(_typo(word, rng) if rng.random() < 0.05 else word for word in words)
    if kind.startswith("swap"):
        share = 0.10 if "10" in kind else 0.25
        spare = " ".join(others).split()
        return " ".join(str(rng.choice(spare)) if rng.random() < share else word for word in words)
    if kind == "less" and len(spans) > 1:
        drop = int(rng.integers(len(spans)))
        return " ".join(span for number, span in enumerate(spans) if number != drop)
    if kind == "half":
        half = words[: len(words) // 2] if rng.random() < 0.5 else words[len(words) // 2 :]
        return f"{rng.choice(others)} {' '.join(half)} {rng.choice(others)}"
    return template


def _typo(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(word)))
    return word[:at] + str(rng.choice(list("abcdefghijklmnopqrstuvwxyz"))) + word[at + 1 :]


def build(
    real: int, campaigns: int, variants: int, shortest: int = 30, seed: int = 0
) -> tuple[list[str], list[str], list[str]]:
    """Texts, their campaign (empty for real comments, `source N` for the templates' own), their kind."""
    rng = np.random.default_rng(seed)
    pool = real_comments()
    others = [text for text in pool if 4 <= len(text.split()) <= 15]
    long = [
        i
        for i, text in enumerate(pool[:8000])
        if shortest <= len(text.split()) <= 2 * shortest and len(sentences([text])[0]) >= 3
    ]
    if real > len(pool):
        pool = pool + mixed_up(pool, real - len(pool), rng)
    texts, gold, kinds = pool[:real], [""] * real, ["real"] * real
    for number, source in enumerate(long[:campaigns]):
        gold[source] = f"source {number}"
        for copy in range(variants):
            kind = KINDS[copy % len(KINDS)]
            texts.append(variant(kind, pool[source], others, rng))
            gold.append(f"c{number}")
            kinds.append(kind)
    return texts, gold, kinds


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--real", type=int, default=10_000)
    ask.add_argument("--campaigns", type=int, default=10)
    ask.add_argument("--variants", type=int, default=60)
    ask.add_argument(
        "--shortest",
        type=int,
        default=30,
        help="fewest words of a template; the most is twice that",
    )
    ask.add_argument(
        "--show", action="store_true", help="print the real comments that were pulled in"
    )
    args = ask.parse_args()
    texts, gold, kinds = build(args.real, args.campaigns, args.variants, args.shortest)
    ids = [f"{i:07d}" for i in range(len(texts))]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    start, wall = time.process_time(), time.perf_counter()
    compared = compare_texts(texts)
    passages = passages_of(compared.boilerplate)
    comparison = Comparison(keys=compared.keys, boilerplate=passages, index=compared.index)
    found = find_campaigns(texts, ids, comparison=comparison)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    row = found.set_index("comment_id")["campaign_id"].reindex(ids).fillna("")
    table = pd.DataFrame({"gold": gold, "kind": kinds, "found": row.to_numpy()})
    sent = table[~table["kind"].eq("real")]
    main_id = (
        sent[sent["found"] != ""].groupby("gold")["found"].agg(lambda x: x.value_counts().index[0])
    )
    right = sent["found"].eq(sent["gold"].map(main_id)) & sent["found"].ne("")
    rest = table[table["kind"].eq("real") & ~table["gold"].str.startswith("source")]
    print(f"{len(texts):,} comments, {args.campaigns} campaigns of {args.variants}")
    print(
        f"recall {right.mean():.3f}   "
        + "  ".join(f"{k} {right[sent['kind'] == k].mean():.2f}" for k in KINDS)
    )
    into = rest["found"].isin(set(main_id))
    print(
        f"others pulled into these campaigns: {int(into.sum())}; other real comments merged: {int((rest['found'] != '').sum() - into.sum())}"
    )
    print(
        f"{seconds:.1f} CPU s, {time.perf_counter() - wall:.1f} s, peak {peak:.2f} GB ({before:.2f} before)"
    )
    if args.show:
        for name, part in found[
            found["comment_id"].isin(rest.index[rest["found"] != ""].map(lambda i: ids[i]))
        ].groupby("campaign_id"):
            print("--", name)
            for comment_id in part["comment_id"]:
                print("    ", texts[int(comment_id)][:160].replace("\n", " "))


if __name__ == "__main__":
    main()
