"""ui/records/links."""
