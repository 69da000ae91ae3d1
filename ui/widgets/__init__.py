"""Small widgets, and the list model for a million rows, that several panes share.

Of `ui` it may import only `ui.style` and `ui.runtime`.
"""
