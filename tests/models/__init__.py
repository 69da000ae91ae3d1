"""Tests of the store, without a window and without a server."""
