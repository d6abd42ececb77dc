"""Faults on purpose: what a command writes fails, or the process ends at it, one operation at a time."""
