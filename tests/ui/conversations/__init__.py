"""Tests of the conversation list."""
