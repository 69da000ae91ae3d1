"""tests/ui/conversations."""
