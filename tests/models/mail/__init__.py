"""Tests of messages, bodies and threading."""
