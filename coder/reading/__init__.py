"""Read comments from files and DataFrames: formats, columns, what is analysed, campaigns, sources.

Nothing is imported here, so that `options` and the table of `formats` load at once. Files are
read by `reader`, put into a project by `merge`.
"""
