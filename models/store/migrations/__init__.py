"""Numbered steps of `PRAGMA user_version`; each module `mNNNN_name` has `STATEMENTS`."""
