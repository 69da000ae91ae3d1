"""The main window: its panes laid out, its menus and dialogs, what the user does with mail.

May import every other package of `ui`; none of them imports it.
"""
