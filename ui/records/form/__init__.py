"""The fields of records, the form made of them, and the dialogs that make and merge records.

Of `ui.records` it may import only shared modules such as `kinds`.
"""
