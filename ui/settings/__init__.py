"""The preferences: the dialog and its pages, built of the wizard's parts.

The dialog knows the pages, and the pages do not know one another. May import `setup`, the panes and
what stands below them.
"""
