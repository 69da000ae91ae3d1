"""What records know about the open conversation: the link bar above it and the side panel.

Of `ui.records` it may import `detail`, `history` and the shared modules such as `kinds`.
"""
