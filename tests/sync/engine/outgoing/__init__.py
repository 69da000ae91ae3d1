"""Tests of the operations that change something on the server."""
