"""The reading pane: one open conversation, its messages and their attachments."""
