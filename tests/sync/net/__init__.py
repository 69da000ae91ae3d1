"""TLS against real servers: certificates that are refused, shown, and trusted by the user."""
