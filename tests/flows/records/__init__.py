"""Flows with persons, organizations, deals, leads and projects."""
