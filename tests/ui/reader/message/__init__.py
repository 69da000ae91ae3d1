"""Tests of how one message is shown, hostile ones included."""
