"""Tests of what a delete leaves behind and what may come back."""
