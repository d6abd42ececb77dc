"""The analyst's choice of quotes on a screen, kept in the project's `quotes.yaml`."""
