"""The left pane: folders, kinds of records and accounts, with the number of unread conversations.

May import `ui.forms` and the layers below it, `sync` and `models`, but no other pane.
"""
