"""ui/settings/account."""
