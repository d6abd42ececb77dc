"""How two consultations were compared, and what could make the comparison unfair."""

from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.figures import choose_form
from coder.reporting.parts import WaveComparison
from coder.text import count


def wave_notes(waves: WaveComparison, now: CodedMatrix) -> list[str]:
    """The notes of a comparison.

    Args:
        now: the comments of the later consultation.
    """
    table, before = waves.table, waves.before
    notes = [
        f"Compared with {waves.name}: {count(len(before.comments), 'comment')} then, "
        f"{len(now.comments):,} now, both unweighted and treated as samples of those who would "
        "have answered."
    ]
    mix_before, mix_now = _describe_mix(before), _describe_mix(now)
    if mix_before != mix_now:
        notes.append(
            "The two were not made of the same sources in the same shares; a change can come "
            "from that. "
            f"Then: {mix_before}. Now: {mix_now}."
        )
    if len(table) and table["percent"].isna().all():
        return [
            *notes,
            "One of the two has too few comments for percentages, so nothing is compared.",
        ]
    if (table["test"] == "").any():
        notes.append(
            "Where there is no test, the error of coding is not known in one of the two "
            "consultations."
        )
    tested = int((table["test"] != "").sum())
    if tested:
        significant = int(table["significant"].isin(["higher", "lower"]).sum())
        be = choose_form(significant, "is", "are")
        notes.append(
            f"Of {count(tested, 'change')} tested, {significant:,} {be} larger "
            "than chance explains (at 5%, corrected for the number of changes tested)."
        )
    return notes


def _describe_mix(matrix: CodedMatrix) -> str:
    """`Post 40%, Web 60%`: the share of each source, by name."""
    shares = matrix.comments["source"].value_counts(normalize=True)
    by_name = sorted(shares.items(), key=lambda item: str(item[0]))
    return ", ".join(f"{source} {100 * share:.0f}%" for source, share in by_name)
