"""OAuth 2 sign-in in the system's browser: one flow for every provider in the configuration.

It may import `net` and `secrets`, but neither `session` nor `detection`.
"""
