"""Form fields and their look, for the wizard, the preferences and the records.

May import `ui.commands`, `ui.status` and the layers below them, and plain values of `sync`.
"""
