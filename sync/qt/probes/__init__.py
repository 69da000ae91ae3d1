"""sync/qt/probes."""
