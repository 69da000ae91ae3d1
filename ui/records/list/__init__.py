"""The list of the records of one kind: heading, filter, column headers, rows and empty state.

Of `ui.records` it may import only shared modules such as `kinds`.
"""
