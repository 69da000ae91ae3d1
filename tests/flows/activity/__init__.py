"""Flows about what the program asks, what it did and what it could not do."""
