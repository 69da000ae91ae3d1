"""tests/sync/qt."""
