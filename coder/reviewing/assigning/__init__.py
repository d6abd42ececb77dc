"""Who codes what: plans dealt out once, work assigned, comments in somebody's hands."""
