"""Comments with known answers: training on them, and a few of them among the others."""
