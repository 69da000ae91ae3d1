"""ui/records/imports."""
