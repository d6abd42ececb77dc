"""How far a review is, how precise its figures are, and whether reviewers hold the codebook."""
