"""tests/ui/runtime."""
