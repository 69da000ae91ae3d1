"""models/accounts."""
