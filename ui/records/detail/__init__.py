"""The detail view of a record: head, stages, fields, related records and history.

Of `ui.records` it may import `form`, `history` and shared modules such as `kinds`.
"""
