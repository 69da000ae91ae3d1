"""sync/qt/worker."""
