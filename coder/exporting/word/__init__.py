"""Word documents: their elements, styles, templates and tables."""
