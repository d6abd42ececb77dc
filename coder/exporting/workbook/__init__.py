"""Workbooks laid out by the UK government's guidance on statistics in spreadsheets: cover,
contents, notes, and one table a sheet.
"""
