"""The reading pane: one open conversation, its messages and their attachments.

May import `ui.forms` and the layers below it, `sync` and `models`, but no other pane.
"""
