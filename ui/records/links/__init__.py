"""The dialogs that link mail with records: by hand, past mail, and an unknown address.

Of `ui.records` it may import `form`, `list` and shared modules such as `kinds`.
"""
