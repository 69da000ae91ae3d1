"""Tests of the records' panes."""
