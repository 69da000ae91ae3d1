"""Mail of every kind taken apart."""
