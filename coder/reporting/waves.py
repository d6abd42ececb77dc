"""Two consultations coded with one codebook: shares before and now, the change and its interval."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.theme_table import Shares, main_theme_of, published_order
from coder.statistics.estimates import (
    Audit,
    SampleShare,
    difference_interval,
    difference_test,
    holm,
    sample_share,
    two_shares,
)

COLUMNS = (
    "theme_id",
    "position_id",
    "theme",
    "base_before",
    "percent_before",
    "base",
    "percent",
    "change",
    "change_low",
    "change_high",
    "test",
    "p",
    "p_adjusted",
    "significant",
)


def compare_waves(
    now: CodedMatrix,
    shares: Shares,
    before: CodedMatrix,
    *,
    calibrated: bool,
    calibrated_before: bool,
    minimum_base: int = 1,
    held_back: Collection[str] = (),
) -> pd.DataFrame:
    """A row for each row of the theme table that both consultations were coded for.

    Shares are of all comments, unweighted, both consultations taken as samples; the test is two-sided,
    corrected by Holm for the rows. No test where the error of coding is not known, and no percentage nor test
    where one of the two has fewer comments than `minimum_base`. What is held back gives no row.
    """
    then, mains = before.row_number, main_theme_of(now)
    enough = min(len(now.comments), len(before.comments)) >= minimum_base
    lines, p_values = [], []
    for number in published_order(now, shares):
        row = now.rows[number]
        if row.key not in then or mains[number] in held_back:
            continue
        one = _share(now, number, calibrated, shares.total[row.key].audit)
        if one.method == "coded":
            one = one._replace(share=shares.total[row.key].value)
        other = _share(before, then[row.key], calibrated_before)
        line: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
        line |= {
            "theme_id": row.theme.id,
            "position_id": row.key[1],
            "theme": row.name,
            "test": "",
            "significant": "",
            "base_before": other.base,
            "base": one.base,
        }
        if enough:
            line |= {"percent_before": 100 * other.share, "percent": 100 * one.share}
            line["change"] = 100 * (one.share - other.share)
        if enough and "coded" not in (one.method, other.method):
            low, high = difference_interval(one, other)
            if one.method == other.method == "reviewed":
                found = two_shares(
                    round(one.share * one.base),
                    one.base,
                    round(other.share * other.base),
                    other.base,
                )
            else:
                found = difference_test(one, other)
            line |= {
                "change_low": 100 * low,
                "change_high": 100 * high,
                "test": found.name,
                "p": found.p,
            }
        p_values.append(line["p"])
        lines.append(line)
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    adjusted = holm(np.array(p_values, dtype=np.float64))
    words = [
        ""
        if p != p
        else ("higher" if c > 0 else "lower")
        if p < 0.05 and (low > 0 or high < 0)
        else "no"
        for p, c, low, high in zip(
            adjusted, frame["change"], frame["change_low"], frame["change_high"], strict=True
        )
    ]
    return frame.assign(p_adjusted=adjusted, significant=words)


def _share(
    counted: CodedMatrix, number: int, calibrated: bool, evidence: Audit | None = None
) -> SampleShare:
    return sample_share(
        counted.carries[:, number],
        counted.judged[:, number],
        counted.audited[:, number],
        counted.probability[:, number],
        np.ones(len(counted.comments)),
        order=counted.order[:, number],
        calibrated=calibrated,
        evidence=evidence,
    )


def waves_notes(table: pd.DataFrame, name: str, now: CodedMatrix, before: CodedMatrix) -> list[str]:
    """How the comparison was made, and what could make it unfair."""
    notes = [
        f"Compared with {name}: {len(before.comments):,} comments then, {len(now.comments):,} now, both unweighted and "
        "taken as samples of who would have answered."
    ]
    mixes = [_mix(counted) for counted in (before, now)]
    if mixes[0] != mixes[1]:
        notes.append(
            "The two were not made of the same sources in the same shares; a change can come from that. Then: "
            f"{mixes[0]}. Now: {mixes[1]}."
        )
    if len(table) and table["percent"].isna().all():
        return [
            *notes,
            "One of the two has too few comments for percentages, so nothing is compared.",
        ]
    if (table["test"] == "").any():
        notes.append("Where no test stands, the error of coding is not known in one of the two.")
    hits = int(table["significant"].isin(["higher", "lower"]).sum())
    tested = int((table["test"] != "").sum())
    if tested:
        notes.append(
            f"Of {tested:,} changes tested (two-sided, 5%, Holm), {hits:,} {'is' if hits == 1 else 'are'} significant."
        )
    return notes


def _mix(counted: CodedMatrix) -> str:
    shares = counted.comments["source"].value_counts(normalize=True)
    return ", ".join(
        f"{source} {100 * share:.0f}%"
        for source, share in sorted(shares.items(), key=lambda item: str(item[0]))
    )
