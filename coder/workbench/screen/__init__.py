"""The workbench on a terminal (Textual)."""
