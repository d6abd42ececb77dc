"""People decide which themes a comment carries: on a screen, in a review sheet or in a table."""
