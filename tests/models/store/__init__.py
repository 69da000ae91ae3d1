"""Tests of the database, the profile, the search index and the wipe."""
