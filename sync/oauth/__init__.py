"""OAuth 2 in the system's browser: one generic flow for every provider of the configuration.

It may import `net` and `secrets`, but neither `session` nor `detection`.
"""
