"""Tests of counting mail before it is synced."""
