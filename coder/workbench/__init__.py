"""A workbench in which candidates become the themes of a codebook."""
