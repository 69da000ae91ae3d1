"""sync/smtp."""
