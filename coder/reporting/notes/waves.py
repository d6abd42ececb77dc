"""How two consultations were compared, and what could make the comparison unfair."""

from collections.abc import Sequence

from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.notes.weights import weight_notes
from coder.reporting.parts import WaveComparison
from coder.reporting.routes import Route, weighted_routes
from coder.text import count


def wave_notes(waves: WaveComparison, now: CodedMatrix) -> list[str]:
    """The notes of a comparison.

    Args:
        now: the comments of the later consultation.
    """
    table, before = waves.table, waves.before
    notes = [
        f"Compared with {waves.name}: {count(len(before.comments), 'comment')} then, "
        f"{len(now.comments):,} now, both treated as samples of those who would have answered.",
        _weighting_note(waves),
        *_weight_warnings(waves),
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
            "consultations, or a few comments have nearly all the weight."
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


def _weighting_note(waves: WaveComparison) -> str:
    """Which of the two consultations is weighted, and what that does to the comparison."""
    now, before = weighted_routes(waves.routes), weighted_routes(waves.routes_before)
    if not now and not before:
        return "Neither is weighted."
    beside = (
        "The theme table is not weighted, so its percentages differ from those of the "
        "comparison."
    )
    if now and before:
        note = "Percentages, changes and tests are weighted in both."
    else:
        weighted = "the later" if now else "the earlier"
        note = (
            f"Only {weighted} consultation has weights: its percentages are weighted, those of "
            "the other are not, so a change can come from the weighting alone."
        )
    if len(now) < len(waves.routes) and now:
        note += _unweighted_part("the later", waves.routes)
    if len(before) < len(waves.routes_before) and before:
        note += _unweighted_part("the earlier", waves.routes_before)
    return f"{note} {beside}"


def _unweighted_part(which: str, routes: Sequence[Route]) -> str:
    names = join_names([route.name for route in routes if not route.weighted])
    return (
        f" In {which} one, the comments of {names} have no weights and count once each."
    )


def _weight_warnings(waves: WaveComparison) -> list[str]:
    """Extreme weights of the earlier consultation; those of the later stand elsewhere."""
    notes = weight_notes(waves.before.comments, waves.routes_before)
    return [f"In the earlier consultation: {note}" for note in notes if note]


def _describe_mix(matrix: CodedMatrix) -> str:
    """`Post 40%, Web 60%`: the share of each source, by name."""
    shares = matrix.comments["source"].value_counts(normalize=True)
    by_name = sorted(shares.items(), key=lambda item: str(item[0]))
    return ", ".join(f"{source} {100 * share:.0f}%" for source, share in by_name)
