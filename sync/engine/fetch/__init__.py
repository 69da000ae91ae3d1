"""Fetches messages and verifies them: what came, what the server left out, what has a new UID.

It may import `context`, `quarantine` and `judge`.
"""
