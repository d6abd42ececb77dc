"""Comments that reviewers judged differently, and the answers that settle them."""
