"""Colours, fonts, icons and the formatting of dates, names and numbers.

Of `ui` it may import only `ui.runtime`.
"""
