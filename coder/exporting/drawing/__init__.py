"""Charts as pictures: one layout, drawn as SVG or PNG. Nothing here knows a report."""
