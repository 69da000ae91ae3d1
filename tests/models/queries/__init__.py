"""tests/models/queries."""
