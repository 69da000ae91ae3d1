"""The board of deals by stage, and the dialog that edits the stages.

Of `ui.records` it may import only shared modules such as `kinds`.
"""
