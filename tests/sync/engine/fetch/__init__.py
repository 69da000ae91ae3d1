"""Tests of fetching messages, including from servers that answer badly."""
