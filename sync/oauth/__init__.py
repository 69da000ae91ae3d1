"""OAuth 2 in the system's browser: one generic flow for every provider of the configuration."""
