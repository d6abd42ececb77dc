"""Checks of a project's files, one module for each kind of file; `coder.workflow.check` runs
them all.
"""
