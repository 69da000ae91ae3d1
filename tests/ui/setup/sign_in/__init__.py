"""tests/ui/setup/sign_in."""
