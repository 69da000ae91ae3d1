"""tests/ui/reader/message."""
