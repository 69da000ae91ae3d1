"""Accounts: their settings, secrets, certificates and health. Imports `events` and `store`."""
