"""The panes of the records: their lists, their detail views with history, and links with mail.

May import `ui.forms` and the layers below it, `sync` and `models`, but no other pane. Its folders
share its modules `kinds`, `money`, `roles` and `link_reasons`; its other modules stand above them.
"""
