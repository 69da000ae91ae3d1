"""Migrations: numbered steps of `PRAGMA user_version`. Each module `mNNNN_name` has `STATEMENTS`.

A migration imports nothing of the project, so that it stays what it was when it was released.
"""
