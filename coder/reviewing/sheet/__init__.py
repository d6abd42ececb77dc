"""The review sheet: a workbook in which people judge comments, and which `coder review --from`
takes back.
"""

from coder.reviewing.sheet.write import write_review_sheet

__all__ = ["write_review_sheet"]
