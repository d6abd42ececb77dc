"""Counts of labels as they stand that add up over blocks of comments."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coder.coding.labels import MODEL

if TYPE_CHECKING:
    import pandas as pd

ItemKey = tuple[str, str]  # theme id, position id or nothing


@dataclass
class LabelTally:
    """What stands, counted.

    Attributes:
        comments: that were coded.
        without_theme: comments that no theme is assigned to.
        carrying: comments that each theme, or position, is assigned to.
        by_model: those of them that the model assigned.
    """

    comments: int = 0
    without_theme: int = 0
    carrying: Counter[ItemKey] = field(default_factory=Counter)
    by_model: Counter[ItemKey] = field(default_factory=Counter)

    def add(self, other: "LabelTally") -> None:
        """Count more comments."""
        self.comments += other.comments
        self.without_theme += other.without_theme
        self.carrying.update(other.carrying)
        self.by_model.update(other.by_model)

    def count(self, theme_id: str, position_id: str = "") -> int:
        """Comments that a theme or position is assigned to."""
        return self.carrying[theme_id, position_id]

    @property
    def labels_per_comment(self) -> float:
        """Mean number of themes assigned to a comment."""
        labels = 0
        for (_, position_id), count in self.carrying.items():
            if not position_id:
                labels += count
        return labels / self.comments


def count_labels(labels: "pd.DataFrame") -> LabelTally:
    """Count `tables.LABELS` as they stand."""
    assigned = labels[labels["assigned"]]
    comments = labels["comment_id"].nunique()
    return LabelTally(
        comments=comments,
        without_theme=comments - assigned["comment_id"].nunique(),
        carrying=_count_items(assigned),
        by_model=_count_items(assigned[assigned["origin"] == MODEL]),
    )


def _count_items(labels: "pd.DataFrame") -> Counter[ItemKey]:
    counts = labels.groupby(["theme_id", "position_id"], sort=False).size()
    rows = counts.reset_index(name="count")
    items = Counter[ItemKey]()
    for theme_id, position_id, count in rows.itertuples(index=False, name=None):
        items[str(theme_id), str(position_id)] = int(count)
    return items
