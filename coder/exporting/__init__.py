"""Writers: a report to files in the format that each file's name asks for; audit packs."""
