"""The dialog that imports records from a CSV or vCard file.

Of `ui.records` it may import `form` and shared modules such as `kinds`.
"""
