"""Flows about what the program asks, did and could not do."""
