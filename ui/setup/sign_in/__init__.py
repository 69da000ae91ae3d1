"""ui/setup/sign_in."""
