"""tests/ui/widgets."""
