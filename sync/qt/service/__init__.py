"""sync/qt/service."""
