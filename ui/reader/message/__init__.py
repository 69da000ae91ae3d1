"""ui/reader/message."""
