"""Tests of what the activity window says and shows of each account."""
