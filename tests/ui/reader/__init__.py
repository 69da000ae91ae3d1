"""Tests of the reading pane, on a real store whose account stands still."""
