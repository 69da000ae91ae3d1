"""The middle pane: the list of conversations.

May import `ui.forms` and the layers below it, `sync` and `models`, but no other pane.
"""
