"""The history of a record: the list of its mail, notes and changes, and the field for new notes.

Of `ui.records` it may import only shared modules such as `kinds` and `link_reasons`.
"""
