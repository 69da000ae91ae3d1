"""tests/flows/activity."""
