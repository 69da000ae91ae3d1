"""The main window: the layout of its panes, its menus and dialogs, and the actions on mail.

May import every other package of `ui`; none of them imports it.
"""
