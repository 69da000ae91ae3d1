"""ui/records/form."""
