"""tests/ui/settings/account."""
