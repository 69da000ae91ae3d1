"""Passwords and tokens, sealed in the store with a key that is not in the profile.

It may import the modules at the top of `sync` except `connecting`, and no neighbour.
"""
