"""tests/sync/net."""
