"""Mail that comes back under a new UID."""
