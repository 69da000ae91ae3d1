"""The left pane: Inbox, Sent and Archive, the kinds of records, the accounts; with unread counts.

May import `ui.forms` and the layers below it, `sync` and `models`, but no other pane.
"""
