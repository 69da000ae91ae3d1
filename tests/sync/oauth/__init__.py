"""Signing in with a provider, without a window."""
