"""How the messages of a conversation are drawn: as Qt widgets, or as HTML in QtWebEngine.

Knows nothing of the rest of `ui.reader`. May import `ui.widgets`, `ui.style`, `sync` and `models`.
"""
