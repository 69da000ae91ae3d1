"""Tests of signing in: certificates, passphrases and the provider's page."""
