"""Group comments into candidate themes, name them, draft a codebook."""

from coder.clustering.cluster import cluster_comments
from coder.clustering.draft import HEAD, draft_codebook
from coder.clustering.methods import METHODS
from coder.clustering.opposing_views import Members, Sides, sides_of
from coder.clustering.result import Candidate, Clustering, Similarity
from coder.clustering.similar_candidates import find_nearest_themes

__all__ = [
    "HEAD",
    "METHODS",
    "Candidate",
    "Clustering",
    "Members",
    "Sides",
    "Similarity",
    "cluster_comments",
    "draft_codebook",
    "find_nearest_themes",
    "sides_of",
]
