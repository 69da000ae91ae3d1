"""ui/activity."""
