"""Structured fuzzing: made files are changed by chance, and every reader must end in a result or in its own message.

An input is named by its reader, a seed and a number, and can be made again from these three (see `inputs`).
"""
