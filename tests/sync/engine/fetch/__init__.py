"""Tests of fetching messages, also from servers that answer badly."""
