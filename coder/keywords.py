"""The one keyword matcher."""
