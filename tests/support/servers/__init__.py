"""tests/support/servers."""
