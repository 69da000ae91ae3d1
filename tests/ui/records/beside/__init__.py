"""Tests of the records beside a mail."""
