"""ui/setup/past_mail."""
