"""models/queries."""
