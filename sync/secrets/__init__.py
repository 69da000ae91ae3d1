"""sync/secrets."""
